/** Tracked connections in rows beside records in a list: the same entries, look-ups and order; copies stay as they were. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyPlain, type Nanos, type Rows } from '../../engine/index.ts';
import { ipv4, type Ipv4 } from '../../wire/index.ts';
import { CT_TCP_STATES } from './ct-tcp.ts';
import {
  ctAdd,
  ctEndOf,
  ctEndTimedOut,
  ctEntriesOf,
  ctEntryOf,
  ctHang,
  ctMarksOf,
  ctRemove,
  ctTimedOut,
  ctTupleOf,
  ctUnhang,
} from './ct-table.ts';
import { createNetfilter, type CtEntry, type CtSide, type CtTable, type CtTcp, type CtTuple } from './state.ts';

/** An entry as a record of its own. */
interface Model {
  id: number;
  orig: CtTuple;
  reply: CtTuple;
  tcp: CtTcp | null;
  sides: [CtSide, CtSide];
  packets: [number, number];
  bytes: [number, number];
  fields: Record<(typeof FIELDS)[number], number | boolean>;
}

const FIELDS = ['hangs', 'confirmed', 'seenReply', 'assured', 'srcNatDone', 'dstNatDone', 'srcNat', 'dstNat', 'watched', 'changed', 'mark', 'expires'] as const; // prettier-ignore
const TCP_FIELDS = ['state', 'lastDir', 'lastKind', 'lastSeq', 'lastAck', 'lastEnd', 'lastWindow', 'retrans'] as const;

/** Few addresses and ports, so that tuples come again; among them those that are their own answer. */
const tuple: fc.Arbitrary<CtTuple> = fc.record({
  proto: fc.constantFrom(6, 17, 255),
  src: fc.constantFrom(ipv4(10, 0, 0, 1), ipv4(192, 168, 0, 2)),
  dst: fc.constantFrom(ipv4(10, 0, 0, 1), ipv4(192, 168, 0, 2)),
  sport: fc.constantFrom(0, 80, 0xffff),
  dport: fc.constantFrom(0, 80, 0x8000),
});

const seq = fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff);
const at = fc.constantFrom(0, 7, 0xffffffff, 0x100000000, 432_000_000_000_000) as fc.Arbitrary<Nanos>;
const born = fc.record({
  orig: tuple,
  reply: tuple,
  tcp: fc.boolean(),
  counted: fc.boolean(),
  watched: fc.boolean(),
  now: at,
  expires: at,
});

/** Everything that the code may write, one field at a time. */
const change = fc.oneof(
  fc.record({ field: fc.constantFrom('confirmed' as const, 'seenReply' as const, 'assured' as const, 'srcNatDone' as const, 'dstNatDone' as const, 'srcNat' as const, 'dstNat' as const, 'watched' as const, 'changed' as const), value: fc.boolean() }), // prettier-ignore
  fc.record({ field: fc.constant('mark' as const), value: seq }),
  fc.record({ field: fc.constant('expires' as const), value: at }),
);
const tcpChange = fc.oneof(
  fc.record({ field: fc.constant('state' as const), value: fc.constantFrom(...CT_TCP_STATES) }),
  fc.record({
    field: fc.constant('lastKind' as const),
    value: fc.constantFrom('' as const, 'syn' as const, 'rst' as const, 'none' as const),
  }),
  fc.record({ field: fc.constant('lastDir' as const), value: fc.nat(1) }),
  fc.record({ field: fc.constantFrom('lastSeq' as const, 'lastAck' as const, 'lastEnd' as const), value: seq }),
  fc.record({ field: fc.constant('lastWindow' as const), value: fc.constantFrom(-1, 0, 0xffff) }),
  fc.record({ field: fc.constant('retrans' as const), value: fc.nat() }),
);
const sideChange = fc.oneof(
  fc.record({ field: fc.constant('end' as const), value: seq }),
  fc.record({ field: fc.constantFrom('unacked' as const, 'closeInit' as const), value: fc.boolean() }),
);
const dir = fc.constantFrom(0 as const, 1 as const);
const which = fc.nat();

const deeds = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('add' as const), born }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('hang' as const, 'remove' as const), which }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('change' as const), which, change }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('tcp' as const), which, change: tcpChange }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('side' as const), which, dir, change: sideChange }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('count' as const), which, dir, len: fc.constantFrom(20, 0x7fffffff, 0xffffffff) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reply' as const), which, reply: tuple }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('sweep' as const), now: at }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('copy' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('go-on' as const) }) },
  ),
  { maxLength: 100, size: 'max' },
);
type Deed = typeof deeds extends fc.Arbitrary<(infer D)[]> ? D : never;

