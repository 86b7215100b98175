/** What is wrong with a file that was to be opened. Goes to: panels/, which tell it over the page. */
import type { Problem as ScenarioProblem } from '../scenario/index.ts';

export interface Problem {
  readonly file: string;
  readonly lines: readonly ScenarioProblem[];
}
