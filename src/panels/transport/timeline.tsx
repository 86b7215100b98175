/**
 * The whole run as a line: steps, drops, ARP, commands, changes of tables; drag anywhere.
 * Comes from: lab/step-index.ts.  Goes to: playback/.
 *
 * Many steps share a pixel in a long run, so the marks are painted on a canvas, one column at a time.
 */
import { useCallback, useEffect, useMemo, useRef, useState, type PointerEvent } from 'react';
import type { Nanos } from '../../engine/index.ts';
import { exact, lab, LONG_WAIT_NS, MARK, roughly, type Branch } from '../../lab/index.ts';
import { momentAt, onPlayhead, playback, playhead } from '../../playback/index.ts';
import { useLab, useLang, useSay, useSettings } from '../common/use-lab.ts';
import { timeLabels, xOfTime } from './axis.ts';
import css from './timeline.module.css';

const PAD = 14;

export function Timeline() {
  const say = useSay();
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const branch = useLab((s) => s.branch);
  const version = useLab((s) => s.version);
  const executed = useLab((s) => s.cursor.executed);
  const at = useLab((s) => s.cursor.at);
  const axis = useSettings((s) => s.axis);

  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const scale = useScale(branch, width, axis);
  const seek = (event: PointerEvent, final: boolean): void => {
    if (branch === null || box.current === null) return;
    const px = event.clientX - box.current.getBoundingClientRect().left;
    const x = scale.toAxis(px);
    if (final) playback.send({ type: 'JUMP', moment: momentAt(branch, x) });
    else playback.send({ type: 'DRAG', x });
  };
  const step = branch?.steps.stepBefore(executed) ?? -1;

  return (
    <div className={css['timeline']}>
      <div
        ref={box}
        className={css['track']}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          seek(event, false);
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) seek(event, false);
        }}
        onPointerUp={(event) => seek(event, true)}
      >
        <Marks branch={branch} version={version} width={width} scale={scale} />
        <Bookmarks branch={branch} scale={scale} width={width} />
        <Labels branch={branch} version={version} width={width} scale={scale} axis={axis} />
        <Handle scale={scale} />
        <input
          type="range"
          className={css['range']}
          aria-label={say('timeline.label')}
          aria-valuetext={exact(at)}
          min={0}
          max={Math.max(0, (branch?.steps.length ?? 1) - 1)}
          value={Math.max(0, step)}
          onChange={(event) => goToStep(Number(event.target.value))}
        />
      </div>
    </div>
  );
}

export interface Scale {
  /** pixels of a place on the axis of steps */
  readonly toPixels: (x: number) => number;
  readonly toAxis: (pixels: number) => number;
}

/** The axis of steps, or the same places by real time. */
function useScale(branch: Branch | null, width: number, axis: 'steps' | 'time'): Scale {
  const room = Math.max(1, width - 2 * PAD);
  const toPixels = useCallback(
    (x: number): number => {
      if (branch === null) return PAD;
      const { steps } = branch;
      if (axis === 'steps') return PAD + (room * x) / Math.max(steps.width, 1e-6);
      const first = steps.at[0] ?? 0;
      const span = Math.max(1, (steps.at[steps.length - 1] ?? 1) - first);
      return PAD + (room * (steps.timeAt(x) - first)) / span;
    },
    [branch, room, axis],
  );
  const toAxis = useCallback(
    (pixels: number): number => {
      if (branch === null) return 0;
      const { steps } = branch;
      const share = Math.min(1, Math.max(0, (pixels - PAD) / room));
      if (axis === 'steps') return share * steps.width;
      const first = steps.at[0] ?? 0;
      return xOfTime(steps, (first + share * ((steps.at[steps.length - 1] ?? 0) - first)) as Nanos);
    },
    [branch, room, axis],
  );
  return useMemo(() => ({ toPixels, toAxis }), [toPixels, toAxis]);
}

/** Follows the playhead without React: it moves each frame. */
function Handle({ scale }: { readonly scale: Scale }) {
  const handle = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const put = (): void => {
      if (handle.current !== null) handle.current.style.transform = `translateX(${scale.toPixels(playhead().x)}px)`;
    };
    put();
    return onPlayhead(put);
  }, [scale]);
  return <div ref={handle} className={css['handle']} />;
}

interface PaintProps {
  readonly branch: Branch | null;
  readonly version: number;
  readonly width: number;
  readonly scale: Scale;
}

function Marks({ branch, version, width, scale }: PaintProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useSettings((s) => s.theme);
  const size = useSettings((s) => s.size);
  useEffect(() => {
    const element = canvas.current;
    if (element === null || branch === null || width === 0) return undefined;
    const paint = (): void => paintMarks(element, branch, width, scale);
    // The tokens change with an attribute that is set in the same tick.
    const frame = requestAnimationFrame(paint);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', paint);
    return () => {
      cancelAnimationFrame(frame);
      dark.removeEventListener('change', paint);
    };
  }, [branch, version, width, scale, theme, size]);
  return <canvas ref={canvas} className={css['marks']} aria-hidden="true" />;
}

