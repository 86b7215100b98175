/** All builtins: commands that need the shell's own memory. */
import { basicBuiltins } from './basic.ts';
import type { Builtin } from './call.ts';
import { find } from './find.ts';
import { helpBuiltins, tellBuiltins } from './help.ts';
import { jobBuiltins } from './job.ts';
import { runBuiltins } from './run.ts';
import { serviceBuiltins } from './service.ts';
import { varBuiltins } from './vars.ts';

export const builtins: Readonly<Record<string, Builtin>> = {
  ...basicBuiltins,
  ...varBuiltins,
  ...jobBuiltins,
  ...runBuiltins,
  ...tellBuiltins,
  ...serviceBuiltins,
  find,
  ...helpBuiltins(() => builtins),
};
