/**
 * The walls between the rooms of src/, checked on the parsed sources:
 * who may import whom, only through the other room's index.ts, which packages, no cycles,
 * full file names; and in the core rooms no async code and no inexact `**`.
 * The remaining bans (clock, chance, locale) are lint rules in .oxlintrc.json.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Visitor, parseSync } from 'vite';
import { root } from './setup.mjs';

const react = ['react', 'react-dom', 'zustand', 'xstate', '@xstate/react'];
const network = ['wire', 'engine', 'host', 'switch', 'ipvs'];
const simulator = [...network, 'world', 'shell', 'scenario', 'capture'];
const page = ['lab', 'playback', 'canvas', 'panels'];

/**
 * May import: `rooms`, and `packages` ('d3-*' stands for all that begin so, 'node:*' for Node's own).
 * `outside` are the folders and files beside src/ which the room may bundle. `plain` are files of rooms that
 * it may not import otherwise: nothing but data, they load no other file.
 * @type {Record<string, { rooms: string[], packages: string[], outside?: string[], plain?: string[] }>}
 */
export const table = {
  wire: { rooms: [], packages: [] },
  engine: { rooms: ['wire'], packages: [] },
  host: { rooms: ['engine', 'wire'], packages: [] },
  switch: { rooms: ['engine', 'wire'], packages: [] },
  ipvs: { rooms: ['host', 'engine', 'wire'], packages: [] },
  world: { rooms: network, packages: [] },
  capture: { rooms: ['engine', 'wire'], packages: [] },
  shell: { rooms: [...network, 'world', 'capture'], packages: ['unbash'] },
  scenario: { rooms: [...network, 'world', 'shell'], packages: ['yaml', 'zod'] },
  sim: { rooms: simulator, packages: ['@noble/hashes'] },
  lab: {
    rooms: [...simulator, 'sim'],
    packages: ['zustand', 'idb-keyval', 'yaml', 'zod'],
    outside: ['scenarios'],
  },
  playback: { rooms: [...simulator, 'sim', 'lab'], packages: ['xstate', 'zustand'] },
  canvas: { rooms: [...simulator, 'sim', 'lab', 'playback'], packages: [...react, 'd3-*'] },
  panels: {
    rooms: [...simulator, 'sim', 'lab', 'playback', 'canvas'],
    packages: [
      ...react,
      'd3-scale',
      'd3-shape',
      'react-aria-components',
      'react-resizable-panels',
      '@tanstack/react-virtual',
      '@codemirror/*',
      '@lezer/*',
      '@xterm/*',
      'lucide-react',
    ],
  },
  app: {
    rooms: [...simulator, 'sim', ...page],
    packages: [...react, 'react-aria-components', 'react-resizable-panels', 'lucide-react', 'idb-keyval', 'zod', '@fontsource-variable/*'],
    outside: ['scenarios', 'package.json'],
  },
  cli: {
    rooms: [...simulator, 'sim'],
    packages: ['node:*'],
    outside: ['scenarios', 'package.json'],
    plain: ['src/playback/chart.ts'],
  },
};

/** The rooms whose runs must be the same everywhere. */
export const coreRooms = [...simulator, 'sim'];

/** Tests, benches and test kits may use Node and any package; the arrows hold for them as well. */
const isTest = (/** @type {string} */ file) => /\.(test|bench|test-kit)\.tsx?$/.test(file);

/**
 * @typedef {{ specifier: string, at: number, typeOnly: boolean, names?: string[] }} Import
 * @typedef {{ files: number, imports: number, problems: string[] }} Result
 */

/**
 * Everything that one file loads, and the offsets of syntax that a core room must not use.
 * @param {string} file @param {string} text
 * @returns {{ imports: Import[], bans: { what: string, at: number }[], errors: string[] }}
 */
