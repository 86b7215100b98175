/** Connection entries in rows beside records in a Map: the same entries, look-ups and order; copies stay as they were. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyPlain, type Nanos } from '../engine/index.ts';
import type { Ipv4 } from '../wire/index.ts';
import {
  connAdd,
  connAfter,
  connIndex,
  connOf,
  connRemove,
  connsOf,
  connUnindex,
  clientFind,
  createConnTable,
  serverFind,
} from './conn-table.ts';
import type { Conn, ConnId, ConnState, ConnTable, DestId, FwdMethod, SvcId } from './state.ts';

type Fields = { -readonly [K in keyof Conn]: Conn[K] };

const states: ConnState[] = ['NONE', 'ESTABLISHED', 'SYN_RECV', 'FIN_WAIT', 'UDP', 'ASSURED', 'CLOSED'];
const fwds: FwdMethod[] = ['masq', 'local', 'tunnel', 'droute', 'bypass', 'fullnat'];
const addr = fc.constantFrom(0, 1, 0x0a000001, 0xc0a80102, 0xffffffff) as fc.Arbitrary<Ipv4>;
const port = fc.constantFrom(0, 1, 80, 0x7fff, 0x8000, 0xffff);
const time = fc.constantFrom(0, 5, 0xffffffff, 0x100000000, 9_007_199_254_740_000) as fc.Arbitrary<Nanos>;
const id = fc.constantFrom(null, 1, 7, 0x7fffffff);
const number = fc.constantFrom(null, 0, 1, 0xffffffff, 4_503_599_627_370_496);

const born = fc.record({
  proto: fc.constantFrom(0, 6, 17, 132, 255),
  caddr: addr,
  cport: port,
  vaddr: addr,
  vport: port,
  daddr: addr,
  dport: port,
  fwmark: fc.constantFrom(0, 5, 0xffffffff),
  fwd: fc.constantFrom(...fwds),
  template: fc.boolean(),
  onePacket: fc.boolean(),
  synced: fc.boolean(),
  local: fc.option(fc.record({ addr, port, seqDelta: number, dataSeq: number }), { freq: 3 }),
});

/** Everything that the code may write, one field at a time. */
const change = fc.oneof(
  fc.record({ field: fc.constantFrom('state' as const, 'oldState' as const), value: fc.constantFrom(...states) }),
  fc.record({
    field: fc.constantFrom('expires' as const, 'fireAt' as const, 'timerAt' as const, 'timeoutMs' as const, 'syncEnd' as const),
    value: time,
  }),
  fc.record({ field: fc.constantFrom('inactive' as const, 'noOutput' as const, 'nfct' as const, 'synced' as const), value: fc.boolean() }),
  fc.record({ field: fc.constantFrom('dest' as const, 'svc' as const, 'control' as const), value: id as fc.Arbitrary<(DestId & SvcId & ConnId) | null> }), // prettier-ignore
  fc.record({ field: fc.constantFrom('nControl' as const, 'inPkts' as const), value: fc.nat() }),
  fc.record({ field: fc.constant('timer' as const), value: number }),
  fc.record({ field: fc.constant('fwd' as const), value: fc.constantFrom(...fwds) }),
);

const deeds = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('add' as const), born }) },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('change' as const), which: fc.nat(), change }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('give-up' as const), which: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('copy' as const, 'go-on' as const) }) },
  ),
  { maxLength: 120, size: 'max' },
);

const FIELDS = ['id', 'proto', 'caddr', 'cport', 'vaddr', 'vport', 'daddr', 'dport', 'local', 'fwmark', 'state', 'fwd', 'dest', 'svc', 'inactive', 'noOutput', 'template', 'onePacket', 'synced', 'control', 'nControl', 'inPkts', 'timeoutMs', 'expires', 'timer', 'fireAt', 'timerAt', 'nfct', 'oldState', 'syncEnd'] as const satisfies readonly (keyof Conn)[]; // prettier-ignore

function record(conn: Conn): Fields {
  return Object.fromEntries(FIELDS.map((field) => [field, conn[field]])) as unknown as Fields;
}

const UNBORN = { state: 'NONE', oldState: 'NONE', dest: null, svc: null, inactive: false, noOutput: false, control: null, nControl: 0, inPkts: 0, timeoutMs: 0, expires: 0, timer: null, fireAt: 0, timerAt: 0, nfct: false, syncEnd: 0 } as const; // prettier-ignore

interface Side {
  table: ConnTable;
  /** in the order of look-ups, newest first */
  model: Fields[];
}

