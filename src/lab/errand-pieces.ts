/**
 * Messages between threads in pieces: the nodes of a large lab take longer to read from one message than a frame lasts.
 * Comes from: errands.ts, errand-worker.ts.
 */
import type { RunStretch } from '../sim/index.ts';

/** Nodes in one message. */
export const PIECE = 48;

type Changed = RunStretch['checkpoints'][number]['nodes'][number];

/** Nodes as they are at checkpoints of a stretch, by the place of the checkpoint in it. */
export type StretchPiece = readonly (Changed & { readonly checkpoint: number })[];

/**
 * Takes a stretch apart. A node is in one piece as often as it was kept: what its states share is sent once.
 * @returns its pieces, and the stretch without what is in them
 */
export function takeApart(stretch: RunStretch): { readonly pieces: readonly StretchPiece[]; readonly rest: RunStretch } {
  const byNode = new Map<number, (Changed & { readonly checkpoint: number })[]>();
  stretch.checkpoints.forEach(({ nodes }, checkpoint) => {
    for (const changed of nodes) {
      const known = byNode.get(changed.node);
      if (known === undefined) byNode.set(changed.node, [{ ...changed, checkpoint }]);
      else known.push({ ...changed, checkpoint });
    }
  });
  if (byNode.size <= PIECE) return { pieces: [], rest: stretch };
  const all = [...byNode.values()];
  const pieces: StretchPiece[] = [];
  for (let i = 0; i < all.length; i += PIECE) pieces.push(all.slice(i, i + PIECE).flat());
  return { pieces, rest: { ...stretch, checkpoints: stretch.checkpoints.map((one) => ({ ...one, nodes: [] })) } };
}

export function putTogether(pieces: readonly StretchPiece[], rest: RunStretch): RunStretch {
  if (pieces.length === 0) return rest;
  const nodes: Changed[][] = rest.checkpoints.map((one) => [...one.nodes]);
  for (const { checkpoint, node, value } of pieces.flat()) nodes[checkpoint]?.push({ node, value });
  return { ...rest, checkpoints: rest.checkpoints.map((one, i) => ({ ...one, nodes: nodes[i] ?? [] })) };
}
