/**
 * Changes of the lab's file: each writes the text, and the lab is built anew from it.
 * Comes from: the map in its edit mode, the forms, the pane with the text.  Goes to: scenario/, actions.ts.
 *
 * While it is edited the lab stands where its file has set it up, before anything happens in it.
 */
import type { NodeId } from '../engine/index.ts';
import { editScenario, freeName, type Edit, type Scenario } from '../scenario/index.ts';
import type { NodeRole } from '../world/index.ts';
import { startAnother, startLab, takeWriting } from './actions.ts';
import { arrivingMoment, beginning, goToOpening, type Arrival } from './arrival.ts';
import type { Both } from './branch.ts';
import { expectLab, history, noteLab, notePlaces, placesNow, type Places } from './deeds.ts';
import { editor, OFF, type Asked } from './editor.ts';
import { readLab, type Lab } from './open.ts';
import { nodeIn, SAME_NAMES, selectionIn, type NameNow } from './selected.ts';
import { placeNode, settings } from './settings.ts';
import { lab, select, type Selection } from './store.ts';
import { whatIf } from './what-if.ts';

/** The lab as it stands in the file: one that is still being built counts already. */
export function presentLab(): Lab | null {
  const { phase, lab: shown } = lab.getState();
  const { entries, present } = history.getState();
  const next = entries[present]?.lab ?? null;
  return next === null || phase === 'ready' || phase === 'empty' ? shown : next;
}

/** What is to be selected in the lab that is being built, and how its nodes were called in the one that is still shown. */
interface Coming {
  readonly lab: Lab;
  readonly shown: Lab;
  readonly nameNow: NameNow;
  /** what was selected when it was asked for: what is selected later in the lab shown counts more */
  readonly asked: Selection | null;
  readonly selection: Selection | null;
}

let coming: Coming | null = null;

function comingNow(): Coming | null {
  return coming?.lab === presentLab() && coming.shown === lab.getState().lab ? coming : null;
}

/** The last answer: the same question has the same answer, to the last bit. */
let answered: {
  readonly selection: Selection | null;
  readonly present: Lab;
  readonly shown: Lab;
  readonly answer: Selection | null;
} | null = null;

/** What is selected, as it is in the lab of the file as it stands. */
export function presentSelection(): Selection | null {
  const { lab: shown, selection } = lab.getState();
  const present = presentLab();
  const next = comingNow();
  if (present === shown || present === null || shown === null || selection?.kind === 'frame') return selection;
  if (next !== null && selection === next.asked) return next.selection;
  if (answered?.selection === selection && answered.present === present && answered.shown === shown) return answered.answer;
  const nameNow = next?.nameNow ?? SAME_NAMES;
  const answer = present.id === shown.id ? selectionIn(shown.scenario, present.scenario, selection, nameNow) : null;
  answered = { selection, present, shown, answer };
  return answer;
}

/** Calls when the file as it stands, or what is selected in it, may be another. @returns how to stop listening */
export function onPresent(listener: () => void): () => void {
  const stops = [lab.subscribe(listener), history.subscribe(listener)];
  return () => stops.forEach((stop) => stop());
}

export function startEditing(): void {
  const { branches, version, phase } = lab.getState();
  const [first] = branches;
  // Another lab may be on its way: it is the one that is meant.
  editsNext = phase === 'loading';
  editor.setState({ on: true, problem: null, from: null });
  if (first !== undefined) lab.setState({ branch: first, version: version + 1, cursor: beginning(first), focus: null });
}

/** Opens a lab to be edited at once. */
export function openToEdit(file: string, text: string, id: string): void {
  const read = readLab(id, file, text);
  if (!read.ok) return;
  toEdit = read.lab;
  const begins: Arrival['moment'] = (branch) => (toEdit === read.lab ? beginning(branch) : arrivingMoment(branch));
  startAnother(read.lab, { selection: null, selected: () => null, moment: begins });
}

let toEdit: Lab | null = null;
/** The edit mode was asked for while another lab was being built. */
let editsNext = false;

export function stopEditing(): void {
  const { branch, cursor } = lab.getState();
  editsNext = false;
  toEdit = null;
  editor.setState({ on: false, problem: null, from: null });
  if (branch !== null && cursor.executed <= branch.begin) goToOpening(branch);
}

export function dismissProblem(): void {
  editor.setState({ problem: null });
}

/**
 * Changes the file. @param what the change in words; @param asked where the change was asked for
 * @param selected the node that is selected then
 * @returns whether it could be done; if not, the editor says why
 */
