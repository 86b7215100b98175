import { describe, expect, it } from 'vitest';
import { IPPROTO_UDP, TCP_ACK, TCP_FIN, TCP_SYN, type Ipv4, type Ipv4Hdr } from '../wire/index.ts';
import { LO_IF, newSkb, type IfIndex } from '../host/index.ts';
import { ipVsIn } from './core.ts';
import { delDest, editDest, editService } from './ctl.ts';
import {
  CLIENT,
  conns,
  defaultVia,
  ip,
  makeDirector,
  pass,
  receive,
  sent,
  server,
  service,
  tcp,
  udp,
  withServers,
  type Director,
} from './ipvs.test-kit.ts';
import { schedulers } from './schedulers/index.ts';
import type { Svc } from './state.ts';

const HEAD = 0;

function head(net: Director, n = 0): Ipv4Hdr {
  return sent(net)[n]?.[HEAD] as Ipv4Hdr;
}

describe('persistence', () => {
  it('sends a client where it went before, whatever the weight', () => {
    const { net, svc } = withServers('droute', { persistTimeout: 50 });
    receive(net, tcp(TCP_SYN, CLIENT));
    const dest = svc.dests[0] as Svc['dests'][number];
    editDest(net, svc, { ...dest, weight: 0 });
    receive(net, tcp(TCP_SYN, { ...CLIENT, sport: 40002 }));
    expect(conns(net).map((c) => [c.template, c.daddr])).toEqual([
      [true, ip('192.168.0.3')],
      [false, ip('192.168.0.3')],
      [false, ip('192.168.0.3')],
    ]);
    expect(dest).toMatchObject({ persistConns: 1, activeConns: 2 });
  });

  it('gives the template up with expire_quiescent_template=1', () => {
    const { net, svc } = withServers('droute', { persistTimeout: 50 });
    net.ipvs.sysctl['expire_quiescent_template'] = 1;
    receive(net, tcp(TCP_SYN, CLIENT));
    editDest(net, svc, { ...(svc.dests[0] as Svc['dests'][number]), weight: 0 });
    receive(net, tcp(TCP_SYN, { ...CLIENT, sport: 40002 }));
    expect(conns(net).filter((c) => c.template)).toMatchObject([
      { vport: 65535, dport: 65535, daddr: ip('192.168.0.3') },
      { vport: 80, daddr: ip('192.168.0.2') },
    ]);
  });

  it('lives on by 60 s while connections stand under the template', () => {
    const { net } = withServers('droute', { persistTimeout: 50 });
    for (const flags of [TCP_SYN, TCP_ACK, TCP_FIN | TCP_ACK]) receive(net, tcp(flags, CLIENT));
    pass(net, 100);
    expect(conns(net).filter((c) => c.template)).toMatchObject([{ timeoutMs: 60_000, state: 'ASSURED', nControl: 1 }]);
    pass(net, 90);
    expect(conns(net)).toEqual([]);
  });

  it('covers all ports with port 0, and names the mark for a mark', () => {
    const { net } = withServers('droute', { persistTimeout: 50, port: 0 });
    receive(net, tcp(TCP_SYN, { ...CLIENT, dport: 443 }));
    expect(conns(net)).toMatchObject([
      { template: true, vport: 0, dport: 0 },
      { vport: 443, dport: 443 },
    ]);
  });

  it('a mask gathers the clients of a network', () => {
    const { net } = withServers('droute', { persistTimeout: 50, persistMask: ip('255.255.255.0') });
    receive(net, tcp(TCP_SYN, CLIENT));
    receive(net, tcp(TCP_SYN, { ...CLIENT, src: '10.0.0.8' }));
    expect(conns(net).filter((c) => c.template)).toMatchObject([{ caddr: ip('10.0.0.0'), nControl: 2 }]);
  });
});

describe('thresholds', () => {
  it('passes over a server at its upper threshold until three quarters are left', () => {
    const { net, svc } = withServers('droute');
    const dest = svc.dests[0] as Svc['dests'][number];
    editDest(net, svc, { ...dest, uThreshold: 2, lThreshold: 0 });
    for (let i = 0; i < 6; i++) receive(net, tcp(TCP_SYN, { ...CLIENT, sport: 40001 + i }));
    expect(dest).toMatchObject({ overload: true, activeConns: 2 });
    expect(svc.dests[1]).toMatchObject({ activeConns: 4 });
    pass(net, 70);
    expect(dest.overload).toBe(false);
  });

  it.each([
    // connections listed, thresholds before and after the edit, full before and after
    [4, [0, 0], [3, 0], false, true],
    [4, [3, 0], [10, 0], true, false],
    // a raised threshold helps only when three quarters of it are more than there is
    [5, [5, 0], [6, 0], true, true],
    [4, [4, 0], [5, 4], true, true],
    [3, [4, 0], [5, 4], false, false],
    [6, [5, 0], [0, 0], true, false],
  ] as const)('%i connections, thresholds %j become %j: full %s, then %s', (conns, before, after, was, is) => {
    const { net, svc } = withServers('droute');
    const dest = svc.dests[0] as Svc['dests'][number];
    dest.inactConns = conns;
    editDest(net, svc, { ...dest, uThreshold: before[0], lThreshold: before[1] });
    expect(dest.overload).toBe(was);
    editDest(net, svc, { ...dest, uThreshold: after[0], lThreshold: after[1] });
    expect(dest.overload).toBe(is);
  });
});

