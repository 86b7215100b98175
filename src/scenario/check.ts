/**
 * What the shape of the file cannot say: names that must exist, ends that must be free, addresses that
 * must differ. Completes what was left out.
 * Comes from: load.ts.  Goes to: a Scenario.
 */
import { nanos, parseSpan, seconds, type Nanos } from '../engine/index.ts';
import { formatMac, isGroupMac, parseMac, type Mac } from '../wire/index.ts';
import { LIMITS } from './limits.ts';
import { problem, problemWith, shown, type Path, type Source } from './locate.ts';
import { nameOf } from './issues.ts';
import type { Expectation } from './expectations.ts';
import type { LinkEntry, NodeEntry, ScenarioFile, TextEntry } from './schema.ts';
import { splitSetup } from './setup.ts';
import type { Loaded, Pin, Problem, Remark, ScenarioInterface, ScenarioLink, ScenarioNode, Text, TimelineEntry } from './types.ts';

/** Links without a delay of their own: 10 m of cable and a network card. */
const DEFAULT_DELAY_NS = 50_000 as Nanos;
const DEFAULT_MTU = 1500;

/** What is gathered while the file is gone through. */
interface Check {
  readonly source: Source;
  readonly file: ScenarioFile;
  readonly problems: Problem[];
}

export function completeScenario(source: Source, file: ScenarioFile): Loaded {
  const check: Check = { source, file, problems: [] };
  checkCounts(check);
  const links = linksOf(check);
  const nodes = nodesOf(check, links);
  const until = file.until === undefined ? null : spanOf(check, file.until, ['until']);
  const scenario = {
    version: 1,
    title: textOf(file.title),
    about: textOf(file.about),
    seed: file.seed ?? 1,
    nodes,
    links,
    timeline: timelineOf(check, until),
    until,
    pins: pinsOf(check),
    hints: remarksOf(check, 'hints'),
    bookmarks: remarksOf(check, 'bookmarks'),
  } as const;
  if (until !== null && until > LIMITS.untilNs) report(check, ['until'], 'span');
  if (check.problems.length > 0)
    return {
      ok: false,
      problems: check.problems.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, LIMITS.problems),
    };
  return { ok: true, scenario };
}

function report(check: Check, path: Path, id: Expectation, found?: string): void {
  const value = found ?? shown(check.source.valueAt(path));
  check.problems.push(problem(check.source.at(path), nameOf(path), value, id));
}

function textOf(entry: TextEntry): Text {
  return typeof entry === 'string' ? { en: folded(entry), zh: folded(entry) } : { en: folded(entry.en), zh: folded(entry.zh) };
}

/** YAML puts a space where a text goes on in the next line; Chinese, which has none between its words, is without. */
function folded(text: string): string {
  return text.replace(/(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])/g, '');
}

function spanOf(check: Check, entry: number | string, path: Path): Nanos {
  const span = typeof entry === 'number' ? spanOfNumber(entry) : parseSpan(entry);
  if (span === null) report(check, path, 'span');
  return span ?? (0 as Nanos);
}

function spanOfNumber(value: number): Nanos | null {
  return value <= LIMITS.untilNs / 1e9 ? seconds(value) : null;
}

function checkCounts(check: Check): void {
  const names = Object.keys(check.file.nodes);
  if (names.length > LIMITS.nodes) {
    const expected = { en: `at most ${LIMITS.nodes} nodes`, zh: `最多 ${LIMITS.nodes} 个节点` };
    check.problems.push(problemWith(check.source.keyAt(['nodes']), 'nodes', String(names.length), expected));
  }
  for (const name of names) {
    const count = Object.keys(check.file.nodes[name]?.interfaces ?? {}).length;
    if (count <= LIMITS.interfaces) continue;
    const expected = {
      en: `at most ${LIMITS.interfaces} interfaces`,
      zh: `最多 ${LIMITS.interfaces} 个接口`,
    };
    check.problems.push(problemWith(check.source.keyAt(['nodes', name, 'interfaces']), `nodes.${name}`, String(count), expected));
  }
}

/** Looks only at the file's own keys: a node may not be found because JavaScript has a word of that name. */
function nodeCalled(check: Check, name: string): NodeEntry | undefined {
  return Object.hasOwn(check.file.nodes, name) ? check.file.nodes[name] : undefined;
}

function isSwitch(node: NodeEntry): boolean {
  return node.kind === 'switch' || (node.kind === undefined && node.role === 'switch');
}

