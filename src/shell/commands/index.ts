/** All commands: programs that a node has, apart from what the shell does itself (sh/builtins/). */
import type { Command } from '../command.ts';
import { configCommands } from './config-commands.ts';
import { fileCommands } from './file-commands.ts';
import { ipvsadmCommands } from './ipvsadm/index.ts';
import { netCommands } from './net-commands.ts';
import { systemCommands } from './system-commands.ts';
import { textCommands } from './text-commands.ts';

export const commands: readonly Command[] = [
  ...fileCommands,
  ...textCommands,
  ...systemCommands,
  ...configCommands,
  ...ipvsadmCommands,
  ...netCommands,
];
