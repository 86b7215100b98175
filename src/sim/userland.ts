/** What runs above the kernels of a world, and every reason that a run can give. */
import type { ReasonTable } from '../host/index.ts';
import { openTerminal, programs, shellReasons } from '../shell/index.ts';
import { reasons as worldReasons, type Userland } from '../world/index.ts';

export const userland: Userland = { programs, openTerminal };

/** The learner's glossary: the rows of all rooms. */
export const reasons: ReasonTable = { ...worldReasons, ...shellReasons };
