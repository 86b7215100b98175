/**
 * diff: compares two files by lines.
 * Comes from: text-commands.ts. Goes to: text/tool.ts.
 * Source: GNU diffutils 3.8.
 * Differs: -u names the files without their times; no directories; the first 2,000 lines of each.
 */
import type { Command } from '../command.ts';
import { inputs, linesOf, man, options } from '../text/tool.ts';

/** Longest common subsequence, by lines: which lines of each side stay. */
function diffOps(a: readonly string[], b: readonly string[]): { kind: '=' | '-' | '+'; line: string }[] {
  const table: Int32Array[] = Array.from({ length: a.length + 1 }, () => new Int32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      (table[i] as Int32Array)[j] =
        a[i] === b[j] ? (table[i + 1]?.[j + 1] ?? 0) + 1 : Math.max(table[i + 1]?.[j] ?? 0, table[i]?.[j + 1] ?? 0);
    }
  }
  const ops: { kind: '=' | '-' | '+'; line: string }[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      ops.push({ kind: '=', line: a[i] as string });
      i++;
      j++;
    } else if (i < a.length && (j >= b.length || (table[i + 1]?.[j] ?? 0) >= (table[i]?.[j + 1] ?? 0)))
      ops.push({ kind: '-', line: a[i++] as string });
    else ops.push({ kind: '+', line: b[j++] as string });
  }
  return ops;
}

function normalDiff(ops: readonly { kind: string; line: string }[]): string {
  let out = '';
  let left = 0;
  let right = 0;
  const range = (from: number, count: number): string => (count <= 1 ? String(from) : `${from},${from + count - 1}`);
  for (let i = 0; i < ops.length;) {
    if (ops[i]?.kind === '=') {
      left++;
      right++;
      i++;
      continue;
    }
    const gone: string[] = [];
    const come: string[] = [];
    for (; i < ops.length && ops[i]?.kind !== '='; i++) (ops[i]?.kind === '-' ? gone : come).push(ops[i]?.line ?? '');
    const how = gone.length === 0 ? 'a' : come.length === 0 ? 'd' : 'c';
    out += `${how === 'a' ? left : range(left + 1, gone.length)}${how}${how === 'd' ? right : range(right + 1, come.length)}\n`;
    out += gone.map((line) => `< ${line}\n`).join('') + (how === 'c' ? '---\n' : '') + come.map((line) => `> ${line}\n`).join('');
    left += gone.length;
    right += come.length;
  }
  return out;
}

/** Lines around a change that -u shows. */
const CONTEXT = 3;

/** Changes with what stands around them, in hunks that do not touch. */
function unifiedHunks(ops: readonly { kind: string; line: string }[]): string {
  let out = '';
  let [left, right] = [0, 0];
  let at = 0;
  const place = (from: number, count: number): string => (count === 1 ? String(from + 1) : `${count === 0 ? from : from + 1},${count}`);
  while (at < ops.length) {
    const change = ops.findIndex((op, i) => i >= at && op.kind !== '=');
    if (change === -1) break;
    const from = Math.max(at, change - CONTEXT);
    [left, right] = [left + from - at, right + from - at];
    let end = change;
    for (let i = change; i < ops.length && i - end <= 2 * CONTEXT; i++) if (ops[i]?.kind !== '=') end = i + 1;
    const to = Math.min(ops.length, end + CONTEXT);
    const hunk = ops.slice(from, to);
    const [gone, come] = [hunk.filter(({ kind }) => kind !== '+').length, hunk.filter(({ kind }) => kind !== '-').length];
    out += `@@ -${place(left, gone)} +${place(right, come)} @@\n`;
    out += hunk.map(({ kind, line }) => `${kind === '=' ? ' ' : kind}${line}\n`).join('');
    [left, right, at] = [left + gone, right + come, to];
  }
  return out;
}

export const diff: Command = {
  readsStdin: (argv) => argv.includes('-'),
  name: 'diff',
  man: man(
    'compares two files',
    '比较两个文件',
    ['diff [-u] [-q] file file'],
    ['the times of the files in the heading of -u', 'directories'],
    'diffutils 3.8',
  ),
  run(ctx) {
    const { flags, rest } = options(ctx.argv.slice(1), 'uqbBiwrNy', { unified: 'u', brief: 'q' });
    const [left, right] = rest;
    if (left === undefined || right === undefined) {
      ctx.err(`diff: missing operand after '${left ?? 'diff'}'\ndiff: Try 'diff --help' for more information.\n`);
      return 2;
    }
    const [a, b] = inputs(ctx, [left, right]).map((file) => file.text);
    if (typeof a !== 'string' || typeof b !== 'string') return 2;
    if (a === b) return 0;
    if (flags.has('q')) {
      ctx.out(`Files ${left} and ${right} differ\n`);
      return 1;
    }
    const [x, y] = [linesOf(a).slice(0, 2_000), linesOf(b).slice(0, 2_000)];
    const ops = diffOps(x, y);
    if (!flags.has('u')) ctx.out(normalDiff(ops));
    else ctx.out(`--- ${left}\n+++ ${right}\n${unifiedHunks(ops)}`);
    return 1;
  },
};