/** Names of a switch's ports: as many as it says, or as its cables need. */
function nodesOf(check: Check, links: readonly ScenarioLink[]): ScenarioNode[] {
  const used = new Map<string, Set<string>>();
  for (const link of links) {
    for (const [node, port] of link.ends) used.set(node, (used.get(node) ?? new Set()).add(port));
  }
  const macs = assignMacs(check);
  return Object.entries(check.file.nodes).map(([name, node]): ScenarioNode => {
    const at = node.at === undefined ? null : node.at;
    const path = ['nodes', name];
    if (isSwitch(node)) {
      for (const key of ['interfaces', 'setup'] as const) {
        if (node[key] !== undefined) check.problems.push(problem(check.source.keyAt([...path, key]), nameOf(path), key, 'host-only'));
      }
      const ports = Array.from({ length: node.ports ?? 0 }, (_, i) => portName(i + 1));
      for (const port of used.get(name) ?? []) if (!ports.includes(port)) ports.push(port);
      return {
        kind: 'switch',
        name,
        role: 'switch',
        at,
        ports: ports.toSorted((a, b) => portNumber(a) - portNumber(b)),
      };
    }
    if (node.ports !== undefined)
      check.problems.push(problem(check.source.keyAt([...path, 'ports']), nameOf(path), 'ports', 'switch-only'));
    const role = node.role === undefined || node.role === 'switch' ? 'host' : node.role;
    const { place } = check.source.scalarAt([...path, 'setup']);
    return {
      kind: 'linux',
      name,
      role,
      at,
      interfaces: interfacesOf(name, node, macs),
      setup: splitSetup(node.setup ?? '', place.line),
    };
  });
}

function portName(number: number): string {
  return `p${number}`;
}

function portNumber(name: string): number {
  return Number(name.slice(1));
}

function interfacesOf(name: string, node: NodeEntry, macs: ReadonlyMap<string, Mac>): ScenarioInterface[] {
  return Object.entries(node.interfaces ?? {}).map(([iface, entry]) => ({
    name: iface,
    mac: macs.get(`${name}:${iface}`) as Mac,
    mtu: entry?.mtu ?? DEFAULT_MTU,
  }));
}

/** Addresses given in the file, and for the other interfaces 02:00:00:00:00:01 and so on in file order. */
function assignMacs(check: Check): Map<string, Mac> {
  const macs = new Map<string, Mac>();
  const owners = new Map<Mac, string>();
  const all = Object.entries(check.file.nodes).flatMap(([node, entry]) =>
    Object.entries(entry.interfaces ?? {}).map(([iface, value]) => ({ node, iface, mac: value?.mac })),
  );
  for (const { node, iface, mac: text } of all) {
    if (text === undefined) continue;
    const path = ['nodes', node, 'interfaces', iface, 'mac'];
    const mac = parseMac(text);
    if (mac === null || isGroupMac(mac) || mac === 0) report(check, path, 'mac');
    else if (owners.has(mac)) report(check, path, 'own-mac', `${formatMac(mac)} (${owners.get(mac)})`);
    else {
      owners.set(mac, `${node}:${iface}`);
      macs.set(`${node}:${iface}`, mac);
    }
  }
  let next = 0x020000000001;
  for (const { node, iface, mac } of all) {
    if (mac !== undefined) continue;
    while (owners.has(next as Mac)) next++;
    owners.set(next as Mac, `${node}:${iface}`);
    macs.set(`${node}:${iface}`, next as Mac);
  }
  return macs;
}

type End = readonly [node: string, port: string];

function linksOf(check: Check): ScenarioLink[] {
  const entries = check.file.links ?? [];
  const taken = new Set<string>();
  // Ports that some cable names are not given to cables that leave the port out.
  for (const entry of entries) for (const end of endsOf(entry)) if (end.includes(':')) taken.add(normalised(end));
  const plugged = new Set<string>();
  return entries.map((entry, index): ScenarioLink => {
    const path: Path = Array.isArray(entry) ? ['links', index] : ['links', index, 'ends'];
    const [a, b] = endsOf(entry).map((end, side) => endOf(check, end, [...path, side], taken, plugged)) as [End, End];
    if (a[0] === b[0] && a[0] !== '') report(check, [...path, 1], 'other-end');
    const settings: Partial<Exclude<LinkEntry, readonly string[]>> = Array.isArray(entry)
      ? {}
      : (entry as Exclude<LinkEntry, readonly string[]>);
    const at = ['links', index];
    return {
      ends: [a, b],
      delayNs: settings.delay === undefined ? DEFAULT_DELAY_NS : spanOf(check, settings.delay, [...at, 'delay']),
      rateBps: rateOf(settings.rate),
      lossPpm: lossOf(check, settings.loss, [...at, 'loss']),
    };
  });
}

