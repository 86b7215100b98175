/**
 * docs/fidelity.md: what is modelled, what differs from Linux, what is not there, how it was checked.
 * Comes from: the tables of commands, settings and schedulers; the file headers; the recorded cases.
 */
import type { ManPage } from '../shell/index.ts';
import { builtins, commands, programs } from '../shell/index.ts';
import { schedulers } from '../ipvs/index.ts';
import { hostTables } from '../world/index.ts';
import { KNOWN_DIFFERENCES, type Case } from '../sim/index.ts';
import { cell, code, GENERATED, grouped, table } from './docs-table.ts';

export interface SourceHeader {
  /** from src/ on */
  readonly path: string;
  /** lines of the comment that opens the file */
  readonly comment: readonly string[];
}

const INTRODUCTION = `# How far the lab is Linux

The lab models hosts with Linux 6.1, its ARP, routing, netfilter and IPVS, and the tools that configure them,
so that frames, outputs and exit codes agree with a real kernel. This page is made from the sources: it tells what
is there, what differs, what is missing, and what the claim rests on. Why the lab did something at a moment is
another question: [all reasons](reasons.md).
`;

export function fidelityText(headers: readonly SourceHeader[], cases: readonly Case[]): string {
  const known = Object.entries(KNOWN_DIFFERENCES).map(([name, why]) => [name, why.trim()] as const);
  return [
    GENERATED,
    INTRODUCTION,
    checked(cases, known),
    differences(headers),
    notThere(),
    '# What is modelled\n',
    followed(headers),
    schedulerTable(),
    settingTables(),
    commandTable(),
  ].join('\n');
}