function same({ table, model }: Side): void {
  expect([...connsOf(table)].map(record)).toEqual(model.toSorted((a, b) => a.id - b.id));
  expect(table.count).toBe(model.length);
  for (const conn of model) {
    expect(record(connOf(table, conn.id) as Conn)).toEqual(conn);
    const { proto, caddr, cport, vaddr, vport, daddr, dport } = conn;
    const mine = model.filter((c) => c.proto === proto && c.caddr === caddr && c.cport === cport);
    for (const template of [false, true]) {
      const wanted = mine.find((c) => c.vaddr === vaddr && c.vport === vport && c.template === template);
      expect(clientFind(table, proto, caddr, cport, vaddr, vport, template)?.id).toBe(wanted?.id);
    }
    for (const [saddr, sport] of [
      [vaddr, vport],
      [daddr, dport],
    ] as const) {
      const wanted = mine.find((c) => !c.template && c.local === null && (c.fwd === 'masq' ? c.daddr === saddr && c.dport === sport : c.vaddr === saddr && c.vport === sport)); // prettier-ignore
      expect(serverFind(table, proto, saddr, sport, caddr, cport)?.id).toBe(wanted?.id);
    }
  }
}

describe('the table of connections', () => {
  it('holds what records in a Map hold, finds the newest first, and every copy of it stays as it was', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(deeds, (list) => {
        let side: Side = { table: createConnTable(), model: [] };
        const kept: Side[] = [];
        for (const deed of list) {
          const { table, model } = side;
          if (deed.kind === 'add') {
            const { local, ...birth } = deed.born;
            const conn = connAdd(table, birth, local);
            connIndex(table, conn.id);
            side.model = [{ ...UNBORN, ...birth, local, id: conn.id } as Fields, ...model];
          } else if (!('which' in deed)) {
            const other: Side = { table: copyPlain(table), model: structuredClone(model) };
            kept.push(deed.kind === 'copy' ? other : side);
            if (deed.kind === 'go-on') side = other;
          } else if (model.length > 0) {
            const at = deed.which % model.length;
            const row = model[at] as Fields;
            const conn = connOf(table, row.id) as Conn;
            if (deed.kind === 'remove') {
              connUnindex(table, conn.id);
              connRemove(table, conn);
              side.model = model.filter((each) => each !== row);
              expect(connOf(table, row.id)).toBeNull();
            } else if (deed.kind === 'change') {
              Object.assign(conn, { [deed.change.field]: deed.change.value });
              Object.assign(row, { [deed.change.field]: deed.change.value });
            } else {
              connUnindex(table, conn.id);
              for (const target of [conn, row]) Object.assign(target, { dport: 0xffff, vport: 0xffff, cport: 0 });
              connIndex(table, conn.id);
              side.model = [row, ...model.filter((each) => each !== row)];
            }
          }
        }
        for (const each of [side, ...kept]) same({ table: each.table, model: each.model });
      }),
      { numRuns: 80 },
    );
  });

  it('is walked through in the order of making while entries go', () => {
    const table = createConnTable();
    const birth = { proto: 6, caddr: 1 as Ipv4, cport: 1, vaddr: 2 as Ipv4, vport: 80, daddr: 3 as Ipv4, dport: 80, fwmark: 0, fwd: 'droute', template: false, onePacket: false, synced: false } as const; // prettier-ignore
    for (let i = 0; i < 200; i++) connAdd(table, birth, null);
    const seen: number[] = [];
    for (let conn = connAfter(table, 0); conn !== null; conn = connAfter(table, conn.id)) {
      seen.push(conn.id);
      connRemove(table, conn);
      const next = connOf(table, (conn.id + 1) as ConnId);
      if (next !== null && conn.id % 3 === 0) connRemove(table, next);
    }
    expect(seen.slice(0, 6)).toEqual([1, 2, 3, 5, 6, 8]);
    expect(seen.length).toBe(134);
    expect([table.count, [...connsOf(table)].length]).toEqual([0, 0]);
    // only the page that is about to be written to stays
    expect(table.rows.chapters.flatMap((chapter) => chapter ?? []).filter((page) => page !== null).length).toBe(1);
  });

  it('shows an entry that is gone to those that still have it in hand', () => {
    const table = createConnTable();
    const conn = connAdd(table, { proto: 6, caddr: 9 as Ipv4, cport: 1, vaddr: 2 as Ipv4, vport: 80, daddr: 3 as Ipv4, dport: 80, fwmark: 0, fwd: 'masq', template: false, onePacket: false, synced: false }, null); // prettier-ignore
    conn.state = 'FIN_WAIT';
    connRemove(table, conn);
    expect([conn.caddr, conn.state, conn.fwd]).toEqual([9, 'FIN_WAIT', 'masq']);
    expect(connOf(table, conn.id)).toBeNull();
  });
});