export function edit(edits: readonly Edit[], what: Both, asked: Asked = 'form', selected: string | null = null): boolean {
  takeWriting();
  const open = presentLab();
  if (open === null) return false;
  const edited = editScenario(open.text, edits, open.scenario);
  if (!edited.ok) {
    editor.setState({ problem: { file: open.file, lines: edited.problems }, asked });
    return false;
  }
  const renamed = edits.find((one) => one.kind === 'rename-node') ?? null;
  return putText(open, edited.text, what, selected, renamed, edited.scenario);
}

/** Takes a text that somebody wrote. @returns whether it describes a lab */
export function editText(text: string): boolean {
  const open = presentLab();
  return open !== null && putText(open, text, { en: 'the file changed', zh: '修改文件' }, null, null);
}

interface Renamed {
  readonly name: string;
  readonly to: string;
}

/** @param known what the text says, if it has been loaded */
function putText(
  open: Lab,
  text: string,
  what: Both,
  selected: string | null,
  renamed: Renamed | null,
  known: Scenario | null = null,
): boolean {
  if (text === open.text) {
    // Whoever has put a mistake right by writing what stood there has nothing to be told any more.
    if (editor.getState().asked === 'text') dismissProblem();
    return true;
  }
  const read = readLab(open.id, open.file, text, open.opened, known);
  if (!read.ok) {
    editor.setState({ problem: read.problem, asked: 'text' });
    return false;
  }
  const next = read.lab;
  const places = placesAfter(open, next, renamed);
  const arrival = arrivalAt(next, renamed, selected);
  expectLab(next);
  noteLab(next, what, lab.getState(), places);
  arriving = { lab: next, places, before: placesNow(open) };
  editor.setState({ problem: null, before: open.text, from: null });
  startLab(next, arrival);
  return true;
}

/** A node where there is room, or at a place; it is selected then. */
export function addNode(role: NodeRole, at: readonly [number, number]): string | null {
  const open = presentLab();
  if (open === null) return null;
  const name = freeName(open.scenario, role);
  const done = edit([{ kind: 'add-node', name, role, at }], { en: `${name} added`, zh: `添加 ${name}` }, 'map', name);
  return done ? name : null;
}

/** Begins a cable at a node; null gives it up. */
export function layCable(from: string | null): void {
  editor.setState({ from, problem: null });
}

export function connectNodes(a: string, b: string, asked: Asked = 'map'): boolean {
  editor.setState({ from: null });
  return edit([{ kind: 'connect', ends: [a, b] }], { en: `cable from ${a} to ${b}`, zh: `连接 ${a} 与 ${b}` }, asked);
}

/** A node was pointed at: it is the other end of the cable that is being laid, or else it is selected. */
export function pickNode(node: NodeId): void {
  const { on, from } = editor.getState();
  const { lab: open, selection } = lab.getState();
  const name = open?.scenario.nodes[node]?.name;
  if (on && from !== null && name !== undefined) {
    if (name === from) layCable(null);
    else connectNodes(from, name);
    return;
  }
  const again = selection?.kind === 'node' && selection.node === node;
  select(again && !on ? null : { kind: 'node', node });
}

/** Takes what is selected out of the file. */
export function removeSelected(): boolean {
  takeWriting();
  const open = presentLab();
  // What is gone already is not there to be taken out again.
  const selection = presentSelection();
  const node = selection?.kind === 'node' ? open?.scenario.nodes[selection.node] : undefined;
  if (node !== undefined)
    return edit([{ kind: 'remove-node', name: node.name }], { en: `${node.name} removed`, zh: `移除 ${node.name}` }, 'map');
  const link = selection?.kind === 'link' ? open?.scenario.links[selection.link] : undefined;
  if (link === undefined || selection?.kind !== 'link') return false;
  const ends = link.ends.map(([name]) => name).join(' – ');
  return edit([{ kind: 'disconnect', link: selection.link }], { en: `cable ${ends} removed`, zh: `移除 ${ends} 网线` }, 'map');
}

