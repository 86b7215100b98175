/**
 * Dots at the nodes from which cables are laid, while the lab is edited: dragged to another node, or pressed
 * and then the other node.
 * Comes from: map-canvas.tsx.  Goes to: lab/edit.ts.
 */
import { useRef, useState, type CSSProperties, type PointerEvent } from 'react';
import { useStore } from 'zustand';
import { connectNodes, editor, lab, layCable, settings, text } from '../lab/index.ts';
import type { NodeSpot } from './map-types.ts';
import css from './map-canvas.module.css';
import { spotsWithDots } from './node-window.ts';

/** Fewer pixels than this are a press and no drag. */
const DRAG_FROM = 5;
/** Pixels around a symbol that still count as the node. */
const REACH = 16;

/** Width of a dot in pixels, and its share of a symbol's radius. */
const DOT = { least: 9, largest: 16, share: 0.75 };

interface Laying {
  readonly from: NodeSpot;
  readonly x: number;
  readonly y: number;
}

export interface EditLayerProps {
  readonly spots: readonly NodeSpot[];
  /** the node over which the pointer was last; -1: none */
  readonly over: number;
}

export function EditLayer({ spots, over: under }: EditLayerProps) {
  const lang = useStore(settings, (s) => s.lang);
  const open = useStore(lab, (s) => s.lab);
  const chosen = useStore(editor, (s) => s.from);
  const selected = useStore(lab, ({ selection }) => (selection?.kind === 'node' ? (selection.node as number) : -1));
  const layer = useRef<HTMLDivElement>(null);
  const [laying, setLaying] = useState<Laying | null>(null);
  if (open === null) return null;
  const nameOf = (node: number): string => open.scenario.nodes[node]?.name ?? '';
  const pointAt = (event: PointerEvent): { x: number; y: number } => {
    const box = layer.current?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
  };
  const from = chosen === null ? -1 : open.scenario.nodes.findIndex(({ name }) => name === chosen);
  const dots = spotsWithDots(spots, [under, selected, from, laying?.from.node ?? -1]);
  const over = laying === null ? undefined : spotAt(spots, laying, laying.from.node);
  return (
    <div ref={layer} className={css['editLayer']}>
      {laying === null ? null : (
        <svg className={css['rubber']} aria-hidden="true">
          <line
            x1={laying.from.x}
            y1={laying.from.y}
            x2={over?.x ?? laying.x}
            y2={over?.y ?? laying.y}
            data-over={over === undefined ? undefined : ''}
          />
          {over === undefined ? null : <circle cx={over.x} cy={over.y} r={over.r + 9} />}
        </svg>
      )}
      {dots.map((spot) => (
        <button
          key={nameOf(spot.node)}
          type="button"
          className={css['handle']}
          data-chosen={chosen === nameOf(spot.node) || undefined}
          style={styleOf(spot)}
          aria-label={text(lang, 'edit.handle', { node: nameOf(spot.node) })}
          onPointerDown={(event) => {
            event.preventDefault();
            event.currentTarget.setPointerCapture(event.pointerId);
            setLaying({ from: spot, ...pointAt(event) });
          }}
          onPointerMove={(event) => (laying === null ? undefined : setLaying({ from: laying.from, ...pointAt(event) }))}
          onPointerCancel={() => setLaying(null)}
          onPointerUp={(event) => {
            if (laying === null) return;
            setLaying(null);
            const at = pointAt(event);
            const target = spotAt(spots, at, spot.node);
            const dot = dotOf(spot);
            const far = Math.hypot(at.x - dot.x, at.y - dot.y) > spot.r + DRAG_FROM;
            if (target !== undefined) connectNodes(nameOf(spot.node), nameOf(target.node));
            else if (!far) layCable(nameOf(spot.node));
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' && event.key !== ' ') return;
            event.preventDefault();
            event.stopPropagation();
            const begun = editor.getState().from;
            if (begun !== null && begun !== nameOf(spot.node)) connectNodes(begun, nameOf(spot.node));
            else layCable(nameOf(spot.node));
          }}
        />
      ))}
    </div>
  );
}

/** Beside small symbols, where names are near, a dot is small as well, and stands no higher than its symbol. */
function dotOf({ x, y, r }: NodeSpot): { readonly x: number; readonly y: number; readonly size: number } {
  const size = Math.round(Math.min(DOT.largest, Math.max(DOT.least, r * DOT.share)));
  const up = Math.min(r * 0.8, size < DOT.largest ? r - size / 2 : r);
  return { x: x + r * 0.8, y: y - up, size };
}

function styleOf(spot: NodeSpot): CSSProperties {
  const { x, y, size } = dotOf(spot);
  return { left: x, top: y, '--size': `${size}px` } as CSSProperties;
}

function spotAt(spots: readonly NodeSpot[], at: { readonly x: number; readonly y: number }, not: number): NodeSpot | undefined {
  return spots.find(({ node, x, y, r }) => node !== not && Math.hypot(x - at.x, y - at.y) <= r + REACH);
}
