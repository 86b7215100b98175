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
import { startDaemon, stopDaemon } from './master.ts';
import { emitSync, parseSync, type SyncedConn } from './wire.ts';

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

describe('messages', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), fc.array(synced, { maxLength: 20 }), (syncId, list) => {
        expect(parseSync(emitSync({ syncId, conns: list }))).toEqual({ syncId, conns: list });
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
    const bytes = emitSync({ syncId: 1, conns: [one] });
    expect(Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')).toBe(
      '0001002c01010000' + '000600240000008300010005005000500000000000000384' + '01020304' + '06070809' + '0a000001',
    );
  });

  it('of another version or length are refused', () => {
    const bytes = emitSync({ syncId: 1, conns: [] });
    expect([
      parseSync(bytes.slice(0, 7)),
      parseSync(Uint8Array.from([...bytes, 0])),
      parseSync(bytes.map((b, i) => (i === 5 ? 0 : b))),
    ]).toEqual([null, null, null]);
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
