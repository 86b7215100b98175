/**
 * What is to be seen at a moment, as plain values: nodes, cables, what the present step dropped,
 * rewrote or wrote into a table.
 * Comes from: the lab at a moment.  Goes to: draw.ts, which draws it and knows nothing else.
 *
 * Nodes and cables that look as before are the same objects as before: what was drawn of them is kept.
 */
import type { NodeId, TraceId, TraceReader } from '../engine/index.ts';
import {
  CABLE_FIGURES,
  figureText,
  text,
  type AddressRole,
  type Branch,
  type CableFigure,
  type Cast,
  type Language,
  type LayerView,
  type Selection,
} from '../lab/index.ts';
import { isTurn, placeOnCable, reasonOf, tell, type Hop, type Moment } from '../sim/index.ts';
import { formatIpv4, formatMac } from '../wire/index.ts';
import type { NodeRole } from '../world/index.ts';
import type { Place } from './layout.ts';
import { loadsOf } from './load.ts';
import { portKey, type LinkLook, type Look, type NodeLook } from './look.ts';
import { passageOf, type Passage } from './passage.ts';
import { ofLayer, rewritesOf, type Rewrite } from './rewrites.ts';

export interface AddressLine {
  readonly dev: string;
  readonly text: string;
  readonly role: AddressRole;
  readonly label: string;
}

export interface SceneNode {
  readonly id: NodeId;
  readonly name: string;
  readonly role: NodeRole;
  readonly place: Place;
  readonly lines: readonly AddressLine[];
  readonly macs: readonly string[];
  readonly selected: boolean;
  /** false: switched off */
  readonly on: boolean;
  /** everything that its lines were made of: equal words, equal lines */
  readonly look: string;
}

export interface SceneLink {
  readonly id: number;
  readonly a: NodeId;
  readonly b: NodeId;
  /** ports at both ends, see portKey() */
  readonly aPort: number;
  readonly bPort: number;
  readonly up: boolean;
  readonly label: string;
  readonly delayNs: number;
  readonly rateBps: number | null;
  readonly lossPpm: number;
  /** the figures that somebody has changed since the file was read; '' if none */
  readonly changed: string;
  /** thousandths of its rate in use just now: from a to b, from b to a */
  readonly loads: readonly [number, number];
  readonly selected: boolean;
}

/** The end of a packet that was not delivered, at a node or on a cable. */
export interface Loss {
  readonly record: TraceId;
  readonly node: NodeId;
  /** the cable on which it was lost, and how far it had come; null: at the node */
  readonly hop: Hop | null;
  readonly place: number;
  readonly text: string;
}

/** A row that the present step wrote into a table, took out, or changed. */
export interface TableChange {
  readonly table: TableName;
  readonly text: string;
}
export type TableName = 'neigh' | 'fdb' | 'route' | 'ipvs' | 'conn' | 'conntrack';

/** What the present step did at a node. */
export interface NodeNote {
  readonly node: NodeId;
  readonly rewrites: readonly Rewrite[];
  readonly passage: Passage | null;
  readonly changes: readonly TableChange[];
}

/** Changes with the cursor. */
export interface Stage {
  readonly nodes: readonly SceneNode[];
  readonly links: readonly SceneLink[];
  readonly losses: readonly Loss[];
  readonly notes: readonly NodeNote[];
  /** the node at which the present step happens */
  readonly active: NodeId | null;
  readonly cast: Cast;
  readonly layer: LayerView;
  readonly lang: Language;
}

export interface StageInput {
  readonly look: Look;
  readonly places: readonly Place[];
  readonly branch: Branch;
  readonly moment: Moment;
  readonly selection: Selection | null;
  readonly lang: Language;
  readonly layer: LayerView;
  /** the record that the step's sentence is about, if not its headline */
  readonly focus: TraceId | null;
}

/** Addresses of a node that are shown beside it; more are counted. */
const LINES_MAX = 4;

