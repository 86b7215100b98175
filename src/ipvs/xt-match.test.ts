import { describe, expect, it } from 'vitest';
import { TCP_ACK, TCP_SYN, type Ipv4 } from '../wire/index.ts';
import type { IpvsMatch, NfHookRow } from '../host/index.ts';
import { CLIENT, ip, receive, setForwarding, tcp, withServers, type Director } from './ipvs.test-kit.ts';
import { ipvsMatch } from './xt-match.ts';

const NOTHING: IpvsMatch = {
  kind: 'ipvs',
  property: null,
  proto: null,
  vaddr: null,
  vport: null,
  dir: null,
  method: null,
  vportctl: null,
};
const VADDR = { addr: ip('10.0.0.100'), mask: 0xffffffff as Ipv4, not: false };

/** What the match says of every packet that leaves. */
function watch(net: Director, more: Partial<IpvsMatch>): boolean[] {
  const seen: boolean[] = [];
  const row: NfHookRow = {
    hook: 'POST_ROUTING',
    priority: 50,
    name: 'watch',
    en: '',
    zh: '',
    source: '',
    active: () => true,
    run: (_, skb) => {
      seen.push(ipvsMatch(net, skb, { ...NOTHING, ...more }));
      return 'accept';
    },
  };
  net.tables = { ...net.tables, hooks: { ...net.tables.hooks, POST_ROUTING: [row, ...net.tables.hooks.POST_ROUTING] } };
  return seen;
}

describe('the match ipvs', () => {
  const reply = tcp(TCP_SYN | TCP_ACK, { src: '192.168.0.3', dst: '10.0.0.9', sport: 80, dport: 40001 });

  it('knows requests and answers that IPVS sent on by the mark that they carry', () => {
    const { net } = withServers('masq');
    setForwarding(net, 1);
    const seen = watch(net, { property: { not: false } });
    receive(net, tcp(TCP_SYN, CLIENT));
    receive(net, reply, 3);
    expect(seen).toEqual([true, true]);
  });

  it('finds the connection of a request, and none for an answer that is translated already', () => {
    const { net } = withServers('masq');
    setForwarding(net, 1);
    const seen = watch(net, { vaddr: VADDR });
    receive(net, tcp(TCP_SYN, CLIENT));
    receive(net, reply, 3);
    expect(seen).toEqual([true, false]);
  });

  it.each([
    [{ vport: { port: 80, not: false } }, true],
    [{ vport: { port: 80, not: true } }, false],
    [{ vport: { port: 81, not: true } }, true],
    [{ proto: { proto: 6, not: false } }, true],
    [{ proto: { proto: 17, not: false } }, false],
    [{ method: { method: 'GATE', not: false } }, true],
    [{ method: { method: 'MASQ', not: false } }, false],
    [{ vaddr: { ...VADDR, not: true } }, false],
    [{ vportctl: { port: 80, not: false } }, false],
    [{ vportctl: { port: 80, not: true } }, true],
    [{ property: { not: true } }, false],
    [{ property: { not: true }, vport: { port: 80, not: false } }, true],
    // without connection tracking there is no direction
    [{ dir: 'ORIGINAL' }, false],
  ] as const)('%j of a request by direct routing: %s', (asked, hit) => {
    const { net } = withServers('droute');
    const seen = watch(net, asked);
    receive(net, tcp(TCP_SYN, CLIENT));
    expect(seen).toEqual([hit]);
  });

  it('finds nothing in a tunnel packet, whose own protocol is not balanced', () => {
    const { net } = withServers('tunnel');
    const seen = watch(net, { vport: { port: 80, not: false } });
    receive(net, tcp(TCP_SYN, CLIENT));
    expect(seen).toEqual([false]);
  });
});
