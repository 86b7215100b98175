/**
 * Everything that happened, one row per record; a click goes there.
 * Comes from: the trace through lab/event-filter.ts.  Goes to: playback/.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { CircleX, Pencil, Table2, Terminal } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { TraceId, TraceRecord } from '../../engine/index.ts';
import { captionRecord, filterRecords, lowerBound, type Branch, type Filter, type Language } from '../../lab/index.ts';
import { playback } from '../../playback/index.ts';
import { tell } from '../../sim/index.ts';
import { useLab, useLang, useSay, useSettings, type Say } from '../common/use-lab.ts';
import css from './event-list.module.css';

export function EventList() {
  const say = useSay();
  const lang = useLang();
  const branch = useLab((s) => s.branch);
  const version = useLab((s) => s.version);
  const filter = useLab((s) => s.filter);
  const current = useLab((s) => captionRecord(s)?.id ?? -1);
  const executed = useLab((s) => s.cursor.executed);
  const scroll = useRef<HTMLDivElement>(null);

  const rows = useRows(branch, version, filter, lang);
  const height = useRowHeight();
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroll.current, estimateSize: () => height, overscan: 12 });

  useEffect(() => virtual.measure(), [height, virtual]);
  useEffect(() => {
    const row = Math.min(rows.length - 1, lowerBound(rows, current));
    if (row >= 0) virtual.scrollToIndex(row, { align: 'center' });
  }, [current, rows, virtual]);

  const go = (id: number): void => {
    if (branch === null) return;
    const record = branch.run.trace.get(id as TraceId);
    playback.send({ type: 'JUMP', moment: { executed: record.event + 1, at: record.at }, focus: record.id });
  };
  const end = branch === null ? 0 : branch.run.trace.firstOf(executed);

  return (
    <div className={css['list']}>
      <div className={css['head']}>
        <span>{say('events.time')}</span>
        <span>{say('events.node')}</span>
        <span>{say('events.stage')}</span>
        <span>
          {say('events.what')} <output>{say('events.count', { count: rows.length.toLocaleString('en') })}</output>
        </span>
      </div>
      <div ref={scroll} className={css['scroll']} role="grid" aria-label={say('events.label')} aria-rowcount={rows.length} tabIndex={0} onKeyDown={(event) => moveBy(event, rows, current, go)}>
        {rows.length === 0 ? <p className={css['empty']}>{say('events.none')}</p> : null}
        <div style={{ blockSize: virtual.getTotalSize(), position: 'relative' }} role="presentation">
          {virtual.getVirtualItems().map((item) => {
            const id = rows[item.index];
            if (branch === null || id === undefined) return null;
            return (
              <Row
                key={id}
                branch={branch}
                record={branch.run.trace.get(id as TraceId)}
                index={item.index}
                top={item.start}
                height={height}
                current={id === current}
                future={id >= end}
                lang={lang}
                say={say}
                go={go}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface Filtered {
  readonly branch: Branch | null;
  readonly filter: Filter;
  readonly lang: Language;
  readonly version: number;
  /** records looked at so far */
  readonly end: number;
  readonly rows: readonly number[];
}

const NO_ROWS: readonly number[] = [];

/** The records that pass the filter. A branch grows at its end: only what is new is looked at. */
function useRows(branch: Branch | null, version: number, filter: Filter, lang: Language): readonly number[] {
  const [kept, setKept] = useState<Filtered>({ branch: null, filter, lang, version: -1, end: 0, rows: NO_ROWS });
  const same = kept.branch === branch && kept.filter === filter && kept.lang === lang;
  if (same && kept.version === version) return kept.rows;
  if (branch === null) return NO_ROWS;
  const from = same ? kept.end : branch.run.trace.firstOf(branch.begin);
  const found = filterRecords(branch, from, filter, lang);
  const rows = !same ? found : found.length === 0 ? kept.rows : [...kept.rows, ...found];
  setKept({ branch, filter, lang, version, end: branch.run.trace.length, rows });
  return rows;
}

/** Rows grow with the text size of the page. */
function useRowHeight(): number {
  const size = useSettings((s) => s.size);
  return size === 'large' ? 36 : 25;
}

interface RowProps {
  readonly branch: Branch;
  readonly record: TraceRecord;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly current: boolean;
  readonly future: boolean;
  readonly lang: 'en' | 'zh';
  readonly say: Say;
  readonly go: (id: number) => void;
}

function Row({ branch, record, index, top, height, current, future, lang, say, go }: RowProps) {
  const { names } = branch.cast;
  return (
    <div
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 1}
      aria-selected={current}
      className={css['row']}
      data-verdict={record.verdict}
      data-future={future || undefined}
      style={{ transform: `translateY(${top}px)`, blockSize: height }}
      onClick={() => go(record.id)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') go(record.id);
      }}
    >
      <span role="gridcell" className={css['time']}>
        {secondsText(record.at)}
      </span>
      <span role="gridcell" className={css['node']}>
        {names.node(record.node)}
      </span>
      <span role="gridcell" className={css['stage']}>
        {record.stage}
      </span>
      <span role="gridcell" className={css['what']}>
        <VerdictIcon record={record} say={say} />
        {tell(record, names, lang)}
      </span>
    </div>
  );
}

function VerdictIcon({ record, say }: { readonly record: TraceRecord; readonly say: Say }) {
  if (record.verdict === 'drop') return <CircleX size={14} role="img" aria-label={say('verdict.drop')} />;
  if (record.verdict === 'mangle') return <Pencil size={13} role="img" aria-label={say('verdict.mangle')} />;
  if (record.stage.startsWith('sh:')) return <Terminal size={13} role="img" aria-label={say('verdict.command')} />;
  if (record.verdict === 'state') return <Table2 size={13} role="img" aria-label={say('verdict.state')} />;
  return null;
}

function moveBy(event: KeyboardEvent, rows: readonly number[], current: number, go: (id: number) => void): void {
  const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  const next = rows[Math.min(rows.length - 1, Math.max(0, lowerBound(rows, current) + by))];
  if (next !== undefined) go(next);
}

/** Seconds with six decimals, in one column. */
export function secondsText(at: number): string {
  return (Math.round(at / 1000) / 1e6).toFixed(6);
}

/** Puts the cursor into the search field of the list. */
export function focusFilter(): void {
  document.querySelector<HTMLInputElement>('[data-event-search]')?.focus();
}
