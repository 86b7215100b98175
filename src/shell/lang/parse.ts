/**
 * From text to syntax tree. The tree is a pure function of the text: state keeps the text and numbers
 * of nodes, and the trees wait in a cache outside of it.
 * Comes from: sh/ (a typed line, a script, an eval).  Goes to: sh/step.ts, expand.ts.
 * Source: package unbash (GNU Bash 5.3 grammar); the wording of errors is that of bash 5.2.
 */
import { forEachChild, parse, type ParsedScript, type SyntaxNode, type Word } from 'unbash';
import { syntaxStop } from './syntax-check.ts';

/** Nodes that the interpreter can stand at. */
const STEPS: ReadonlySet<string> = new Set([
  'Script',
  'Statement',
  'CompoundList',
  'AndOr',
  'Pipeline',
  'Command',
  'Redirected',
  'If',
  'For',
  'ArithmeticFor',
  'Select',
  'While',
  'Function',
  'Subshell',
  'BraceGroup',
  'Case',
  'Coproc',
  'TestCommand',
  'ArithmeticCommand',
]);
const LEAVES: ReadonlySet<string> = new Set([
  'Word',
  'Assignment',
  'Redirect',
  'HereDoc',
  'HereString',
  'TestUnary',
  'TestBinary',
  'TestLogical',
  'TestNot',
  'TestGroup',
]);

export interface SyntaxTrouble {
  /** as bash words it, without prefix */
  readonly message: string;
  /** line, from 1 */
  readonly line: number;
  /** more lines could make it right */
  readonly incomplete: boolean;
  /** bash repeats the line that it could not read */
  readonly showLine: boolean;
}

export interface Parsed {
  readonly text: string;
  readonly script: ParsedScript;
  readonly nodes: readonly SyntaxNode[];
  readonly trouble: SyntaxTrouble | null;
}

const CACHE_MAX = 400;
const cache = new Map<string, Parsed>();
/** Numbers outlive the cache: a tree may be at work when its text is thrown out of it. */
const numbers = new WeakMap<SyntaxNode, number>();

export function parseShell(text: string): Parsed {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const script = parse(text);
  const nodes: SyntaxNode[] = [];
  const visit = (node: SyntaxNode): void => {
    if (LEAVES.has(node.type)) return;
    if (STEPS.has(node.type)) {
      numbers.set(node, nodes.length);
      nodes.push(node);
    }
    forEachChild(node, visit);
  };
  visit(script);
  const parsed: Parsed = { text, script, nodes, trouble: troubleOf(text, script) };
  if (cache.size >= CACHE_MAX) cache.delete(cache.keys().next().value as string);
  cache.set(text, parsed);
  return parsed;
}

/** The node of a text by its number. */
export function nodeOf(text: string, number: number): SyntaxNode {
  return parseShell(text).nodes[number] as SyntaxNode;
}

export function numberOf(node: SyntaxNode): number {
  return numbers.get(node) as number;
}

/** Reads text as one word, as it would stand in a command. */
export function parseWord(text: string): Word | null {
  const command = parse(`: ${text}`).commands[0]?.command;
  const word = command?.type === 'Command' ? command.args[0] : undefined;
  return word?.type === 'Word' ? word : null;
}

export function lineAt(text: string, pos: number): number {
  let line = 1;
  for (let i = text.indexOf('\n'); i !== -1 && i < pos; i = text.indexOf('\n', i + 1)) line++;
  return line;
}

const CLOSERS: readonly (readonly [RegExp, string])[] = [
  [/single quote/, "'"],
  [/double quote/, '"'],
  [/backtick/, '`'],
  [/substitution|arithmetic|extended glob/, ')'],
  [/parameter/, '}'],
];

function troubleOf(text: string, script: ParsedScript): SyntaxTrouble | null {
  const open = openHereDoc(script);
  const first = script.errors?.[0];
  if (first === undefined) {
    if (open || /(^|[^\\])(\\\\)*\\$/.test(text))
      return {
        message: 'syntax error: unexpected end of file',
        line: lineAt(text, text.length),
        incomplete: true,
        showLine: false,
      };
    const stop = syntaxStop(text);
    return stop.kind === 'token' && MISSED.has(stop.text) ? unexpected(text, stop.text, stop.pos) : null;
  }
  if (first.message.startsWith('unterminated')) {
    const closer = CLOSERS.find(([pattern]) => pattern.test(first.message))?.[1] ?? ')';
    const line = lineAt(text, first.pos) + (first.message.includes('command substitution') ? 1 : 0);
    return {
      message: `unexpected EOF while looking for matching \`${closer}'`,
      line,
      incomplete: true,
      showLine: false,
    };
  }
  const stop = syntaxStop(text);
  if (stop.kind === 'token') return unexpected(text, stop.text, stop.pos);
  const token = tokenAt(text, first.pos);
  if (stop.kind === 'fine' && token === null && text.includes('[['))
    return {
      message: "unexpected argument `]]' to conditional binary operator",
      line: lineAt(text, text.length),
      incomplete: false,
      showLine: false,
    };
  if (stop.kind === 'end' || (token === null && first.message !== 'expected redirect target')) {
    return {
      message: 'syntax error: unexpected end of file',
      line: lineAt(text, text.length) + (text.endsWith('\n') ? 0 : 1),
      incomplete: true,
      showLine: false,
    };
  }
  const name =
    first.message === 'expected redirect target' && (token === null || token.text === '\n') ? 'newline' : wordInParens(text, token);
  return unexpected(text, name, token?.pos ?? text.length);
}

/** Tokens that the parser passes over where bash does not. */
const MISSED: ReadonlySet<string> = new Set([';', ';;', ';&', ';;&', '(']);

function unexpected(text: string, token: string, pos: number): SyntaxTrouble {
  return { message: `syntax error near unexpected token \`${token}'`, line: lineAt(text, pos), incomplete: false, showLine: true };
}

/** For `echo (a)` bash complains about the `a`, the parser about the `)`. */
function wordInParens(text: string, token: { text: string; pos: number } | null): string {
  if (token === null) return 'newline';
  if (token.text === '\n') return 'newline';
  if (token.text !== ')') return token.text;
  const inside = /\(\s*([^\s()]+)\s*$/.exec(text.slice(0, token.pos));
  return inside?.[1] ?? ')';
}

const TOKEN = /^(?:;;&|;;|;&|&&|\|\||<<-|<<<|<<|>>|&>|>&|<&|\||;|&|\(|\)|<|>|\n|[^\s;&|()<>]+)/;

function tokenAt(text: string, pos: number): { text: string; pos: number } | null {
  let at = pos;
  for (;;) {
    while (text[at] === ' ' || text[at] === '\t') at++;
    if (text[at] === '#') while (at < text.length && text[at] !== '\n') at++;
    else break;
  }
  if (text.slice(at).trim() === '') return null;
  const found = TOKEN.exec(text.slice(at, at + 200));
  return found === null ? null : { text: found[0], pos: at };
}

function openHereDoc(script: ParsedScript): boolean {
  let open = false;
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'HereDoc') {
      if (node.closing === undefined) open = true;
      return;
    }
    if (node.type !== 'Word' && node.type !== 'Assignment') forEachChild(node, visit);
  };
  visit(script);
  return open;
}
