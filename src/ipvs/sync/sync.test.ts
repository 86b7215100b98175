import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  IPPROTO_UDP,
  TCP_ACK,
  TCP_FIN,
  TCP_SYN,
  type Ipv4,
  type Ipv4Hdr,
  type Layers,
  type Payload,
  type UdpHdr,
} from '../../wire/index.ts';
import { conns, ip, makeDirector, pass, receive, sent, server, service, tcp, type Director } from '../ipvs.test-kit.ts';
import { delDest } from '../ctl.ts';
import { parseIpv6 } from '../ipv6.ts';
import { startDaemon, stopDaemon } from './master.ts';
import { emitSync, parseSync, syncHasRoom, type SyncedConn } from './wire.ts';

const GROUP = ip('224.0.0.81');
const CLIENT = { src: '10.0.0.9', dst: '10.0.0.100' };

function daemon(net: Director, role: 'master' | 'backup', syncId = 7): void {
  expect(
    startDaemon(net, {
      role,
      mcastInterface: 'eth0',
      syncId,
      maxlen: null,
      group: GROUP,
      port: 8848,
      ttl: 1,
    }),
  ).toBe(null);
}

function pair(): { master: Director; backup: Director } {
  const [master, backup] = [makeDirector(), makeDirector()];
  for (const net of [master, backup]) {
    const svc = service(net);
    server(net, svc, '192.168.0.2', 'droute');
    server(net, svc, '192.168.0.3', 'droute');
  }
  daemon(master, 'master');
  daemon(backup, 'backup');
  master.forget();
  return { master, backup };
}

function messages(net: Director): Layers[] {
  return sent(net).filter((l) => (l[0] as Ipv4Hdr).dst === GROUP);
}

const synced: fc.Arbitrary<SyncedConn> = fc.record({
  proto: fc.constant(6),
  state: fc.constantFrom('ESTABLISHED', 'FIN_WAIT', 'CLOSE', 'TIME_WAIT'),
  caddr: fc.integer({ min: 0, max: 0xffffffff }) as fc.Arbitrary<Ipv4>,
  cport: fc.integer({ min: 0, max: 65535 }),
  vaddr: fc.integer({ min: 0, max: 0xffffffff }) as fc.Arbitrary<Ipv4>,
  vport: fc.integer({ min: 0, max: 65535 }),
  daddr: fc.integer({ min: 0, max: 0xffffffff }) as fc.Arbitrary<Ipv4>,
  dport: fc.integer({ min: 0, max: 65535 }),
  fwmark: fc.integer({ min: 0, max: 0xffffffff }),
  timeoutS: fc.integer({ min: 0, max: 100000 }),
  fwd: fc.constantFrom('masq', 'tunnel', 'droute'),
  noOutput: fc.boolean(),
  inactive: fc.boolean(),
  template: fc.constant(false),
  nfct: fc.boolean(),
});

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

/** The first connection that a master with sync_version=0 told of. */
const RECORDED: SyncedConn = {
  proto: 6,
  state: 'ESTABLISHED',
  caddr: ip('10.7.0.200'),
  cport: 40001,
  vaddr: ip('10.7.0.100'),
  vport: 80,
  daddr: ip('10.7.0.11'),
  dport: 80,
  fwmark: 0,
  timeoutS: 900,
  fwd: 'droute',
  noOutput: true,
  inactive: false,
  template: false,
  nfct: false,
};

describe('messages', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), fc.array(synced, { maxLength: 20 }), (syncId, list) => {
        expect(parseSync(emitSync({ version: 1, syncId, conns: list }))).toEqual({ version: 1, syncId, conns: list });
      }),
    );
  });

  it('take 8 bytes and 36 for each connection', () => {
    const one: SyncedConn = {
      proto: 6,
      state: 'ESTABLISHED',
      caddr: ip('1.2.3.4'),
      cport: 5,
      vaddr: ip('6.7.8.9'),
      vport: 80,
      daddr: ip('10.0.0.1'),
      dport: 80,
      fwmark: 0,
      timeoutS: 900,
      fwd: 'droute',
      noOutput: true,
      inactive: false,
      template: false,
      nfct: false,
    };
    const bytes = emitSync({ version: 1, syncId: 1, conns: [one] });
    expect(hex(bytes)).toBe('0001002c01010000' + '000600240000008300010005005000500000000000000384' + '01020304' + '06070809' + '0a000001');
  });

  it('of version 0 lose marks and timeouts, nothing else', () => {
    fc.assert(
      fc.property(fc.array(synced, { minLength: 1, maxLength: 20 }), (list) => {
        const conns = list.map((conn) => ({ ...conn, fwmark: 0, timeoutS: 0, nfct: false }));
        expect(parseSync(emitSync({ version: 0, syncId: 3, conns: list }))).toEqual({ version: 0, syncId: 3, conns });
      }),
    );
  });

  it('of version 0 have the bytes of the recorded ones', () => {
    const bytes = emitSync({ version: 0, syncId: 3, conns: [RECORDED] });
    expect(hex(bytes)).toBe('0103001c' + '00069c4100500050' + '0a0700c8' + '0a070064' + '0a07000b' + '00830001');
  });

  it('of another length, or cut short, are refused', () => {
    for (const version of [0, 1] as const) {
      const bytes = emitSync({ version, syncId: 1, conns: [RECORDED] });
      const short = bytes.slice(0, -4);
      new DataView(short.buffer).setUint16(2, short.length);
      expect([parseSync(bytes.slice(0, 3)), parseSync(Uint8Array.from([...bytes, 0])), parseSync(short)]).toEqual([null, null, null]);
    }
  });
});

