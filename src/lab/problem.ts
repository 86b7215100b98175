/** What is wrong with a file: shown beside the place where files are opened. */
import type { Problem as ScenarioProblem } from '../scenario/index.ts';

export interface Problem {
  readonly file: string;
  readonly lines: readonly ScenarioProblem[];
}
