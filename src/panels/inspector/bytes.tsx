/** The bytes of a frame; a byte lights its field, a field its bytes. */
import { useMemo } from 'react';
import type { LayerView } from '../../wire/index.ts';
import type { Span } from './frame-inspector.tsx';
import css from './inspector.module.css';

export interface BytesProps {
  readonly bytes: Uint8Array;
  readonly lit: Span | null;
  readonly onLit: (span: Span | null) => void;
  readonly views: readonly LayerView[];
}

/** Longer frames are shown up to here. */
const SHOWN = 512;
const PER_ROW = 8;

export function Bytes({ bytes, lit, onLit, views }: BytesProps) {
  const spans = useMemo(() => spansOf(bytes.length, views), [bytes, views]);
  const rows: number[] = [];
  for (let at = 0; at < Math.min(bytes.length, SHOWN); at += PER_ROW) rows.push(at);
  return (
    <div className={css['bytes']} onPointerLeave={() => onLit(null)}>
      {rows.map((start) => (
        <div key={start} className={css['byteRow']}>
          <span className={css['offset']}>{start.toString(16).padStart(4, '0')}</span>
          {[...bytes.subarray(start, start + PER_ROW)].map((byte, i) => {
            const at = start + i;
            const on = lit !== null && at >= lit.offset && at < lit.offset + lit.length;
            return (
              <span key={at} data-lit={on || undefined} data-layer={layerAt(views, at) % 2} onPointerEnter={() => onLit(spans[at] ?? null)}>
                {byte.toString(16).padStart(2, '0')}
              </span>
            );
          })}
        </div>
      ))}
      {bytes.length > SHOWN ? <p>… {bytes.length - SHOWN}</p> : null}
    </div>
  );
}

function layerAt(views: readonly LayerView[], at: number): number {
  return views.findIndex((view) => at >= view.offset && at < view.offset + view.length);
}

/** The smallest field that each byte belongs to. */
function spansOf(length: number, views: readonly LayerView[]): (Span | undefined)[] {
  const spans: (Span | undefined)[] = Array.from({ length });
  for (const view of views) {
    for (const field of view.fields) {
      for (let at = field.offset; at < field.offset + field.length; at++) {
        const known = spans[at];
        if (known === undefined || known.length > field.length) spans[at] = { offset: field.offset, length: field.length };
      }
    }
  }
  return spans;
}
