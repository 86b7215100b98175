/**
 * Which records the event list shows.
 * Comes from: the filter and the trace.  Goes to: panels/dock.
 */
import { NO_FRAME, type Kind, type TraceId, type TraceRecord } from '../engine/index.ts';
import { isDoing, notabilityOf, tell } from '../sim/index.ts';
import type { Branch } from './branch.ts';
import { frameText } from './frame-text.ts';
import type { Language } from './settings.ts';
import type { EventKind, Filter } from './store.ts';

export const EVENT_KINDS = ['drop', 'arp', 'ip', 'ipvs', 'tcp', 'icmp', 'table', 'command'] as const satisfies readonly EventKind[];

function isKind(record: Kind, kind: EventKind): boolean {
  const { reason, stage, verdict } = record;
  switch (kind) {
    case 'drop':
      return verdict === 'drop' && notabilityOf(record) >= 1;
    case 'arp':
      return reason.startsWith('arp.') || reason.startsWith('neigh.');
    case 'ip':
      return reason.startsWith('ipv4.') || reason.startsWith('fib.') || reason.startsWith('tunnel.');
    case 'ipvs':
      return reason.startsWith('ipvs.') || reason.startsWith('sched.');
    case 'tcp':
      return reason.startsWith('tcp.') || reason.startsWith('socket.') || reason.startsWith('udp.');
    case 'icmp':
      return reason.startsWith('icmp.');
    case 'table':
      return verdict === 'state' && stage !== 'tty' && !stage.startsWith('sh') && !isDoing(record);
    case 'command':
      return stage.startsWith('sh') || isDoing(record);
  }
}

/** Records that tell a person nothing in a list: text of terminals, bookkeeping of the shell. */
function isQuiet({ stage }: Kind): boolean {
  return stage === 'tty' || stage === 'sh:more';
}

/** Everything a search looks at. */
function haystack(record: TraceRecord, branch: Branch, lang: Language): string {
  const { names } = branch.cast;
  const frame = record.frame === NO_FRAME ? '' : frameText(branch.run.trace.frame(record.frame).layers).what;
  return `${names.node(record.node)} ${record.stage} ${record.reason} ${record.verdict} ${tell(record, names, lang)} ${frame}`.toLowerCase();
}

/** Numbers of the records [from, end) that pass the filter. */
export function filterRecords(branch: Branch, from: number, filter: Filter, lang: Language, end = branch.run.trace.length): number[] {
  const { trace } = branch.run;
  const words = filter.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found: number[] = [];
  for (let id = from; id < end; id++) {
    const kind = trace.kindOf(id as TraceId);
    if (isQuiet(kind) || (filter.kind !== null && !isKind(kind, filter.kind))) continue;
    if (filter.node !== null || words.length > 0) {
      const record = trace.get(id as TraceId);
      if (filter.node !== null && record.node !== filter.node) continue;
      const hay = words.length === 0 ? '' : haystack(record, branch, lang);
      if (!words.every((word) => hay.includes(word))) continue;
    }
    found.push(id);
  }
  return found;
}
