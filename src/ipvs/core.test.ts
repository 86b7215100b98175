import { describe, expect, it } from 'vitest';
import { IPPROTO_IPIP, IPPROTO_UDP, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, type Ipv4Hdr, type TcpHdr } from '../wire/index.ts';

import { addLaddr, flushServices } from './ctl.ts';
import {
  CLIENT,
  conns,
  icmp,
  ip,
  makeDirector,
  pass,
  receive,
  sent,
  server,
  service,
  setForwarding,
  tcp,
  udp,
  withServers,
  type Director,
} from './ipvs.test-kit.ts';

const HEAD = 0;

function head(net: Director, n = 0): Ipv4Hdr {
  return sent(net)[n]?.[HEAD] as Ipv4Hdr;
}

describe('direct routing', () => {
  it('sends the packet on with its addresses, one less TTL, to the MAC of the server added last', () => {
    const { net, svc } = withServers('droute');
    receive(net, tcp(TCP_SYN, CLIENT));
    expect(head(net)).toMatchObject({ src: ip('10.0.0.9'), dst: ip('10.0.0.100'), ttl: 63 });
    expect(net.sent[0]).toMatchObject({ dev: 3, layers: [{ dst: 0x020000000103 }, {}, {}] });
    expect(conns(net)).toMatchObject([{ state: 'SYN_RECV', daddr: ip('192.168.0.3'), noOutput: true }]);
    expect(svc.dests[0]).toMatchObject({ activeConns: 1, inactConns: 0 });
  });

  it("goes to FIN_WAIT with the client's FIN, for only that half is seen", () => {
    const { net, svc } = withServers('droute');
    for (const flags of [TCP_SYN, TCP_ACK, TCP_FIN | TCP_ACK, TCP_ACK]) receive(net, tcp(flags, CLIENT));
    expect(conns(net)).toMatchObject([{ state: 'FIN_WAIT', timeoutMs: 120_000, inPkts: 4 }]);
    expect(svc.dests[0]).toMatchObject({ activeConns: 0, inactConns: 1 });
    pass(net, 125);
    expect(conns(net)).toEqual([]);
    expect(svc.dests[0]).toMatchObject({ activeConns: 0, inactConns: 0 });
  });

  it('delivers to the host itself when the server is a local address', () => {
    const net = makeDirector();
    const svc = service(net);
    server(net, svc, '127.0.0.1', 'droute');
    receive(net, tcp(TCP_SYN, CLIENT));
    expect(net.reasons()).toContain('ipvs.local-server');
    expect(conns(net)).toHaveLength(1);
  });

  it('answers time exceeded from the VIP when the TTL is used up', () => {
    const { net } = withServers('droute');
    receive(net, tcp(TCP_SYN, { ...CLIENT, ttl: 1 }));
    expect(head(net)).toMatchObject({ src: ip('10.0.0.100'), dst: ip('10.0.0.9') });
    expect(sent(net)[0]?.[1]).toMatchObject({ kind: 'icmp', type: 11, code: 0 });
    expect(net.reasons()).toContain('ipvs.ttl-expired');
  });

  it('answers host unreachable when there is no route to the server', () => {
    const net = makeDirector();
    server(net, service(net), '172.16.0.1', 'droute');
    receive(net, tcp(TCP_SYN, CLIENT));
    expect(sent(net)[0]?.[1]).toMatchObject({ kind: 'icmp', type: 3, code: 1 });
  });
});