export function stageOf(input: StageInput, before: Stage | null): Stage {
  const { branch, moment, lang, layer, focus } = input;
  const trace = branch.run.trace;
  const step = branch.steps.stepBefore(moment.executed);
  const event = step < 0 ? -1 : (branch.steps.event.get(step) as number);
  const first = event < 0 ? 0 : trace.firstOf(event);
  const end = event < 0 ? 0 : trace.firstOf(event + 1);
  const told = step < 0 ? -1 : focus !== null && focus >= first && focus < end ? focus : (branch.steps.headline.get(step) as number);
  const active = event < 0 ? null : trace.nodeOf(event);
  const kept = before !== null && before.cast === branch.cast && before.layer === layer ? before : null;
  return {
    nodes: same(nodesOf(input, kept?.nodes ?? []), kept?.nodes),
    links: same(linksOf(input, before?.lang === lang ? before.links : []), before?.links),
    losses: lossesOf(trace, first, end, branch, lang),
    notes: active === null ? [] : notesOf(input, event, first, end, told, active),
    active,
    cast: branch.cast,
    layer,
    lang,
  };
}

/** The list as it was, if nothing in it has changed. */
function same<T>(now: readonly T[], before: readonly T[] | undefined): readonly T[] {
  return before !== undefined && now.length === before.length && now.every((item, i) => item === before[i]) ? before : now;
}

function nodesOf({ look, places, branch, selection, layer }: StageInput, before: readonly SceneNode[]): SceneNode[] {
  return look.nodes.map((node, i): SceneNode => {
    const known = before[i];
    const place = places[i] ?? { x: 0, y: 0 };
    const selected = selection?.kind === 'node' && selection.node === i;
    const unchanged = known !== undefined && known.look === node.key;
    if (unchanged && known.place === place && known.selected === selected) return known;
    if (unchanged) return { ...known, place, selected };
    const { name, role, on, key } = node;
    return { id: i as NodeId, name, role, on, place, ...linesOf(node, branch.cast, layer), selected, look: key };
  });
}

function linesOf(node: NodeLook, cast: Cast, layer: LayerView): { lines: AddressLine[]; macs: string[] } {
  const lines: AddressLine[] = [];
  const macs: string[] = [];
  for (const dev of node.devs) {
    if (dev.mac !== null) {
      macs.push(`${dev.name} ${formatMac(dev.mac)}`);
      if (layer === 'l2') lines.push({ dev: dev.name, text: formatMac(dev.mac), role: 'other', label: '' });
    }
    if (layer === 'l2') continue;
    for (const { local, prefixLen, label } of dev.addrs) {
      if (local >>> 24 === 127) continue;
      const info = cast.roles.get(local);
      lines.push({
        dev: label === '' ? dev.name : label,
        text: `${formatIpv4(local)}/${prefixLen}`,
        role: info?.role ?? 'other',
        label: info?.label ?? '',
      });
    }
  }
  const more = lines.length - LINES_MAX;
  return {
    lines: more <= 0 ? lines : [...lines.slice(0, LINES_MAX), { dev: '', text: `+ ${more}`, role: 'other', label: '' }],
    // These say what the lines say already.
    macs: layer === 'l2' ? [] : macs,
  };
}

function linksOf({ look: { links }, branch, moment, selection, lang }: StageInput, before: readonly SceneLink[]): SceneLink[] {
  const loads = loadsOf(branch, links, moment);
  return links.map((link, i): SceneLink => {
    const known = before[i];
    const selected = selection?.kind === 'link' && selection.link === i;
    const there = Math.ceil((loads[2 * i] as number) * 1000);
    const back = Math.ceil((loads[2 * i + 1] as number) * 1000);
    const { up, delayNs, rateBps, lossPpm } = link;
    const [a, b] = link.ends;
    if (
      known !== undefined &&
      known.selected === selected &&
      known.up === up &&
      known.loads[0] === there &&
      known.loads[1] === back &&
      known.delayNs === delayNs &&
      known.rateBps === rateBps &&
      known.lossPpm === lossPpm &&
      known.aPort === portKey(a.node, a.dev) &&
      known.bPort === portKey(b.node, b.dev)
    )
      return known;
    const ports = { aPort: portKey(a.node, a.dev), bPort: portKey(b.node, b.dev) };
    const label = labelOf(link, lang, (figure) => hasSaying(link, figure));
    const given = branch.run.input.world.links[i] ?? link;
    const changed = labelOf(link, lang, (figure) => figureText(figure, link, '∞') !== figureText(figure, given, '∞'));
    return { id: i, a: a.node, b: b.node, ...ports, up, label, changed, delayNs, rateBps, lossPpm, loads: [there, back], selected };
  });
}

