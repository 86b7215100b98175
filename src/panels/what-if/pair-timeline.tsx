/**
 * One timeline for two futures: marks of the first above the line, of the second below it, and the place
 * where they part.
 */
import { useEffect, useRef, useState, type PointerEvent } from 'react';
import { useStore } from 'zustand';
import { exact, MARK, type PairAxis, type WhatIf } from '../../lab/index.ts';
import { onPairHead, pairDrag, pairHead, pairJump, pairState } from '../../playback/index.ts';
import { useSay, useSettings } from '../common/use-lab.ts';
import css from './pair-timeline.module.css';

/** Room at both ends, so that the first and the last mark are whole. */
const PAD = 30;
const HEIGHT = 52;
const MIDDLE = 26;

export function PairTimeline({ pair }: { readonly pair: WhatIf }) {
  const say = useSay();
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const step = useStore(pairState, (s) => s.step);
  const at = useStore(pairState, (s) => s.at);
  const { axis, comparison } = pair;
  const parts = comparison?.divergence ?? null;

  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const seek = (event: PointerEvent, final: boolean): void => {
    if (box.current === null) return;
    const px = event.clientX - box.current.getBoundingClientRect().left;
    const x = (Math.min(1, Math.max(0, (px - PAD) / Math.max(1, width - 2 * PAD))) * axis.width) as number;
    // Let go, the handle stands at the step it was dropped at.
    if (final) pairJump(axis.length === 0 ? 0 : (axis.x[axis.stepAt(x)] as number));
    else pairDrag(x);
  };

  return (
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
      <Marks axis={axis} width={width} />
      <span className={css['lane']} data-side="a" aria-hidden="true">
        A
      </span>
      <span className={css['lane']} data-side="b" aria-hidden="true">
        B
      </span>
      {parts === null || width === 0 ? null : (
        <div
          className={css['parts']}
          style={{ transform: `translateX(${pixels(axis, width, axis.placeOf(parts.at))}px)` }}
          title={say('whatIf.divergence')}
        />
      )}
      <Handle axis={axis} width={width} />
      <input
        type="range"
        className={css['range']}
        aria-label={say('timeline.label')}
        aria-valuetext={exact(at)}
        min={0}
        max={Math.max(0, axis.length - 1)}
        value={Math.max(0, step)}
        onChange={(event) => pairJump(axis.x[Number(event.target.value)] ?? 0)}
      />
    </div>
  );
}

function pixels(axis: PairAxis, width: number, x: number): number {
  return PAD + ((width - 2 * PAD) * x) / Math.max(axis.width, 1e-6);
}

/** Follows both maps without React: it moves each frame. */
function Handle({ axis, width }: { readonly axis: PairAxis; readonly width: number }) {
  const handle = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const put = (): void => {
      if (handle.current !== null) handle.current.style.transform = `translateX(${pixels(axis, width, pairHead().x)}px)`;
    };
    put();
    return onPairHead(put);
  }, [axis, width]);
  return <div ref={handle} className={css['handle']} />;
}

function Marks({ axis, width }: { readonly axis: PairAxis; readonly width: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useSettings((s) => s.theme);
  const size = useSettings((s) => s.size);
  useEffect(() => {
    const element = canvas.current;
    if (element === null || width === 0) return undefined;
    const paint = (): void => paintMarks(element, axis, width);
    // The tokens change with an attribute that is set in the same tick.
    const frame = requestAnimationFrame(paint);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', paint);
    return () => {
      cancelAnimationFrame(frame);
      dark.removeEventListener('change', paint);
    };
  }, [axis, width, theme, size]);
  return <canvas ref={canvas} className={css['marks']} aria-hidden="true" />;
}

const HAS_STEP = 64;

function paintMarks(canvas: HTMLCanvasElement, axis: PairAxis, width: number): void {
  const dpr = window.devicePixelRatio;
  canvas.width = Math.round(width * dpr);
  canvas.height = Math.round(HEIGHT * dpr);
  const ctx = canvas.getContext('2d');
  if (ctx === null) return;
  ctx.scale(dpr, dpr);
  // Custom properties with light-dark() resolve only where they are used: these borrow real properties.
  const { borderTopColor: line, borderRightColor: arp, borderBottomColor: drop, borderLeftColor: ink } = getComputedStyle(canvas);
  ctx.fillStyle = line;
  ctx.fillRect(PAD, MIDDLE - 0.5, width - 2 * PAD, 1);
  for (const side of ['a', 'b'] as const) {
    const { steps } = axis[side];
    const columns = new Uint8Array(width + 1);
    for (let i = 0; i < axis.length; i++) {
      const own = axis.own(i, side);
      if (own < 0) continue;
      const px = Math.round(pixels(axis, width, axis.x[i] as number));
      columns[px] = (columns[px] as number) | (steps.marks[own] as number) | HAS_STEP;
    }
    const up = side === 'a' ? -1 : 1;
    for (let px = 0; px <= width; px++) {
      const bits = columns[px] as number;
      if (bits === 0) continue;
      const tick = (colour: string, half: number, length: number): void => {
        ctx.fillStyle = colour;
        ctx.fillRect(px - half, up < 0 ? MIDDLE - 1 - length : MIDDLE + 1, 2 * half, length);
      };
      tick(line, 0.5, 6);
      if ((bits & MARK.arp) !== 0) tick(arp, 1, 8);
      if ((bits & MARK.command) !== 0) {
        ctx.fillStyle = ink;
        ctx.beginPath();
        ctx.moveTo(px - 4, MIDDLE + up * 16);
        ctx.lineTo(px + 4, MIDDLE + up * 16);
        ctx.lineTo(px, MIDDLE + up * 10);
        ctx.fill();
      }
      if ((bits & MARK.drop) !== 0) {
        ctx.strokeStyle = drop;
        ctx.lineWidth = 2;
        ctx.beginPath();
        ctx.moveTo(px - 3, MIDDLE + up * 23);
        ctx.lineTo(px + 3, MIDDLE + up * 17);
        ctx.moveTo(px + 3, MIDDLE + up * 23);
        ctx.lineTo(px - 3, MIDDLE + up * 17);
        ctx.stroke();
      }
    }
  }
}
