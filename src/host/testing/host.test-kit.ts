/** Hosts with interfaces for tests of this room. */
import type { Ipv4, Layers, Mac } from '../../wire/index.ts';
import { makeArp, makeEth, makePayload, parseIpv4, ETH_P_ARP, MAC_BROADCAST } from '../../wire/index.ts';
import type { FrameId } from '../../engine/index.ts';
import { addrAdd } from '../dev/addr.ts';
import { devAdd } from '../dev/create.ts';
import type { ReceivedFrame } from '../dev/receive.ts';
import type { Dev } from '../dev/state.ts';
import { devSetUp } from '../dev/updown.ts';
import { newSkb } from '../skb-new.ts';
import type { Skb } from '../skb.ts';
import type { FakeNet } from './fake-net.test-kit.ts';

export function ip(text: string): Ipv4 {
  const addr = parseIpv4(text);
  if (addr === null) throw new Error(`no address: ${text}`);
  return addr;
}

export function mac(last: number): Mac {
  return (0x020000000000 + last) as Mac;
}

/** An Ethernet interface that is up and has addresses: eth(net, 'eth0', '10.0.0.1/24', …). */
export function eth(net: FakeNet, name: string, ...addrs: string[]): Dev {
  const dev = devAdd(net, { name, kind: 'ethernet', lladdr: mac(net.host.devs.length) });
  devSetUp(net, dev, true);
  for (const text of addrs) addr(net, dev, text);
  return dev;
}

export function addr(net: FakeNet, dev: Dev, text: string, scope?: number): void {
  const [local = '', len = '32'] = text.split('/');
  const refusal = addrAdd(net, dev, { local: ip(local), prefixLen: Number(len), scope });
  if (refusal !== null) throw new Error(`${text}: ${refusal}`);
}

/** An IPv4 packet as it leaves a host. */
export function packet(src: string, dst: string, bytes = 64): Skb {
  return newSkb(packetLayers(src, dst, bytes));
}

export function packetLayers(src: string, dst: string, bytes = 64): Layers {
  return [
    {
      kind: 'ipv4',
      tos: 0,
      totalLen: 20 + bytes,
      id: 0,
      df: false,
      mf: false,
      fragOffset: 0,
      ttl: 64,
      proto: 253,
      src: ip(src),
      dst: ip(dst),
    },
    makePayload(new Uint8Array(bytes)),
  ];
}

let frames = 0;

export function arpFrame(op: number, sha: Mac, spa: string, tpa: string, to: { dst?: Mac; tha?: Mac } = {}): ReceivedFrame {
  return {
    id: frames++ as FrameId,
    eth: makeEth(to.dst ?? MAC_BROADCAST, sha, ETH_P_ARP),
    above: [makeArp(op, sha, ip(spa), to.tha ?? (0 as Mac), ip(tpa))],
    confirm: false,
  };
}
