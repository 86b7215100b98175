/**
 * Marks at the lines of the file: changed since it was opened, taken out, wrong, changed last.
 * Goes to: text-editor.ts.
 */
import { RangeSet, RangeSetBuilder, StateEffect, StateField, type Extension, type Text } from '@codemirror/state';
import { Decoration, EditorView, gutterLineClass, GutterMarker, type DecorationSet } from '@codemirror/view';

/** A place that the reader of the file complains about. */
export interface WrongPlace {
  readonly line: number;
  readonly column: number;
  /** what stands there */
  readonly found: string;
  readonly message: string;
}

export interface LineMarks {
  readonly changed: ReadonlySet<number>;
  readonly removedBefore: ReadonlySet<number>;
  /** changed last: lit for a while */
  readonly lit: ReadonlySet<number>;
  readonly wrong: readonly WrongPlace[];
}

export const putMarks = StateEffect.define<LineMarks>();

class LineMarker extends GutterMarker {
  override readonly elementClass: string;

  constructor(name: string) {
    super();
    this.elementClass = name;
  }
}

const CHANGED = new LineMarker('cm-changed');
const GONE = new LineMarker('cm-gone');
const WRONG = new LineMarker('cm-wrong');
const LIT = Decoration.line({ class: 'cm-lit' });

interface Drawn {
  readonly gutter: RangeSet<GutterMarker>;
  readonly lines: DecorationSet;
}

const NOTHING: Drawn = { gutter: RangeSet.empty, lines: Decoration.none };

const drawn = StateField.define<Drawn>({
  create: () => NOTHING,
  update(now, { changes, effects, docChanged, newDoc }) {
    for (const effect of effects) if (effect.is(putMarks)) return draw(newDoc, effect.value);
    // While somebody writes, the marks go along with their lines.
    return docChanged ? { gutter: now.gutter.map(changes), lines: now.lines.map(changes) } : now;
  },
  provide: (field) => [gutterLineClass.from(field, ({ gutter }) => gutter), EditorView.decorations.from(field, ({ lines }) => lines)],
});

function draw(doc: Text, { changed, removedBefore, lit, wrong }: LineMarks): Drawn {
  const gutter = new RangeSetBuilder<GutterMarker>();
  const wrongLines = new Set(wrong.map(({ line }) => line));
  const marked = new Set([...changed, ...removedBefore, ...wrongLines]);
  for (const line of [...marked].toSorted((x, y) => x - y)) {
    // What was taken out at the end stood in front of a line that is not there.
    const { from } = doc.line(Math.min(Math.max(1, line), doc.lines));
    if (changed.has(line)) gutter.add(from, from, CHANGED);
    if (removedBefore.has(line)) gutter.add(from, from, GONE);
    if (wrongLines.has(line)) gutter.add(from, from, WRONG);
  }
  const lines = [...lit].filter((line) => line <= doc.lines).map((line) => LIT.range(doc.line(line).from));
  return { gutter: gutter.finish(), lines: Decoration.set([...lines, ...wrong.flatMap((place) => underline(doc, place))], true) };
}

/** Under what is wrong, or under the whole line where nothing of it stands there. */
function underline(doc: Text, { line, column, found, message }: WrongPlace) {
  if (line < 1 || line > doc.lines) return [];
  const { from, to, text } = doc.line(line);
  const indent = text.length - text.trimStart().length;
  const at = column - 1;
  const begin = from + (at < text.length ? Math.max(0, at) : indent);
  const there = found !== '' && text.startsWith(found, begin - from);
  const end = there ? begin + found.length : to;
  return end <= begin ? [] : [Decoration.mark({ class: 'cm-mistake', attributes: { title: message } }).range(begin, end)];
}

export const lineMarks: Extension = drawn;