function checked(cases: readonly Case[], known: readonly (readonly [string, string])[]): string {
  const counts = new Map<string, number>();
  for (const { tags } of cases) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const rows = [...counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const frames = cases.filter(({ capture }) => (capture ?? []).length > 0).length;
  const text = `## How it was checked

${cases.length} experiments were recorded on a real kernel (Debian 12, Linux 6.1) with the real tools and are carried in
\`src/sim/conform/fixtures/kernel\`; in ${frames} of them every frame at the named interfaces was captured. Each test run
plays all of them in the lab and compares outputs, exit codes and frames one by one. What is left out of the
comparison stands in \`src/sim/conform/fixtures/README.md\`. The plays use the recordings' own clock, and one
fixed seed; what a recording leaves open, and which case needed another choice of it, is told there too. More recordings, of single tools, stand beside the
commands in \`src/shell\`. An experiment may have several tags:

${table(
  ['Tag', 'Experiments'],
  rows.map(([tag, count]) => [tag, String(count)]),
)}`;
  if (known.length === 0) return `${text}\nThe lab agrees with Linux in all of them.\n`;
  return `${text}\nThe lab is known to differ in ${known.length} of them:\n\n${table(
    ['Experiment', 'Difference'],
    known.map(([name, why]) => [code(name), cell(why)]),
  )}`;
}

/** What stands behind a label of a header, up to the next label or blank line. */
export function labelled(comment: readonly string[], label: string): string | null {
  const start = comment.findIndex((line) => line.startsWith(`${label}:`));
  if (start < 0) return null;
  const lines = [(comment[start] as string).slice(label.length + 1)];
  for (const line of comment.slice(start + 1)) {
    if (line.trim() === '' || !line.startsWith('  ')) break;
    lines.push(line);
  }
  return lines
    .map((line) => line.trim())
    .join(' ')
    .trim();
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function differences(headers: readonly SourceHeader[]): string {
  const rows = headers.flatMap(({ path, comment }) => {
    const differs = labelled(comment, 'Differs');
    return differs === null || /^nothing known\.?$/i.test(differs) ? [] : [{ path, differs }];
  });
  const exact = headers.filter(({ comment }) => /^nothing known/i.test(labelled(comment, 'Differs') ?? '')).length;
  let text = `## What differs\n\nDeliberate and known differences, as the source files name them. ${exact} further files name none.\n`;
  for (const [folder, list] of grouped(rows, ({ path }) => folderOf(path))) {
    text += `\n### ${folder}\n\n${table(
      ['File', 'Differs'],
      list.map(({ path, differs }) => [code(path.slice(folder.length + 1)), cell(differs)]),
    )}`;
  }
  return text;
}

function manPages(): (readonly [string, ManPage])[] {
  const inShell = Object.entries(builtins).map(([name, { man }]) => [name, man] as const);
  const pages = new Map<string, ManPage>([...inShell, ...commands.map(({ name, man }) => [name, man] as const)]);
  return [...pages].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** A command that only says what it is not. */
function isAbsent({ synopsis }: ManPage): boolean {
  return synopsis.length === 0;
}

function notThere(): string {
  const pages = manPages();
  const absent = pages.filter(([, man]) => isAbsent(man));
  const partly = pages.filter(([, man]) => !isAbsent(man) && man.notModelled.length > 0);
  return `## What is not there

What a tool does not know in the lab it refuses, naming it, and changes nothing.

${table(
  ['Command', 'What to use instead'],
  absent.map(([name, man]) => [code(name), cell(man.en)]),
)}
Of other commands these parts are missing:

${table(
  ['Command', 'Not in the lab'],
  partly.map(([name, man]) => [code(name), cell(man.notModelled.join('; '))]),
)}`;
}

/** Kernel files and RFCs behind each folder. */
function followed(headers: readonly SourceHeader[]): string {
  const rows = [...grouped(headers, ({ path }) => folderOf(path))].flatMap(([folder, list]) => {
    const named = list.map(({ comment }) => labelled(comment, 'Source') ?? '').join(' ');
    const files = [...named.matchAll(/\b(?:net|include|kernel|drivers|lib)\/[\w/.-]+\.[ch]\b/g)].map(([file]) => file);
    const rfcs = [...named.matchAll(/\b(?:RFC \d+|IEEE 802\.[\w.]+)/g)].map(([rfc]) => rfc);
    const all = [...new Set([...files.toSorted(), ...rfcs.toSorted()])];
    return all.length === 0 ? [] : [[folder, all.map((one) => (one.includes('/') ? code(one) : one)).join(', ')]];
  });
  return `## Protocols and mechanisms\n\nThe part of the sources, and what it follows. Each file names the functions.\n\n${table(['Folder', 'Follows'], rows)}
Programs that go on for a while: ${Object.keys(programs).toSorted().map(code).join(', ')}.\n`;
}

function schedulerTable(): string {
  const rows = schedulers.map(({ name, title, source, inDebian }) => [
    code(name),
    cell(title.en),
    cell(title.zh),
    cell(source),
    inDebian ? 'yes' : 'no',
  ]);
  return `## Schedulers of IPVS\n\n${table(['Name', 'Rule', '中文', 'Source', 'In Debian 12'], rows)}`;
}

/** How the values of all and of an interface combine. */
const COMBINE = {
  max: 'larger of all and interface',
  or: 'either',
  and: 'both',
  iface: 'interface only',
} as const;

function settingTables(): string {
  const rows = hostTables.sysctls.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  let text = '## Settings (sysctl, /proc/sys)\n';
  for (const [prefix, list] of grouped(
    rows,
    ({ name }) => /^net\.(?:ipv4\.(?:conf|neigh|vs|route)|netfilter|ipv4|core)/.exec(name)?.[0] ?? name.split('.', 1)[0] ?? '',
  )) {
    text += `\n### ${prefix}\n\n${table(
      ['Setting', 'Default', 'What counts', 'Effect'],
      list.map(({ name, defaultText, combine, en }) => [
        code(name.slice(prefix.length + 1)),
        cell(defaultText),
        combine === undefined ? '' : COMBINE[combine],
        cell(en),
      ]),
    )}`;
  }
  return text;
}

function commandTable(): string {
  let text = '## Commands\n';
  for (const [source, list] of grouped(
    manPages().filter(([, man]) => !isAbsent(man)),
    ([, man]) => man.source,
  )) {
    text += `\n### ${source}\n\n${table(
      ['Command', 'What it does', 'Forms'],
      list.map(([name, man]) => [code(name), cell(man.en), man.synopsis.map(code).join('<br>')]),
    )}`;
  }
  return text;
}
