/**
 * A host with two interfaces and resolved neighbours, for tests of ipv4/, icmp/, tunnel/ and netfilter/:
 * packets go in at one side, and what leaves is looked at.
 *
 *   10.1.0.10 (client) -- eth0 10.1.0.1 | router | 10.2.0.1 eth1 -- 10.2.0.10 (server)
 */
import { groCellTimer } from '../tunnel/cell.ts';
import type { FrameId } from '../../engine/index.ts';
import {
  ETH_P_IP,
  IPPROTO_ICMP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  layersLen,
  makeEth,
  makeIcmp,
  makePayload,
  makeUdp,
  TCP_NO_OPTIONS,
  type Ipv4Hdr,
  type Layer,
  type Layers,
} from '../../wire/index.ts';
import { hostCalls } from '../protocols.ts';
import { devLoopReceive, devReceive } from '../dev/receive.ts';
import type { Dev } from '../dev/state.ts';
import { makeIpv4 } from '../ipv4/layers.ts';
import { hostHooks } from '../netfilter/hooks.ts';
import { neighAdminSet } from '../neigh/admin.ts';
import { createFakeNet, type FakeNet } from './fake-net.test-kit.ts';
import { eth, ip, mac } from './host.test-kit.ts';

export interface Router {
  readonly net: FakeNet;
  readonly eth0: Dev;
  readonly eth1: Dev;
  /** a packet arrives from the cable behind `dev`; looped packets are handled as well */
  receive(dev: Dev, layers: Layers): void;
  /** packets that left since the last call, without Ethernet header */
  left(): Layers[];
  /** handles what waits on lo or came out of a tunnel */
  settle(): void;
}

let frames = 0;

export function createRouter(forwarding = true): Router {
  const net = createFakeNet({ calls: hostCalls, hooks: hostHooks });
  const eth0 = eth(net, 'eth0', '10.1.0.1/24');
  const eth1 = eth(net, 'eth1', '10.2.0.1/24');
  for (const dev of [eth0, eth1]) dev.conf.forwarding = forwarding ? 1 : 0;
  for (let last = 10; last < 20; last++) {
    neighAdminSet(net, {
      ifindex: eth0.ifindex,
      addr: ip(`10.1.0.${last}`),
      lladdr: mac(0x100 + last),
      nud: 'PERMANENT',
      mode: 'add',
    });
    neighAdminSet(net, {
      ifindex: eth1.ifindex,
      addr: ip(`10.2.0.${last}`),
      lladdr: mac(0x200 + last),
      nud: 'PERMANENT',
      mode: 'add',
    });
  }
  net.forget();
  const settle = (): void => {
    for (;;) {
      for (let next = net.looped.shift(); next !== undefined; next = net.looped.shift()) devLoopReceive(net, next.dev, next.skb);
      const cell = net.timers.findIndex(({ timer }) => timer === 'gro-cell');
      if (cell < 0) return;
      for (const { key } of net.timers.splice(cell, 1)) groCellTimer(net, key);
    }
  };
  return {
    net,
    eth0,
    eth1,
    settle,
    receive(dev, layers) {
      const header = makeEth(dev.lladdr, mac(0x999), ETH_P_IP);
      devReceive(net, dev.ifindex, { id: frames++ as FrameId, eth: header, above: layers, confirm: false });
      settle();
    },
    left() {
      return net.sent.splice(0).map((each) => each.layers.slice(1));
    },
  };
}

export interface Fields {
  readonly ttl?: number;
  readonly df?: boolean;
  readonly tos?: number;
  readonly len?: number;
  readonly flags?: number;
  readonly seq?: number;
  readonly ack?: number;
}

function packet(src: string, dst: string, proto: number, fields: Fields, rest: readonly Layer[]): Layers {
  return [makeIpv4(ip(src), ip(dst), proto, 20 + layersLen(rest), fields.ttl ?? 64, fields.tos ?? 0, fields.df ?? false, 1), ...rest];
}

function body(len: number): Layer[] {
  return len > 0 ? [makePayload(Uint8Array.from({ length: len }, (_, i) => i & 255))] : [];
}

export function udp(src: string, sport: number, dst: string, dport: number, fields: Fields = {}): Layers {
  const len = fields.len ?? 0;
  return packet(src, dst, IPPROTO_UDP, fields, [makeUdp(sport, dport, 8 + len), ...body(len)]);
}

export function ping(src: string, dst: string, type = 8, fields: Fields = {}): Layers {
  return packet(src, dst, IPPROTO_ICMP, fields, [makeIcmp(type, 0, 0x00070001), ...body(fields.len ?? 56)]);
}

export function tcp(src: string, sport: number, dst: string, dport: number, flags: number, fields: Fields = {}): Layers {
  const hdr: Layer = {
    kind: 'tcp',
    sport,
    dport,
    seq: fields.seq ?? 100,
    ack: fields.ack ?? 0,
    flags,
    window: 500,
    options: TCP_NO_OPTIONS,
  };
  return packet(src, dst, IPPROTO_TCP, fields, [hdr, ...body(fields.len ?? 0)]);
}

export function ipOf(layers: Layers | undefined): Ipv4Hdr {
  return layers?.[0] as Ipv4Hdr;
}
