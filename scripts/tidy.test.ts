/** The sources, read as text: rules of the house that no compiler holds. Each rule is shown to notice a breach. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { schedulers } from '../src/ipvs/index.ts';
import { zh as textsZh } from '../src/lab/texts-zh.ts';
import { builtins, commands } from '../src/shell/index.ts';
import { reasons } from '../src/sim/index.ts';
import { hostTables } from '../src/world/index.ts';

const ROOT = join(import.meta.dirname, '..');
const LINES_MAX = 500;

interface Source {
  readonly path: string;
  readonly text: string;
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function read(paths: readonly string[]): Source[] {
  return paths.map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

const isTest = (path: string): boolean => /\.(?:test|test-kit|bench|spec|browser\.test)\.tsx?$/.test(path);
const all = read([...filesBelow('src'), ...filesBelow('scripts'), ...filesBelow('e2e')].filter((path) => /\.(?:tsx?|mjs)$/.test(path)));
const sources = all.filter(({ path }) => path.startsWith('src/') && !isTest(path));
const core = sources.filter(({ path }) => !/^src\/(?:app|lab|panels|canvas|playback|cli)\//.test(path));
const pages = read(['README.md', 'CHANGELOG.md', ...filesBelow('docs').filter((path) => path.endsWith('.md'))]);

/** Breaches of a rule, each as "path: what". */
type Rule = (files: readonly Source[]) => string[];

function everyLine(files: readonly Source[], tell: (line: string, path: string) => string | null): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, i) => {
      const told = tell(line, path);
      return told === null ? [] : [`${path}:${i + 1}: ${told}`];
    }),
  );
}