/** Keys that do something to a node. */
const NODE_KEYS: readonly string[] = ['Delete', 'Backspace', 'c', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'];

/**
 * The keys of the edit mode. @param at the node that has the keyboard: it is meant, whatever is selected
 * @returns whether the key did something
 */
export function editKey(key: string, at: NodeId | null = null): boolean {
  const { on, from } = editor.getState();
  if (on && at !== null && NODE_KEYS.includes(key)) select({ kind: 'node', node: at });
  const { phase, lab: open, selection } = lab.getState();
  if (open === null || phase === 'empty') return false;
  if (key === 'e') {
    if (on) stopEditing();
    else startEditing();
    return true;
  }
  if (!on) return false;
  if (key === 'Delete' || key === 'Backspace') return removeSelected();
  if (key === 'c' && selection?.kind === 'node') {
    layCable(open.scenario.nodes[selection.node]?.name ?? null);
    return true;
  }
  if (key in NUDGE) {
    nudge(key as keyof typeof NUDGE);
    return true;
  }
  // While it is edited nothing is played.
  if (['Home', 'End', ' '].includes(key)) return true;
  if (key !== 'Escape' || from === null) return false;
  layCable(null);
  return true;
}

/** How far an arrow key moves a node, in the units of the file. */
const NUDGE = { ArrowLeft: [-20, 0], ArrowRight: [20, 0], ArrowUp: [0, -20], ArrowDown: [0, 20] } as const;

function nudge(key: keyof typeof NUDGE): void {
  const { lab: open, selection } = lab.getState();
  const name = selection?.kind === 'node' ? open?.scenario.nodes[selection.node]?.name : undefined;
  const at = name === undefined || open === null ? undefined : (placesNow(open)[name] ?? presentLab()?.places.get(name));
  if (name !== undefined && at !== undefined) dragNode(name, [at[0] + NUDGE[key][0], at[1] + NUDGE[key][1]]);
}

/** A node was dragged: in the edit mode its place is written into the file, else it is remembered for this lab. */
export function dragNode(name: string, place: readonly [number, number]): void {
  const open = presentLab();
  if (open === null) return;
  const at: readonly [number, number] = [Math.round(place[0]), Math.round(place[1])];
  const what = { en: `${name} moved`, zh: `移动 ${name}` };
  const before = placesNow(open);
  if (!editor.getState().on) {
    placeNode(open.id, name, at);
    notePlaces(before, what);
    return;
  }
  // It stays where it was let go while the lab is built.
  if (edit([{ kind: 'move-nodes', places: [[name, at]] }], what, 'map')) placeNode(open.id, name, at);
}

/** The node and the places that come with the lab that is being built. */
let arriving: { readonly lab: Lab; readonly places: Places; readonly before: Places } | null = null;

lab.subscribe((now, before) => {
  if (now.lab === before.lab || arriving === null || now.lab !== arriving.lab) return;
  const { lab: next, places: kept, before: asked } = arriving;
  const { places } = settings.getState();
  // What was dragged while it was built, and is not what the file says by now, stays where it was dragged to.
  const since = Object.entries(places[next.id] ?? {}).filter(
    ([name, at]) =>
      asked[name] !== at && next.places.get(name)?.join() !== at.join() && next.input.world.nodes.some((node) => node.name === name),
  );
  const stands = { ...kept, ...Object.fromEntries(since) };
  if (!samePlaces(places[next.id] ?? {}, stands)) settings.setState({ places: { ...places, [next.id]: stands } });
  arriving = null;
});

function samePlaces(a: Places, b: Places): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name]?.join() === b[name]?.join());
}

/** Where nodes were dragged to, without those whose place the file now says anew. */
function placesAfter(before: Lab, after: Lab, renamed: Renamed | null): Places {
  const kept: Record<string, readonly [number, number]> = {};
  for (const [name, place] of Object.entries(placesNow(before))) {
    const now = renamed?.name === name ? renamed.to : name;
    const was = before.places.get(name);
    const is = after.places.get(now);
    if (is === undefined || (was?.[0] === is[0] && was[1] === is[1])) kept[now] = place;
  }
  return kept;
}

/**
 * How one arrives in a lab made from the present one: what was selected still is, also if it is selected only while the
 * lab is built. @param selected the node that is selected then
 */
export function arrivalAt(next: Lab, renamed: Renamed | null = null, selected: string | null = null): Arrival {
  const { lab: shown, selection: asked } = lab.getState();
  const present = presentLab();
  const nameBefore = comingNow()?.nameNow ?? SAME_NAMES;
  const rename: NameNow = (name) => (renamed?.name === name ? renamed.to : name);
  const nameNow: NameNow = (name) => rename(nameBefore(name));
  const kept = present === null || present.id !== next.id ? null : selectionIn(present.scenario, next.scenario, presentSelection(), rename);
  const selection = selected === null ? kept : nodeIn(next.scenario, selected);
  coming = shown === null ? null : { lab: next, shown, nameNow, asked, selection };
  return {
    selection,
    selected: (since, { id, scenario }) => (id === next.id ? selectionIn(scenario, next.scenario, since, nameNow) : null),
    moment: arrivingMoment,
  };
}

// Two futures beside each other are looked at.
whatIf.subscribe(({ phase }) => {
  if (phase !== 'closed' && editor.getState().on) editor.setState(OFF);
});

// Another lab is looked at first, unless it was opened to be edited.
lab.subscribe((now, before) => {
  if (now.lab === before.lab) return;
  coming = null;
  if (now.lab === toEdit) editor.setState({ ...OFF, on: true });
  else if (now.lab?.id !== before.lab?.id && before.lab !== null) editor.setState({ ...OFF, on: editsNext && editor.getState().on });
  toEdit = null;
  editsNext = false;
});