const HEIGHT = 30;

function paintMarks(canvas: HTMLCanvasElement, branch: Branch, width: number, scale: Scale): void {
  const dpr = window.devicePixelRatio;
  canvas.width = Math.round(width * dpr);
  canvas.height = Math.round(HEIGHT * dpr);
  const ctx = canvas.getContext('2d');
  if (ctx === null) return;
  ctx.scale(dpr, dpr);
  const style = getComputedStyle(canvas);
  // Custom properties with light-dark() resolve only where they are used: these borrow real properties.
  const line = style.borderTopColor;
  const arp = style.borderRightColor;
  const drop = style.borderBottomColor;
  const ink = style.borderLeftColor;
  const { steps } = branch;
  const columns = new Uint8Array(width + 1);
  for (let i = 0; i < steps.length; i++) {
    const px = Math.round(scale.toPixels(steps.x[i] as number));
    columns[px] = (columns[px] as number) | (steps.marks[i] as number) | ((steps.notability[i] as number) >= 2 ? 32 : 16);
  }
  ctx.fillStyle = line;
  ctx.fillRect(PAD, 19, width - 2 * PAD, 2);
  for (let px = 0; px <= width; px++) {
    const bits = columns[px] as number;
    if (bits === 0) continue;
    ctx.fillStyle = line;
    ctx.fillRect(px - 0.5, (bits & 32) === 0 ? 17.5 : 15.5, 1, (bits & 32) === 0 ? 5 : 9);
    if ((bits & MARK.arp) !== 0) {
      ctx.fillStyle = arp;
      ctx.fillRect(px - 1, 15.5, 2, 9);
    }
    if ((bits & MARK.table) !== 0) {
      ctx.fillStyle = ink;
      ctx.beginPath();
      ctx.arc(px, 27.5, 1.5, 0, 2 * Math.PI);
      ctx.fill();
    }
    if ((bits & MARK.command) !== 0) {
      ctx.fillStyle = ink;
      ctx.beginPath();
      ctx.moveTo(px - 4, 8);
      ctx.lineTo(px + 4, 8);
      ctx.lineTo(px, 13.5);
      ctx.fill();
    }
    if ((bits & MARK.drop) !== 0) {
      ctx.strokeStyle = drop;
      ctx.lineWidth = 2;
      ctx.beginPath();
      ctx.moveTo(px - 3, 1.5);
      ctx.lineTo(px + 3, 7.5);
      ctx.moveTo(px + 3, 1.5);
      ctx.lineTo(px - 3, 7.5);
      ctx.stroke();
    }
  }
}

function Bookmarks({ branch, scale, width }: { readonly branch: Branch | null; readonly scale: Scale; readonly width: number }) {
  const lang = useLang();
  const bookmarks = useLab((s) => s.lab?.scenario.bookmarks);
  if (branch === null || width === 0 || bookmarks === undefined) return null;
  return (
    <>
      {bookmarks.map((mark, i) => (
        <button
          key={i}
          type="button"
          className={css['bookmark']}
          style={{ transform: `translateX(${scale.toPixels(xOfTime(branch.steps, mark.at))}px)` }}
          title={mark.text[lang]}
          aria-label={mark.text[lang]}
          onPointerDown={(event) => event.stopPropagation()}
          onClick={() => jumpTo(mark.at)}
        />
      ))}
    </>
  );
}

/** Goes to a step by its number, from 0. */
function goToStep(step: number): void {
  const { branch } = lab.getState();
  const event = branch?.steps.event[step];
  const at = branch?.steps.at[step];
  if (event !== undefined && at !== undefined) playback.send({ type: 'JUMP', moment: { executed: event + 1, at: at as Nanos } });
}

/** Goes to a time, after everything that happens at it. */
export function jumpTo(at: Nanos): void {
  const { branch } = lab.getState();
  if (branch !== null) playback.send({ type: 'JUMP', moment: { executed: branch.run.executedAt(at), at } });
}

function Labels({ branch, version, width, scale, axis }: PaintProps & { readonly axis: 'steps' | 'time' }) {
  const labels = useMemo(
    // A branch grows in place: its version says that there is more of it.
    () =>
      branch === null || width === 0 || version < 0
        ? []
        : timeLabels(branch.steps, width - PAD, scale.toPixels, axis === 'steps' ? LONG_WAIT_NS : Infinity),
    [branch, version, width, scale, axis],
  );
  return (
    <div className={css['labels']} aria-hidden="true">
      {labels.map(({ px, at, wait }) => (
        <span key={`${px} ${wait}`} data-wait={wait > 0 || undefined} style={{ transform: `translateX(${px}px) translateX(-50%)` }}>
          {wait > 0 ? `⋯ ${roughly(wait)}` : exact(at)}
        </span>
      ))}
    </div>
  );
}