const headers: Rule = (files) =>
  files.filter(({ text }) => !/^(?:#!.*\n)?\/\*\*/.test(text)).map(({ path }) => `${path}: no comment at its head`);

const lengths: Rule = (files) =>
  files.filter(({ text }) => text.split('\n').length > LINES_MAX).map(({ path }) => `${path}: more than ${LINES_MAX} lines`);

/** What a comment must not say: that the work is not done. The words may be names in code. */
const UNDONE = /\b(?:TODO|FIXME|XXX|HACK)\b|\bfor now\b|\bsimplified\b(?! Chinese)|\bplaceholder\b|\bstub(?:bed)?\b/;
const undone: Rule = (files) =>
  everyLine(files, (line) => {
    const comment = /(?:^\s*\*|\/\*|\/\/)(.*)$/.exec(line)?.[1] ?? '';
    return UNDONE.exec(comment)?.[0] ?? null;
  });

const machine: Rule = (files) =>
  everyLine(
    files,
    (line) => /(?:^|[\s'"`(])(?:\/work\/|\/home\/\w|\/Users\/\w|[A-Z]:\\Users|\.\.\/shared\/)/.exec(line)?.[0].trim() ?? null,
  );

const CJK = '[\\u3400-\\u9fff]';
const HALF = new RegExp(`${CJK}[,;:?!](?!\\d)|[,;?!]${CJK}|${CJK}\\.(?:$|\\s)|\\(${CJK}|${CJK}\\)`);

function chinese(texts: readonly (readonly [string, string])[]): string[] {
  return texts.flatMap(([name, text]) => {
    if (text.trim() === '') return [`${name}: no Chinese`];
    const found = HALF.exec(text);
    return found === null ? [] : [`${name}: ${found[0]} in: ${text}`];
  });
}

/** Reasons that the code names: as a word, or as a beginning with more to come. */
function named(files: readonly Source[]): {
  readonly words: ReadonlySet<string>;
  readonly beginnings: readonly string[];
} {
  const words = new Set<string>();
  const beginnings = new Set<string>();
  for (const { text } of files) {
    for (const [, word] of text.matchAll(/['"`]([a-z][a-z0-9]*\.[a-z0-9]+(?:-[a-z0-9]+)*)['"`]/g)) words.add(word as string);
    for (const [, start] of text.matchAll(/`([a-z][a-z0-9]*\.[a-z0-9-]*)\$\{/g)) beginnings.add(start as string);
  }
  return { words, beginnings: [...beginnings] };
}

function unknownReasons(files: readonly Source[], table: Readonly<Record<string, unknown>>): string[] {
  const rooms = new Set(Object.keys(table).map((id) => id.split('.', 1)[0]));
  const other = /\.(?:ts|txt|sh|conf|json|yaml|html|log|d|start|end|run|pid|0|1)$/;
  return [...named(files).words].filter(
    (word) => word.includes('-') && rooms.has(word.split('.', 1)[0]) && !(word in table) && !other.test(word) && !isBeginning(word, table),
  );
}

/** Code may ask how a reason begins. */
function isBeginning(word: string, table: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(table).some((id) => id.startsWith(`${word}-`));
}

function unusedReasons(files: readonly Source[], table: Readonly<Record<string, unknown>>): string[] {
  const { words, beginnings } = named(files.filter(({ path }) => !/reasons(?:-\w+)?\.ts$/.test(path)));
  return Object.keys(table).filter((id) => !words.has(id) && !beginnings.some((start) => id.startsWith(start)));
}

/** Sentences that do not say the same things in both languages; where and by what is always known. */
function differing(table: Readonly<Record<string, { readonly en: string; readonly zh: string }>>): string[] {
  const holes = (text: string): string => {
    const found = [...text.matchAll(/\{\w+(?::\w+)?\}/g)].map(([hole]) => hole).filter((hole) => hole !== '{node}' && hole !== '{dev}');
    return [...new Set(found)].toSorted().join(' ');
  };
  return Object.entries(table)
    .filter(([, { en, zh }]) => holes(en) !== holes(zh))
    .map(([id]) => id);
}

function doubled(names: readonly string[]): string[] {
  return names.filter((name, i) => names.indexOf(name) !== i);
}

function headingAnchors(text: string): Set<string> {
  const anchors = [...text.matchAll(/^#+\s+(.*)$/gm)].map(([, title]) =>
    (title as string)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
  return new Set(anchors);
}

function deadLinks(files: readonly Source[]): string[] {
  return files.flatMap(({ path, text }) =>
    [...text.replace(/```[\s\S]*?```/g, '').matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
      if (/^(?:https?|mailto):/.test(link)) return [];
      const [file = '', anchor] = link.split('#', 2);
      const target = file === '' ? path : relative(ROOT, join(ROOT, dirname(path), file));
      if (!existsSync(join(ROOT, target))) return [`${path}: ${link}`];
      const page = target === path ? text : target.endsWith('.md') ? readFileSync(join(ROOT, target), 'utf8') : '';
      return anchor === undefined || headingAnchors(page).has(anchor) ? [] : [`${path}: ${link}`];
    }),
  );
}

function oneFile(text: string, path = 'src/x.ts'): Source[] {
  return [{ path, text }];
}

describe('source files', () => {
  it('say at their head what they are', () => {
    expect(headers(sources)).toEqual([]);
    expect(headers(oneFile('const x = 1;\n'))).toHaveLength(1);
  });

  it('can be read in one sitting', () => {
    expect(lengths(all.filter(({ path }) => path.startsWith('src/')))).toEqual([]);
    expect(lengths(oneFile('x\n'.repeat(LINES_MAX + 1)))).toHaveLength(1);
  });

  it('are finished', () => {
    expect(undone(all.filter(({ path }) => path !== 'scripts/tidy.test.ts'))).toEqual([]);
    for (const word of ['TODO', 'FIXME: x', 'good enough for now', 'a simplified way', 'a placeholder', 'a stub'])
      expect(undone(oneFile(`// ${word}`)), word).toHaveLength(1);
    expect(undone(oneFile('/** The same in simplified Chinese. */'))).toEqual([]);
  });

  it('know no machine', () => {
    expect(machine([...all, ...pages].filter(({ path }) => path !== 'scripts/tidy.test.ts'))).toEqual([]);
    for (const path of ["'/work/x'", "'/home/me'", '../shared/y']) expect(machine(oneFile(` ${path}`)), path).toHaveLength(1);
  });
});

describe('tables', () => {
  it('have every reason that the code names', () => {
    expect(unknownReasons(core, reasons)).toEqual([]);
    expect(unknownReasons(oneFile("net.trace('arp', 'drop', 'arp.no-such-thing', skb)"), reasons)).toEqual(['arp.no-such-thing']);
  });

  it('have no reason that nothing gives', () => {
    expect(unusedReasons(core, reasons)).toEqual([]);
    expect(unusedReasons(core, { ...reasons, 'arp.left-over': {} })).toEqual(['arp.left-over']);
  });

  it('name each scheduler, command and setting once', () => {
    expect(doubled(schedulers.map(({ name }) => name))).toEqual([]);
    expect(doubled(commands.map(({ name }) => name))).toEqual([]);
    expect(commands.map(({ name }) => name).filter((name) => Object.hasOwn(builtins, name))).toEqual([]);
    expect(doubled(hostTables.sysctls.map(({ name }) => name))).toEqual([]);
    expect(doubled(['a', 'b', 'a'])).toEqual(['a']);
  });

  it('have every scheduler that has a file', () => {
    const files = sources.filter(
      ({ path, text }) => path.startsWith('src/ipvs/schedulers/') && /satisfies Scheduler\b|: Scheduler = /.test(text),
    );
    const registered: readonly string[] = schedulers.map(({ name }) => name);
    expect(files.map(({ path }) => path.slice(path.lastIndexOf('/') + 1, -3)).filter((name) => !registered.includes(name))).toEqual([]);
    expect(files.length).toBeGreaterThan(9);
  });

  it('speak English and Chinese', () => {
    const rows = [
      ...Object.entries(reasons),
      ...commands.map(({ name, man }) => [name, man] as const),
      ...Object.entries(builtins).map(([name, { man }]) => [name, man] as const),
      ...schedulers.map(({ name, title }) => [name, title] as const),
      ...hostTables.sysctls.map((row) => [row.name, row] as const),
    ];
    expect(rows.filter(([, { en }]) => en.trim() === '').map(([name]) => name)).toEqual([]);
    expect(chinese(rows.map(([name, { zh }]) => [name, zh] as const))).toEqual([]);
    expect(chinese(Object.entries(textsZh))).toEqual([]);
    for (const bad of ['', '丢弃,因为', '丢弃: 因为', '丢弃.', '(丢弃)']) expect(chinese([['x', bad]]), bad).toHaveLength(1);
    expect(chinese([['x', '{node} 丢弃：TTL 为 1，发往 10.0.0.1:80。']])).toEqual([]);
  });

  it('give each reason the same values in both languages', () => {
    expect(differing(reasons)).toEqual([]);
    expect(differing({ x: { en: '{a} {b:ip}', zh: '{b:ip}' } })).toEqual(['x']);
  });
});

describe('links in the pages', () => {
  it('lead somewhere', () => {
    expect(deadLinks(pages)).toEqual([]);
    expect(deadLinks([{ path: 'docs/x.md', text: '[a](nowhere.md) [b](architecture.md#no-such-part) [c](#neither)' }])).toHaveLength(3);
  });
});
