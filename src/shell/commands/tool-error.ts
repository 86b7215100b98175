/**
 * A tool that gives up: the message it prints on standard error and the exit code it ends with. Real
 * tools call exit() deep inside their parsers; here the parser throws this and the command's `run`
 * turns it into output. It never leaves a command.
 * Comes from: the parsers of the configuration commands.  Goes to: runTool() at each command's entry.
 */
import type { CommandContext } from '../command.ts';

export class ToolError extends Error {
  readonly code: number;

  /** @param text what standard error shows, newline included; may be empty */
  constructor(text: string, code: number) {
    super(text);
    this.code = code;
  }
}

/** Runs a tool's body; what it throws as ToolError becomes its output and exit code. */
export function runTool<T>(ctx: CommandContext, body: () => T): T | number {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    if (error.message !== '') ctx.err(error.message);
    return error.code;
  }
}

/** The real tool knows this, the lab does not: said plainly, and nothing is changed. */
export function notModelled(tool: string, what: string, hint?: string): ToolError {
  return new ToolError(`${tool}: not modelled in this lab: ${what}${hint === undefined ? '' : ` (${hint})`}\n`, 1);
}

/** Texts of errno values as strerror() gives them. */
const ERRNO_TEXT: Readonly<Record<string, string>> = {
  EPERM: 'Operation not permitted',
  ENOENT: 'No such file or directory',
  ESRCH: 'No such process',
  ENXIO: 'No such device or address',
  EACCES: 'Permission denied',
  EBUSY: 'Device or resource busy',
  EEXIST: 'File exists',
  ENODEV: 'No such device',
  EINVAL: 'Invalid argument',
  EOPNOTSUPP: 'Operation not supported',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  ENETDOWN: 'Network is down',
  ENETUNREACH: 'Network is unreachable',
  EHOSTUNREACH: 'No route to host',
  ENOBUFS: 'No buffer space available',
  ENOMEM: 'Cannot allocate memory',
};

/** The text of an errno name; a text that is no errno name is given back as it is. */
export function errnoText(errno: string): string {
  return ERRNO_TEXT[errno] ?? errno;
}
