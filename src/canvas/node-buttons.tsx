/**
 * The nodes of the map for the keyboard and for screen readers: buttons in the places where the map draws them.
 * Comes from: map-canvas.tsx.
 */
import { memo, useState, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { NodeId } from '../engine/index.ts';
import { lab, pickNode, settings, text, type Branch } from '../lab/index.ts';
import { formatIpv4 } from '../wire/index.ts';
import { lookOf, type NodeLook } from './look.ts';
import css from './map-canvas.module.css';
import type { NodeSpot } from './map-types.ts';
import { nodesPresent } from './node-window.ts';
import type { MapSource } from './source.ts';

/** @param spots of all nodes, by their numbers */
export function NodeButtons({ spots, source }: { readonly spots: readonly NodeSpot[]; readonly source: MapSource }) {
  const lang = useStore(settings, (s) => s.lang);
  const open = useStore(lab, (s) => s.lab);
  const selected = useStore(lab, ({ selection }) => (selection?.kind === 'node' ? (selection.node as number) : -1));
  // The addresses in the names are those of the moment shown.
  const branch = useStore(lab, () => source.branch());
  // The branch and the moment are asked for together: the moment of another lab may be far from any that is kept in this one.
  const look = useSyncExternalStore(source.watch, () => {
    const now = source.branch();
    return now === null ? null : lookOf(now, source.moment().executed);
  });
  const [at, setAt] = useState(-1);
  if (open === null) return null;
  const { nodes } = open.input.world;
  return (
    <ul className={css['nodes']} aria-label={text(lang, 'map.nodes')}>
      {nodesPresent(nodes.length, at, selected).map((i) => {
        const node = nodes[i];
        if (node === undefined) return null;
        const { x = 0, y = 0, r = -1 } = spots[i] ?? {};
        const label = `${node.name}, ${text(lang, `role.${node.role}`)}${addressesOf(branch, look?.nodes[i])}`;
        return (
          <NodeButton key={node.name} node={i} of={nodes.length} label={label} selected={selected === i} x={x} y={y} r={r} onAt={setAt} />
        );
      })}
    </ul>
  );
}

interface NodeButtonProps {
  readonly node: number;
  readonly of: number;
  readonly label: string;
  readonly selected: boolean;
  readonly x: number;
  readonly y: number;
  /** less than 0: not placed yet */
  readonly r: number;
  /** it has the keyboard */
  readonly onAt: (node: number) => void;
}

const NodeButton = memo(function NodeButton({ node, of, label, selected, x, y, r, onAt }: NodeButtonProps) {
  const side = 2 * r + 12;
  return (
    <li aria-setsize={of} aria-posinset={node + 1}>
      <button
        type="button"
        className={css['node']}
        style={r < 0 ? undefined : { left: x - side / 2, top: y - side / 2, width: side, height: side }}
        data-node={node}
        aria-pressed={selected}
        onFocus={() => onAt(node)}
        onClick={() => pickNode(node as NodeId)}
      >
        {label}
      </button>
    </li>
  );
});

function addressesOf(branch: Branch | null, node: NodeLook | undefined): string {
  if (branch === null || node === undefined) return '';
  const found = node.devs.flatMap((dev) =>
    dev.addrs
      .filter(({ local }) => local >>> 24 !== 127)
      .map(({ local }) => `${dev.name} ${branch.cast.roles.get(local)?.label ?? ''} ${formatIpv4(local)}`),
  );
  return found.length === 0 ? '' : `: ${found.join(', ')}`;
}