describe('NAT', () => {
  it('rewrites the target, and the source of the answer', () => {
    const { net } = withServers('masq');
    setForwarding(net, 1);
    receive(net, tcp(TCP_SYN, CLIENT));
    expect(head(net)).toMatchObject({ src: ip('10.0.0.9'), dst: ip('192.168.0.3'), ttl: 63 });
    net.forget();
    receive(net, tcp(TCP_SYN | TCP_ACK, { src: '192.168.0.3', sport: 80, dst: '10.0.0.9', dport: 40001 }), 3);
    expect(head(net)).toMatchObject({ src: ip('10.0.0.100'), dst: ip('10.0.0.9'), ttl: 63 });
    expect(net.reasons()).toContain('ipvs.reply-translated');
  });

  it('leaves alone what a server sends of its own accord, also to the port of a client with several connections', () => {
    const { net } = withServers('masq');
    setForwarding(net, 1);
    const other = service(net, { port: 81 });
    server(net, other, '192.168.0.3', 'masq', { port: 81 });
    receive(net, tcp(TCP_SYN, CLIENT));
    receive(net, tcp(TCP_SYN, { ...CLIENT, dport: 81 }));
    net.forget();
    receive(net, tcp(TCP_SYN, { src: '192.168.0.3', sport: 999, dst: '10.0.0.9', dport: 40001 }), 3);
    expect(head(net)).toMatchObject({ src: ip('192.168.0.3'), dst: ip('10.0.0.9') });
    net.forget();
    receive(net, tcp(TCP_SYN | TCP_ACK, { src: '192.168.0.3', sport: 81, dst: '10.0.0.9', dport: 40001 }), 3);
    expect(sent(net)[0]).toMatchObject([{ src: ip('10.0.0.100') }, { sport: 81 }]);
  });

  it('ends in TIME_WAIT, for both halves are seen', () => {
    const { net, svc } = withServers('masq');
    setForwarding(net, 1);
    const back = { src: '192.168.0.3', sport: 80, dst: '10.0.0.9', dport: 40001 };
    receive(net, tcp(TCP_SYN, CLIENT));
    receive(net, tcp(TCP_SYN | TCP_ACK, back), 3);
    receive(net, tcp(TCP_ACK, CLIENT));
    expect(conns(net)).toMatchObject([{ state: 'ESTABLISHED' }]);
    receive(net, tcp(TCP_FIN | TCP_ACK, CLIENT));
    expect(conns(net)).toMatchObject([{ state: 'CLOSE_WAIT' }]);
    receive(net, tcp(TCP_FIN | TCP_ACK, back), 3);
    expect(conns(net)).toMatchObject([{ state: 'TIME_WAIT' }]);
    expect(svc.dests[0]?.stats.now).toMatchObject({ conns: 1, inPkts: 3, outPkts: 2 });
  });

  it('translates the error of a server about a request', () => {
    const { net } = withServers('masq', { proto: IPPROTO_UDP });
    setForwarding(net, 1);
    receive(net, udp(CLIENT));
    net.forget();
    const about = udp({ src: '10.0.0.9', dst: '192.168.0.3' });
    receive(net, icmp(3, 3, { src: '192.168.0.3', dst: '10.0.0.9' }, about), 3);
    expect(sent(net)[0]).toMatchObject([{ src: ip('10.0.0.100') }, { type: 3 }, { dst: ip('10.0.0.100') }, { dport: 80 }, {}]);
  });

  it('leads an error about an answer to the server', () => {
    const { net } = withServers('masq', { proto: IPPROTO_UDP });
    receive(net, udp(CLIENT));
    net.forget();
    const about = udp({ src: '10.0.0.100', sport: 80, dst: '10.0.0.9', dport: 40001 });
    receive(net, icmp(11, 0, { src: '10.0.0.5', dst: '10.0.0.100' }, about));
    expect(sent(net)[0]).toMatchObject([{ dst: ip('192.168.0.3'), ttl: 63 }, { type: 11 }, { src: ip('192.168.0.3') }, { sport: 80 }, {}]);
  });

  it('refuses to translate to a loopback address', () => {
    const net = makeDirector();
    server(net, service(net), '127.0.0.1', 'masq');
    receive(net, tcp(TCP_SYN, CLIENT));
    expect(net.reasons()).toContain('ipvs.nat-to-loopback');
  });
});

describe('tunnelling', () => {
  it('wraps the packet; the outer TTL is the inner one, already one less', () => {
    const { net } = withServers('tunnel');
    receive(net, tcp(TCP_SYN, CLIENT));
    expect(sent(net)[0]).toMatchObject([
      {
        src: ip('192.168.0.1'),
        dst: ip('192.168.0.3'),
        proto: IPPROTO_IPIP,
        ttl: 63,
        df: true,
        totalLen: 60,
      },
      { src: ip('10.0.0.9'), dst: ip('10.0.0.100'), ttl: 63 },
      { kind: 'tcp' },
    ]);
  });

  it('tells the client that 1480 bytes fit', () => {
    const { net } = withServers('tunnel');
    receive(net, tcp(TCP_SYN, { ...CLIENT, bytes: 1460 }));
    expect(sent(net)[0]?.[1]).toMatchObject({ kind: 'icmp', type: 3, code: 4, rest: 1480 });
  });

  it('cuts the outer packet with pmtu_disc=0', () => {
    const { net } = withServers('tunnel');
    net.ipvs.sysctl['pmtu_disc'] = 0;
    receive(net, tcp(TCP_SYN, { ...CLIENT, bytes: 1460 }));
    expect(sent(net)).toHaveLength(2);
    expect(head(net)).toMatchObject({ proto: IPPROTO_IPIP, df: false, mf: true });
  });

  it('relays an error about the tunnel packet in the name of the VIP', () => {
    const { net } = withServers('tunnel');
    receive(net, tcp(TCP_SYN, CLIENT));
    const about = sent(net)[0] ?? [];
    net.forget();
    receive(net, icmp(3, 3, { src: '192.168.0.3', dst: '192.168.0.1' }, about), 3);
    expect(sent(net)[0]).toMatchObject([
      { src: ip('10.0.0.100'), dst: ip('10.0.0.9') },
      { type: 3, code: 3 },
      { src: ip('10.0.0.9'), dst: ip('10.0.0.100') },
      {},
    ]);
  });
});

describe('the two-second beat', () => {
  it('does not begin anew with the first service', () => {
    const net = makeDirector();
    pass(net, 1.5);
    server(net, service(net), '192.168.0.2', 'droute');
    receive(net, tcp(TCP_SYN, CLIENT));
    pass(net, 0.6);
    expect(net.ipvs.services[0]?.stats.est.shown.conns).toBe(1);
  });
});

