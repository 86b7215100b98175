/**
 * Reads a scenario file: text in, a checked lab or a list of located problems out.
 * Comes from: files, the editor, links with a lab in them.  Goes to: sim/, the page, the command line.
 * Nothing in the text is trusted: size, nesting and anchors are limited before anything is built.
 */
import { visit, type Document } from 'yaml';
import { completeScenario } from './check.ts';
import { problemsOf } from './issues.ts';
import { LIMITS } from './limits.ts';
import { problem, problemWith, shown, Source } from './locate.ts';
import { readYaml, type Reading } from './reading.ts';
import { ScenarioFile } from './schema.ts';
import type { Loaded, Problem } from './types.ts';
import { yamlErrors, yamlExpected, yamlPlace } from './yaml-problems.ts';

export function loadScenario(text: string): Loaded {
  const tooMuch = refuseAtOnce(text);
  if (tooMuch !== null) return { ok: false, problems: [tooMuch] };
  const reading = parseOrGiveUp(text);
  if (reading === null) return fail([problem({ line: 1, column: 1 }, '', '', 'depth')]);
  const { document, lines } = reading;
  const source = new Source(document, lines);
  if (document.errors.length > 0) {
    return fail(
      yamlErrors(document).map((error) => {
        const place = yamlPlace(document, error);
        return problemWith(source.placeOf(place), 'YAML', lineAt(text, place), yamlExpected(error.code));
      }),
    );
  }
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: LIMITS.aliases });
  } catch {
    return fail([aliasProblem(document, source)]);
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    return fail([problem({ line: 1, column: 1 }, '', shown(data ?? ''), 'lab-file')]);
  const parsed = ScenarioFile.safeParse(data);
  if (!parsed.success) return fail(problemsOf(source, parsed.error, data));
  return completeScenario(source, parsed.data);
}

/** @returns null when the nesting is deeper than the call stack */
function parseOrGiveUp(text: string): Reading | null {
  try {
    return readYaml(text);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function fail(problems: readonly Problem[]): Loaded {
  return { ok: false, problems: problems.slice(0, LIMITS.problems) };
}

/** An alias of nothing, or else too many. */
function aliasProblem(document: Document, source: Source): Problem {
  let found: Problem | null = null;
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      found = problem(source.placeOf(alias.range?.[0] ?? 0), '', `*${alias.source}`, 'anchor');
      return visit.BREAK;
    },
  });
  return found ?? problem({ line: 1, column: 1 }, '', '*', 'aliases');
}

/** What would already cost too much to parse. */
function refuseAtOnce(text: string): Problem | null {
  const start = { line: 1, column: 1 };
  if (text.length > LIMITS.text) return problem(start, '', `${Math.ceil(text.length / 1024)} KiB`, 'size');
  const deep = nesting(text);
  return deep > LIMITS.depth ? problem(start, '', `${deep}`, 'depth') : null;
}

/** Signs that begin an entry of block style, and what may stand around them in front of its words. */
const MARKS = '-?:';
const LEADS = `${MARKS} \t\r`;

/**
 * An upper bound of how deep the text nests: brackets of flow style, and dashes that begin a line of
 * block style. Brackets inside commands are counted too: the limit leaves room for them.
 */
function nesting(text: string): number {
  let flow = 0;
  let deepest = 0;
  let dashes = 0;
  let at: 'blank' | 'lead' | 'words' | 'remark' = 'blank';
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (char === '\n') {
      dashes = 0;
      at = 'blank';
    } else if (at === 'remark' || char === ' ') continue;
    else if (at !== 'words' && LEADS.includes(char)) {
      if (MARKS.includes(char)) at = 'lead';
      if (char === '-' && ++dashes > deepest) deepest = dashes;
    } else if (at === 'blank' && char === '#') at = 'remark';
    else {
      at = 'words';
      if (char === '[' || char === '{') flow++;
      else if ((char === ']' || char === '}') && flow > 0) flow--;
      if (flow > deepest) deepest = flow;
    }
  }
  return deepest;
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return shown(text.slice(start, end < 0 ? text.length : end));
}