function labelOf(link: LinkLook, lang: Language, said: (figure: CableFigure) => boolean): string {
  const shown = CABLE_FIGURES.filter(said);
  return shown.map((figure) => `${figure === 'loss' ? `${text(lang, 'link.loss')} ` : ''}${figureText(figure, link, '∞')}`).join(' · ');
}

/** Delay and rate are told; loss where there is any. A rate without limit goes without saying. */
function hasSaying(link: LinkLook, figure: CableFigure): boolean {
  return figure === 'rate' ? link.rateBps !== null : figure !== 'loss' || link.lossPpm > 0;
}

/** Verdicts of a step that end a packet and are worth a cross: a host that is not meant looks away quietly. */
function lossesOf(trace: TraceReader, first: number, end: number, branch: Branch, lang: Language): Loss[] {
  const losses: Loss[] = [];
  for (let id = first; id < end; id++) {
    const record = trace.get(id as TraceId);
    if (record.verdict !== 'drop' || reasonOf(record).notability < 2) continue;
    const taken = isTurn(record);
    const hop = taken ? branch.steps.hopOf(record.cause) : record.stage === 'link:tx' ? branch.steps.hopOf(record.id) : null;
    const place = taken && hop !== null ? Math.min(0.8, Math.max(0.2, placeOnCable(hop, record.at))) : 0.3;
    losses.push({ record: record.id, node: record.node, hop, place, text: tell(record, branch.cast.names, lang) });
  }
  return losses;
}

/** Rows of one step that are told on the map. */
const CHANGES_MAX = 2;

function notesOf({ branch, lang, layer }: StageInput, event: number, first: number, end: number, told: number, active: NodeId): NodeNote[] {
  const { trace } = branch.run;
  const rewrites = rewritesOf(trace, first, end, branch.cast, branch.steps);
  const notes = rewrites.map(({ node, rows }): NodeNote => ({
    node,
    rewrites: rows.filter((row) => ofLayer(row.what, layer)),
    passage: null,
    changes: [],
  }));
  const own = notes.find((note) => note.node === active) ?? { node: active, rewrites: [], passage: null, changes: [] };
  const changes = changesOf(branch, first, end, told, lang, layer);
  const passage = passageOf(trace, event, told);
  const whole: NodeNote = { ...own, passage, changes };
  return [whole, ...notes.filter((note) => note.node !== active)].filter(
    (note) => note.rewrites.length > 0 || note.passage !== null || note.changes.length > 0,
  );
}

const TABLE_LAYER: Readonly<Record<TableName, LayerView>> = {
  neigh: 'l2',
  fdb: 'l2',
  route: 'l3',
  ipvs: 'l4',
  conn: 'l4',
  conntrack: 'l4',
};

/** The table that a record of a changed state is about, or null: sockets and processes are no tables of the network. */
export function tableOf(stage: string): TableName | null {
  if (stage === 'neigh') return 'neigh';
  if (stage === 'switch') return 'fdb';
  if (stage === 'fib' || stage === 'route') return 'route';
  if (stage === 'ipvs:conn' || stage === 'ipvs:schedule') return 'conn';
  if (stage.startsWith('ipvs:')) return 'ipvs';
  return stage === 'conntrack' ? 'conntrack' : null;
}

function changesOf(branch: Branch, first: number, end: number, told: number, lang: Language, layer: LayerView): TableChange[] {
  const changes: TableChange[] = [];
  for (let id = first; id < end && changes.length < CHANGES_MAX; id++) {
    const record = branch.run.trace.get(id as TraceId);
    // The sentence below the map tells that one already.
    if (record.verdict !== 'state' || id === told) continue;
    const table = tableOf(record.stage);
    if (table === null || (layer !== 'all' && TABLE_LAYER[table] !== layer)) continue;
    changes.push({ table, text: tell(record, branch.cast.names, lang) });
  }
  return changes;
}
