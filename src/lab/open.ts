/**
 * A scenario made ready for the page.
 * Comes from: the text of a file.  Goes to: actions.ts.
 */
import { loadScenario, type Loaded, type Scenario } from '../scenario/index.ts';
import { fromScenario, type RunInput } from '../sim/index.ts';
import type { Both } from './branch.ts';
import type { Problem } from './problem.ts';

export interface Lab {
  /** under which dragged places are remembered */
  readonly id: string;
  readonly file: string;
  readonly text: string;
  /** the text before anybody changed it here */
  readonly opened: string;
  readonly scenario: Scenario;
  readonly title: Both;
  readonly about: Both;
  readonly places: ReadonlyMap<string, readonly [number, number]>;
  readonly input: RunInput;
}

export type Read = { readonly ok: true; readonly lab: Lab } | { readonly ok: false; readonly problem: Problem };

/**
 * @param opened the text as it was opened, if it was changed since
 * @param known what the text says, for those who have loaded it
 */
export function readLab(id: string, file: string, text: string, opened = text, known: Scenario | null = null): Read {
  const loaded: Loaded = known === null ? loadScenario(text) : { ok: true, scenario: known };
  if (!loaded.ok) return { ok: false, problem: { file, lines: loaded.problems } };
  const { scenario } = loaded;
  const places = new Map<string, readonly [number, number]>();
  for (const node of scenario.nodes) if (node.at !== null) places.set(node.name, node.at);
  return {
    ok: true,
    lab: {
      id,
      file,
      text,
      opened,
      scenario,
      title: scenario.title,
      about: scenario.about,
      places,
      input: fromScenario(scenario),
    },
  };
}

/** Files larger than this are refused before they are read. */
export const FILE_MAX_BYTES = 1_500_000;

export async function readFile(
  file: File,
): Promise<{ readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: Problem }> {
  if (file.size > FILE_MAX_BYTES) {
    const found = `${(file.size / 1_000_000).toFixed(1)} MB`;
    return {
      ok: false,
      problem: refusal(file.name, found, {
        en: `The file is too large to be a lab: ${found}.`,
        zh: `文件太大，不可能是实验：${found}。`,
      }),
    };
  }
  try {
    return { ok: true, text: await file.text() };
  } catch {
    return {
      ok: false,
      problem: refusal(file.name, '', {
        en: 'The browser could not read this file.',
        zh: '浏览器无法读取该文件。',
      }),
    };
  }
}

function refusal(file: string, found: string, message: Both): Problem {
  const expected = { en: 'a scenario file of at most 1.5 MB', zh: '不超过 1.5 MB 的实验文件' };
  return { file, lines: [{ line: 1, column: 1, found, expected, message }] };
}
