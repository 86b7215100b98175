import { describe, expect, it } from 'vitest';
import { makePayload, TCP_ACK, TCP_FIN, TCP_NO_OPTIONS, TCP_PSH, TCP_SYN, type Layers, type TcpHdr } from '../../wire/index.ts';
import { devAdd } from '../dev/create.ts';
import type { Dev } from '../dev/state.ts';
import { devSetUp } from '../dev/updown.ts';
import { makeIpv4 } from '../ipv4/layers.ts';
import { newSkb } from '../skb-new.ts';
import type { Skb } from '../skb.ts';
import { createFakeNet, type FakeNet } from '../testing/fake-net.test-kit.ts';
import { addr, ip } from '../testing/host.test-kit.ts';
import { groCellsReceive, groCellTimer } from './cell.ts';

const VIP = '172.16.0.1';

interface Segment {
  readonly seq?: number;
  readonly flags?: number;
  readonly len?: number;
  readonly dst?: string;
  readonly sport?: number;
  readonly tcp?: Partial<TcpHdr>;
  readonly ttl?: number;
}

/** Bytes that tell by themselves where in the stream they stand. */
function data(seq: number, len: number): Uint8Array {
  return Uint8Array.from({ length: len }, (_, i) => (seq + i) % 251);
}

function segment({ seq = 1, flags = TCP_ACK, len = 100, dst = VIP, sport = 4000, tcp, ttl = 62 }: Segment): Skb {
  const hdr: TcpHdr = { kind: 'tcp', sport, dport: 80, seq, ack: 7, flags, window: 500, options: TCP_NO_OPTIONS, ...tcp };
  const layers: Layers = [
    makeIpv4(ip('10.1.0.10'), ip(dst), 6, 40 + len, ttl, 0, true, 5),
    hdr,
    ...(len === 0 ? [] : [makePayload(data(seq, len))]),
  ];
  return newSkb(layers);
}

function tunnel(): { net: FakeNet; dev: Dev } {
  const net = createFakeNet();
  const dev = devAdd(net, { name: 'tunl0', kind: 'ipip' });
  devSetUp(net, dev, true);
  addr(net, dev, `${VIP}/32`);
  net.forget();
  return { net, dev };
}

/** What comes out when these were unpacked at one moment: data lengths, or flags of those without data. */
function through(...segments: Segment[]): string[] {
  const { net, dev } = tunnel();
  for (const one of segments) groCellsReceive(net, dev, segment(one));
  expect(net.looped).toEqual([]);
  for (const { timer, key } of net.timers.splice(0)) if (timer === 'gro-cell') groCellTimer(net, key);
  expect(dev.cell).toEqual([]);
  return net.looped.map(({ skb: { layers } }) => {
    const [first, tcp, payload] = layers as [{ totalLen: number }, TcpHdr, { bytes: Uint8Array } | undefined];
    const len = payload?.bytes.length ?? 0;
    expect(first.totalLen).toBe(40 + len);
    expect(payload?.bytes ?? new Uint8Array(0)).toEqual(data(tcp.seq, len));
    return `${tcp.seq}+${len}${(tcp.flags & TCP_PSH) === 0 ? '' : ' P'}${(tcp.flags & TCP_FIN) === 0 ? '' : ' F'}${(tcp.flags & TCP_SYN) === 0 ? '' : ' S'}`;
  });
}

describe('the queue behind a tunnel', () => {
  it('is passed by what a packet socket has a copy of', () => {
    const { net, dev } = tunnel();
    groCellsReceive(net, dev, segment({ seq: 1 }));
    const seen = segment({ seq: 900 });
    seen.cloned = true;
    groCellsReceive(net, dev, seen);
    groCellsReceive(net, dev, segment({ seq: 2000 }));
    expect(net.looped.map(({ skb }) => skb)).toEqual([seen]);
    // one emptying for all that wait
    expect(net.timers.map(({ timer, key }) => [timer, key])).toEqual([['gro-cell', dev.ifindex]]);
    groCellTimer(net, dev.ifindex);
    expect(net.looped).toHaveLength(3);
  });

  it.each<[string, Segment[], string[]]>([
    ['segments that follow each other', [{ seq: 1 }, { seq: 101 }, { seq: 201 }], ['1+300']],
    ['a last one that is shorter ends the series', [{ seq: 1 }, { seq: 101, len: 60 }, { seq: 161, len: 60 }], ['1+160', '161+60']],
    ['a push ends it and stays', [{ seq: 1 }, { seq: 101, flags: TCP_ACK | TCP_PSH }, { seq: 201 }], ['1+200 P', '201+100']],
    ['a FIN ends it and stays', [{ seq: 1 }, { seq: 101, flags: TCP_ACK | TCP_FIN }], ['1+200 F']],
    ['two streams side by side', [{ seq: 1 }, { seq: 7, sport: 4001 }, { seq: 101 }, { seq: 107, sport: 4001 }], ['1+200', '7+200']],
  ])('joins %s', (_title, segments, out) => {
    expect(through(...segments)).toEqual(out);
  });

  it.each<[string, Segment, Segment, string[]]>([
    ['a gap', { seq: 1 }, { seq: 102 }, ['1+100', '102+100']],
    ['a longer one', { seq: 1 }, { seq: 101, len: 101 }, ['1+100', '101+101']],
    ['what begins with a push', { seq: 1, flags: TCP_ACK | TCP_PSH }, { seq: 101 }, ['1+100 P', '101+100']],
    ['another acknowledgement', { seq: 1 }, { seq: 101, tcp: { ack: 8 } }, ['1+100', '101+100']],
    ['another window', { seq: 1 }, { seq: 101, tcp: { window: 501 } }, ['1+100', '101+100']],
    ['another TTL', { seq: 1 }, { seq: 101, ttl: 61 }, ['1+100', '101+100']],
    ['a SYN', { seq: 1 }, { seq: 101, flags: TCP_SYN, len: 0 }, ['1+100', '101+0 S']],
    ['a bare acknowledgement', { seq: 1 }, { seq: 101, len: 0 }, ['1+100', '101+0']],
    [
      'other time stamps',
      { seq: 1 },
      { seq: 101, tcp: { options: { ...TCP_NO_OPTIONS, timestamps: { val: 1, ecr: 2 } } } },
      ['1+100', '101+100'],
    ],
    ['what another host gets', { seq: 1, dst: '10.9.9.9' }, { seq: 101, dst: '10.9.9.9' }, ['1+100', '101+100']],
    ['more than a packet holds', { seq: 1, len: 40000 }, { seq: 40001, len: 30000 }, ['1+40000', '40001+30000']],
  ])('does not join %s', (_title, first, second, out) => {
    expect(through(first, second)).toEqual(out);
  });

  it('holds back a segment that could grow while others pass', () => {
    expect(through({ seq: 1 }, { seq: 50, sport: 4001, flags: TCP_ACK | TCP_PSH })).toEqual(['50+100 P', '1+100']);
  });
});
