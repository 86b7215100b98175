/**
 * A terminal on screen: shows what was typed and printed up to the moment shown, and the line being
 * typed. What is printed comes from the trace only.
 * Comes from: lab/typing.ts.  Goes to: type-at.ts.
 */
import { FitAddon } from '@xterm/addon-fit';
import { Terminal as Xterm, type ITheme } from '@xterm/xterm';
import type { Piece } from '../../lab/index.ts';
import { emptyLine, press, type Edited, type Line } from './line-editor.ts';

export interface TerminalHost {
  readonly prompt: string;
  /** a whole line was typed */
  enter(text: string): void;
  interrupt(): void;
  eof(): void;
  /** what could come next, given the text before the cursor */
  complete(before: string): {
    readonly from: number;
    readonly words: readonly string[];
    readonly common: string;
  };
  /** more than one line was pasted */
  paste(text: string): void;
}

export interface TerminalView {
  /** shows everything up to a moment; while `busy` there is no prompt, and what is typed stands by itself */
  show(pieces: readonly Piece[], busy: boolean): void;
  restyle(): void;
  focus(): void;
  destroy(): void;
}

export function createTerminal(element: HTMLElement, host: TerminalHost, label: string): TerminalView {
  return new LiveTerminal(element, host, label);
}

class LiveTerminal implements TerminalView {
  private readonly element: HTMLElement;
  private readonly host: TerminalHost;
  private readonly xterm: Xterm;
  private readonly fitter = new FitAddon();
  private readonly observer: ResizeObserver;
  private shown: Piece[] = [];
  private history: readonly string[] = [];
  private line: Line = emptyLine([]);
  /** the line that was entered last, until the run tells of it */
  private entered: string | null = null;
  private busy = true;
  /** rows that the prompt and the line take above the cursor's */
  private rowsAbove = 0;
  private column = 0;

  constructor(element: HTMLElement, host: TerminalHost, label: string) {
    this.element = element;
    this.host = host;
    this.xterm = new Xterm({
      convertEol: true,
      cursorBlink: false,
      scrollback: 20_000,
      screenReaderMode: true,
      minimumContrastRatio: 4.5,
      ...fontOf(element),
      theme: themeOf(element),
    });
    this.xterm.loadAddon(this.fitter);
    this.xterm.open(element);
    this.xterm.textarea?.setAttribute('aria-label', label);
    this.xterm.onData((data) => this.typed(data));
    this.observer = new ResizeObserver(() => this.fitter.fit());
    this.observer.observe(element);
    this.fitter.fit();
  }

  destroy(): void {
    this.observer.disconnect();
    this.xterm.dispose();
  }

  focus(): void {
    this.xterm.focus();
  }

  restyle(): void {
    this.xterm.options = { ...fontOf(this.element), theme: themeOf(this.element) };
    this.fitter.fit();
  }

  show(pieces: readonly Piece[], busy: boolean): void {
    const goesOn = pieces.length >= this.shown.length && this.shown.every((piece, i) => piece.record === pieces[i]?.record);
    if (goesOn && pieces.length === this.shown.length && busy === this.busy) return;
    this.remember(pieces);
    if (goesOn) this.eraseLine();
    else {
      this.xterm.reset();
      this.column = 0;
    }
    for (const piece of pieces.slice(goesOn ? this.shown.length : 0)) this.print(piece);
    this.shown = [...pieces];
    this.busy = busy;
    if (this.line.text === '') this.line = emptyLine(this.history);
    this.drawLine();
  }

  /** The lines that can be called back: a line that was just entered can be before the run has answered it. */
  private remember(pieces: readonly Piece[]): void {
    this.history = pieces.filter((piece) => piece.kind === 'typed' && piece.tty !== 'setup').map((piece) => piece.text);
    if (this.entered === null || this.history.at(-1) === this.entered) this.entered = null;
    else this.history = [...this.history, this.entered];
  }

  private print({ kind, text }: Piece): void {
    if (kind === 'printed' || kind === 'input') {
      this.xterm.write(text);
      this.column = text.endsWith('\n') ? 0 : this.column + text.length - (text.lastIndexOf('\n') + 1);
      return;
    }
    if (this.column > 0) this.xterm.write('\r\n');
    this.column = 0;
    if (kind === 'typed') this.xterm.write(`${this.host.prompt}${text}\r\n`);
  }

