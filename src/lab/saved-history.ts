/**
 * What was done, as plain data, so that it can be undone after a reload.
 * Comes from: deeds.ts.  Goes to: saved.ts; back to deeds.ts through session.ts.
 *
 * A lab is kept by what its text differs from the one before, a future by its journal. Those of the lab on
 * screen are run again at once; others sleep until somebody goes back to them.
 */
import type { Moment } from '../sim/index.ts';
import type { Both, Branch } from './branch.ts';
import { isBookmark, isBoth, isCount } from './checks.ts';
import { branchesOf, presentEntry, type Entry, type HistoryState, type Places } from './deeds.ts';
import type { Bookmark } from './marks.ts';
import { readLab, type Lab } from './open.ts';
import { isSavedBranch, savedBranch, SavedError, type Asleep, type SavedBranch } from './saved-branch.ts';
import { applied, deltaOf, isDelta, type TextDelta } from './text-delta.ts';

/** Characters of text that a history may take in the browser's storage; the oldest deeds are forgotten first. */
const TEXT_MAX = 4_000_000;

interface SavedLab {
  readonly id: string;
  readonly file: string;
  /** differs so from the text of the lab before it in the list; the first one from nothing */
  readonly text: TextDelta;
  /** the text as it was opened differs so from that of the lab before; null: it does not */
  readonly opened: TextDelta | null;
  /** its futures; of the lab shown only those that are no more in its tree, which come after them */
  readonly branches: readonly SavedBranch[];
  /** which of them were in its tree when it was left */
  readonly tree: readonly number[];
}

interface SavedEntry {
  /** place in the list of labs */
  readonly lab: number;
  readonly standing: { readonly branch: number; readonly cursor: Moment } | null;
  readonly cut: number | null;
  readonly places: Places;
  readonly marks: readonly Bookmark[];
  readonly branches: readonly number[] | null;
  readonly what: Both | null;
}

export interface SavedHistory {
  readonly labs: readonly SavedLab[];
  /** which of the labs is on screen */
  readonly shown: number;
  readonly entries: readonly SavedEntry[];
  readonly present: number;
}

type Future = Branch | Asleep;

/** What texts differ by, for labs that stand behind each other in the history: worked out once. */
const deltas = new WeakMap<Lab, { readonly base: string; readonly delta: TextDelta }>();

function deltaFrom(base: string, open: Lab): TextDelta {
  const known = deltas.get(open);
  if (known?.base === base) return known.delta;
  const delta = deltaOf(base, open.text);
  deltas.set(open, { base, delta });
  return delta;
}

/** @param shown the lab on screen, with its branches; null if the history does not stand there */
export function savedHistory({ entries, present, walks }: HistoryState, shown: Lab, branches: readonly Branch[]): SavedHistory | null {
  if (presentEntry({ entries, present, walks })?.lab !== shown) return null;
  for (let from = 0, to = entries.length; ;) {
    const saved = savedEntries(entries.slice(from, to), present - from, shown, branches);
    if (sizeOf(saved) <= TEXT_MAX || to - from === 1) return saved;
    // What is furthest from where one stands goes first.
    if (present > from) from += Math.max(1, (present - from) >> 1);
    else to -= Math.max(1, (to - present) >> 1);
  }
}

function savedEntries(entries: readonly Entry[], present: number, shown: Lab, branches: readonly Branch[]): SavedHistory {
  const labs: Lab[] = [];
  const futures = new Map<Lab, Future[]>();
  const saved = entries.map((entry): SavedEntry => {
    const open = entry.lab ?? shown;
    let list = futures.get(open);
    if (list === undefined) {
      labs.push(open);
      futures.set(open, (list = open === shown ? [...branches] : [...branchesOf(open)]));
    }
    const all = list;
    const placeOf = (future: Future): number => {
      const at = all.indexOf(future);
      return at < 0 ? all.push(future) - 1 : at;
    };
    const { standing, cut, places, marks, what } = entry;
    return {
      lab: labs.indexOf(open),
      standing: standing === null ? null : { branch: placeOf(standing.branch), cursor: standing.cursor },
      cut,
      places,
      marks,
      branches: entry.branches?.map(placeOf) ?? null,
      what,
    };
  });
  return {
    labs: labs.map((open, i) => {
      const all = futures.get(open) ?? [];
      const before = labs[i - 1];
      return {
        id: open.id,
        file: open.file,
        text: deltaFrom(before?.text ?? '', open),
        opened: open.opened === before?.opened ? null : deltaOf(before?.opened ?? '', open.opened),
        branches: (open === shown ? all.slice(branches.length) : all).map(savedBranch),
        tree: open === shown ? [] : branchesOf(open).map((future) => all.indexOf(future)),
      };
    }),
    shown: labs.indexOf(shown),
    entries: saved,
    present,
  };
}

