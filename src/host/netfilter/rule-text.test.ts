import { describe, expect, it } from 'vitest';
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, maskOf, type Ipv4 } from '../../wire/index.ts';
import { ruleText } from './rule-text.ts';
import { ANY_SPEC, NO_NAT_RANGE, type XtSpec } from './rule.ts';

const VIP = 0x0a010064 as Ipv4;
const tcp80 = {
  kind: 'tcp',
  sport: null,
  sportNot: false,
  dport: { first: 80, last: 80 },
  dportNot: false,
  flags: null,
} as const;

const ROWS: readonly (readonly [string, Partial<XtSpec>])[] = [
  [
    '-A C -d 10.1.0.100/32 -p tcp -m tcp --dport 80 -j MARK --set-xmark 0x1/0xffffffff',
    {
      dst: { addr: VIP, mask: maskOf(32), not: false },
      proto: { proto: 6, not: false },
      matches: [tcp80],
      target: { kind: 'MARK', value: 1, mask: 0xffffffff },
    },
  ],
  [
    '-A C ! -s 10.1.0.0/24 -i eth+ -j DROP',
    {
      src: { addr: 0x0a010000 as Ipv4, mask: maskOf(24), not: true },
      inIface: { name: 'eth+', not: false },
      target: { kind: 'verdict', verdict: 'DROP' },
    },
  ],
  [
    '-A C -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    {
      matches: [{ kind: 'conntrack', via: 'conntrack', states: ['RELATED', 'ESTABLISHED'], not: false }],
      target: { kind: 'verdict', verdict: 'ACCEPT' },
    },
  ],
  [
    '-A C -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j REJECT --reject-with tcp-reset',
    {
      proto: { proto: 6, not: false },
      matches: [
        {
          ...tcp80,
          dport: null,
          flags: { mask: TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK, comp: TCP_SYN, not: false },
        },
      ],
      target: { kind: 'REJECT', with: 'tcp-reset' },
    },
  ],
  [
    '-A C -p tcp -m multiport --dports 80,443,8000:8100 -g chain',
    {
      proto: { proto: 6, not: false },
      matches: [
        {
          kind: 'multiport',
          which: 'destination',
          ports: [
            { first: 80, last: 80 },
            { first: 443, last: 443 },
            { first: 8000, last: 8100 },
          ],
          not: false,
        },
      ],
      target: { kind: 'jump', chain: 'chain', goto: true },
    },
  ],
  ['-A C -o eth0 -j MASQUERADE', { outIface: { name: 'eth0', not: false }, target: { kind: 'MASQUERADE', range: NO_NAT_RANGE } }],
  [
    '-A C -j DNAT --to-destination 10.1.0.100:8080',
    {
      target: {
        kind: 'DNAT',
        range: { ...NO_NAT_RANGE, addrFirst: VIP, addrLast: VIP, portFirst: 8080, portLast: 8080 },
      },
    },
  ],
];

describe('ruleText', () => {
  it.each(ROWS)('%s', (text, spec) => {
    expect(ruleText('C', { ...ANY_SPEC, ...spec })).toBe(text);
  });
});
