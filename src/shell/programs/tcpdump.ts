/**
 * `tcpdump`: prints the frames of an interface as they come and go.
 * Comes from: commands/tcpdump.ts.  Goes to: host sockets (packet), capture/ (text and filters).
 * Source: tcpdump 4.99.3 tcpdump.c (main, info); libpcap 1.10.
 */
import {
  matchesFilter,
  packetBytes,
  tcpdumpText,
  type FilterExpr,
  type HexForm,
  type TcpdumpOptions,
  type TcpdumpState,
} from '../../capture/index.ts';
import { devName, packetOpen, packetRecv, type IfIndex, type TappedFrame } from '../../host/index.ts';
import { emit, ETH_HLEN, type Layers } from '../../wire/index.ts';
import type { NodeNet, Proc, Program } from '../../world/index.ts';
import { signalCode } from './net-text.ts';

export interface TcpdumpMemory {
  /** 0: all interfaces */
  readonly dev: IfIndex;
  readonly banner: string;
  readonly options: TcpdumpOptions;
  readonly filter: FilterExpr;
  readonly direction: 'inout' | 'in' | 'out';
  /** 0: without end */
  readonly count: number;
  readonly text: TcpdumpState;
  /** the packet's bytes as well; null: none */
  readonly hex: HexForm | null;
  /** lines begin with the number of the packet */
  readonly numbered: boolean;
  /** bytes of a packet that are looked at; 0: all */
  readonly snap: number;
  sock: number;
  captured: number;
}

const DIRECTIONS = { outgoing: 'Out', host: 'In', broadcast: 'B', multicast: 'M', otherhost: 'P' } as const;

function end(net: NodeNet, proc: Proc, memory: TcpdumpMemory, interrupted: boolean): void {
  const packets = (count: number, words: string): string => `${count} packet${count === 1 ? '' : 's'} ${words}\n`;
  const text = packets(memory.captured, 'captured') + packets(memory.captured, 'received by filter') + packets(0, 'dropped by kernel');
  net.write(proc.stderr, `${interrupted ? '\n' : ''}${text}`);
}

/** @returns whether enough has been captured */
function show(net: NodeNet, proc: Proc, memory: TcpdumpMemory, frame: TappedFrame): boolean {
  const out = frame.pktType === 'outgoing';
  if ((memory.direction === 'in' && out) || (memory.direction === 'out' && !out)) return false;
  const layers: Layers = frame.eth === null ? frame.layers : [frame.eth, ...frame.layers];
  if (
    !matchesFilter(memory.filter, {
      layers,
      dir: out ? 'out' : frame.pktType === 'otherhost' ? 'other' : 'in',
    })
  )
    return false;
  memory.captured++;
  const any = memory.dev === 0 ? { any: { dev: devName(net.host, frame.dev), dir: DIRECTIONS[frame.pktType] } } : {};
  const number = memory.numbered ? `${String(memory.captured).padStart(5)}  ` : '';
  const bytes = memory.hex === null ? '' : packetBytes(bytesOf(memory, memory.hex, frame), memory.hex);
  net.write(proc.stdout, `${number}${tcpdumpText(memory.text, memory.options, { at: frame.at, layers, ...any })}\n${bytes}`);
  return memory.count > 0 && memory.captured >= memory.count;
}

/** As much of the frame as was captured, the link's header only when asked for. */
function bytesOf(memory: TcpdumpMemory, form: HexForm, frame: TappedFrame): Uint8Array {
  const link = frame.eth === null ? 0 : ETH_HLEN;
  const packet = form.link && frame.eth !== null ? emit([frame.eth, ...frame.layers]) : emit(frame.layers);
  return memory.snap === 0 ? packet : packet.subarray(0, Math.max(0, form.link ? memory.snap : memory.snap - link));
}

export const tcpdump: Program = (net, proc, wake) => {
  const memory = proc.state as TcpdumpMemory;
  switch (wake.kind) {
    case 'start':
      net.write(proc.stderr, memory.banner);
      memory.sock = packetOpen(net, proc.pid, memory.dev, 'all');
      return;
    case 'socket':
      for (let frame = packetRecv(net, memory.sock); frame !== null; frame = packetRecv(net, memory.sock)) {
        if (!show(net, proc, memory, frame)) continue;
        end(net, proc, memory, false);
        return net.exit(proc.pid, 0);
      }
      return;
    case 'signal':
      if (wake.signal === 'KILL') return net.exit(proc.pid, signalCode(wake));
      end(net, proc, memory, true);
      net.exit(proc.pid, wake.signal === 'INT' ? 0 : signalCode(wake));
      return;
    default:
  }
};
