/**
 * Many mutated command lines, one after the other, at nodes of a world; a fresh world now and then.
 * Comes from: cli/, tests.  Goes to: try-line.ts.
 */
import { Engine, nextBelow, seedPrng, type NodeId } from '../../engine/index.ts';
import { commands } from '../../shell/index.ts';
import { buildWorld, createProgram, newTrace } from '../../world/index.ts';
import type { RunInput } from '../run.ts';
import { userland } from '../userland.ts';
import { mutate } from './mutate.ts';
import { tryLine, type Outcome, type WorldEngine } from './try-line.ts';

export interface FuzzReport {
  readonly lines: number;
  /** lines that ended with exit code 0 */
  readonly succeeded: number;
  /** failing lines after which the host's configuration was compared */
  readonly compared: number;
  readonly troubles: readonly Outcome[];
}

/** Lines tried before the world is a fresh one again. */
const LINES_PER_WORLD = 40;
/** Set-ups have ended by then. */
const SETTLED_NS = 900_000_000;

/** Lines to begin with: what the manual pages show, and real ones. */
export function corpusOf(lines: readonly string[]): string[] {
  const synopses = commands.flatMap(({ name, man }) => [name, `${name} --help`, `man ${name}`, ...man.synopsis]);
  return [...new Set([...synopses, ...lines].map((line) => line.trim()).filter((line) => line !== ''))];
}

/** @param input a world whose set-ups are typed at time zero */
export function fuzzCommands(input: RunInput, corpus: readonly string[], count: number, seed: number): FuzzReport {
  const prng = seedPrng(seed);
  const world = buildWorld(input.world, userland);
  const base: WorldEngine = new Engine(
    createProgram(userland),
    world,
    input.journal.filter(({ at }) => at === 0),
    newTrace(world),
  );
  for (let next = base.nextAt; next !== null && next <= SETTLED_NS; next = base.nextAt) base.advance();
  const hosts = input.world.nodes.flatMap((node, id) => (node.kind === 'linux' ? [id as NodeId] : []));
  const troubles: Outcome[] = [];
  let succeeded = 0;
  let compared = 0;
  let engine = base;
  for (let i = 0; i < count; i++) {
    if (i % LINES_PER_WORLD === 0) engine = base.fork();
    const host = hosts[nextBelow(prng, hosts.length)] as NodeId;
    const outcome = tryLine(engine, host, `t${i}`, mutate(prng, corpus));
    if (outcome.code === 0) succeeded++;
    if (outcome.compared) compared++;
    if (outcome.trouble === null) continue;
    troubles.push(outcome);
    // whatever went wrong must not bring the next line into trouble
    engine = base.fork();
  }
  return { lines: count, succeeded, compared, troubles };
}
