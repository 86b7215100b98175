/**
 * One step of a branch or a loop: if, while and until, for, for ((…)), case.
 * Comes from: step.ts.  Goes to: step-node.ts for the part that runs next.
 */
import type { ArithmeticFor, Case, For, If, While } from 'unbash';
import { matchPattern } from '../lang/pattern.ts';
import { done, endQuietly, expanding } from './expanding.ts';
import { complain, popFrame, type Shell } from './shell.ts';
import { newVariable, type Frame } from './state.ts';
import { pushNode } from './step-node.ts';

export function stepIf(shell: Shell, frame: Frame, node: If): void {
  const { sh } = shell;
  const clauses = [node, ...node.elif];
  // Even: the next condition is due. Odd: a condition has been tested. -1: a branch has run.
  if (frame.pc === -1) {
    popFrame(sh);
    return;
  }
  const clause = clauses[frame.pc >> 1];
  if (frame.pc % 2 === 0) {
    if (clause !== undefined) {
      frame.pc++;
      pushNode(shell, frame.text, clause.clause, true);
      return;
    }
    frame.pc = -1;
    if (node.else === undefined) endQuietly(shell, 0);
    else pushNode(shell, frame.text, node.else);
    return;
  }
  if (sh.status !== 0) {
    frame.pc++;
    return;
  }
  frame.pc = -1;
  pushNode(shell, frame.text, (clause as If).then);
}

/** pc 0: test; 1: tested; words[0]: status of the body */
export function stepWhile(shell: Shell, frame: Frame, node: While): void {
  const { sh } = shell;
  if (frame.pc === 0) {
    if (frame.at > 0) frame.words = [String(sh.status)];
    frame.at++;
    frame.pc = 1;
    pushNode(shell, frame.text, node.clause, true);
    return;
  }
  if ((sh.status === 0) === (node.kind === 'while')) {
    frame.pc = 0;
    pushNode(shell, frame.text, node.body);
    return;
  }
  endQuietly(shell, Number(frame.words[0] ?? 0));
}

export function stepFor(shell: Shell, frame: Frame, node: For): void {
  const { sh } = shell;
  const name = node.name.value;
  if (frame.pc === 0) {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      complain(shell, `\`${name}': not a valid identifier`);
      return done(shell, 1);
    }
    const words =
      node.wordlist === undefined ? { value: [...sh.args] } : expanding(shell, frame, (expander) => expander.words(node.wordlist ?? []));
    if (words === null) return;
    frame.words = words.value;
    frame.pc = 1;
    if (frame.words.length === 0) sh.status = 0;
  }
  const value = frame.words[frame.pc - 1];
  if (value === undefined) {
    popFrame(sh);
    return;
  }
  const variable = sh.vars.get(name) ?? newVariable('');
  if (variable.readonly) {
    complain(shell, `${name}: readonly variable`);
    return done(shell, 1);
  }
  sh.vars.set(name, { ...variable, value, array: null });
  frame.pc++;
  pushNode(shell, frame.text, node.body);
}

/** pc 0: begin; 1: test; 2: update */
export function stepArithmeticFor(shell: Shell, frame: Frame, node: ArithmeticFor): void {
  const { sh } = shell;
  const part = frame.pc === 0 ? node.initialize : frame.pc === 1 ? node.test : node.update;
  const value = expanding(shell, frame, (expander) =>
    part === undefined ? 1n : expander.arithmetic(expander.insideQuotes(frame.text.slice(part.pos, part.end))),
  );
  if (value === null) return;
  if (frame.pc !== 1) {
    frame.pc = 1;
    return;
  }
  if (value.value === 0n) {
    endQuietly(shell, sh.status);
    return;
  }
  frame.pc = 2;
  pushNode(shell, frame.text, node.body);
}

export function stepCase(shell: Shell, frame: Frame, node: Case): void {
  const { sh } = shell;
  // pc 0: choose; n > 0: item n - 1 has run
  const previous = node.items[frame.pc - 1];
  if (frame.pc > 0 && (previous?.terminator === ';;' || previous?.terminator === undefined)) {
    popFrame(sh);
    return;
  }
  const from = frame.pc;
  const falls = previous?.terminator === ';&';
  const chosen = expanding(shell, frame, (expander) => {
    if (falls) return from < node.items.length ? from : -1;
    const word = expander.single(node.word);
    return node.items.findIndex((item, i) => i >= from && item.pattern.some((pattern) => matchPattern(expander.pattern(pattern), word)));
  });
  if (chosen === null) return;
  const item = node.items[chosen.value];
  if (item === undefined) return endQuietly(shell, from === 0 ? 0 : sh.status);
  frame.pc = chosen.value + 1;
  pushNode(shell, frame.text, item.body);
}
