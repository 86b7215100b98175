/** Turns what zod found into problems that stand at a place and say what was expected. */
import type * as z from 'zod';
import { EXPECTATIONS, isExpectation } from './expectations.ts';
import { problemWith, shown, type Path, type Source } from './locate.ts';
import { ScenarioFile } from './schema.ts';
import type { Problem, Text } from './types.ts';

type Issue = z.core.$ZodIssue;

const TYPE_NAMES: Readonly<Record<string, Text>> = {
  string: { en: 'a text', zh: '文字' },
  number: { en: 'a number', zh: '数字' },
  int: { en: 'a whole number', zh: '整数' },
  array: { en: 'a list', zh: '列表' },
  tuple: { en: 'a list', zh: '列表' },
  object: { en: 'a mapping (key: value)', zh: '映射（键: 值）' },
  record: { en: 'a mapping (name: …)', zh: '映射（名称: …）' },
};

export function problemsOf(source: Source, error: z.ZodError, data: unknown): Problem[] {
  return error.issues.flatMap((issue) => problemsOfIssue(source, issue, [], data));
}

function problemsOfIssue(source: Source, issue: Issue, above: Path, data: unknown): Problem[] {
  const path = [...above, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(source, [...path, key]));
  if (issue.code === 'invalid_union') {
    const inner = bestBranch(issue.errors, valueAt(data, path));
    if (inner !== null) return inner.flatMap((each) => problemsOfIssue(source, each, path, data));
  }
  const value = valueAt(data, path);
  const place =
    value === undefined && issue.code === 'invalid_type'
      ? source.at(path)
      : issue.code === 'invalid_key'
        ? source.keyAt(path)
        : source.at(path);
  const found = issue.code === 'invalid_key' ? String(path[path.length - 1] ?? '') : shown(value);
  return [problemWith(place, nameOf(path), found, expectationOf(issue))];
}

/** Of a union's branches the one that the value resembles: a mapping is compared with the mapping. */
function bestBranch(branches: readonly (readonly Issue[])[], value: unknown): readonly Issue[] | null {
  if (typeof value !== 'object' || value === null) return null;
  const fitting = branches.filter((issues) => !issues.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0));
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}

function expectationOf(issue: Issue): Text {
  if (isExpectation(issue.message)) return EXPECTATIONS[issue.message];
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_NAMES[issue.expected] ?? { en: issue.expected, zh: issue.expected };
    case 'too_big':
      return {
        en: `at most ${issue.maximum}${unit(issue.origin).en}`,
        zh: `最多 ${issue.maximum}${unit(issue.origin).zh}`,
      };
    case 'too_small':
      return {
        en: `at least ${issue.minimum}${unit(issue.origin).en}`,
        zh: `至少 ${issue.minimum}${unit(issue.origin).zh}`,
      };
    case 'invalid_key': {
      const inner = issue.issues[0]?.message ?? '';
      return isExpectation(inner) ? EXPECTATIONS[inner] : EXPECTATIONS.name;
    }
    case 'invalid_value': {
      const values = issue.values.map(String).join(', ');
      return { en: values, zh: values };
    }
    default:
      return { en: issue.message, zh: issue.message };
  }
}

function unit(origin: string): Text {
  if (origin === 'array') return { en: ' entries', zh: ' 项' };
  if (origin === 'string') return { en: ' characters', zh: ' 个字符' };
  return { en: '', zh: '' };
}

/** Keys that mappings of the format have, for telling what a misspelt one may have meant. */
const KEYS: readonly string[] = [
  ...Object.keys(ScenarioFile.shape),
  'kind',
  'role',
  'at',
  'interfaces',
  'setup',
  'ports',
  'mac',
  'mtu',
  'ends',
  'delay',
  'rate',
  'loss',
  'node',
  'run',
  'text',
  'en',
  'zh',
];

function unknownKey(source: Source, path: Path): Problem {
  const key = String(path[path.length - 1]);
  const near = KEYS.find((known) => distance(known, key) <= 2);
  const expected: Text =
    near === undefined
      ? { en: 'a key that is known here', zh: '此处已知的键' }
      : { en: `a key that is known here, perhaps “${near}”`, zh: `此处已知的键，可能是“${near}”` };
  return problemWith(source.keyAt(path), nameOf(path.slice(0, -1)), key, expected);
}

/** How many letters must be added, removed or changed to make one word of the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, change));
    }
    row = next;
  }
  return row[b.length] as number;
}

export function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** `nodes.rs1.interfaces.eth0.mac`, `links[2].delay` */
export function nameOf(path: Path): string {
  let name = '';
  for (const step of path) name += typeof step === 'number' ? `[${step + 1}]` : name === '' ? step : `.${step}`;
  return name;
}
