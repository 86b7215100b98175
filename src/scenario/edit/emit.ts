/**
 * Values as text of a scenario file: numbers, names, lists, mappings in one line, commands as a block.
 * Comes from: draft.ts.  Goes to: the text of the file.
 */
import { Document } from 'yaml';

/** Several lines, written as a block (`|`) wherever the file's style has room for one. */
export interface Block {
  readonly block: string;
}

export type Value = string | number | boolean | null | Block | readonly Value[] | { readonly [key: string]: Value };

/** How the place writes where a value goes. */
export interface Manner {
  /** the whole file is JSON: everything quoted, nothing in blocks */
  readonly json: boolean;
  /** within brackets, where a block cannot stand */
  readonly flow: boolean;
  /** columns in front of the key whose value it is */
  readonly indent: number;
  readonly eol: string;
}

export function emit(value: Value, manner: Manner): string {
  if (isBlock(value)) return manner.flow || manner.json ? JSON.stringify(value.block) : block(value.block, manner);
  return inLine(value, manner.json);
}

export function emitKey(key: string, json: boolean): string {
  return json ? JSON.stringify(key) : scalar(key);
}

function isBlock(value: Value): value is Block {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && 'block' in value;
}

function inLine(value: Value, json: boolean): string {
  if (value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return json ? JSON.stringify(value) : scalar(value);
  if (isBlock(value)) return JSON.stringify(value.block);
  if (Array.isArray(value)) return `[${value.map((item: Value) => inLine(item, json)).join(', ')}]`;
  const pairs = Object.entries(value).map(([key, item]) => `${emitKey(key, json)}: ${inLine(item as Value, json)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

/** A text in one line, quoted where it would be read as something else. */
function scalar(text: string): string {
  // Older readers take 02:00:… for a number with base 60.
  if (/^\d+(:[0-9a-fA-F]+)+$/.test(text)) return `'${text}'`;
  if (/[\n\r\t]/.test(text)) return JSON.stringify(text);
  const document = new Document([text]);
  const list = document.toString({ collectionStyle: 'flow', lineWidth: 0, singleQuote: true }).trimEnd();
  return list.slice(1, -1).trim();
}

/** Lines behind a `|`, each two columns further than the key. */
function block(text: string, { indent, eol }: Manner): string {
  const body = text.replace(/\r\n?/g, '\n').replace(/\n+$/, '');
  // What a literal cannot hold: other control characters.
  if (body === '' || [...body].some(isControl)) return JSON.stringify(text);
  const lines = body.split('\n');
  const first = lines.find((line) => line.trim() !== '') ?? '';
  // A first line that begins with a space would be taken for deeper indentation.
  const given = /^\s/.test(first) ? '2' : '';
  const chomp = text.endsWith('\n') ? '' : '-';
  const lead = ' '.repeat(indent + 2);
  return [`|${given}${chomp}`, ...lines.map((line) => (line === '' ? '' : lead + line))].join(eol);
}

/** What a literal block would not bring back: control characters other than tab and newline, and foreign line ends. */
function isControl(char: string): boolean {
  const code = char.charCodeAt(0);
  return (
    (code < 0x20 && char !== '\t' && char !== '\n') ||
    code === 0x7f ||
    code === 0x85 ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0xfeff
  );
}
