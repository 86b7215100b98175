/**
 * The track of a timeline: painted marks, times below them, a handle to drag, and a slider for the keyboard.
 * Comes from: timeline.tsx (one run), pair-timeline.tsx (two).  Goes to: their playheads.
 */
import { useEffect, useMemo, useRef, useState, type PointerEvent, type ReactNode } from 'react';
import { exact, roughly } from '../../lab/index.ts';
import { useSay, useSettings } from '../common/use-lab.ts';
import { scaleOf, timeLabels, type Axis, type Scale } from './axis.ts';
import { paintMarks, type Lane } from './paint-marks.ts';
import css from './timeline.module.css';

export interface TrackProps {
  readonly axis: Axis | null;
  /** grows with the axis */
  readonly version: number;
  /** the step one stands at, and its time */
  readonly step: number;
  readonly at: number;
  /** pixels: of the marks, of the line within them, free at both ends */
  readonly height: number;
  readonly line: number;
  readonly pad: number;
  readonly lanes: (scale: Scale) => readonly Lane[];
  /** place of the playhead, which moves each frame without React */
  readonly head: () => number;
  readonly watchHead: (listener: () => void) => () => void;
  readonly onDrag: (x: number) => void;
  readonly onDrop: (x: number) => void;
  readonly onStep: (step: number) => void;
  /** what lies on the track */
  readonly children: (scale: Scale) => ReactNode;
}

export function Track(props: TrackProps) {
  const { axis, version, step, at, height, pad, onDrag, onDrop, onStep } = props;
  const say = useSay();
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const by = useSettings((s) => s.axis);
  // An axis grows in place: its version says that there is more of it.
  const scale = useMemo(() => ({ ...scaleOf(axis, by, width, pad), version }), [axis, by, width, pad, version]);

  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const place = (event: PointerEvent): number =>
    scale.toAxis(event.clientX - (box.current === null ? 0 : box.current.getBoundingClientRect().left));
  return (
    <div
      ref={box}
      className={css['track']}
      style={{ blockSize: height + 18 }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        onDrag(place(event));
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) onDrag(place(event));
      }}
      onPointerUp={(event) => onDrop(place(event))}
    >
      <Marks {...props} width={width} scale={scale} />
      {width === 0 ? null : props.children(scale)}
      <Labels axis={axis} width={width} pad={pad} scale={scale} by={by} top={height + 1} />
      <Handle scale={scale} height={height} line={props.line} head={props.head} watch={props.watchHead} />
      <input
        type="range"
        className={css['range']}
        style={{ insetBlockStart: props.line - 7 }}
        aria-label={say('timeline.label')}
        aria-valuetext={exact(at)}
        min={0}
        max={Math.max(0, (axis?.length ?? 1) - 1)}
        value={Math.max(0, step)}
        onChange={(event) => onStep(Number(event.target.value))}
      />
    </div>
  );
}

function Marks({ height, line, pad, lanes, width, scale }: TrackProps & { readonly width: number; readonly scale: Scale }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useSettings((s) => s.theme);
  const size = useSettings((s) => s.size);
  useEffect(() => {
    const element = canvas.current;
    if (element === null || width === 0) return undefined;
    const paint = (): void => paintMarks(element, width, height, line, pad, lanes(scale));
    // The tokens change with an attribute that is set in the same tick.
    const frame = requestAnimationFrame(paint);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', paint);
    return () => {
      cancelAnimationFrame(frame);
      dark.removeEventListener('change', paint);
    };
  }, [lanes, width, scale, height, line, pad, theme, size]);
  return <canvas ref={canvas} className={css['marks']} style={{ blockSize: height }} aria-hidden="true" />;
}

interface HandleProps {
  readonly scale: Scale;
  readonly height: number;
  readonly line: number;
  readonly head: () => number;
  readonly watch: (listener: () => void) => () => void;
}

function Handle({ scale, height, line, head, watch }: HandleProps) {
  const handle = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const put = (): void => {
      if (handle.current !== null) handle.current.style.transform = `translateX(${scale.toPixels(head())}px)`;
    };
    put();
    return watch(put);
  }, [scale, head, watch]);
  return (
    <div ref={handle} className={css['handle']} style={{ blockSize: height }}>
      <i style={{ insetBlockStart: line - 6 }} />
    </div>
  );
}

interface LabelsProps {
  readonly axis: Axis | null;
  readonly width: number;
  readonly pad: number;
  readonly scale: Scale;
  readonly by: 'steps' | 'time';
  readonly top: number;
}

function Labels({ axis, width, pad, scale, by, top }: LabelsProps) {
  const labels = useMemo(
    () => (axis === null || width === 0 ? [] : timeLabels(axis, width - pad, scale.toPixels, by === 'steps')),
    [axis, width, pad, scale, by],
  );
  return (
    <div className={css['labels']} style={{ insetBlockStart: top }} aria-hidden="true">
      {labels.map(({ px, at, wait }) => (
        <span key={`${px} ${wait}`} data-wait={wait > 0 || undefined} style={{ transform: `translateX(${px}px) translateX(-50%)` }}>
          {wait > 0 ? `⋯ ${roughly(wait)}` : exact(at)}
        </span>
      ))}
    </div>
  );
}

/** A flag above the line at which one can press. */
export function Flag({
  px,
  label,
  own = false,
  onPress,
}: {
  readonly px: number;
  readonly label: string;
  readonly own?: boolean;
  readonly onPress: () => void;
}) {
  return (
    <button
      type="button"
      className={css['bookmark']}
      data-own={own || undefined}
      style={{ transform: `translateX(${px}px)` }}
      title={label}
      aria-label={label}
      onPointerDown={(event) => event.stopPropagation()}
      onPointerUp={(event) => event.stopPropagation()}
      onClick={onPress}
    />
  );
}
