/**
 * Everything that happened, one row per record; a click goes there.
 * Comes from: the trace through lab/event-filter.ts.  Goes to: playback/.
 */
import { CircleX, Pencil, Table2, Terminal } from 'lucide-react';
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import type { TraceId, TraceRecord } from '../../engine/index.ts';
import { captionRecord, EventRows, inSlices, type Branch, type Column, type Filter, type Language } from '../../lab/index.ts';
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
  const rows = useRows(branch, filter, lang, version);
  const height = useRowHeight();
  const row = Math.min(rows.length - 1, rows.lowerBound(current));
  const { first, last } = useVisibleRows(scroll, rows.length, height, row);

  const go = (id: number): void => {
    if (branch === null) return;
    const record = branch.run.trace.get(id as TraceId);
    playback.send({ type: 'JUMP', moment: { executed: record.event + 1, at: record.at }, focus: record.id });
  };
  const goToRow = (index: number): void => {
    const id = rows.get(Math.min(rows.length - 1, Math.max(0, index)));
    if (id !== undefined) go(id);
  };
  const end = branch === null ? 0 : branch.run.trace.firstOf(executed);
  const shown = Array.from({ length: Math.max(0, last - first) }, (_, i) => rows.get(first + i) as number);

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
      <div ref={scroll} className={css['scroll']}>
        {rows.length === 0 ? <p className={css['empty']}>{say('events.none')}</p> : null}
        <ol className={css['rows']} style={{ blockSize: rows.length * height }} aria-label={say('events.label')}>
          {shown.map((id, i) => (
            <li
              key={id}
              aria-setsize={rows.length}
              aria-posinset={first + i + 1}
              style={{ transform: `translateY(${(first + i) * height}px)`, blockSize: height }}
            >
              {branch === null ? null : (
                <Row
                  branch={branch}
                  record={branch.run.trace.get(id as TraceId)}
                  current={id === current}
                  reachable={first + i === Math.max(0, row)}
                  future={id >= end}
                  lang={lang}
                  say={say}
                  go={go}
                  onKeyDown={(event) => moveBy(event, (by) => goToRow(row + by))}
                />
              )}
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}

/** While it is read the page hears of it this often. */
const TELL_EVERY_MS = 300;

/** @param version grows with the branch */
function useRows(branch: Branch | null, filter: Filter, lang: Language, version: number): Column {
  const list = useMemo(() => new EventRows(branch, filter, lang), [branch, filter, lang]);
  const [, drawAgain] = useReducer((times: number) => times + 1, 0);
  const more = !list.readSome();
  useEffect(() => (more ? inSlices(telling(list.reading(), drawAgain), drawAgain, drawAgain) : undefined), [list, more, version]);
  return list.rows;
}

function* telling(work: Generator<undefined, void>, tell: () => void): Generator<undefined, void> {
  let told = performance.now();
  for (const step of work) {
    if (performance.now() - told > TELL_EVERY_MS) {
      told = performance.now();
      tell();
    }
    yield step;
  }
}

/** Rows above and below what is seen, so that a quick scroll does not show holes. */
const OVERSCAN = 8;

/** Which rows are on screen; keeps the current one in view when it changes. */
function useVisibleRows(
  scroll: RefObject<HTMLDivElement | null>,
  count: number,
  height: number,
  current: number,
): { first: number; last: number } {
  const [view, setView] = useState({ top: 0, height: 600 });
  const tall = useRef(600);
  useEffect(() => {
    const element = scroll.current;
    if (element === null) return undefined;
    const put = (top: number): void =>
      setView((now) => (Math.abs(now.top - top) < 1 && now.height === tall.current ? now : { top, height: tall.current }));
    // The observer knows the height already: to ask the element for it would lay the page out.
    const observer = new ResizeObserver(([entry]) => {
      tall.current = entry?.contentRect.height ?? tall.current;
      put(element.scrollTop);
    });
    const look = (): void => put(element.scrollTop);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [scroll]);
  const counted = useRef(count);
  useLayoutEffect(() => {
    counted.current = count;
  });
  // Not whenever rows come: while a run goes on, whoever looks elsewhere in the list is left there.
  useEffect(() => {
    const element = scroll.current;
    if (element === null || current < 0) return undefined;
    const top = Math.max(0, Math.min(current * height - (tall.current - height) / 2, counted.current * height - tall.current));
    // The rows are there before the list is scrolled to them, and scrolled it is once a frame.
    setView((now) => (Math.abs(now.top - top) < 1 ? now : { top, height: tall.current }));
    const frame = requestAnimationFrame(() => element.scrollTo({ top }));
    return () => cancelAnimationFrame(frame);
  }, [scroll, height, current]);
  return {
    first: Math.max(0, Math.floor(view.top / height) - OVERSCAN),
    last: Math.min(count, Math.ceil((view.top + view.height) / height) + OVERSCAN),
  };
}

/** Rows grow with the text size of the page. */
function useRowHeight(): number {
  const size = useSettings((s) => s.size);
  return size === 'large' ? 36 : 25;
}

interface RowProps {
  readonly branch: Branch;
  readonly record: TraceRecord;
  readonly current: boolean;
  /** the row that Tab leads to; the arrows lead to the others */
  readonly reachable: boolean;
  readonly future: boolean;
  readonly lang: Language;
  readonly say: Say;
  readonly go: (id: number) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

function Row({ branch, record, current, reachable, future, lang, say, go, onKeyDown }: RowProps) {
  const { names } = branch.cast;
  return (
    <button
      type="button"
      tabIndex={reachable ? 0 : -1}
      className={css['row']}
      aria-current={current ? 'step' : undefined}
      data-verdict={record.verdict}
      data-future={future || undefined}
      onClick={() => go(record.id)}
      onKeyDown={onKeyDown}
    >
      <span className={css['time']}>{secondsText(record.at)}</span>
      <span className={css['node']}>{names.node(record.node)}</span>
      <span className={css['stage']}>{record.stage}</span>
      <span className={css['what']}>
        <VerdictIcon record={record} say={say} />
        {tell(record, names, lang)}
      </span>
    </button>
  );
}

function VerdictIcon({ record, say }: { readonly record: TraceRecord; readonly say: Say }) {
  const [icon, name] =
    record.verdict === 'drop'
      ? [<CircleX key="i" size={14} aria-hidden />, say('verdict.drop')]
      : record.verdict === 'mangle'
        ? [<Pencil key="i" size={13} aria-hidden />, say('verdict.mangle')]
        : record.stage.startsWith('sh:')
          ? [<Terminal key="i" size={13} aria-hidden />, say('verdict.command')]
          : record.verdict === 'state'
            ? [<Table2 key="i" size={13} aria-hidden />, say('verdict.state')]
            : [null, ''];
  if (icon === null) return null;
  return (
    <>
      {icon}
      <span className={css['unseen']}>{name}: </span>
    </>
  );
}

/** Up and down go through the rows; left and right stay with the steps. */
function moveBy(event: KeyboardEvent, go: (by: number) => void): void {
  const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  go(by);
}

/** Seconds with six decimals, in one column. */
export function secondsText(at: number): string {
  return (Math.round(at / 1000) / 1e6).toFixed(6);
}