describe('one packet', () => {
  it('each datagram is scheduled, nothing stays', () => {
    const { net } = withServers('droute', { proto: IPPROTO_UDP, onePacket: true });
    for (let i = 0; i < 3; i++) receive(net, udp(CLIENT));
    expect(net.sent.map((s) => (s.layers[0] as { dst: number }).dst & 0xff)).toEqual([3, 2, 3]);
    expect(conns(net)).toEqual([]);
    expect(net.ipvs.conns.byClient.count).toBe(0);
  });
});

describe('cache_bypass', () => {
  it('lets a marked packet go where it wanted when no cache can be had', () => {
    const net = makeDirector();
    defaultVia(net, '192.168.0.9');
    service(net, { mark: 5 });
    net.ipvs.sysctl['cache_bypass'] = 1;
    net.forget();
    // As after `ip rule add fwmark 5 lookup 100` with `ip route add local default dev lo table 100`.
    const local = {
      type: 'local',
      dev: LO_IF,
      gateway: null,
      src: 0 as Ipv4,
      mtu: 1500,
      mtuLocked: false,
      learnt: false,
      iif: 2 as IfIndex,
      doRedirect: false,
      route: 'local',
    } as const;
    const skb = newSkb(tcp(TCP_SYN, { src: '10.0.0.9', dst: '8.8.8.8' }), {
      mark: 5,
      dst: local,
      iif: 2 as IfIndex,
    });
    expect(ipVsIn(net, skb, 'LOCAL_IN')).toBe('stolen');
    expect(net.reasons()).toContain('ipvs.sent-bypass');
    expect(head(net)).toMatchObject({ dst: ip('8.8.8.8'), ttl: 63 });
    expect(conns(net)).toMatchObject([{ fwd: 'bypass', dest: null }]);
  });
});

describe('another scheduler, put in by ipvsadm -E', () => {
  it.each(schedulers.map((scheduler) => scheduler.name))(
    '%s finds the servers that are there, and all of them are told when they go',
    (name) => {
      const { net, svc } = withServers('droute');
      net.host.modules.push(`ip_vs_${name}`);
      receive(net, tcp(TCP_SYN, CLIENT));
      const { proto, addr, port, fwmark } = svc;
      const spec = {
        proto,
        addr,
        port,
        fwmark,
        scheduler: name,
        schedFlags: 0,
        persistTimeout: null,
        persistMask: 0 as Ipv4,
        onePacket: false,
        pe: null,
      };
      expect(editService(net, spec)).toBe(null);
      receive(net, tcp(TCP_SYN, { ...CLIENT, sport: 40002 }));
      expect(conns(net)).toHaveLength(2);
      for (const last of [2, 3]) delDest(net, svc, ip(`192.168.0.${last}`), 80);
      receive(net, tcp(TCP_SYN, { ...CLIENT, sport: 40003 }));
      expect(conns(net)).toHaveLength(2);
    },
  );

  it('none is one: every request is refused, and servers come and go without it', () => {
    const net = makeDirector();
    const svc = service(net, { scheduler: 'none' });
    server(net, svc, '192.168.0.2', 'droute');
    receive(net, tcp(TCP_SYN, CLIENT));
    expect(net.reasons()).toContain('ipvs.no-scheduler');
    expect(sent(net)[0]?.[1]).toMatchObject({ kind: 'icmp', type: 3, code: 3 });
    expect(editDest(net, svc, { ...svc.dests[0], weight: 3 } as never)).toBe(null);
    const { proto, addr, port, fwmark } = svc;
    const spec = { proto, addr, port, fwmark, schedFlags: 0, persistTimeout: null, persistMask: 0 as Ipv4, onePacket: false, pe: null };
    expect(editService(net, { ...spec, scheduler: 'rr' })).toBe(null);
    receive(net, tcp(TCP_SYN, CLIENT));
    expect(conns(net)).toHaveLength(1);
    expect(editService(net, { ...spec, scheduler: 'none' })).toBe(null);
    receive(net, tcp(TCP_SYN, { ...CLIENT, sport: 40002 }));
    expect(conns(net)).toHaveLength(1);
    expect(delDest(net, svc, ip('192.168.0.2'), 80)).toBe(null);
  });
});
