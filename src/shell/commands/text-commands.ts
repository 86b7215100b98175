/**
 * The tools for text, joined: small ones (text-*.ts), numbers, grep, sed, awk.
 * Comes from: index.ts. Goes to: text-show.ts, text-order.ts, text-chars.ts, text-diff.ts, number-commands.ts, grep.ts, sed.ts, awk.ts.
 * Source: each tool names its own.
 */
import type { Command } from '../command.ts';
import { awkCommand } from './awk.ts';
import { grepCommands } from './grep.ts';
import { numberCommands } from './number-commands.ts';
import { sedCommand } from './sed.ts';
import { md5sum, rev, tr } from './text-chars.ts';
import { diff } from './text-diff.ts';
import { column, cut, paste, sort, uniq } from './text-order.ts';
import { cat, head, less, more, nl, tac, tail, tee, wc, yes } from './text-show.ts';

export const textCommands: readonly Command[] = [
  cat,
  tac,
  head,
  tail,
  wc,
  sort,
  uniq,
  cut,
  tr,
  tee,
  paste,
  column,
  nl,
  rev,
  diff,
  ...numberCommands,
  less,
  more,
  yes,
  md5sum,
  ...grepCommands,
  sedCommand,
  awkCommand,
];
