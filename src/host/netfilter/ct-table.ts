/**
 * The table of tracked connections: by number, and by what a packet of either direction looks like.
 * Comes from: conntrack.ts.  Goes to: state.ts.
 * Source: Linux 6.1 net/netfilter/nf_conntrack_core.c: each entry hangs in the hash twice, by nf_ct_tuple_hash.
 * Differs: the hash is a fixed mixture, not one keyed by chance.
 */
import { intDelete, intGet, intSet } from '../../engine/index.ts';
import { addressHash } from '../socket/table.ts';
import { tupleEqual } from './ct-tuple.ts';
import type { CtEntry, CtTuple, NetfilterState } from './state.ts';

/** Direction of an entry. */
type Dir = 0 | 1;

function tupleHash({ proto, src, sport, dst, dport }: CtTuple): number {
  return addressHash(src, sport, dst, dport) ^ proto;
}

/** One end of an entry as a number; 0 is none. */
function endOf(id: number, dir: Dir): number {
  return 2 * id + dir;
}

function tupleAt(entry: CtEntry, dir: Dir): CtTuple {
  return dir === 0 ? entry.orig : entry.reply;
}

/** The entry that has a tuple in either direction, or null. */
export function ctAt({ conns, byTuple }: NetfilterState, tuple: CtTuple): CtEntry | null {
  for (let end = intGet(byTuple, tupleHash(tuple)) ?? 0; end !== 0;) {
    const dir = (end & 1) as Dir;
    const entry = intGet(conns, end >>> 1) as CtEntry;
    if (tupleEqual(tupleAt(entry, dir), tuple)) return entry;
    end = entry.next[dir];
  }
  return null;
}

/** Lets packets of both directions find an entry. */
export function ctHang({ byTuple }: NetfilterState, entry: CtEntry): void {
  for (const dir of [0, 1] as const) {
    const hash = tupleHash(tupleAt(entry, dir));
    entry.next[dir] = intGet(byTuple, hash) ?? 0;
    intSet(byTuple, hash, endOf(entry.id, dir));
  }
}

/** No packet finds the entry any more. One that hangs nowhere stays as it is. */
export function ctUnhang(nf: NetfilterState, entry: CtEntry): void {
  for (const dir of [0, 1] as const) unhang(nf, entry, dir);
}

function unhang({ conns, byTuple }: NetfilterState, entry: CtEntry, dir: Dir): void {
  const hash = tupleHash(tupleAt(entry, dir));
  const gone = endOf(entry.id, dir);
  let end = intGet(byTuple, hash) ?? 0;
  if (end === gone) {
    if (entry.next[dir] === 0) intDelete(byTuple, hash);
    else intSet(byTuple, hash, entry.next[dir]);
    return;
  }
  while (end !== 0) {
    const other = intGet(conns, end >>> 1) as CtEntry;
    const at = (end & 1) as Dir;
    end = other.next[at];
    if (end === gone) {
      other.next[at] = entry.next[dir];
      return;
    }
  }
}
