import { describe, expect, it } from 'vitest';
import type { FrameId } from '../../engine/index.ts';
import { ETH_P_IP, MAC_BROADCAST, makeEth, type EthHdr } from '../../wire/index.ts';
import { createFakeNet, type FakeNet } from '../testing/fake-net.test-kit.ts';
import { eth, mac, packetLayers } from '../testing/host.test-kit.ts';
import type { Skb } from '../skb.ts';
import { devReceive } from './receive.ts';
import type { Dev } from './state.ts';
import { devSetLladdr } from './updown.ts';

function receive(net: FakeNet, dev: Dev, header: EthHdr): void {
  devReceive(net, dev.ifindex, { id: 0 as FrameId, eth: header, above: packetLayers('10.0.0.9', '10.0.0.1', 64), confirm: false });
}

/** For whom each packet was that IPv4 got, and what the others were dropped for. */
function fates(net: FakeNet): string[] {
  const taken = net.called.filter(({ name }) => name === 'ipRcv').map(({ args }) => (args[0] as Skb).pktType);
  return [...taken, ...net.reasons().filter((reason) => reason === 'dev.other-host')];
}

describe('a header that came before', () => {
  it('is no longer for this host when the interface has got another address', () => {
    const net = createFakeNet();
    const dev = eth(net, 'eth0', '10.0.0.1/24');
    const header = makeEth(dev.lladdr, mac(0x999), ETH_P_IP);
    receive(net, dev, header);
    receive(net, dev, header);
    devSetLladdr(net, dev, mac(0x77));
    net.records.length = 0;
    receive(net, dev, header);
    expect(fates(net)).toEqual(['host', 'host', 'dev.other-host']);
  });

  it('is for somebody else on another interface', () => {
    const net = createFakeNet();
    const first = eth(net, 'eth0', '10.0.0.1/24');
    const second = eth(net, 'eth1', '10.0.1.1/24');
    const header = makeEth(first.lladdr, mac(0x999), ETH_P_IP);
    net.records.length = 0;
    for (const dev of [first, second, first]) receive(net, dev, header);
    expect(fates(net)).toEqual(['host', 'host', 'dev.other-host']);
  });

  it('to all is for all each time', () => {
    const net = createFakeNet();
    const dev = eth(net, 'eth0', '10.0.0.1/24');
    const header = makeEth(MAC_BROADCAST, mac(0x999), ETH_P_IP);
    receive(net, dev, header);
    receive(net, dev, header);
    expect(fates(net)).toEqual(['broadcast', 'broadcast']);
  });
});
