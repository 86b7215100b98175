import { describe, expect, it } from 'vitest';
import { TCP_ACK, TCP_FIN, TCP_SYN } from '../wire/index.ts';
import { CLIENT, conns, pass, receive, recount, tcp, udp, withServers, type Director } from './ipvs.test-kit.ts';
import { ipvsSysctls } from './sysctls.ts';

const FREE_PAGES = 196_608;

function write(net: Director, name: string, value: number): void {
  const row = ipvsSysctls.find((r) => r.name === `net.ipv4.vs.${name}`);
  expect(row?.write(net, '', String(value))).toBe(null);
}

function begin(net: Director, n: number, ...flags: number[]): void {
  for (const f of flags) receive(net, tcp(f, { ...CLIENT, src: `10.0.1.${Math.floor(n / 200)}`, sport: 1000 + (n % 200) }));
}

describe('drop_entry', () => {
  it('throws half-open connections out of 128 places of 4096 each 1.024 s, and counts them off', () => {
    const { net, svc } = withServers('droute');
    for (let n = 0; n < 400; n++) begin(net, n, TCP_SYN);
    write(net, 'drop_entry', 3);
    pass(net, 1);
    expect(conns(net)).toHaveLength(400);
    pass(net, 9.24);
    const left = conns(net).length;
    // Ten looks leave 0.969 of the entries each: 292 on average.
    expect(left).toBeGreaterThan(230);
    expect(left).toBeLessThan(350);
    expect(svc.dests.reduce((sum, d) => sum + d.activeConns, 0)).toBe(left);
    for (const { dest, active, inactive } of recount(net)) expect([dest.activeConns, dest.inactConns]).toEqual([active, inactive]);
    expect(net.reasons()).toContain('ipvs.entry-dropped-by-defence');
    write(net, 'drop_entry', 0);
    pass(net, 5);
    expect(conns(net)).toHaveLength(left);
  });

  it.each([
    ['established ones that had a packet a moment ago', 20, [TCP_SYN, TCP_ACK], 50],
    ['closing ones', 70, [TCP_SYN, TCP_ACK, TCP_FIN | TCP_ACK], 50],
  ])('keeps %s', (_title, seconds, flags, kept) => {
    const { net } = withServers('droute');
    for (let n = 0; n < 50; n++) begin(net, n, ...flags);
    write(net, 'drop_entry', 3);
    pass(net, seconds);
    expect(conns(net)).toHaveLength(kept);
  });

  it('lets idle established ones of few packets go: the more packets, the fewer', () => {
    const left = (packets: number): number => {
      const { net } = withServers('droute');
      for (let n = 0; n < 200; n++) begin(net, n, TCP_SYN, ...Array.from({ length: packets - 1 }, () => TCP_ACK));
      pass(net, 61);
      write(net, 'drop_entry', 3);
      pass(net, 40);
      return conns(net).length;
    };
    const [two, eight, nine] = [left(2), left(8), left(9)];
    expect(two).toBeLessThan(eight);
    expect(eight).toBeLessThan(200);
    expect(nine).toBe(200);
  });

  it('ends a template that no connection has made sure of, once its connections are gone', () => {
    const { net } = withServers('droute', { persistTimeout: 600 });
    begin(net, 0, TCP_SYN);
    write(net, 'drop_entry', 3);
    pass(net, 200);
    expect(conns(net)).toEqual([]);
  });

  it('treats UDP like an idle connection', () => {
    const { net } = withServers('droute', { proto: 17 });
    for (let n = 0; n < 100; n++) receive(net, udp({ ...CLIENT, sport: 2000 + n }));
    write(net, 'drop_entry', 3);
    pass(net, 55);
    expect(conns(net)).toHaveLength(100);
    pass(net, 60);
    expect(conns(net).length).toBeLessThan(60);
  });
});

describe('memory', () => {
  it.each(['drop_entry', 'drop_packet', 'secure_tcp'])('%s: 1 shows 2 while it is short, within about a second', (name) => {
    const { net } = withServers('droute');
    write(net, name, 1);
    expect(net.ipvs.sysctl[name]).toBe(1);
    write(net, 'amemthresh', FREE_PAGES + 1);
    pass(net, 1.024);
    expect(net.ipvs.sysctl[name]).toBe(2);
    write(net, 'amemthresh', FREE_PAGES);
    pass(net, 1.024);
    expect(net.ipvs.sysctl[name]).toBe(1);
  });

  it.each([
    ['always', 3, 1024, 4, 2, 6],
    ['while memory is short, the more the shorter', 1, 2 * FREE_PAGES, 99, 2, 6],
    ['not while there is enough', 1, 1024, 4, 0, 12],
  ])('drop_packet drops %s', (_title, mode, threshold, rate, period, through) => {
    const { net } = withServers('droute');
    write(net, 'am_droprate', mode === 3 ? 2 : rate);
    write(net, 'amemthresh', threshold);
    write(net, 'drop_packet', mode);
    for (let n = 0; n < 12; n++) begin(net, n, TCP_SYN);
    expect([net.ipvs.defence.packetRate, conns(net).length]).toEqual([period, through]);
  });
});
