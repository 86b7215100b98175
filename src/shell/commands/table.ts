/** Commands by name. */
import type { Command } from '../command.ts';
import { commands } from './index.ts';

let table: ReadonlyMap<string, Command> | null = null;

export function commandTable(): ReadonlyMap<string, Command> {
  table ??= new Map(commands.map((command) => [command.name, command]));
  return table;
}
