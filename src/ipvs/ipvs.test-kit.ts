/** A director for tests of this room: one host with two interfaces, real host code, all hooks. */
import { createFakeNet, type FakeNet } from '../host/testing/fake-net.test-kit.ts';
import {
  addrAdd,
  devAdd,
  devReceive,
  devSetUp,
  hostCalls,
  hostHooks,
  hostTimers,
  neighAdminSet,
  routeAdd,
  type Dev,
  type NfHookRow,
} from '../host/index.ts';
import {
  ETH_P_IP,
  IPPROTO_ICMP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPV4_HLEN,
  layersLen,
  makeEth,
  makePayload,
  makeUdp,
  parseIpv4,
  TCP_NO_OPTIONS,
  UDP_HLEN,
  type Ipv4,
  type Layer,
  type Layers,
  type Mac,
  type TcpHdr,
} from '../wire/index.ts';
import type { FrameId } from '../engine/index.ts';
import { connsOf } from './conn-table.ts';
import { addDest, addService, type DestSpec } from './ctl.ts';
import { ipvsHooks } from './hooks.ts';
import { createIpvs } from './init.ts';
import type { IpvsNet } from './net.ts';
import type { Conn, Dest, FwdMethod, Svc } from './state.ts';
import { ipvsTimers } from './timers.ts';

export const MAC_DIRECTOR = 0x020000000001 as Mac;
export const MAC_INSIDE = 0x020000000002 as Mac;
const MAC_OTHERS = 0x020000000100;

export function ip(text: string): Ipv4 {
  const addr = parseIpv4(text);
  if (addr === null) throw new Error(`no address: ${text}`);
  return addr;
}

export type Director = IpvsNet & FakeNet;

const boundHooks: NfHookRow[] = ipvsHooks.map((row) => ({
  ...row,
  active: (net) => row.active(net as IpvsNet),
  run: (net, skb, indev, outdev) => row.run(net as IpvsNet, skb, indev, outdev),
}));

function iface(net: Director, name: string, lladdr: Mac, addrs: readonly string[]): Dev {
  const dev = devAdd(net, { name, kind: 'ethernet', lladdr, mtu: 1500 });
  devSetUp(net, dev, true);
  for (const text of addrs) {
    const [addr = '', len = '32'] = text.split('/');
    addrAdd(net, dev, { local: ip(addr), prefixLen: Number(len) });
  }
  return dev;
}

/** eth0 10.0.0.1/24 with the VIP 10.0.0.100, eth1 192.168.0.1/24; neighbours .2 to .9 on both are known. */
export function makeDirector(): Director {
  const fake = createFakeNet({
    hostname: 'director',
    hooks: [...hostHooks, ...boundHooks],
    calls: hostCalls,
  });
  const net = Object.assign(fake, { ipvs: createIpvs() }) as Director;
  iface(net, 'eth0', MAC_DIRECTOR, ['10.0.0.1/24', '10.0.0.100/32']);
  iface(net, 'eth1', MAC_INSIDE, ['192.168.0.1/24']);
  for (const [ifindex, prefix] of [
    [2, '10.0.0'],
    [3, '192.168.0'],
  ] as const) {
    for (let n = 2; n < 10; n++) {
      neighAdminSet(net, {
        ifindex: ifindex as never,
        addr: ip(`${prefix}.${n}`),
        lladdr: (MAC_OTHERS + n) as Mac,
        nud: 'PERMANENT',
        mode: 'add',
      } as never);
    }
  }
  net.forget();
  return net;
}

export function setForwarding(net: Director, on: 0 | 1): void {
  for (const dev of net.host.devs) if (dev !== null) dev.conf.forwarding = on;
}

export function defaultVia(net: Director, gateway: string): void {
  routeAdd(net, { dst: 0 as Ipv4, prefixLen: 0, nexthops: [{ gateway: ip(gateway) }] } as never);
}

export function service(net: Director, options: Partial<Svc> & { mark?: number } = {}): Svc {
  const refusal = addService(net, {
    proto: options.mark !== undefined ? 0 : (options.proto ?? IPPROTO_TCP),
    addr: options.mark !== undefined ? (0 as Ipv4) : (options.addr ?? ip('10.0.0.100')),
    port: options.mark !== undefined ? 0 : (options.port ?? 80),
    fwmark: options.mark ?? 0,
    scheduler: options.scheduler ?? 'rr',
    schedFlags: options.schedFlags ?? 0,
    persistTimeout: options.persistTimeout ?? null,
    persistMask: options.persistMask ?? (0xffffffff as Ipv4),
    onePacket: options.onePacket ?? false,
    pe: null,
  });
  if (refusal !== null) throw new Error(refusal);
  return net.ipvs.services[net.ipvs.services.length - 1] as Svc;
}