interface Place {
  table: CtTable;
  /** in the order of making */
  model: Model[];
}

function equal(a: CtTuple, b: CtTuple): boolean {
  return a.proto === b.proto && a.src === b.src && a.dst === b.dst && a.sport === b.sport && a.dport === b.dport;
}

function pick<T, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, K>;
}

/** All that can be read of an entry. */
function record(entry: CtEntry): Model {
  const side = ({ end, unacked, closeInit }: CtSide): CtSide => ({ end, unacked, closeInit });
  return {
    id: entry.id,
    orig: entry.orig,
    reply: entry.reply,
    tcp: entry.tcp === null ? null : pick(entry.tcp, TCP_FIELDS),
    sides: [side(entry.side(0)), side(entry.side(1))],
    packets: [...entry.packets],
    bytes: [...entry.bytes],
    fields: pick(entry, FIELDS),
  };
}

function modelOf(id: number, { orig, reply, tcp, watched, expires }: Extract<Deed, { kind: 'add' }>['born']): Model {
  const no = { hangs: false, confirmed: false, seenReply: false, assured: false, srcNatDone: false, dstNatDone: false, srcNat: false, dstNat: false, changed: false } as const; // prettier-ignore
  const side = (): CtSide => ({ end: 0, unacked: false, closeInit: false });
  const none = { state: 'NONE', lastDir: 0, lastKind: '', lastSeq: 0, lastAck: 0, lastEnd: 0, lastWindow: -1, retrans: 0 } as const;
  return { id, orig, reply, tcp: tcp ? { ...none } : null, sides: [side(), side()], packets: [0, 0], bytes: [0, 0], fields: { ...no, watched, mark: 0, expires } }; // prettier-ignore
}

/** What a search through all of them finds; the first direction where both look the same. */
function found(model: readonly Model[], wanted: CtTuple): number {
  const entry = model.find(({ fields, orig, reply }) => fields.hangs === true && (equal(orig, wanted) || equal(reply, wanted)));
  return entry === undefined ? 0 : 2 * entry.id + (equal(entry.orig, wanted) ? 0 : 1);
}

function same({ table, model }: Place, asked: readonly CtTuple[]): void {
  expect([...ctEntriesOf(table)].map(record)).toEqual(model);
  expect(asked.map((one) => ctEndOf(table, one))).toEqual(asked.map((one) => found(model, one)));
  for (const { id, orig, reply, fields } of model) {
    expect([ctTupleOf(table, id, 0), ctTupleOf(table, id, 1)]).toEqual([orig, reply]);
    expect([ctEndTimedOut(table, 2 * id, fields.expires as Nanos), ctEndTimedOut(table, 2 * id + 1, ((fields.expires as number) - 1) as Nanos)]).toEqual([true, false]); // prettier-ignore
  }
}

/** Does it to the table and to the model. */
function carryOut(place: Place, deed: Exclude<Deed, { kind: 'copy' | 'go-on' }>): void {
  const { table, model } = place;
  if (deed.kind === 'add') {
    const entry = ctAdd(table, deed.born);
    expect([entry.createdAt, entry.counted, entry.proto]).toEqual([deed.born.now, deed.born.counted, deed.born.orig.proto]);
    model.push(modelOf(entry.id, deed.born));
    return;
  }
  if (deed.kind === 'sweep') {
    const gone: number[] = [];
    ctTimedOut(table, deed.now, (entry) => {
      gone.push(entry.id);
      ctUnhang(table, entry);
      ctRemove(table, entry.id);
    });
    expect(gone).toEqual(model.filter(({ fields }) => (fields.expires as number) <= deed.now).map(({ id }) => id));
    place.model = model.filter(({ id }) => !gone.includes(id));
    return;
  }
  if (model.length === 0) return;
  const one = model[deed.which % model.length] as Model;
  const entry = ctEntryOf(table, one.id) as CtEntry;
  switch (deed.kind) {
    case 'hang':
      // two that look alike never hang: the second one's packet is dropped
      if (one.fields.hangs || found(model, one.orig) !== 0 || found(model, one.reply) !== 0) return;
      ctHang(table, entry);
      one.fields.hangs = true;
      return;
    case 'remove':
      for (let twice = 0; twice < 2; twice++) {
        ctUnhang(table, entry);
        ctRemove(table, entry.id);
      }
      place.model = model.filter((each) => each !== one);
      expect([ctEntryOf(table, one.id), ctMarksOf(table, one.id), entry.orig, entry.mark]).toEqual([null, 0, one.orig, one.fields.mark]);
      return;
    case 'change':
      for (const target of [entry, one.fields]) Object.assign(target, { [deed.change.field]: deed.change.value });
      return;
    case 'tcp':
      if (one.tcp !== null)
        for (const target of [entry.tcp, one.tcp]) Object.assign(target as CtTcp, { [deed.change.field]: deed.change.value });
      return;
    case 'side':
      for (const target of [entry.side(deed.dir), one.sides[deed.dir]]) Object.assign(target, { [deed.change.field]: deed.change.value });
      return;
    case 'count':
      entry.count(deed.dir, deed.len);
      one.packets[deed.dir]++;
      one.bytes[deed.dir] += deed.len;
      return;
    case 'reply':
      if (one.fields.hangs) return;
      entry.reply = one.reply = deed.reply;
  }
}