function endsOf(entry: LinkEntry): readonly [string, string] {
  return Array.isArray(entry) ? entry : (entry as Exclude<LinkEntry, readonly string[]>).ends;
}

/** `sw1:3` and `sw1:p3` are the same port. */
function normalised(end: string): string {
  return end.replace(/:(\d+)$/, ':p$1');
}

const NO_END: End = ['', ''];

function endOf(check: Check, text: string, path: Path, taken: Set<string>, plugged: Set<string>): End {
  const [name = '', port] = normalised(text).split(':', 2);
  const node = nodeCalled(check, name);
  if (node === undefined) {
    report(check, path, 'known-node', name);
    return NO_END;
  }
  const chosen = isSwitch(node) ? switchPort(node, name, port, taken) : port;
  if (chosen === null) {
    report(check, path, 'free-port', name);
    return NO_END;
  }
  if (chosen === undefined || (!isSwitch(node) && !Object.hasOwn(node.interfaces ?? {}, chosen))) {
    report(check, path, 'known-interface', text);
    return NO_END;
  }
  const end = `${name}:${chosen}`;
  if (plugged.has(end)) report(check, path, 'free-end', end);
  plugged.add(end);
  return [name, chosen];
}

/** @returns undefined for a port that the switch cannot have, null when all ports are taken */
function switchPort(node: NodeEntry, name: string, port: string | undefined, taken: Set<string>): string | undefined | null {
  const count = node.ports ?? LIMITS.ports;
  if (port !== undefined) return /^p\d+$/.test(port) && portNumber(port) >= 1 && portNumber(port) <= count ? port : undefined;
  for (let number = 1; number <= count; number++) {
    const free = portName(number);
    if (taken.has(`${name}:${free}`)) continue;
    taken.add(`${name}:${free}`);
    return free;
  }
  return null;
}

const RATE_UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9 };

/** Bits per second; a bare number is that already. Default 1 Gbit/s. */
function rateOf(entry: string | number | undefined): number | null {
  if (entry === undefined) return 1_000_000_000;
  if (typeof entry === 'number') return Math.max(1, Math.round(entry));
  const match = /^(\d+(?:\.\d+)?)\s*([kMG]?)/.exec(entry);
  return match === null ? null : Math.max(1, Math.round(Number(match[1]) * (RATE_UNITS[match[2] ?? ''] as number)));
}

function lossOf(check: Check, entry: string | number | undefined, path: Path): number {
  if (entry === undefined) return 0;
  const share = typeof entry === 'number' ? entry : Number(entry.replace('%', '').trim()) / 100;
  if (share > 1) report(check, path, 'loss');
  return Math.round(share * 1_000_000);
}

function timelineOf(check: Check, until: Nanos | null): TimelineEntry[] {
  return (check.file.timeline ?? []).map((entry, index) => {
    const path = ['timeline', index];
    const at = spanOf(check, entry.at, [...path, 'at']);
    if (until !== null && at > until) report(check, [...path, 'at'], 'before');
    hostExists(check, entry.node, [...path, 'node']);
    const { place } = check.source.scalarAt([...path, 'run']);
    return {
      at: nanos(at),
      node: entry.node,
      run: entry.run,
      title: entry.title === undefined ? null : textOf(entry.title),
      line: place.line,
    };
  });
}

function hostExists(check: Check, name: string, path: Path): void {
  const node = nodeCalled(check, name);
  if (node === undefined || isSwitch(node)) report(check, path, 'known-host', name);
}

function pinsOf(check: Check): Pin[] {
  return (check.file.pins ?? []).map((entry, index) => {
    const colon = entry.indexOf(':');
    const pin = { node: entry.slice(0, colon), sysctl: entry.slice(colon + 1).trim() };
    hostExists(check, pin.node, ['pins', index]);
    return pin;
  });
}

function remarksOf(check: Check, key: 'hints' | 'bookmarks'): Remark[] {
  return (check.file[key] ?? []).map((entry, index) => ({
    at: spanOf(check, entry.at, [key, index, 'at']),
    text: textOf(entry.text),
  }));
}
