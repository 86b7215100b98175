import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import { readYaml } from './reading.ts';

const FOLDER = join(import.meta.dirname, '../../scenarios');
const FILES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(join(FOLDER, name), 'utf8'))
  .filter((text) => text.length < 8_000);

/** Every value with the place where it stands; of a block, where it begins. */
function dump(node: unknown): unknown {
  if (isPair(node)) return [dump(node.key), dump(node.value)];
  if (isMap(node)) return { at: node.range?.[0], flow: node.flow === true, items: node.items.map(dump) };
  if (isSeq(node)) return { at: node.flow === true ? node.range?.slice(0, 2) : node.range?.[0], items: node.items.map(dump) };
  if (isScalar(node)) return { at: node.range?.slice(0, 2), value: node.value, type: node.type, source: node.source };
  if (isAlias(node)) return { at: node.range?.slice(0, 2), alias: node.source };
  return node ?? null;
}

function whole(text: string): { document: Document; lines: LineCounter } {
  const lines = new LineCounter();
  return { document: parseDocument(text, { lineCounter: lines, prettyErrors: false }), lines };
}

/** What a person and the loader see of a parsed file. */
function seen({ document, lines }: { readonly document: Document; readonly lines: LineCounter }, text: string): string {
  const { errors, contents } = document;
  const mistakes = errors.map(({ code, pos }) => [code, pos]);
  const places = [0, text.length >> 1, text.length].map((offset) => lines.linePos(offset));
  return JSON.stringify([mistakes, places, dump(contents), errors.length === 0 ? document.toJS() : null]);
}

/** What may happen to a line of a file. */
const change = fc.record({
  how: fc.constantFrom('delete', 'double', 'swap', 'indent', 'outdent', 'insert', 'letter', 'unquote'),
  at: fc.nat(10_000),
  word: fc.constantFrom('x', '# note', '- y', 'key: 1', 'k: |', '  z', '"', '[', '}', '&a', '*a', '', '---', 'a: {', '? q', '\tt', "it's"),
});

function changed(text: string, { how, at, word }: { how: string; at: number; word: string }): string {
  const lines = text.split('\n');
  const i = at % lines.length;
  const line = lines[i] ?? '';
  if (how === 'delete') lines.splice(i, 1);
  else if (how === 'double') lines.splice(i, 0, line);
  else if (how === 'swap') lines.splice(i, 2, lines[i + 1] ?? '', line);
  else if (how === 'indent') lines[i] = ` ${line}`;
  else if (how === 'outdent') lines[i] = line.replace(/^ /, '');
  else if (how === 'insert') lines.splice(i, 0, `${/^ */.exec(line)?.[0] ?? ''}${word}`);
  else if (how === 'letter') lines[i] = `${line.slice(0, at % (line.length + 1))}${word}${line.slice(at % (line.length + 1))}`;
  else lines[i] = line.replace(/['"]/, '');
  return lines.join('\n');
}

describe('a file read after another one', () => {
  it('is read as if it were the first, whatever was changed', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FILES), fc.array(change, { minLength: 1, maxLength: 5 }), (file, changes) => {
        let text = file;
        readYaml(text);
        for (const one of changes) {
          const next = changed(text, one);
          const read = readYaml(next);
          expect(seen(read, next)).toBe(seen(whole(next), next));
          // A file with a mistake in it is mended again.
          if (read.document.errors.length === 0) text = next;
          else expect(seen(readYaml(text), text)).toBe(seen(whole(text), text));
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it('takes over what stands as it stood', () => {
    const file = `lvs-lab: 1\nnodes:\n  a: { x: 1 }\n  b:\n    setup: |\n      one\nlinks:\n  - [a, b]\n  - [b, c]\n`;
    const first = readYaml(file).document.getIn(['links', 1], true);
    const after = readYaml(file.replace('one', 'one\n      two')).document;
    expect(after.getIn(['links', 1], true)).toBe(first);
    expect(after.getIn(['nodes', 'b', 'setup'])).toBe('one\ntwo\n');
  });
});
