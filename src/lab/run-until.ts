/**
 * Going on until something happens: a drop, a frame at a node, an event that passes the filter.
 * Comes from: the menu of the transport.  Goes to: playback, as a jump.
 */
import type { NodeId, TraceId } from '../engine/index.ts';
import { isTurn, reasonOf, type Moment } from '../sim/index.ts';
import type { Branch } from './branch.ts';
import { filterRecords } from './event-filter.ts';
import type { Language } from './settings.ts';
import type { Filter } from './store.ts';

export type Until =
  | { readonly kind: 'drop' }
  | { readonly kind: 'arrives'; readonly node: NodeId }
  | { readonly kind: 'filter'; readonly filter: Filter; readonly lang: Language };

export interface Found {
  readonly moment: Moment;
  readonly record: TraceId;
}

/** Records looked at before others get their turn. */
const SLICE = 1_000;

/** The first moment after `executed` events at which it happens; yields now and then. */
export function* findUntil(branch: Branch, executed: number, until: Until): Generator<undefined, Found | null> {
  const { trace } = branch.run;
  const end = trace.length;
  for (let from: number = trace.firstOf(executed); from < end; from += SLICE) {
    const record = firstIn(branch, from, Math.min(end, from + SLICE), until);
    if (record !== null) {
      const { event, at } = trace.get(record);
      return { moment: { executed: event + 1, at }, record };
    }
    yield undefined;
  }
  return null;
}

function firstIn(branch: Branch, from: number, end: number, until: Until): TraceId | null {
  const { trace } = branch.run;
  if (until.kind === 'filter') {
    const found = filterRecords(branch, from, until.filter, until.lang, end)[0];
    return found === undefined ? null : (found as TraceId);
  }
  for (let id = from; id < end; id++) {
    const record = trace.get(id as TraceId);
    if (until.kind === 'drop') {
      if (record.verdict === 'drop' && reasonOf(record).notability >= 2) return record.id;
    } else if (record.node === until.node && record.frame >= 0 && !isTurn(record) && arrived(branch, record.cause)) {
      return record.id;
    }
  }
  return null;
}

/** Whether a record is the first thing said about a frame that came by a cable. */
function arrived(branch: Branch, cause: TraceId): boolean {
  return cause >= 0 && branch.run.trace.get(cause).stage === 'link:tx';
}