describe('master', () => {
  it('tells an established connection with its third packet, and every later state, once two seconds have passed', () => {
    const { master } = pair();
    receive(master, tcp(TCP_SYN, CLIENT));
    receive(master, tcp(TCP_ACK, CLIENT));
    pass(master, 5);
    expect(messages(master)).toEqual([]);
    receive(master, tcp(TCP_ACK, CLIENT));
    receive(master, tcp(TCP_FIN | TCP_ACK, CLIENT));
    pass(master, 1);
    expect(messages(master)).toEqual([]);
    pass(master, 2);
    const [head, udp, body] = messages(master)[0] as [Ipv4Hdr, UdpHdr, Payload];
    expect(head).toMatchObject({ src: ip('10.0.0.1'), proto: IPPROTO_UDP, ttl: 1, df: false });
    expect(udp.dport).toBe(8848);
    expect(parseSync(body.bytes)).toMatchObject({
      syncId: 7,
      conns: [{ state: 'ESTABLISHED' }, { state: 'FIN_WAIT', inactive: true }],
    });
  });

  it('wakes every 1.024 s, which is a second on the timer wheel, and anew after full messages', () => {
    const { master } = pair();
    receive(master, tcp(TCP_SYN, CLIENT));
    pass(master, 0.1);
    for (let i = 0; i < 2; i++) receive(master, tcp(TCP_ACK, CLIENT));
    pass(master, 3 * 1.024 - 0.1 - 0.001);
    expect(messages(master)).toEqual([]);
    pass(master, 0.001);
    expect(messages(master)).toHaveLength(1);
  });

  function tellMany(master: Director, count: number): void {
    for (let n = 0; n < count; n++) {
      for (const flags of [TCP_SYN, TCP_ACK, TCP_ACK]) receive(master, tcp(flags, { ...CLIENT, sport: 1000 + n }));
    }
  }

  /** 40 connections fit 1472 bytes. */
  it.each([
    ['one full message after 20 ms and the wheel', 41, 0.023, 0.001, 1],
    ['eight of them at once', 8 * 40 + 1, 0, 0.001, 8],
  ])('sends %s', (_title, count, before, after, expected) => {
    const { master } = pair();
    tellMany(master, count);
    if (before > 0) {
      pass(master, before);
      expect(messages(master)).toEqual([]);
    }
    pass(master, after);
    expect(messages(master)).toHaveLength(expected);
  });

  it('throws messages away when the queue is as long as sync_qlen_max', () => {
    const { master } = pair();
    master.ipvs.sysctl['sync_qlen_max'] = 2;
    tellMany(master, 4 * 40 + 1);
    expect(master.reasons()).toContain('ipvs.sync-queue-full');
    pass(master, 0.1);
    expect(messages(master)).toHaveLength(2);
  });

  it('ends the message under way when sync_version changes; version 0 leaves room for a long connection', () => {
    const { master } = pair();
    tellMany(master, 1);
    master.ipvs.sysctl['sync_version'] = 0;
    receive(master, tcp(TCP_FIN | TCP_ACK, { ...CLIENT, sport: 1000 }));
    pass(master, 4);
    const bodies = messages(master).map((layers) => parseSync((layers[2] as Payload).bytes));
    expect(bodies).toMatchObject([
      { version: 1, conns: [{ state: 'ESTABLISHED', timeoutS: 900 }] },
      { version: 0, conns: [{ state: 'FIN_WAIT', timeoutS: 0 }] },
    ]);
    expect([syncHasRoom(0, 59, 1472), syncHasRoom(0, 60, 1472), syncHasRoom(1, 39, 1472), syncHasRoom(1, 40, 1472)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it('with sync_refresh_period tells again at once, up to sync_retries times, an eighth of the period apart', () => {
    const told = (retries: number): number => {
      const { master } = pair();
      Object.assign(master.ipvs.sysctl, { sync_refresh_period: 80, sync_retries: retries, sync_threshold: '3\t0' });
      tellMany(master, 1);
      for (let i = 0; i < 7; i++) {
        pass(master, 9.9);
        receive(master, tcp(TCP_ACK, { ...CLIENT, sport: 1000 }));
      }
      pass(master, 4);
      return messages(master).length;
    };
    // With the connection's first packets, then after 10 s, 20 s and 30 s more.
    expect([told(0), told(1), told(3)]).toEqual([1, 2, 4]);
  });

  it.each([
    ['master', null, 1500, 1472],
    ['master', null, 9000, 1472],
    ['master', 500, 1500, 500],
    ['backup', null, 1400, 1472],
    ['backup', null, 9000, 8972],
    ['backup', null, 65536, 65507],
    ['backup', 500, 1500, 1024],
    ['backup', 9000, 1500, 9000],
  ] as const)('%s asked for %s on an interface of MTU %s has room for %s bytes', (role, wanted, mtu, room) => {
    const net = makeDirector();
    const dev = net.host.devs[2];
    if (dev !== undefined && dev !== null) dev.mtu = mtu;
    const spec = { role, mcastInterface: 'eth0', syncId: 0, maxlen: wanted, group: GROUP, port: 8848, ttl: 1 };
    expect(startDaemon(net, spec)).toBe(null);
    expect(net.ipvs.daemons[0]?.maxlen).toBe(room);
    expect(startDaemon(net, spec)).toBe('EEXIST');
    expect(startDaemon(net, { ...spec, mcastInterface: 'nodev' })).toBe('ENODEV');
  });

  it('has no address to send to a group of IPv6 from, and a backup hears nothing there', () => {
    const net = makeDirector();
    const spec = { mcastInterface: 'eth0', syncId: 0, maxlen: null, group: GROUP, group6: parseIpv6('ff02::5'), port: 8848, ttl: 1 };
    expect(startDaemon(net, { ...spec, role: 'master' })).toBe('EADDRNOTAVAIL');
    expect(startDaemon(net, { ...spec, role: 'backup' })).toBe(null);
    expect(net.ipvs.daemons).toMatchObject([{ role: 'backup', maxlen: 1452, group6: 'ff02::5' }]);
  });

  it('and a server of the other family exclude each other', () => {
    const net = makeDirector();
    const svc = service(net);
    const far = { addr6: parseIpv6('fd00::2') };
    server(net, svc, '0.0.0.0', 'tunnel', far);
    const spec = { role: 'master', mcastInterface: 'eth0', syncId: 0, maxlen: null, group: GROUP, port: 8848, ttl: 1 } as const;
    expect(startDaemon(net, spec)).toBe('EINVAL');
    delDest(net, svc, 0 as Ipv4, 80, far.addr6);
    expect(startDaemon(net, spec)).toBe(null);
    expect(() => server(net, svc, '0.0.0.0', 'tunnel', far)).toThrow('EINVAL');
  });

  it('sends nothing any more after it was stopped', () => {
    const { master } = pair();
    for (let i = 0; i < 3; i++) receive(master, tcp(i === 0 ? TCP_SYN : TCP_ACK, CLIENT));
    expect(stopDaemon(master, 'master')).toBe(null);
    pass(master, 5);
    expect(messages(master)).toEqual([]);
  });
});

describe('backup', () => {
  function told(): { backup: Director; message: Layers } {
    const { master, backup } = pair();
    for (let i = 0; i < 3; i++) receive(master, tcp(i === 0 ? TCP_SYN : TCP_ACK, CLIENT));
    pass(master, 4);
    const [head, ...rest] = messages(master)[0] as [Ipv4Hdr, ...Layers];
    // Both directors of the test have the same address; a real master has its own.
    return { backup, message: [{ ...head, src: ip('10.0.0.2') }, ...rest] };
  }

  it('knows the connection afterwards, with its server, its activity and its timeout', () => {
    const { backup, message } = told();
    receive(backup, message);
    expect(conns(backup)).toMatchObject([
      { state: 'ESTABLISHED', synced: true, inactive: false, daddr: ip('192.168.0.3'), timeoutMs: 900_000 },
    ]);
    expect(backup.ipvs.services[0]?.dests[0]).toMatchObject({ activeConns: 1, stats: { now: { conns: 0 } } });
    backup.forget();
    receive(backup, tcp(TCP_ACK, CLIENT));
    expect(backup.reasons()).toContain('ipvs.conn-found');
  });

  it('hears only its own syncid', () => {
    const { backup, message } = told();
    stopDaemon(backup, 'backup');
    daemon(backup, 'backup', 8);
    receive(backup, message);
    expect(conns(backup)).toEqual([]);
    expect(backup.reasons()).toContain('ipvs.sync-other-id');
  });
});