function read(file, text) {
  const parsed = parseSync(file, text);
  /** @type {Import[]} */ const imports = [];
  /** @type {{ what: string, at: number }[]} */ const bans = [];
  const entryTypes = (/** @type {{ isType: boolean }[]} */ entries) => entries.length > 0 && entries.every((entry) => entry.isType);

  for (const { moduleRequest, entries, start } of parsed.module.staticImports) {
    const values = entries.filter((entry) => !entry.isType && entry.importName.kind !== 'NamespaceObject');
    const names = values.map((entry) => entry.importName.name ?? 'default');
    imports.push({ specifier: moduleRequest.value, at: start, typeOnly: entryTypes(entries), names });
  }
  for (const { entries, start } of parsed.module.staticExports) {
    const request = entries.find((entry) => entry.moduleRequest)?.moduleRequest;
    if (request) imports.push({ specifier: request.value, at: start, typeOnly: entryTypes(entries) });
  }

  const isMeta = (/** @type {any} */ node) => node?.type === 'MetaProperty' && node.meta.name === 'import';
  const texts = (/** @type {any} */ node) =>
    (node?.type === 'ArrayExpression' ? node.elements : [node])
      .filter((/** @type {any} */ item) => typeof item?.value === 'string')
      .map((/** @type {any} */ item) => String(item.value));
  const asynchronous = (/** @type {any} */ node) => {
    if (node.async) bans.push({ what: 'async', at: node.start });
  };
  new Visitor({
    ImportExpression(/** @type {any} */ node) {
      const [specifier = '(computed)'] = texts(node.source);
      imports.push({ specifier, at: node.start, typeOnly: false });
    },
    TSImportType(/** @type {any} */ node) {
      imports.push({ specifier: node.source.value, at: node.start, typeOnly: true });
    },
    // new URL('./worker.ts', import.meta.url) is how a bundler is told of a worker.
    NewExpression(/** @type {any} */ node) {
      const [path, base] = node.arguments;
      if (node.callee.name !== 'URL' || base?.property?.name !== 'url' || !isMeta(base.object)) return;
      for (const specifier of texts(path)) imports.push({ specifier, at: node.start, typeOnly: false });
    },
    CallExpression(/** @type {any} */ node) {
      if (node.callee.property?.name !== 'glob' || !isMeta(node.callee.object)) return;
      for (const specifier of texts(node.arguments[0])) imports.push({ specifier, at: node.start, typeOnly: false });
    },
    FunctionDeclaration: asynchronous,
    FunctionExpression: asynchronous,
    ArrowFunctionExpression: asynchronous,
    AwaitExpression(/** @type {any} */ node) {
      bans.push({ what: 'await', at: node.start });
    },
    BinaryExpression(/** @type {any} */ node) {
      if (node.operator === '**') bans.push({ what: 'the operator **', at: node.start });
    },
    AssignmentExpression(/** @type {any} */ node) {
      if (node.operator === '**=') bans.push({ what: 'the operator **=', at: node.start });
    },
  }).visit(parsed.program);
  return { imports, bans, errors: parsed.errors.map((error) => error.message) };
}

const lineOf = (/** @type {string} */ text, /** @type {number} */ at) => text.slice(0, at).split('\n').length;
const roomOf = (/** @type {string} */ file) => /^src\/([^/]+)\//.exec(file)?.[1];
const packageOf = (/** @type {string} */ specifier) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** @param {string} name @param {string[]} patterns */
const matches = (name, patterns) =>
  patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));

/**
 * @param {ReadonlyMap<string, string>} sources path from the project's folder, with slashes → text
 * @returns {Result}
 */
export function checkBoundaries(sources) {
  /** @type {string[]} */ const problems = [];
  /** @type {Map<string, string[]>} */ const graph = new Map();
  let count = 0;

  for (const [file, text] of sources) {
    const room = roomOf(file);
    const rules = room === undefined ? { rooms: [], packages: [] } : table[room];
    if (!rules) {
      problems.push(`${file}: "${room}" is no room; the rooms are listed in scripts/boundaries.mjs`);
      continue;
    }
    const { imports, bans, errors } = read(file, text);
    for (const error of errors) problems.push(`${file}: ${error}`);
    count += imports.length;

    if (room !== undefined && coreRooms.includes(room) && !isTest(file))
      for (const { what, at } of bans)
        problems.push(`${file}:${lineOf(text, at)}: ${what} is not allowed in ${room}, a run must be the same everywhere`);

    /** @type {string[]} */ const edges = [];
    graph.set(file, edges);
    for (const { specifier, at, typeOnly, names } of imports) {
      const problem = judge(file, room, rules, specifier, sources) ?? judgeNames(specifier, names ?? []);
      if (problem) problems.push(`${file}:${lineOf(text, at)}: imports '${specifier}', ${problem}`);
      else if (!typeOnly && specifier.startsWith('.')) edges.push(resolve(file, specifier));
    }
  }
  for (const cycle of cycles(graph)) problems.push(`import cycle: ${cycle.join(' → ')}`);
  return { files: sources.size, imports: count, problems };
}

