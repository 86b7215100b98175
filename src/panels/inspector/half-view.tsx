/**
 * DR and TUN: what the director has seen of a conversation beside all of it. Answers do not pass it.
 * Comes from: lab/half-view.ts.  Goes to: the connection table of a director.
 */
import { useState } from 'react';
import type { NodeId } from '../../engine/index.ts';
import { connsOf } from '../../ipvs/index.ts';
import { endStates, segmentsOf, type Conversation } from '../../lab/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import type { NodeState } from '../../world/index.ts';
import { Empty } from '../common/table.tsx';
import { useLab, useSay } from '../common/use-lab.ts';
import { useWorld } from '../common/use-world.ts';
import css from './half-view.module.css';

/** Segments shown: the latest ones. */
const SHOWN = 14;
/** Connections offered; the newest come first. */
const OFFERED = 50;

interface HalfConn extends Conversation {
  readonly id: number;
  readonly state: string;
}

export function HalfView({ node }: { readonly node: NodeId }) {
  const say = useSay();
  const [chosen, setChosen] = useState<number | null>(null);
  const branch = useLab((s) => s.branch);
  const cursor = useLab((s) => s.cursor);
  const conns = useWorld((world) => halfConns(world.nodes[node])) ?? [];
  const conn = conns.find((c) => c.id === chosen) ?? conns[0];
  const ends = useWorld((world) => (conn === undefined ? null : endStates(world, conn)));
  if (branch === null || conn === undefined) return null;
  const name = branch.cast.names.node(node);
  const all = segmentsOf(branch.run.trace, branch.steps.hops, conn, cursor.at);
  const shown = all.slice(-SHOWN);
  return (
    <section className={css['half']} aria-label={say('half.title', { node: name })}>
      <h3>{say('half.title', { node: name })}</h3>
      <p>{say('half.about', { node: name })}</p>
      {conns.length > 1 ? (
        <select value={conn.id} aria-label={say('node.conns')} onChange={(event) => setChosen(Number(event.target.value))}>
          {conns.map((c) => (
            <option key={c.id} value={c.id}>{`${formatIpv4(c.caddr)}:${c.cport} → ${formatIpv4(c.vaddr)}:${c.vport}`}</option>
          ))}
        </select>
      ) : null}
      <table>
        <thead>
          <tr>
            <th scope="col">{say('half.seen', { node: name })}</th>
            <th scope="col">{say('half.real')}</th>
          </tr>
        </thead>
        <tbody>
          {all.length > shown.length ? (
            <tr>
              <td colSpan={2}>{say('half.more', { count: all.length - shown.length })}</td>
            </tr>
          ) : null}
          {shown.map((segment) => {
            const seen = (segment.arrivals.get(node) ?? Infinity) <= cursor.at;
            const text = segment.from === 'client' ? `→ ${segment.text}` : `← ${segment.text}`;
            return (
              <tr key={segment.frame} data-from={segment.from}>
                <td>{seen ? text : <i aria-label={say('half.unseen')}>·</i>}</td>
                <td>{text}</td>
              </tr>
            );
          })}
          {shown.length === 0 ? (
            <tr>
              <td colSpan={2}>
                <Empty>{say('half.none')}</Empty>
              </td>
            </tr>
          ) : null}
          <tr className={css['states']}>
            <td>
              <small>{say('half.state', { node: name })}</small>
              {conn.state}
            </td>
            <td>
              <small>{say('role.client')}</small>
              {ends?.client ?? '–'}
              <small>{say('role.realserver')}</small>
              {ends?.server ?? '–'}
            </td>
          </tr>
        </tbody>
      </table>
    </section>
  );
}

/** Connections of which this director sees only the client's half, newest first. */
function halfConns(state: Readonly<NodeState> | undefined): HalfConn[] {
  if (state?.kind !== 'linux') return [];
  const found: HalfConn[] = [];
  for (const conn of connsOf(state.ipvs.conns)) {
    if (!conn.noOutput || conn.template || conn.proto !== 6) continue;
    found.push({
      id: conn.id,
      state: conn.state,
      caddr: conn.caddr,
      cport: conn.cport,
      vaddr: conn.vaddr,
      vport: conn.vport,
    });
    if (found.length > OFFERED) found.shift();
  }
  return found.toReversed();
}
