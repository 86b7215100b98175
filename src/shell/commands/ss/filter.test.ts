import { describe, expect, it } from 'vitest';
import type { Ipv4 } from '../../../wire/index.ts';
import { parseIpv4 } from '../../../wire/index.ts';
import { parseSsFilter, ssMatches, takeStates } from './filter.ts';
import type { SocketRow, SocketState } from './rows.ts';

function row(name: string, state: SocketState, local: string, remote: string, oif = 0): SocketRow & { readonly name: string } {
  const end = (text: string): [Ipv4, number] => [parseIpv4(text.split(':')[0] ?? '') as Ipv4, Number(text.split(':')[1])];
  const [laddr, lport] = end(local);
  const [raddr, rport] = end(remote);
  return { name, netid: 'tcp', state, recvQ: 0, sendQ: 0, laddr, lport, raddr, rport, pid: 0, timer: null, oif };
}

const ROWS = [
  row('web', 'LISTEN', '0.0.0.0:80', '0.0.0.0:0'),
  row('ssh', 'LISTEN', '10.1.0.2:22', '0.0.0.0:0', 2),
  row('in', 'ESTABLISHED', '10.1.0.2:80', '10.1.0.50:42001'),
  row('out', 'SYN_SENT', '10.1.0.2:42003', '10.1.0.99:80'),
];

function chosen(text: string): string {
  const filter = parseSsFilter([text], (name) => (name === 'eth0' ? 2 : null));
  return ROWS.filter((one) => filter === null || ssMatches(filter, one))
    .map(({ name }) => name)
    .join(' ');
}

describe('expressions of ss', () => {
  it.each([
    ['', 'web ssh in out'],
    ['sport = :80', 'web in'],
    ['sport = 80', 'web in'],
    ['sport == :http', 'web in'],
    ['sport != :80', 'ssh out'],
    ['dport > :80', 'in'],
    ['dport >= :80', 'in out'],
    ['sport < :80', 'ssh'],
    ['sport le :80', 'web ssh in'],
    ['dst 10.1.0.50', 'in'],
    ['dst = 10.1.0.0/24', 'in out'],
    ['dst 10.1.0.99:80', 'out'],
    ['src :80', 'web in'],
    ['src any', 'web ssh in out'],
    ['not dst 10.1.0.0/24', 'web ssh'],
    ['! sport = :80', 'ssh out'],
    ['not ( sport = :80 or sport = :22 )', 'out'],
    ['sport = :80 dport = :42001', 'in'],
    ['sport = :80 and dport = :42001 or sport = :22', 'ssh in'],
    ['sport = :22 or sport = :80 and dport = :42001', 'ssh in'],
    ['( sport = :22 or sport = :80 ) && dport = :42001', 'in'],
    ['dev eth0', 'ssh'],
    ['dev != eth0', 'web in out'],
    ['dst [::1]', ''],
  ])('%s: %s', (text, names) => {
    expect(chosen(text)).toBe(names);
  });

  it.each(['sport', 'sport =', 'dst', 'dst != 10.1.0.1', '( sport = :80', 'sport = :80 )', 'or', 'not'])('%s: not understood', (text) => {
    expect(() => chosen(text)).toThrow(SyntaxError);
  });

  it.each([
    ['dst foo', 'an inet prefix is expected rather than "foo"'],
    ['dst 10.1.0.1/33', 'an inet prefix is expected rather than "10.1.0.1/33"'],
    ['sport = :foo', '"foo" does not look like a port'],
    ['dev eth9', 'Cannot parse device'],
    ['fwmark = 1', 'not modelled in this lab: fwmark'],
  ])('%s: says %s', (text, message) => {
    expect(() => chosen(text)).toThrow(message);
  });
});

describe('takeStates', () => {
  const take = (...words: string[]): string => `${(takeStates(words) ?? ['none']).join(' ')} | ${words.join(' ')}`;
  it('adds states, takes states away, and leaves the rest', () => {
    expect(take('state', 'established', 'state', 'listening', 'sport', '=', ':80')).toBe('ESTABLISHED LISTEN | sport = :80');
    expect(take('exclude', 'connected')).toBe('LISTEN CLOSE | ');
    expect(take('state', 'synchronized', 'excl', 'time-wait', 'exclude', 'ESTABLISHED')).toBe(
      'SYN_RECV FIN_WAIT1 FIN_WAIT2 CLOSE_WAIT LAST_ACK CLOSING | ',
    );
    expect(take('dst', '10.1.0.1')).toBe('none | dst 10.1.0.1');
  });

  it('knows its words', () => {
    expect(() => take('state', 'foo')).toThrow('ss: wrong state name: foo');
    expect(() => take('state')).toThrow('Command line is not complete');
  });
});
