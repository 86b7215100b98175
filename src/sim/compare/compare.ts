/**
 * Two futures beside each other: where they part, and what differs at a moment.
 * Comes from: two runs that share a past (Run.fork, Run.act), or two runs of one lab.  Goes to: lab/what-if.ts.
 *
 * Nothing is kept: the same runs and the same time give the same answer. The work is done in slices, because
 * runs can be long: whoever waits for it in one go calls compareRuns().
 */
import type { Nanos } from '../../engine/index.ts';
import type { Run } from '../run.ts';
import { divergenceOf, type Divergence } from './divergence.ts';
import type { Fact, Section, Told } from './fact.ts';
import { same, SECTIONS } from './fact.ts';
import { pastOf, type Past } from './shared.ts';
import { tableFacts } from './tables.ts';
import { servicesOf, Tally } from './tally.ts';

export interface Contrast {
  readonly section: Section;
  readonly key: string;
  readonly node: Fact['node'];
  readonly what: Told;
  readonly a: Told;
  readonly b: Told;
}

export interface Comparison {
  readonly past: Past;
  readonly divergence: Divergence | null;
  readonly differences: readonly Contrast[];
}

/** Compares two runs at a time, everything at that very time included. */
export function compareRuns(a: Run, b: Run, at: Nanos = Math.max(lastAt(a), lastAt(b)) as Nanos): Comparison {
  const work = comparing(a, b, at);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

export function lastAt(run: Run): Nanos {
  return (run.head === 0 ? 0 : run.trace.timeOf(run.head - 1)) as Nanos;
}

/** As compareRuns(), a slice at a time. */
export function* comparing(a: Run, b: Run, at: Nanos): Generator<undefined, Comparison> {
  const past = pastOf(a, b);
  const divergence = yield* divergenceOf(a, b, past);
  const differences = yield* differencesOf(a, b, past, at);
  return { past, divergence, differences };
}

/** What differs at a time. */
export function* differencesOf(a: Run, b: Run, past: Past, at: Nanos): Generator<undefined, readonly Contrast[]> {
  const services = servicesOf(a.worldAt(a.executedAt(at)).nodes);
  for (const addr of servicesOf(b.worldAt(b.executedAt(at)).nodes)) services.add(addr);
  const factsA = yield* factsOf(a, past, past.onlyA, services, at);
  const factsB = yield* factsOf(b, past, past.onlyB, services, at);
  return differing(factsA, factsB);
}

function* factsOf(
  run: Run,
  past: Past,
  own: Past['onlyA'],
  services: ReturnType<typeof servicesOf>,
  at: Nanos,
): Generator<undefined, Map<string, Fact>> {
  const executed = run.executedAt(at);
  const tally = new Tally(run, services, own, run.worldAt(executed).nodes);
  yield* tally.read(past.events, executed);
  const facts = new Map<string, Fact>();
  for (const one of tally.facts()) facts.set(one.key, one);
  // No pause while a view of the world is being read: it holds only until the next look at the run.
  for (const one of tableFacts(run.worldAt(executed))) if (one !== undefined) facts.set(one.key, one);
  yield undefined;
  return facts;
}

/** The lines of a text that are not at the same place, counted from the top or from the end, in the other one. */
function unlike(text: Told, other: Told): Told {
  const own = text.en.split('\n');
  const theirs = other.en.split('\n');
  const shorter = Math.min(own.length, theirs.length);
  let top = 0;
  while (top < shorter && own[top] === theirs[top]) top++;
  let end = 0;
  while (end < shorter - top && own[own.length - 1 - end] === theirs[theirs.length - 1 - end]) end++;
  const rest = own.slice(top, own.length - end);
  return same([...(top > 0 ? ['…'] : []), ...rest, ...(end > 0 ? ['…'] : [])].join('\n'));
}

function differing(a: ReadonlyMap<string, Fact>, b: ReadonlyMap<string, Fact>): Contrast[] {
  const found: Contrast[] = [];
  const note = (fact: Fact, inA: Fact | undefined, inB: Fact | undefined): void => {
    const valueA = inA?.value ?? fact.missing;
    const valueB = inB?.value ?? fact.missing;
    if (valueA.en === valueB.en) return;
    const [inFirst, inSecond] = fact.section === 'terminal' ? [unlike(valueA, valueB), unlike(valueB, valueA)] : [valueA, valueB];
    found.push({
      section: fact.section,
      key: fact.key,
      node: fact.node,
      what: fact.what,
      a: inFirst,
      b: inSecond,
    });
  };
  for (const [key, fact] of a) note(fact, fact, b.get(key));
  for (const [key, fact] of b) if (!a.has(key)) note(fact, undefined, fact);
  return found.toSorted((x, y) => SECTIONS.indexOf(x.section) - SECTIONS.indexOf(y.section));
}
