/**
 * Begins a node of the syntax tree: which frame it gets, what it costs, how deep frames may lie.
 * Comes from: step.ts, step-loops.ts.  Goes to: the frames of state.ts.
 */
import type { SyntaxNode } from 'unbash';
import { numberOf } from '../lang/parse.ts';
import { stopScript } from './expanding.ts';
import { charge, complain, FRAMES_MAX, type Shell } from './shell.ts';
import { newFrame, type FrameKind } from './state.ts';

export const KINDS: Readonly<Partial<Record<SyntaxNode['type'], FrameKind>>> = {
  Script: 'list',
  CompoundList: 'list',
  BraceGroup: 'list',
  Statement: 'statement',
  AndOr: 'andor',
  Pipeline: 'pipeline',
  Command: 'command',
  Redirected: 'redirected',
  If: 'if',
  For: 'for',
  ArithmeticFor: 'cfor',
  While: 'while',
  Case: 'case',
  Subshell: 'subshell',
  Function: 'function',
  TestCommand: 'test',
  ArithmeticCommand: 'arith',
};
const CHARGED: ReadonlySet<FrameKind> = new Set(['command', 'test', 'arith', 'case', 'subshell', 'function', 'pipeline']);

/** Begins a node of a text. */
export function pushNode(shell: Shell, text: string, node: SyntaxNode, quiet = false): void {
  const { sh } = shell;
  const kind = KINDS[node.type] ?? 'other';
  if (CHARGED.has(kind) && !charge(shell)) {
    stopScript(shell);
    return;
  }
  if (sh.frames.length >= FRAMES_MAX) {
    complain(shell, `maximum nesting level exceeded (${FRAMES_MAX})`);
    sh.status = 1;
    sh.unwind = { kind: 'abort' };
    return;
  }
  sh.frames.push(newFrame(kind, text, numberOf(node), quiet));
}
