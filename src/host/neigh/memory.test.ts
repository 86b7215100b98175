import { describe, expect, it } from 'vitest';
import { copyPlain } from '../../engine/index.ts';
import type { Mac } from '../../wire/index.ts';
import { devSetLladdr } from '../dev/updown.ts';
import { createFakeNet, type FakeNet } from '../testing/fake-net.test-kit.ts';
import { eth, ip, mac, packet } from '../testing/host.test-kit.ts';
import { neighAdminDel, neighAdminSet } from './admin.ts';
import { neighOutput } from './output.ts';
import { neighLookup } from './table.ts';

const PEER = '10.0.0.9';
/** In the same place of the memory as PEER. */
const OTHER = '10.0.0.25';

function lab() {
  const net = createFakeNet();
  const dev = eth(net, 'eth0', '10.0.0.1/24');
  const know = (addr: string, lladdr: Mac): void => {
    neighAdminSet(net, { ifindex: dev.ifindex, addr: ip(addr), lladdr, nud: 'PERMANENT', mode: 'replace' });
  };
  /** addresses on the frame of a packet to somebody: "from to" */
  const send = (to = PEER, by: FakeNet = net): string => {
    by.sent.length = 0;
    neighOutput(by, packet('10.0.0.1', to), by.host.devs[dev.ifindex] ?? dev, ip(to));
    const header = by.sent[0]?.layers[0];
    return header?.kind === 'eth' ? `${header.src.toString(16)} ${header.dst.toString(16)}` : 'nothing sent';
  };
  const own = dev.lladdr.toString(16);
  return { net, dev, know, send, own };
}

describe('a header kept for the next packet', () => {
  it('is that of the neighbour, whoever had the place before', () => {
    const { know, send, own } = lab();
    know(PEER, mac(0xa));
    know(OTHER, mac(0xb));
    const a = `${own} ${mac(0xa).toString(16)}`;
    const b = `${own} ${mac(0xb).toString(16)}`;
    expect([send(PEER), send(PEER), send(OTHER), send(PEER)]).toEqual([a, a, b, a]);
  });

  it('is made anew when the neighbour has another address', () => {
    const { know, send, own } = lab();
    know(PEER, mac(0xa));
    send();
    know(PEER, mac(0xb));
    expect(send()).toBe(`${own} ${mac(0xb).toString(16)}`);
  });

  it('is made anew when the interface has another address', () => {
    const { net, dev, know, send } = lab();
    know(PEER, mac(0xa));
    send();
    devSetLladdr(net, dev, mac(0xc));
    know(PEER, mac(0xa));
    expect(send()).toBe(`${mac(0xc).toString(16)} ${mac(0xa).toString(16)}`);
  });

  it('goes with the entry: nothing is sent to a neighbour that was deleted', () => {
    const { net, dev, know, send } = lab();
    know(PEER, mac(0xa));
    send();
    neighAdminDel(net, dev.ifindex, ip(PEER));
    expect(send()).toBe('nothing sent');
    expect(neighLookup(net.host, dev.ifindex, ip(PEER))?.nud).toBe('INCOMPLETE');
  });

  it('is not that of another moment of the same node', () => {
    const { net, dev, know, send, own } = lab();
    know(PEER, mac(0xa));
    const earlier = createFakeNet();
    Object.assign(earlier.host, copyPlain(net.host));
    know(PEER, mac(0xb));
    send();
    expect(send(PEER, earlier)).toBe(`${own} ${mac(0xa).toString(16)}`);
    expect(neighLookup(net.host, dev.ifindex, ip(PEER))?.lladdr).toBe(mac(0xb));
  });
});
