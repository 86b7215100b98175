import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IPPROTO_TCP, IPPROTO_UDP, makePayload, makeUdp, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, type Ipv4 } from '../wire/index.ts';
import { connInGet, ctInGet } from './conn.ts';
import { addDest, addService, delDest, delService, editDest, editService, flushServices, type DestSpec, type SvcSpec } from './ctl.ts';
import { CLIENT, conns, ip, makeDirector, pass, receive, recount, setForwarding, tcp, udp, type Director } from './ipvs.test-kit.ts';
import { defenceWritten } from './defence.ts';
import type { Conn } from './state.ts';
import { startDaemon } from './sync/master.ts';
import { emitSync } from './sync/wire.ts';

const VIP = ip('10.0.0.100');
const GROUP = ip('224.0.0.81');
const SCHEDULERS = ['rr', 'wrr', 'wlc', 'sed', 'nq', 'sh', 'mh', 'dh', 'lblc', 'lblcr', 'fo', 'ovf'] as const;
const SETTINGS = ['expire_nodest_conn', 'expire_quiescent_template', 'conn_reuse_mode', 'sloppy_tcp', 'conntrack'] as const;

const n = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const one = <const T extends string>(kind: T): fc.Arbitrary<T> => fc.constant(kind);

/** All that can move a connection or a counter. */
const event = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: one('tcp'), port: n(1, 3), flags: fc.constantFrom(TCP_SYN, TCP_ACK, TCP_FIN | TCP_ACK, TCP_RST) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: one('reply'),
      port: n(1, 3),
      from: n(2, 4),
      flags: fc.constantFrom(TCP_SYN | TCP_ACK, TCP_FIN | TCP_ACK, TCP_RST),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: one('udp'), port: n(1, 3) }) },
  { weight: 3, arbitrary: fc.record({ kind: one('pass'), seconds: fc.constantFrom(1, 11, 61, 130, 310) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: one('told'),
      port: n(1, 3),
      to: n(2, 4),
      state: fc.constantFrom('ESTABLISHED' as const, 'FIN_WAIT' as const),
      inactive: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: one('add'),
      last: n(2, 4),
      weight: n(0, 2),
      u: n(0, 3),
      fwd: fc.constantFrom('droute' as const, 'masq' as const, 'tunnel' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: one('edit'),
      last: n(2, 4),
      weight: n(0, 2),
      u: n(0, 3),
      fwd: fc.constantFrom('droute' as const, 'masq' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: one('delete'), last: n(2, 4) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: one('service'),
      how: fc.constantFrom('delete', 'add', 'edit', 'flush'),
      scheduler: fc.constantFrom(...SCHEDULERS),
      persist: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: one('set'), name: fc.constantFrom(...SETTINGS), value: n(0, 2) }) },
  { weight: 1, arbitrary: fc.record({ kind: one('drop'), value: fc.constantFrom(0, 3) }) },
);
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

function spec(proto: number, scheduler: string, persist: boolean, onePacket: boolean): SvcSpec {
  const persistTimeout = persist ? 30 : null;
  return {
    proto,
    addr: VIP,
    port: 80,
    fwmark: 0,
    scheduler,
    schedFlags: 0,
    persistTimeout,
    persistMask: 0xffffffff as Ipv4,
    onePacket,
    pe: null,
  };
}

function dest(last: number, weight: number, fwd: DestSpec['fwd'], uThreshold: number): DestSpec {
  const addr = ip(`192.168.0.${last}`);
  return { addr, port: 80, fwd, weight, uThreshold, lThreshold: 0, tunType: 'ipip', tunPort: 0, tunFlags: 'nocsum' };
}

function begin(onePacket: boolean): Director {
  const net = makeDirector();
  setForwarding(net, 1);
  for (const proto of [IPPROTO_TCP, IPPROTO_UDP]) {
    addService(net, spec(proto, 'rr', false, onePacket && proto === IPPROTO_UDP));
    for (const last of [2, 3]) addDest(net, spec(proto, 'rr', false, false), dest(last, 1, last === 2 ? 'masq' : 'droute', 0));
  }
  startDaemon(net, { role: 'backup', mcastInterface: 'eth0', syncId: 0, maxlen: null, group: GROUP, port: 8848, ttl: 1 });
  return net;
}

function told(net: Director, e: Event & { kind: 'told' }): void {
  const bytes = emitSync({
    version: 1,
    syncId: 1,
    conns: [
      {
        proto: IPPROTO_TCP,
        state: e.state,
        caddr: ip('10.0.0.9'),
        cport: 40000 + e.port,
        vaddr: VIP,
        vport: 80,
        daddr: ip(`192.168.0.${e.to}`),
        dport: 80,
        fwmark: 0,
        timeoutS: 20,
        fwd: 'droute',
        noOutput: true,
        inactive: e.inactive,
        template: false,
        nfct: false,
      },
    ],
  });
  const [head] = udp({ src: '10.0.0.2', dst: '224.0.0.81', dport: 8848, bytes: bytes.length });
  receive(net, [head as never, makeUdp(4000, 8848, 8 + bytes.length), makePayload(bytes)]);
}

function happen(net: Director, e: Event): void {
  const key = spec(IPPROTO_TCP, 'rr', false, false);
  if (e.kind === 'tcp') receive(net, tcp(e.flags, { ...CLIENT, sport: 40000 + e.port }));
  else if (e.kind === 'udp') receive(net, udp({ ...CLIENT, sport: 40000 + e.port }));
  else if (e.kind === 'reply')
    receive(net, tcp(e.flags, { src: `192.168.0.${e.from}`, sport: 80, dst: '10.0.0.9', dport: 40000 + e.port }), 3);
  else if (e.kind === 'pass') pass(net, e.seconds);
  else if (e.kind === 'told') told(net, e);
  else if (e.kind === 'add') addDest(net, key, dest(e.last, e.weight, e.fwd, e.u));
  else if (e.kind === 'edit') editDest(net, key, dest(e.last, e.weight, e.fwd, e.u));
  else if (e.kind === 'delete') delDest(net, key, ip(`192.168.0.${e.last}`), 80);
  else if (e.kind === 'set') net.ipvs.sysctl[e.name] = e.value;
  else if (e.kind === 'drop') {
    net.ipvs.sysctl['drop_entry'] = e.value;
    defenceWritten(net);
  } else if (e.how === 'delete') delService(net, key);
  else if (e.how === 'add') addService(net, spec(IPPROTO_TCP, e.scheduler, e.persist, false));
  else if (e.how === 'edit') editService(net, spec(IPPROTO_TCP, e.scheduler, e.persist, false));
  else flushServices(net);
}

/** Whether the look-up that a packet makes leads to the entry, or to a newer one that stands in its place. */
function isFound(net: Director, conn: Conn): boolean {
  const find = conn.template ? ctInGet(net.ipvs, conn.proto, conn.caddr, conn.vaddr, conn.vport) : connInGet(net.ipvs, conn.proto, conn.caddr, conn.cport, conn.vaddr, conn.vport); // prettier-ignore
  return find !== null && find.id >= conn.id;
}

/** What does not fit together. */
function faults(net: Director): string[] {
  const out: string[] = [];
  for (const { dest: d, active, inactive, persistent } of recount(net)) {
    const [said, counted] = [`${d.activeConns} ${d.inactConns} ${d.persistConns}`, `${active} ${inactive} ${persistent}`];
    if (said !== counted) out.push(`server ${d.id} says ${said}, has ${counted}`);
  }
  const all = conns(net);
  const found = all.filter((c) => isFound(net, c)).map((c) => c.id);
  if (found.length !== all.length || net.ipvs.conns.byClient.count !== all.length) out.push(`look-ups ${found.join()}`);
  for (const conn of all) {
    const controlled = all.filter((c) => c.control === conn.id).length;
    if (conn.nControl !== controlled) out.push(`template ${conn.id} says ${conn.nControl}, controls ${controlled}`);
    if (conn.timer === null) out.push(`connection ${conn.id} has no timer`);
  }
  return out;
}

describe('counters', () => {
  it('equal a recount and are never negative, whatever happens; in the end nothing is left', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(event, { minLength: 10, maxLength: 40, size: 'max' }), (onePacket, events) => {
        const net = begin(onePacket);
        for (const e of events) {
          happen(net, e);
          expect(faults(net)).toEqual([]);
          net.forget();
        }
        pass(net, 3000);
        expect([conns(net).length, net.ipvs.conns.byClient.count, net.ipvs.trash.length]).toEqual([0, 0, 0]);
        expect(faults(net)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});
