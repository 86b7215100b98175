/** TIME_WAIT in rows beside records in a Map: the same rows, look-ups and order; copies stay as they were. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyPlain, type Nanos } from '../../engine/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import { createSocketState, type TcpTimewait, type TimewaitTable } from './state.ts';
import { timewaitAdd, timewaitHolds, timewaitLookup, timewaitOf, timewaitRemove, timewaitsOf } from './timewait-table.ts';

type Fields = { -readonly [K in keyof TcpTimewait]: TcpTimewait[K] };

const FIELDS = ['kind', 'id', 'laddr', 'lport', 'raddr', 'rport', 'substate', 'rcvNxt', 'sndNxt', 'rcvWnd', 'rcvWscale', 'tsOk', 'tsRecent', 'tsOffset', 'reuseAddr', 'timer', 'expires', 'lastOowAck'] as const satisfies readonly (keyof TcpTimewait)[]; // prettier-ignore

function record(tw: TcpTimewait): Fields {
  return Object.fromEntries(FIELDS.map((field) => [field, tw[field]])) as unknown as Fields;
}

const addr = fc.constantFrom(0, 0x0a000001, 0xc0a80102, 0xffffffff) as fc.Arbitrary<Ipv4>;
const port = fc.constantFrom(1, 80, 81, 0x8000, 0xffff);
const seq = fc.constantFrom(0, 1, 0x80000000, 0xffffffff);
const long = fc.constantFrom(null, 0, 0xffffffff, 9_007_199_254_740_000);
const substate = fc.constantFrom('FIN_WAIT2' as const, 'TIME_WAIT' as const);

const born = fc.record({
  laddr: addr,
  lport: port,
  raddr: addr,
  rport: port,
  substate,
  rcvNxt: seq,
  sndNxt: seq,
  rcvWnd: fc.constantFrom(0, 65535, 0x3fffffff),
  rcvWscale: fc.nat(14),
  tsOk: fc.boolean(),
  tsRecent: seq,
  tsOffset: seq,
  reuseAddr: fc.boolean(),
});

const change = fc.oneof(
  fc.record({ field: fc.constantFrom('timer' as const, 'lastOowAck' as const), value: long as fc.Arbitrary<Nanos | null> }),
  fc.record({
    field: fc.constant('expires' as const),
    value: fc.constantFrom(0, 0x100000001, 9_007_199_254_740_000) as fc.Arbitrary<Nanos>,
  }),
  fc.record({ field: fc.constantFrom('rcvNxt' as const, 'tsRecent' as const), value: seq }),
  fc.record({ field: fc.constant('substate' as const), value: substate }),
);

const deeds = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('add' as const), born }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('change' as const), which: fc.nat(), change }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('copy' as const, 'go-on' as const) }) },
  ),
  { maxLength: 120, size: 'max' },
);

interface Side {
  readonly table: TimewaitTable;
  model: Fields[];
}

function same({ table, model }: Side): void {
  expect([...timewaitsOf(table)].map(record)).toEqual(model);
  expect([table.count, table.byAddresses.count]).toEqual([model.length, model.length]);
  for (const tw of model) {
    expect(record(timewaitOf(table, tw.id) as TcpTimewait)).toEqual(tw);
    expect(timewaitLookup(table, tw.laddr, tw.lport, tw.raddr, tw.rport)?.id).toBe(tw.id);
    expect(timewaitLookup(table, tw.laddr, tw.lport, tw.raddr, (tw.rport + 7) & 0xffff)).toBeNull();
    for (const shares of [false, true]) {
      for (const bound of [0, tw.laddr, 0x0a000001] as Ipv4[]) {
        const inTheWay = model.some(
          (each) => each.lport === tw.lport && (each.laddr === 0 || bound === 0 || each.laddr === bound) && !(shares && each.reuseAddr),
        );
        expect(timewaitHolds(table, tw.lport, bound, shares)).toBe(inTheWay);
      }
    }
  }
}

describe('connections that rest', () => {
  it('are what records in a Map would be, and every copy stays as it was', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(deeds, (list) => {
        let side: Side = { table: createSocketState().timewaits, model: [] };
        const kept: Side[] = [];
        let id = 0;
        for (const deed of list) {
          const { table, model } = side;
          // numbers of sockets have gaps: other kinds take some
          id += 3;
          if (deed.kind === 'add') {
            const { laddr, lport, raddr, rport } = deed.born;
            if (timewaitLookup(table, laddr, lport, raddr, rport) !== null) continue;
            const tw = timewaitAdd(table, { id, ...deed.born });
            side.model = [...model, { kind: 'timewait', id, ...deed.born, timer: null, expires: 0 as Nanos, lastOowAck: null }];
            expect(tw.id).toBe(id);
          } else if (!('which' in deed)) {
            const other: Side = { table: copyPlain(table), model: structuredClone(model) };
            kept.push(deed.kind === 'copy' ? other : side);
            if (deed.kind === 'go-on') side = other;
          } else if (model.length > 0) {
            const row = model[deed.which % model.length] as Fields;
            const tw = timewaitOf(table, row.id) as TcpTimewait;
            if (deed.kind === 'change') for (const target of [tw, row]) Object.assign(target, { [deed.change.field]: deed.change.value });
            else {
              timewaitRemove(table, tw);
              // a second time does nothing
              timewaitRemove(table, tw);
              side.model = model.filter((each) => each !== row);
              expect(timewaitOf(table, row.id)).toBeNull();
              expect([tw.laddr, tw.rport]).toEqual([row.laddr, row.rport]);
            }
          }
        }
        for (const each of [side, ...kept]) same(each);
        for (const tw of timewaitsOf(side.table)) timewaitRemove(side.table, tw);
        const { rows, byId, byPort } = side.table;
        // only pages that are about to be written to stay
        for (const table of [rows, byId, byPort])
          expect(table.chapters.flatMap((chapter) => chapter ?? []).filter((page) => page !== null).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 80 },
    );
  });
});
