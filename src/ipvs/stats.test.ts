import { describe, expect, it } from 'vitest';
import { TCP_ACK, TCP_SYN } from '../wire/index.ts';
import { zeroService } from './ctl.ts';
import { conns, makeDirector, pass, receive, server, service, tcp } from './ipvs.test-kit.ts';
import { procIpVs, procIpVsApp, procIpVsConn, procIpVsConnSync } from './proc.ts';
import { shownCounters, shownRates } from './stats.ts';

/** Between two estimations. */
const BEAT_S = 2.016;
const CLIENT = { src: '10.0.0.9', dst: '10.0.0.100' };

describe('counters', () => {
  it('are shown as of the last estimation: every 2.016 s, which is two seconds on the timer wheel', () => {
    const net = makeDirector();
    const svc = service(net);
    server(net, svc, '192.168.0.2', 'droute');
    pass(net, 1);
    receive(net, tcp(TCP_SYN, CLIENT));
    receive(net, tcp(TCP_ACK, CLIENT));
    pass(net, 1.015);
    expect(shownCounters(svc.stats)).toMatchObject({ conns: 0, inPkts: 0 });
    pass(net, 0.001);
    expect(shownCounters(svc.stats)).toEqual({ conns: 1, inPkts: 2, outPkts: 0, inBytes: 80, outBytes: 0 });
    expect(shownRates(svc.stats)).toMatchObject({ cps: 0, inPps: 0, inBps: 10 });
  });

  it('begin anew with -Z at what was shown', () => {
    const net = makeDirector();
    const svc = service(net);
    server(net, svc, '192.168.0.2', 'droute');
    receive(net, tcp(TCP_SYN, CLIENT));
    pass(net, BEAT_S);
    receive(net, tcp(TCP_ACK, CLIENT));
    zeroService(net, null);
    expect(shownCounters(svc.stats)).toMatchObject({ conns: 0, inPkts: 0 });
    pass(net, 2.015);
    expect(shownCounters(svc.stats)).toMatchObject({ conns: 0, inPkts: 0 });
    pass(net, 0.001);
    expect(shownCounters(svc.stats)).toMatchObject({ conns: 0, inPkts: 1 });
  });

  it('follow the beat that the host has had since it was started, also for a service added later', () => {
    const net = makeDirector();
    pass(net, 100 * BEAT_S + 1);
    const svc = service(net);
    server(net, svc, '192.168.0.2', 'droute');
    receive(net, tcp(TCP_SYN, CLIENT));
    pass(net, BEAT_S - 1 - 0.001);
    expect(shownCounters(svc.stats).conns).toBe(0);
    pass(net, 0.001);
    expect(shownCounters(svc.stats).conns).toBe(1);
  });

  it('of connections belong to the service that scheduled, those of packets to the one that has the server', () => {
    const net = makeDirector();
    const ftp = service(net, { port: 21, persistTimeout: 30 });
    server(net, ftp, '192.168.0.2', 'droute', { port: 21 });
    const any = service(net, { port: 0, persistTimeout: 30 });
    server(net, any, '192.168.0.3', 'droute', { port: 0 });
    // Both have the same template: one client, all ports of the address.
    receive(net, tcp(TCP_SYN, { ...CLIENT, dport: 2000 }));
    receive(net, tcp(TCP_SYN, { ...CLIENT, dport: 500 }));
    const counted = [ftp, any].map((svc) => [svc.stats.now.conns, svc.stats.now.inPkts, svc.dests[0]?.stats.now.conns]);
    expect(counted).toEqual([
      [1, 2, 2],
      [1, 0, 0],
    ]);
  });

  it('stand still with run_estimation=0', () => {
    const net = makeDirector();
    const svc = service(net);
    server(net, svc, '192.168.0.2', 'droute');
    net.ipvs.sysctl['run_estimation'] = 0;
    receive(net, tcp(TCP_SYN, CLIENT));
    pass(net, 10);
    expect(shownCounters(svc.stats).conns).toBe(0);
  });
});

describe('/proc/net', () => {
  it('ip_vs gives persistence in jiffies, ip_vs_conn the connection in hexadecimal', () => {
    const net = makeDirector();
    server(net, service(net, { persistTimeout: 360 }), '192.168.0.2', 'masq');
    receive(net, tcp(TCP_SYN, CLIENT));
    expect(procIpVs(net)).toContain(
      'TCP  0A000064:0050 rr  persistent 90000 FFFFFFFF\n  -> C0A80002:0050      Masq    1      1          0         \n',
    );
    expect(procIpVsConn(net)).toContain('TCP 0A000009 9C41 0A000064 0050 C0A80002 0050 SYN_RECV         60\n');
  });

  it('ip_vs_conn_sync tells where an entry came from, ip_vs_app that no helper is loaded', () => {
    const net = makeDirector();
    server(net, service(net), '192.168.0.2', 'masq');
    receive(net, tcp(TCP_SYN, CLIENT));
    const row = 'TCP 0A000009 9C41 0A000064 0050 C0A80002 0050 SYN_RECV    ';
    expect(procIpVsConnSync(net)).toBe(`Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Origin Expires\n${row}LOCAL       60\n`);
    for (const conn of conns(net)) Object.assign(conn, { synced: true });
    expect(procIpVsConnSync(net)).toContain(`${row}SYNC        60\n`);
    expect(procIpVsApp()).toBe('prot port    usecnt name\n');
  });
});
