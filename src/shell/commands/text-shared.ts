/**
 * What readers of text that streams share: when they stream, and the code they end with.
 * Comes from: text-show.ts, text-order.ts, text-chars.ts. Goes to: command.ts (WANTS_MORE).
 * Source: none: of the lab's own shell.
 */
import { WANTS_MORE, type CommandContext } from '../command.ts';

/** Streams whatever the arguments. */
export const all = (): boolean => true;
/** The code of a reader: done, or wanting more. */
export const over = (ctx: CommandContext, status: number): number => (ctx.more === true ? WANTS_MORE : status);