describe('errors that are counted as answers', () => {
  it('those of the director about requests, whatever the method', () => {
    const { net, svc } = withServers('droute');
    receive(net, tcp(TCP_SYN, CLIENT));
    receive(net, tcp(TCP_ACK, { ...CLIENT, ttl: 1 }));
    expect(svc.dests[0]?.stats.now).toMatchObject({ inPkts: 2, outPkts: 1 });
  });

  it('those about tunnel packets: the error sent on, and what is left of the request', () => {
    const { net, svc } = withServers('tunnel');
    receive(net, tcp(TCP_SYN, CLIENT));
    receive(net, icmp(3, 3, { src: '192.168.0.3', dst: '192.168.0.1' }, sent(net)[0] ?? []), 3);
    expect(svc.dests[0]?.stats.now.outPkts).toBe(2);
  });
});

describe('no server, no service', () => {
  it.each([
    ['no servers at all', (net: Director) => service(net), 'ipvs.no-destination-empty'],
    ['weight 0', (net: Director) => server(net, service(net), '192.168.0.2', 'droute', { weight: 0 }), 'ipvs.no-destination'],
  ] as const)('%s: port unreachable from the VIP, for TCP too', (_what, setup, reason) => {
    const net = makeDirector();
    setup(net);
    receive(net, tcp(TCP_SYN, CLIENT));
    expect(net.reasons()).toContain(reason);
    expect(sent(net)[0]).toMatchObject([{ src: ip('10.0.0.100') }, { kind: 'icmp', type: 3, code: 3 }, {}, {}]);
    expect(conns(net)).toEqual([]);
  });

  it('leaves a stray ACK to the local stack, unless sloppy_tcp', () => {
    const { net } = withServers('droute');
    receive(net, tcp(TCP_ACK, CLIENT));
    expect(net.reasons()).toContain('ipvs.no-conn-no-syn');
    expect(conns(net)).toEqual([]);
    net.ipvs.sysctl['sloppy_tcp'] = 1;
    receive(net, tcp(TCP_ACK, CLIENT));
    expect(conns(net)).toMatchObject([{ state: 'ESTABLISHED' }]);
  });

  it('ignores everything once the last service is gone, though entries remain', () => {
    const { net } = withServers('droute');
    receive(net, tcp(TCP_SYN, CLIENT));
    flushServices(net);
    net.forget();
    receive(net, tcp(TCP_ACK, CLIENT));
    expect(net.reasons().some((r) => r.startsWith('ipvs.'))).toBe(false);
    expect(conns(net)).toHaveLength(1);
  });
});

describe('reuse of a client port', () => {
  it('keeps the server after FIN_WAIT in mode 1, schedules anew in mode 2', () => {
    const { net } = withServers('droute');
    for (const flags of [TCP_SYN, TCP_ACK, TCP_FIN | TCP_ACK, TCP_SYN]) receive(net, tcp(flags, CLIENT));
    expect(conns(net)).toMatchObject([{ state: 'SYN_RECV', daddr: ip('192.168.0.3') }]);
    net.ipvs.sysctl['conn_reuse_mode'] = 2;
    for (const flags of [TCP_FIN | TCP_ACK, TCP_SYN]) receive(net, tcp(flags, CLIENT));
    pass(net, 0);
    expect(conns(net)).toMatchObject([{ state: 'SYN_RECV', daddr: ip('192.168.0.2') }]);
  });

  it('schedules anew after CLOSE', () => {
    const { net } = withServers('droute');
    for (const flags of [TCP_SYN, TCP_ACK, TCP_RST, TCP_SYN]) receive(net, tcp(flags, CLIENT));
    expect(net.reasons()).toContain('ipvs.conn-port-reused');
    pass(net, 0);
    expect(conns(net)).toMatchObject([{ daddr: ip('192.168.0.2') }]);
  });
});

describe('FullNAT, outside mainline', () => {
  it('rewrites both addresses, carries the client in TOA, and finds the answer', () => {
    const { net, svc } = withServers('fullnat');
    addLaddr(net, svc, ip('192.168.0.1'));
    receive(net, tcp(TCP_SYN, CLIENT));
    const [, segment] = sent(net)[0] as unknown as [Ipv4Hdr, TcpHdr];
    expect(head(net)).toMatchObject({ src: ip('192.168.0.1'), dst: ip('192.168.0.3'), totalLen: 48 });
    expect(segment.options.toa).toEqual({ addr: ip('10.0.0.9'), port: 40001 });
    net.forget();
    receive(net, tcp(TCP_SYN | TCP_ACK, { src: '192.168.0.3', sport: 80, dst: '192.168.0.1', dport: segment.sport }), 3);
    expect(sent(net)[0]).toMatchObject([
      { src: ip('10.0.0.100'), dst: ip('10.0.0.9') },
      { sport: 80, dport: 40001 },
    ]);
  });

  it('drops when the pool is empty', () => {
    const { net } = withServers('fullnat');
    receive(net, tcp(TCP_SYN, CLIENT));
    expect(net.reasons()).toContain('ipvs.no-local-address');
  });
});
