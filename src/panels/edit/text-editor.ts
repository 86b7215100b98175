/**
 * The editor in which the lab's file is written: numbers, colours, marks at lines, its own undo. Only the lines in
 * sight are in the page, so that a key costs the same in a file of ten lines and of ten thousand. Its lines end in LF,
 * whatever ends they have in the file: places in both texts are compared.
 * Comes from: file-text.tsx.  Goes to: CodeMirror.
 */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { ChangeSet, Compartment, EditorSelection, EditorState, Transaction } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { oneBreak } from '../../lab/index.ts';
import { addressColours, fileColours, fileTheme, putRoles, type RoleOf } from './text-colours.ts';
import { lineMarks, putMarks, type LineMarks } from './text-marks.ts';
import { fileSearch, searchWords, type SearchWords } from './text-search.ts';

/** What the editor says, in the language of the page. */
export interface EditorWords {
  /** for those who do not see it */
  readonly label: string;
  readonly search: SearchWords;
}

export interface TextEditorOptions {
  readonly text: string;
  readonly words: EditorWords;
  /** somebody has written: lines end in LF */
  readonly onWrite: (text: string) => void;
}

export interface ShownText {
  readonly text: string;
  /** the file as it is on the page, which differs from the text by what is being written */
  readonly file: string;
  /** nothing of what is being written is to stay */
  readonly anew: boolean;
}

export class TextEditor {
  private readonly view: EditorView;
  private readonly naming = new Compartment();
  private readonly onWrite: (text: string) => void;
  private shown: string;
  /** the file as the page last knew it: what was written here differs from it */
  private base: string;
  /** the task in which a text that was changed elsewhere comes */
  private late = 0;

  constructor(parent: HTMLElement, { text, words, onWrite }: TextEditorOptions) {
    this.onWrite = onWrite;
    this.shown = oneBreak(text);
    this.base = this.shown;
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(),
          highlightActiveLineGutter(),
          drawSelection(),
          history(),
          // Tab is not among the keys: it leads on through the page.
          keymap.of([...defaultKeymap, ...historyKeymap]),
          yaml(),
          syntaxHighlighting(fileColours),
          bracketMatching(),
          addressColours,
          lineMarks,
          fileTheme,
          fileSearch,
          this.naming.of(named(words)),
          // A file that is dropped here is opened, as everywhere on the page.
          EditorView.domEventHandlers({ drop: (event) => event.dataTransfer?.types.includes('Files') === true }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged || update.transactions.some((one) => one.annotation(Transaction.remote) === true)) return;
            this.shown = update.state.doc.toString();
            // What is written while another text is about to come is told of together with it.
            if (this.late === 0) onWrite(this.shown);
          }),
        ],
      }),
    });
  }

  destroy(): void {
    clearTimeout(this.late);
    this.view.destroy();
  }

  rename(words: EditorWords): void {
    this.view.dispatch({ effects: this.naming.reconfigure(named(words)) });
  }

  /**
   * Shows a text with its marks. One that was changed elsewhere comes in a task of its own: the rest of the page is drawn
   * anew as well. What is being written here meanwhile stays in it.
   * @param line the one that was changed last, to be brought into sight
   */
  show({ text, file, anew }: ShownText, marks: LineMarks, line: number | null): void {
    const next = oneBreak(text);
    const mark = (): void => {
      this.base = oneBreak(file);
      this.view.dispatch({ effects: putMarks.of(marks) });
      if (line !== null) this.showLine(line);
    };
    clearTimeout(this.late);
    this.late = 0;
    if (next === this.shown) {
      mark();
      return;
    }
    this.late = window.setTimeout(() => {
      this.late = 0;
      this.put(next, anew ? this.shown : this.base);
      mark();
    }, 0);
  }

  /**
   * Only what differs is replaced: the place of the cursor and undo hold.
   * @param base what the text differs from; what is shown may differ from it too, by what was written and not taken yet
   */
  private put(text: string, base: string): void {
    this.view.dispatch({
      changes: changesOver(base, this.shown, text),
      annotations: [Transaction.remote.of(true), Transaction.addToHistory.of(false)],
    });
    this.shown = this.view.state.doc.toString();
    if (this.shown !== text) this.onWrite(this.shown);
  }

  /** Addresses in the colours of the parts they play. */
  colour(roleOf: RoleOf): void {
    this.view.dispatch({ effects: putRoles.of(roleOf) });
  }

  /** Brings a line into sight, unless somebody writes here. */
  private showLine(line: number): void {
    const { view } = this;
    if (view.hasFocus) return;
    const { doc } = view.state;
    const at = doc.line(Math.min(Math.max(1, line), doc.lines)).from;
    view.dispatch({ effects: EditorView.scrollIntoView(at, { y: 'center' }) });
  }

  /** Puts the cursor at a place and the keyboard with it. */
  goTo(line: number, column: number): void {
    const { view } = this;
    const { doc } = view.state;
    const { from, to } = doc.line(Math.min(Math.max(1, line), doc.lines));
    const at = Math.min(to, from + Math.max(0, column - 1));
    view.focus();
    view.dispatch({ selection: EditorSelection.cursor(at), effects: EditorView.scrollIntoView(at, { y: 'center' }) });
  }
}

function named({ label, search }: EditorWords) {
  return [
    searchWords(search),
    EditorView.contentAttributes.of({
      'aria-label': label,
      tabindex: '0',
      spellcheck: 'false',
      autocorrect: 'off',
      autocapitalize: 'off',
    }),
  ];
}

/** The whole text of the editor around an element: of a long one only the lines in sight are in the page. */
export function textAround(element: Element): string | null {
  return EditorView.findFromDOM(element as HTMLElement)?.state.doc.toString() ?? null;
}

/** What leads from a text that was written to one in which another change of the same base is made as well. */
export function changesOver(base: string, written: string, text: string): ChangeSet {
  const here = ChangeSet.of(difference(base, written), base.length);
  return ChangeSet.of(difference(base, text), base.length).map(here);
}

/** The middle in which two texts differ. */
export function difference(before: string, after: string): { readonly from: number; readonly to: number; readonly insert: string } {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before.charCodeAt(head) === after.charCodeAt(head)) head++;
  let tail = 0;
  while (tail < shorter - head && before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)) tail++;
  return { from: head, to: before.length - tail, insert: after.slice(head, after.length - tail) };
}