function pages(rows: Rows): (Int32Array | null)[] {
  return rows.chapters.flatMap((chapter) => chapter ?? []);
}

describe('the table of tracked connections', () => {
  it('holds what records in a list hold, finds what a search finds, and every copy of it stays as it was', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(deeds, fc.array(tuple, { minLength: 1, maxLength: 20 }), (list, asked) => {
        let place: Place = { table: createNetfilter().conns, model: [] };
        const kept: Place[] = [];
        for (const deed of list) {
          if (deed.kind === 'copy' || deed.kind === 'go-on') {
            const other: Place = { table: copyPlain(place.table), model: structuredClone(place.model) };
            kept.push(deed.kind === 'copy' ? other : place);
            if (deed.kind === 'go-on') place = other;
          } else carryOut(place, deed);
        }
        for (const each of [place, ...kept]) {
          same(each, asked);
          const hanging = each.model.filter(({ fields }) => fields.hangs).length;
          expect([each.table.count, each.table.byTuple.count]).toEqual([each.model.length, 2 * hanging]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('gives its pages back when all are gone, and goes on counting', () => {
    const { conns: table } = createNetfilter();
    const birth = { tcp: false, counted: false, watched: false, now: 0 as Nanos, expires: 5 as Nanos };
    const make = (i: number): void => {
      const orig: CtTuple = { proto: 17, src: 1 as Ipv4, dst: 2 as Ipv4, sport: i, dport: 53 };
      ctHang(table, ctAdd(table, { ...birth, orig, reply: { ...orig, src: 2 as Ipv4, dst: 1 as Ipv4 } }));
    };
    for (let i = 0; i < 500; i++) make(i);
    ctTimedOut(table, 5 as Nanos, (entry) => {
      ctUnhang(table, entry);
      ctRemove(table, entry.id);
    });
    make(1);
    expect([...ctEntriesOf(table)].map(({ id }) => id)).toEqual([501]);
    // a link stands only where two meet
    const taken = [table.rows, table.byTuple.heads, table.byTuple.nexts].map((rows) => pages(rows).filter((page) => page !== null).length);
    expect(taken).toEqual([1, 1, 0]);
  });

  it('finds a packet that is its own answer as a first one, wherever it was found last', () => {
    const self: CtTuple = { proto: 17, src: 9 as Ipv4, dst: 9 as Ipv4, sport: 500, dport: 500 };
    const found = (orig: CtTuple): number => {
      const { conns: table } = createNetfilter();
      const birth = { orig, reply: self, tcp: false, counted: false, watched: false, now: 0 as Nanos, expires: 5 as Nanos };
      ctHang(table, ctAdd(table, birth));
      return ctEndOf(table, self);
    };
    const answer = found({ ...self, sport: 600 });
    expect([answer & 1, found(self)]).toEqual([1, answer - 1]);
  });

  it('costs a checkpoint as much as is written, however many there are', () => {
    const { conns: table } = createNetfilter();
    for (let i = 0; i < 5000; i++) {
      const orig: CtTuple = { proto: 17, src: i as Ipv4, dst: 2 as Ipv4, sport: 1000, dport: 53 };
      const birth = { orig, reply: { ...orig, sport: 2000 }, tcp: false, counted: false, watched: false, now: 0 as Nanos };
      ctHang(table, ctAdd(table, { ...birth, expires: 5 as Nanos }));
    }
    const copy = copyPlain(table);
    (ctEntryOf(table, 17) as CtEntry).count(0, 100);
    const entry = ctEntryOf(table, 4000) as CtEntry;
    entry.count(1, 100);
    entry.side(1).end = 7;
    const parted = (of: (from: CtTable) => Rows): number[] =>
      pages(of(table)).flatMap((page, i) => (page === pages(of(copy))[i] ? [] : [i]));
    expect(parted(({ rows }) => rows)).toEqual([1, 250]);
    expect([parted(({ byTuple }) => byTuple.heads), parted(({ byTuple }) => byTuple.nexts)]).toEqual([[], []]);
  });
});
