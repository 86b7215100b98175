import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { silenceAddr, unsilenceAddr } from '../../host/index.ts';
import { ipv4 } from '../../wire/index.ts';
import type { NodeNet } from '../../world/index.ts';
import { createLab, type Lab } from './config.test-kit.ts';
import { makeDirector } from './ipvsadm/ipvsadm.test-kit.ts';

const LINES = [
  'iptables -A INPUT -s 10.0.0.9 -j DROP',
  'iptables -D INPUT -s 10.0.0.9 -j DROP',
  'iptables -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT',
  'iptables -F FORWARD',
  'iptables -t nat -A POSTROUTING -j MASQUERADE',
  'iptables -t nat -F',
  'iptables -t mangle -L',
  'iptables-restore',
  'arptables -L',
  'arptables -A INPUT -d 10.0.0.1 -j DROP',
  'arptables -F',
] as const;

const ADDRS = [ipv4(10, 0, 0, 100), ipv4(10, 0, 0, 101)] as const;

type Deed = (lab: Lab) => void;

const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.constantFrom(...LINES).map(
    (line): Deed =>
      (lab) =>
        void lab.run(line, '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n'),
  ),
  fc.constantFrom(...ADDRS).map(
    (addr): Deed =>
      ({ net }) =>
        silenceAddr(net, addr),
  ),
  fc.constantFrom(...ADDRS).map(
    (addr): Deed =>
      ({ net }) =>
        unsilenceAddr(net, addr),
  ),
);

const SERVICES = [
  '-A -t 10.0.0.100:80',
  '-A -t 10.0.0.100:21 -p 300',
  '-A -f 7 -s wrr',
  '-a -t 10.0.0.100:21 -r 10.0.0.11 -m',
  '-D -t 10.0.0.100:80',
  '-D -t 10.0.0.100:21',
  '-C',
  '--start-daemon master --mcast-interface eth0',
  '--start-daemon backup --mcast-interface eth0',
  '--stop-daemon master',
  '--stop-daemon backup',
] as const;

/** What there is for hooks to do, counted anew. */
function counted(net: NodeNet): number {
  const { tables, ctNeeded, ctHolds, arp, silent } = net.host.nf;
  const { services, daemons } = net.ipvs;
  return tables.length + (ctNeeded ? 1 : 0) + ctHolds + (arp === null ? 0 : 1) + silent.length + services.length + daemons.length;
}

describe('the count of what hooks are needed for', () => {
  it('is that of what is there, whatever was configured before', () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 20 }), (deeds) => {
        const lab = createLab();
        lab.net.host.nf.hooksNeeded = 0;
        for (const each of deeds) {
          each(lab);
          expect(lab.net.host.nf.hooksNeeded).toBe(counted(lab.net));
        }
      }),
    );
  });

  it('is that of what is there, whatever IPVS was told before', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...SERVICES), { maxLength: 20 }), (lines) => {
        const director = makeDirector(['10.0.0.2/24']);
        const { net } = director;
        net.host.nf.hooksNeeded = 0;
        for (const line of lines) {
          director.type(`ipvsadm ${line}`);
          expect(net.host.nf.hooksNeeded).toBe(counted(net));
        }
      }),
    );
  });
});