  /** The prompt, unless a program has the terminal, with the line being typed, the cursor at its place. */
  private drawLine(): void {
    const { text, at } = this.line;
    if (this.busy && text === '') return;
    const prompt = this.busy ? '' : this.host.prompt;
    if (this.column > 0) this.xterm.write('\r\n');
    this.column = 0;
    const cols = this.xterm.cols;
    const before = cells(prompt) + cells(text.slice(0, at));
    const all = cells(prompt) + cells(text);
    const up = Math.floor(all / cols) - Math.floor(before / cols);
    this.rowsAbove = Math.floor(before / cols);
    // A line that ends at the edge leaves the cursor hanging there: a blank takes it to the next row.
    const edge = all > 0 && all % cols === 0 ? ' \b' : '';
    this.xterm.write(`${prompt}${text}${edge}${up > 0 ? `\x1b[${up}A` : ''}\r${before % cols > 0 ? `\x1b[${before % cols}C` : ''}`);
  }

  private eraseLine(): void {
    if (this.busy && this.line.text === '') return;
    this.xterm.write(`${this.rowsAbove > 0 ? `\x1b[${this.rowsAbove}A` : ''}\r\x1b[J`);
    this.rowsAbove = 0;
  }

  private redraw(line: Line): void {
    this.eraseLine();
    this.line = line;
    this.drawLine();
  }

  private typed(data: string): void {
    const plain = data.replaceAll('\x1b[200~', '').replaceAll('\x1b[201~', '');
    if (plain.length > 1 && /[\r\n]./.test(plain.trim())) {
      this.host.paste(plain.replaceAll('\r', '\n'));
      return;
    }
    const done = press(this.line, plain.length > 1 ? plain.replace(/[\r\n]+$/, '') : plain, this.history);
    if (this.busy) {
      this.typedAhead(done);
      return;
    }
    switch (done.kind) {
      case 'edit':
        this.redraw(done.line);
        return;
      case 'enter':
        this.enter(done.text);
        return;
      case 'interrupt':
        this.xterm.write('^C\r\n');
        this.line = emptyLine(this.history);
        this.rowsAbove = 0;
        this.drawLine();
        return;
      case 'eof':
        this.host.eof();
        return;
      case 'clear':
        this.xterm.write('\x1b[2J\x1b[3J\x1b[H');
        this.rowsAbove = 0;
        this.drawLine();
        return;
      case 'complete':
        this.complete();
        return;
      case 'none':
    }
  }

  /** A line typed while a program runs goes to the program if it reads, and is a command otherwise when it has ended. */
  private typedAhead(done: Edited): void {
    if (done.kind === 'edit') this.redraw(done.line);
    else if (done.kind === 'enter') {
      this.redraw(emptyLine(this.history));
      this.host.enter(done.text);
    } else if (done.kind === 'interrupt') {
      this.redraw(emptyLine(this.history));
      this.host.interrupt();
    } else if (done.kind === 'eof') this.host.eof();
  }

  private enter(text: string): void {
    if (text.trim() !== '') {
      this.entered = text;
      this.history = [...this.history, text];
    }
    this.line = emptyLine(this.history);
    if (text.trim() !== '') {
      // The typed line comes back from the trace; until then the bare prompt stands.
      this.redraw(this.line);
      this.host.enter(text);
      return;
    }
    this.xterm.write('\r\n');
    this.rowsAbove = 0;
    this.drawLine();
  }

  private complete(): void {
    const { text, at } = this.line;
    const before = text.slice(0, at);
    const { from, words, common } = this.host.complete(before);
    if (words.length === 0) return;
    if (common.length > before.length - from || words.length === 1) {
      const end = words.length === 1 && !common.endsWith('/') ? `${common} ` : common;
      const next = before.slice(0, from) + end;
      this.redraw({ ...this.line, text: next + text.slice(at), at: next.length });
      return;
    }
    this.xterm.write(`\r\n${words.slice(0, 60).join('  ')}\r\n`);
    this.rowsAbove = 0;
    this.drawLine();
  }
}

/** Cells that a text takes: CJK characters take two. */
function cells(text: string): number {
  let count = 0;
  for (const char of text)
    count += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/.test(char) ? 2 : 1;
  return count;
}

function fontOf(element: HTMLElement): { fontFamily: string; fontSize: number } {
  const base = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const family = getComputedStyle(element).fontFamily;
  return { fontFamily: family, fontSize: Math.round(base * 0.87 * 10) / 10 };
}

function themeOf(element: HTMLElement): ITheme {
  const style = getComputedStyle(element);
  return {
    background: style.backgroundColor,
    foreground: style.color,
    cursor: style.color,
    cursorAccent: style.backgroundColor,
    selectionBackground: style.outlineColor,
  };
}