function sizeOf({ labs }: SavedHistory): number {
  return labs.reduce((sum, { text, opened }) => sum + text.by.length + (opened?.by.length ?? 0), 0);
}

/** A history brought back; its other labs and futures sleep. */
export interface RestoredHistory {
  readonly entries: readonly Entry[];
  readonly present: number;
  /** the trees of the labs that are not on screen */
  readonly trees: ReadonlyMap<Lab, readonly Asleep[]>;
}

/**
 * @param shown the lab on screen, with its branches
 * @returns null if there is none, or none that makes sense: then nothing can be undone, and all else is there
 */
export function restoredHistory(saved: SavedHistory | null, shown: Lab, branches: readonly Branch[]): RestoredHistory | null {
  if (saved === null || !isSound(saved, branches.length)) return null;
  const trees = new Map<Lab, readonly Asleep[]>();
  let text = '';
  let opened = '';
  const labs = saved.labs.map((one, i): { readonly lab: Lab; readonly futures: readonly Future[] } => {
    text = applied(text, one.text);
    if (one.opened !== null) opened = applied(opened, one.opened);
    const asleep = one.branches.map((branch): Asleep => ({ id: branch.id, asleep: branch }));
    if (i === saved.shown) return { lab: shown, futures: [...branches, ...asleep] };
    const lab = sleepingLab(one.id, one.file, text, opened);
    trees.set(
      lab,
      one.tree.map((at) => asleep[at] as Asleep),
    );
    return { lab, futures: asleep };
  });
  const entries = saved.entries.map((entry): Entry => {
    const { lab, futures } = labs[entry.lab] as (typeof labs)[number];
    const { standing, cut, places, marks, what } = entry;
    return {
      lab,
      standing: standing === null ? null : { branch: futures[standing.branch] as Future, cursor: standing.cursor },
      cut,
      places,
      marks,
      branches: entry.branches?.map((at) => futures[at] as Future) ?? null,
      what,
    };
  });
  return { entries, present: saved.present, trees };
}

/** A lab whose text is read when somebody asks what it says. */
function sleepingLab(id: string, file: string, text: string, opened: string): Lab {
  let read: Lab | null = null;
  const lab = (): Lab => {
    if (read !== null) return read;
    const now = readLab(id, file, text, opened);
    if (!now.ok) throw new SavedError(`the lab ${file} is not valid`);
    return (read = now.lab);
  };
  return {
    id,
    file,
    text,
    opened,
    get scenario() {
      return lab().scenario;
    },
    get title() {
      return lab().title;
    },
    get about() {
      return lab().about;
    },
    get places() {
      return lab().places;
    },
    get input() {
      return lab().input;
    },
  };
}

function isSound({ labs, shown, entries, present }: SavedHistory, branches: number): boolean {
  if (!Array.isArray(labs) || !Array.isArray(entries) || !labs.every(isSavedLab)) return false;
  const futures = labs.map((one, i) => one.branches.length + (i === shown ? branches : 0));
  const isEntry = (entry: SavedEntry): boolean => {
    const { lab, standing, cut, places, marks, branches: there, what } = (entry ?? {}) as SavedEntry;
    const of = futures[lab];
    const isFuture = (at: unknown): boolean => isCount(at) && of !== undefined && Number(at) < of;
    return (
      of !== undefined &&
      (standing === null || (isFuture(standing?.branch) && isCount(standing.cursor?.executed) && isCount(standing.cursor.at))) &&
      (cut === null || isCount(cut)) &&
      typeof places === 'object' &&
      places !== null &&
      Array.isArray(marks) &&
      marks.every(isBookmark) &&
      (there === null || (Array.isArray(there) && there.every(isFuture))) &&
      (what === null || isBoth(what))
    );
  };
  return entries.every(isEntry) && entries[present]?.lab === shown;
}

function isSavedLab(value: unknown): boolean {
  const { id, file, text, opened, branches, tree } = (value ?? {}) as SavedLab;
  return (
    typeof id === 'string' &&
    typeof file === 'string' &&
    isDelta(text) &&
    (opened === null || isDelta(opened)) &&
    Array.isArray(branches) &&
    branches.every(isSavedBranch) &&
    Array.isArray(tree) &&
    tree.every((at) => isCount(at) && Number(at) < branches.length)
  );
}