/** @param {string} file @param {string} specifier */
const resolve = (file, specifier) => posix.normalize(posix.join(posix.dirname(file), specifier.replace(/[?#].*$/, '')));

/**
 * What is wrong with one import, or undefined.
 * @param {string} file @param {string | undefined} room @param {(typeof table)[string]} rules
 * @param {string} specifier @param {ReadonlyMap<string, string>} sources
 */
function judge(file, room, rules, specifier, sources) {
  if (specifier === '(computed)') return 'whose name is computed and cannot be checked';
  if (!specifier.startsWith('.')) {
    if (isTest(file)) return undefined;
    const builtin = builtinModules.includes(specifier.replace(/^node:/, ''));
    if (builtin && !specifier.startsWith('node:')) return `write 'node:${specifier}'`;
    const name = builtin ? specifier : packageOf(specifier);
    return matches(name, rules.packages) ? undefined : `a package that ${room} may not use`;
  }
  const target = resolve(file, specifier);
  if (!target.startsWith('src/')) {
    const allowed = rules.outside?.some((place) => target === place || target.startsWith(`${place}/`));
    return allowed || isTest(file) ? undefined : `which lies outside src/ and what ${room} may bundle`;
  }
  const isCode = /\.tsx?$/.test(target);
  const isData = /\.(css|json|svg|png|webp|yaml|md|txt)$/.test(target);
  if (!target.includes('*')) {
    // a test may name a folder of fixtures
    if (specifier.endsWith('/') && isTest(file)) return undefined;
    if (!isCode && !isData) return 'write the full file name with its extension';
    if (isCode && !sources.has(target)) return 'which does not exist';
  }
  const other = roomOf(target);
  if (other === room) return undefined;
  if (rules.plain?.includes(target)) {
    const { imports } = read(target, sources.get(target) ?? '');
    return imports.length === 0 ? undefined : 'which must load nothing itself';
  }
  if (other === undefined || !rules.rooms.includes(other)) {
    const allowed = rules.rooms.length > 0 ? `only ${rules.rooms.join(', ')}` : 'no other room';
    return `but ${room} may import ${allowed}`;
  }
  if (target === `src/${other}/index.ts`) return undefined;
  if (isTest(file) && target.endsWith('.test-kit.ts')) return undefined;
  return `but other rooms are imported through their index.ts`;
}

/** @param {string} specifier @param {readonly string[]} names */
function judgeNames(specifier, names) {
  // { z } holds all of zod, so that the bundler can leave nothing out: 91 KB instead of 27.
  return specifier === 'zod' && names.length > 0 ? "write import * as z from 'zod'" : undefined;
}

/**
 * One cycle per knot of files that import each other (Tarjan's strongly connected components).
 * @param {Map<string, string[]>} graph
 */
function cycles(graph) {
  /** @type {string[][]} */ const found = [];
  /** @type {Map<string, { index: number, low: number, onStack: boolean }>} */ const seen = new Map();
  /** @type {string[]} */ const stack = [];

  /** @param {string} file */
  const visit = (file) => {
    const mark = { index: seen.size, low: seen.size, onStack: true };
    seen.set(file, mark);
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!graph.has(next)) continue;
      const known = seen.get(next);
      if (!known) mark.low = Math.min(mark.low, visit(next).low);
      else if (known.onStack) mark.low = Math.min(mark.low, known.index);
    }
    if (mark.low === mark.index) {
      const knot = stack.splice(stack.indexOf(file));
      for (const member of knot) Object.assign(seen.get(member) ?? {}, { onStack: false });
      if (knot.length > 1 || graph.get(file)?.includes(file)) found.push([...knot, file]);
    }
    return mark;
  };
  for (const file of graph.keys()) if (!seen.has(file)) visit(file);
  return found;
}

/** Every source file of the project, by its path. */
export function projectSources() {
  return new Map(
    readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .sort()
      .map((name) => [`src/${name.split(sep).join('/')}`, readFileSync(join(root, 'src', name), 'utf8')]),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { files, imports, problems } = checkBoundaries(projectSources());
  for (const problem of problems) console.error(problem);
  console.log(`boundaries: ${files} files, ${imports} imports, ${problems.length} problems`);
  if (files === 0 || imports === 0) console.error('boundaries: nothing was checked, which cannot be right');
  process.exit(problems.length > 0 || files === 0 || imports === 0 ? 1 : 0);
}
