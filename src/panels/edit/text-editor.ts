/**
 * The editor in which the lab's file is written: numbers, colours, marks at lines, its own undo. Only the lines in
 * sight are in the page, so that a key costs the same in a file of ten lines and of ten thousand.
 * Comes from: file-text.tsx.  Goes to: CodeMirror.
 */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorSelection, EditorState, Transaction } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { addressColours, fileColours, fileTheme, putRoles, type RoleOf } from './text-colours.ts';
import { lineMarks, putMarks, type LineMarks } from './text-marks.ts';

export interface TextEditorOptions {
  readonly text: string;
  /** for those who do not see it */
  readonly label: string;
  /** somebody has written */
  readonly onWrite: (text: string) => void;
}

export class TextEditor {
  private readonly view: EditorView;
  private readonly naming = new Compartment();
  private shown: string;
  /** the task in which a text that was changed elsewhere comes */
  private late = 0;

  constructor(parent: HTMLElement, { text, label, onWrite }: TextEditorOptions) {
    this.shown = text;
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
          this.naming.of(named(label)),
          // A file that is dropped here is opened, as everywhere on the page.
          EditorView.domEventHandlers({ drop: (event) => event.dataTransfer?.types.includes('Files') === true }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged || update.transactions.some((one) => one.annotation(Transaction.remote) === true)) return;
            this.shown = update.state.doc.toString();
            // What is written while another text is about to come would take that text's place.
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

  rename(label: string): void {
    this.view.dispatch({ effects: this.naming.reconfigure(named(label)) });
  }

  /**
   * Shows a text with its marks. One that was changed elsewhere comes in a task of its own: the rest of the page is drawn
   * anew as well. @param line the one that was changed last, to be brought into sight
   */
  show(text: string, marks: LineMarks, line: number | null): void {
    const put = (): void => {
      this.late = 0;
      this.put(text);
      this.view.dispatch({ effects: putMarks.of(marks) });
      if (line !== null) this.showLine(line);
    };
    clearTimeout(this.late);
    if (text === this.shown) put();
    else this.late = window.setTimeout(put, 0);
  }

  /** Only what differs is replaced: the place of the cursor and undo hold. */
  private put(text: string): void {
    if (text === this.shown) return;
    const change = difference(this.shown, text);
    this.shown = text;
    this.view.dispatch({ changes: change, annotations: [Transaction.remote.of(true), Transaction.addToHistory.of(false)] });
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

function named(label: string) {
  return EditorView.contentAttributes.of({
    'aria-label': label,
    tabindex: '0',
    spellcheck: 'false',
    autocorrect: 'off',
    autocapitalize: 'off',
  });
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
