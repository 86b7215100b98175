/**
 * The map as a component: a canvas for the eye, and in the same places a list of buttons for the
 * keyboard and for screen readers.
 * Goes to: app/.
 */
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { NodeId } from '../engine/index.ts';
import { lab, select, settings, text } from '../lab/index.ts';
import { formatIpv4 } from '../wire/index.ts';
import { createMap, type MapInstance, type NodeSpot } from './live-map.ts';
import css from './map-canvas.module.css';
import { labSource, type MapSource } from './source.ts';

export interface MapControls {
  fit(): void;
  zoomBy(factor: number): void;
}

export interface MapCanvasProps {
  readonly onReady: (controls: MapControls | null) => void;
  /** what is shown, if not the lab itself */
  readonly source?: MapSource;
}

export function MapCanvas({ onReady, source = labSource }: MapCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [spots, setSpots] = useState<readonly NodeSpot[]>([]);

  useEffect(() => {
    if (canvas.current === null) return undefined;
    const map: MapInstance = createMap(canvas.current, source, setSpots);
    onReady(map);
    return () => {
      onReady(null);
      map.destroy();
    };
  }, [onReady, source]);

  return (
    <div className={css['map']}>
      <canvas ref={canvas} className={css['canvas']} aria-hidden="true" />
      <NodeButtons spots={spots} source={source} />
    </div>
  );
}

function NodeButtons({ spots, source }: { readonly spots: readonly NodeSpot[]; readonly source: MapSource }) {
  const lang = useStore(settings, (s) => s.lang);
  const open = useStore(lab, (s) => s.lab);
  const selection = useStore(lab, (s) => s.selection);
  // The addresses in the names are those of the moment shown.
  useStore(lab, (s) => s.cursor.executed);
  if (open === null) return null;
  return (
    <ul className={css['nodes']} aria-label={text(lang, 'map.nodes')}>
      {open.input.world.nodes.map((node, i) => {
        const spot = spots.find((s) => s.node === i);
        const selected = selection?.kind === 'node' && selection.node === i;
        return (
          <li key={node.name}>
            <button
              type="button"
              className={css['node']}
              style={
                spot === undefined
                  ? undefined
                  : {
                      left: spot.x - spot.r - 6,
                      top: spot.y - spot.r - 6,
                      width: 2 * spot.r + 12,
                      height: 2 * spot.r + 12,
                    }
              }
              aria-pressed={selected}
              onClick={() => select(selected ? null : { kind: 'node', node: i as NodeId })}
            >
              {`${node.name}, ${text(lang, `role.${node.role}`)}${addressesOf(source, i)}`}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function addressesOf(source: MapSource, index: number): string {
  const branch = source.branch();
  const node = source.world()?.nodes[index];
  if (branch === null || node?.kind !== 'linux') return '';
  const found: string[] = [];
  for (const dev of node.host.devs) {
    if (dev === null) continue;
    for (const { local } of dev.addrs) {
      if (local >>> 24 === 127) continue;
      const label = branch.cast.roles.get(local)?.label ?? '';
      found.push(`${dev.name} ${label} ${formatIpv4(local)}`);
    }
  }
  return found.length === 0 ? '' : `: ${found.join(', ')}`;
}
