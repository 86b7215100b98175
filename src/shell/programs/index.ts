/** All programs: what a process can be. */
import type { ProgramTable } from '../../world/index.ts';
import { sh, shBuffer } from '../sh/program.ts';
import { follow } from './follow.ts';
import { netPrograms } from './net-programs.ts';
import { sleep } from './sleep.ts';
import { timeout } from './timeout.ts';
import { watch } from './watch.ts';

export const programs: ProgramTable = {
  sh,
  'sh-buffer': shBuffer,
  sleep,
  timeout,
  watch,
  follow,
  ...netPrograms,
};