export function server(net: Director, svc: Svc, addr: string, fwd: FwdMethod, more: Partial<DestSpec> = {}): Dest {
  const refusal = addDest(net, svc, {
    addr: ip(addr),
    port: 80,
    fwd,
    weight: 1,
    uThreshold: 0,
    lThreshold: 0,
    tunType: 'ipip',
    tunPort: 0,
    tunFlags: 'nocsum',
    ...more,
  });
  if (refusal !== null) throw new Error(refusal);
  return svc.dests[0] as Dest;
}

export interface Ends {
  readonly src: string;
  readonly sport?: number;
  readonly dst: string;
  readonly dport?: number;
  readonly ttl?: number;
  readonly df?: boolean;
  readonly bytes?: number;
}

function packet(proto: number, ends: Ends, transport: Layer, data: number): Layers {
  const rest: Layer[] = data > 0 ? [transport, makePayload(new Uint8Array(data))] : [transport];
  return [
    {
      kind: 'ipv4',
      tos: 0,
      totalLen: IPV4_HLEN + layersLen(rest),
      id: 7,
      df: ends.df ?? true,
      mf: false,
      fragOffset: 0,
      ttl: ends.ttl ?? 64,
      proto,
      src: ip(ends.src),
      dst: ip(ends.dst),
    },
    ...rest,
  ];
}

export function tcp(flags: number, ends: Ends): Layers {
  const hdr: TcpHdr = {
    kind: 'tcp',
    sport: ends.sport ?? 40001,
    dport: ends.dport ?? 80,
    seq: 1,
    ack: 1,
    flags,
    window: 100,
    options: TCP_NO_OPTIONS,
  };
  return packet(IPPROTO_TCP, ends, hdr, ends.bytes ?? 0);
}

export function udp(ends: Ends): Layers {
  const bytes = ends.bytes ?? 4;
  return packet(IPPROTO_UDP, ends, makeUdp(ends.sport ?? 40001, ends.dport ?? 80, UDP_HLEN + bytes), bytes);
}

export function icmp(type: number, code: number, ends: Ends, about: Layers): Layers {
  const head = packet(IPPROTO_ICMP, ends, { kind: 'icmp', type, code, rest: 0 }, 0);
  const [first, second] = head as [Layer, Layer];
  return [{ ...first, totalLen: 28 + layersLen(about) } as Layer, second, ...about];
}

let nextFrame = 1_000_000;

/** A frame for eth0 (2) or eth1 (3). */
export function receive(net: Director, layers: Layers, ifindex: 2 | 3 = 2): void {
  const dst = ifindex === 2 ? MAC_DIRECTOR : MAC_INSIDE;
  const head = layers[0] as { dst: Ipv4 };
  const isGroup = head.dst >>> 28 === 0xe;
  const mac = isGroup ? ((0x01005e000000 + (head.dst & 0x7fffff)) as Mac) : dst;
  devReceive(net, ifindex as never, {
    id: nextFrame++ as FrameId,
    eth: makeEth(mac, (MAC_OTHERS + 9) as Mac, ETH_P_IP),
    above: layers,
    confirm: false,
  });
}

/** Frames that left, without Ethernet headers, ARP left out. */
export function sent(net: Director): Layers[] {
  return net.sent
    .map((s) => s.layers)
    .filter((l) => l[1]?.kind === 'ipv4')
    .map((l) => l.slice(1));
}

export function pass(net: Director, seconds: number): void {
  net.pass(seconds * 1_000_000_000, { ...hostTimers, ...ipvsTimers } as never);
}

export function conns(net: Director): Conn[] {
  return [...connsOf(net.ipvs.conns)];
}

/** Active, inactive and persistent connections counted anew from the connection table. */
export function recount(net: Director): { dest: Dest; active: number; inactive: number; persistent: number }[] {
  const all = [...net.ipvs.services.flatMap((s) => s.dests), ...net.ipvs.trash.map((t) => t.dest)];
  return all.map((dest) => {
    const own = conns(net).filter((c) => c.dest === dest.id);
    return {
      dest,
      active: own.filter((c) => !c.template && !c.inactive).length,
      inactive: own.filter((c) => !c.template && c.inactive).length,
      persistent: own.filter((c) => c.template).length,
    };
  });
}

/** The client that packets come from in most tests. */
export const CLIENT = { src: '10.0.0.9', dst: '10.0.0.100' };

/** A director with one service and the servers 192.168.0.2 and .3. */
export function withServers(
  fwd: 'droute' | 'masq' | 'tunnel' | 'fullnat',
  options: Partial<Svc> & { mark?: number } = {},
): { net: Director; svc: Svc } {
  const net = makeDirector();
  const svc = service(net, options);
  for (const n of [2, 3]) server(net, svc, `192.168.0.${n}`, fwd);
  net.forget();
  return { net, svc };
}
