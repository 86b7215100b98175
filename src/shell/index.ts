/** The shell room: command grammar, commands, long-running programs, terminals. */
export * from './command.ts';
export { commands } from './commands/index.ts';
export { builtins } from './sh/builtins/index.ts';
export { complete, type Completion } from './complete.ts';
export { fileKind, listDir, readFile, removePath, resolvePath, writeFile } from './fs/files.ts';
export * from './notes/read-notes.ts';
export { programs } from './programs/index.ts';
export * from './reasons.ts';
export { createShell, type ShellState } from './sh/state.ts';
export { openTerminal, runScript } from './terminal.ts';
