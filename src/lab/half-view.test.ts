import { describe, expect, it } from 'vitest';
import type { NodeId } from '../engine/index.ts';
import { connsOf } from '../ipvs/index.ts';
import type { Run } from '../sim/index.ts';
import { endStates, segmentsOf, type Conversation } from './half-view.ts';
import { recordOf, runOf } from './inside.test-kit.ts';
import { StepIndex } from './step-index.ts';

/** The first connection that IPVS made, at the end of its first exchange. */
function firstTalk(run: Run): { talk: Conversation; director: NodeId; at: number; executed: number } {
  const made = recordOf(run, 'ipvs.conn-new-half');
  const node = run.worldAt(made.event + 1).nodes[made.node];
  const conn = node?.kind === 'linux' ? [...connsOf(node.ipvs.conns)][0] : undefined;
  if (conn === undefined) throw new Error('no connection');
  const at = made.at + 100_000_000;
  return {
    talk: { caddr: conn.caddr, cport: conn.cport, vaddr: conn.vaddr, vport: conn.vport },
    director: made.node,
    at,
    executed: run.executedAt(at as never),
  };
}

describe.each(['dr-lab.yaml', 'tun-lab.yaml'])('a conversation of %s', (file) => {
  const run = runOf(file);
  const { talk, director, at, executed } = firstTalk(run);
  const steps = new StepIndex(0);
  steps.extend(run.trace, run.head);
  const { hops } = steps;
  const segments = segmentsOf(run.trace, hops, talk, at);

  it('has both halves, in order', () => {
    const told = segments.map((s) => `${s.from === 'client' ? '>' : '<'} ${s.text}`);
    expect(told.slice(0, 3)).toEqual(['> SYN', '< SYN ACK', '> ACK']);
    expect(told.filter((line) => line.includes('FIN'))).toHaveLength(2);
    expect(told.some((line) => /^< \d+ B$/.test(line))).toBe(true);
  });

  it('the director sees what the client sends and nothing else', () => {
    for (const segment of segments) expect(segment.arrivals.has(director), segment.text).toBe(segment.from === 'client');
  });

  it('is cut at the moment shown', () => {
    expect(segmentsOf(run.trace, hops, talk, segments[0]?.at ?? 0)).toHaveLength(1);
  });

  it('the ends know better than the director', () => {
    expect(endStates(run.worldAt(executed), talk)).toEqual({ client: 'TIME_WAIT', server: null });
  });
});
