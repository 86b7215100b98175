import { EditorState } from '@codemirror/state';
import { EditorView, gutterLineClass } from '@codemirror/view';
import { expect, test } from 'vitest';
import { lineMarks, putMarks, type LineMarks } from './text-marks.ts';

const DOC = 'nodes:\n  a: {}\n  b: { role: king }\n';
const NONE: LineMarks = { changed: new Set(), removedBefore: new Set(), lit: new Set(), wrong: [] };

function marked(marks: Partial<LineMarks>): EditorState {
  const state = EditorState.create({ doc: DOC, extensions: lineMarks });
  return state.update({ effects: putMarks.of({ ...NONE, ...marks }) }).state;
}

/** Classes in the gutter by line. */
function gutter(state: EditorState): string[] {
  const found: string[] = [];
  for (const set of state.facet(gutterLineClass))
    for (const at = set.iter(); at.value !== null; at.next())
      found.push(`${state.doc.lineAt(at.from).number} ${String(at.value.elementClass)}`);
  return found;
}

/** What is drawn in the text: the text under it, and what it is. */
function drawn(state: EditorState): { text: string; spec: { class?: string; attributes?: { title?: string } } }[] {
  const found: ReturnType<typeof drawn> = [];
  for (const set of state.facet(EditorView.decorations))
    if (typeof set !== 'function')
      for (const at = set.iter(); at.value !== null; at.next()) found.push({ text: state.sliceDoc(at.from, at.to), spec: at.value.spec });
  return found;
}

test('changed lines, lines taken out and wrong lines are marked in the gutter', () => {
  const wrong = [{ line: 3, column: 14, found: 'king', message: 'no such role' }];
  expect(gutter(marked({ changed: new Set([2]), removedBefore: new Set([2]), wrong }))).toEqual([
    '2 cm-changed',
    '2 cm-gone',
    '3 cm-wrong',
  ]);
  // What was taken out behind the last line is marked there.
  expect(gutter(marked({ removedBefore: new Set([9]) }))).toEqual(['4 cm-gone']);
});

test('what is wrong is underlined, with the reason', () => {
  const [mark] = drawn(marked({ wrong: [{ line: 3, column: 14, found: 'king', message: 'no such role' }] }));
  expect(mark?.text).toBe('king');
  expect(mark?.spec.attributes?.title).toBe('no such role');
});

test('a mistake that is nowhere in its line is under the whole line, and one beside the text nowhere', () => {
  expect(drawn(marked({ wrong: [{ line: 2, column: 99, found: 'x', message: '' }] }))[0]?.text).toBe('a: {}');
  expect(drawn(marked({ wrong: [{ line: 99, column: 1, found: 'x', message: '' }] }))).toEqual([]);
  expect(drawn(marked({ wrong: [{ line: 4, column: 1, found: '', message: '' }] }))).toEqual([]);
});

test('while somebody writes, marks go along with their lines', () => {
  const state = marked({ changed: new Set([3]), lit: new Set([3]) });
  const after = state.update({ changes: { from: 0, insert: '# a comment\n' } }).state;
  expect(gutter(after)).toEqual(['4 cm-changed']);
  expect(drawn(after).map(({ spec }) => spec.class)).toEqual(['cm-lit']);
});
