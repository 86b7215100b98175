import { describe, expect, it } from 'vitest';
import { ARP_REPLY, ARP_REQUEST, ETH_P_ARP, makeArp, makeEth, maskOf, type ArpHdr } from '../../wire/index.ts';
import { newSkb } from '../skb-new.ts';
import { NO_IF } from '../skb.ts';
import { ip, mac } from '../testing/host.test-kit.ts';
import { createRouter } from '../testing/router.test-kit.ts';
import { arpRuleText } from './arp-rule-text.ts';
import { arptAppend, arptDelete, arptDoTable, arptChains } from './arp-tables.ts';
import { ANY_ARP_SPEC, type ArpSpec } from './rule.ts';

const VIP = { addr: ip('10.1.0.100'), mask: maskOf(32), not: false };
const drop: ArpSpec = { ...ANY_ARP_SPEC, dst: VIP, target: { kind: 'verdict', verdict: 'DROP' } };
const mangle: ArpSpec = {
  ...ANY_ARP_SPEC,
  src: VIP,
  target: {
    kind: 'mangle',
    ipSrc: ip('10.1.0.11'),
    ipDst: null,
    macSrc: null,
    macDst: null,
    mangleTarget: 'ACCEPT',
  },
};

describe('the arptables recipe for direct routing', () => {
  it('drops requests for the VIP on their way in', () => {
    const router = createRouter();
    arptAppend(router.net, 'INPUT', drop);
    const layers = [makeArp(ARP_REQUEST, mac(9), ip('10.1.0.10'), mac(0), VIP.addr)];
    expect(arptDoTable(router.net, newSkb(layers), 'ARP_IN', router.eth0.ifindex, NO_IF)).toBe('drop');
    expect(router.net.reasons()).toEqual(['netfilter.arp-dropped-by-rule']);
    expect(arptChains(router.net)[0]?.rules[0]).toMatchObject({ packets: 1, bytes: 28 });
  });

  it('rewrites the VIP as sender on the way out', () => {
    const router = createRouter();
    arptAppend(router.net, 'OUTPUT', mangle);
    const skb = newSkb([makeArp(ARP_REQUEST, mac(9), VIP.addr, mac(0), ip('10.1.0.10'))]);
    expect(arptDoTable(router.net, skb, 'ARP_OUT', NO_IF, router.eth0.ifindex)).toBe('accept');
    expect((skb.layers[0] as ArpHdr).spa).toBe(ip('10.1.0.11'));
    expect(arptChains(router.net)[1]?.rules[0]).toMatchObject({ packets: 1, bytes: 42 });
  });

  it('is asked by the host’s own ARP', () => {
    const router = createRouter();
    const request = {
      id: 0 as never,
      bornFrom: -1 as never,
      layers: [makeEth(0xffffffffffff as never, mac(9), ETH_P_ARP), makeArp(ARP_REQUEST, mac(9), ip('10.1.0.77'), mac(0), ip('10.1.0.1'))],
    };
    const receive = (): void =>
      router.net.tables.calls.arpRcv(
        router.net,
        newSkb(request.layers.slice(1), {
          eth: request.layers[0] as never,
          iif: router.eth0.ifindex,
          pktType: 'broadcast',
        }),
        router.eth0,
      );
    arptAppend(router.net, 'INPUT', { ...drop, dst: { ...VIP, addr: ip('10.1.0.1') } });
    receive();
    expect(router.left()).toEqual([]);
    arptDelete(router.net, 'INPUT', 1);
    receive();
    expect(router.left()[0]?.[0]).toMatchObject({ op: ARP_REPLY, spa: ip('10.1.0.1') });
  });

  it('prints as recorded', () => {
    expect(arpRuleText(drop)).toBe('-j DROP -d 10.1.0.100');
    expect(arpRuleText(mangle)).toBe('-j mangle -s 10.1.0.100 --mangle-ip-s 10.1.0.11');
    expect(arpRuleText(drop, true)).toBe('-j DROP -i * -o * -d 10.1.0.100');
  });
});
