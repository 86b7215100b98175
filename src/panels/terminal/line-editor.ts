/**
 * One line being typed, as bash's readline does it: moving, deleting, history. Pure: what happens is
 * returned, and the terminal draws it.
 * Goes to: terminal-view.ts.
 */
export interface Line {
  readonly text: string;
  /** place of the cursor, UTF-16 units */
  readonly at: number;
  /** place in the history; equal to its length while a new line is typed */
  readonly back: number;
  /** the new line, while an old one is looked at */
  readonly kept: string;
}

export type Edited =
  | { readonly kind: 'edit'; readonly line: Line }
  | { readonly kind: 'enter'; readonly text: string }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'eof' }
  | { readonly kind: 'clear' }
  | { readonly kind: 'complete' }
  | { readonly kind: 'none' };

export function emptyLine(history: readonly string[]): Line {
  return { text: '', at: 0, back: history.length, kept: '' };
}

/** Takes what the terminal sends for one key. */
export function press(line: Line, key: string, history: readonly string[]): Edited {
  const { text, at } = line;
  const edit = (next: string, place: number): Edited => ({
    kind: 'edit',
    line: { ...line, text: next, at: place },
  });
  switch (key) {
    case '\r':
      return { kind: 'enter', text };
    case '\x03':
      return { kind: 'interrupt' };
    case '\x04':
      return text === '' ? { kind: 'eof' } : edit(text.slice(0, at) + text.slice(at + 1), at);
    case '\x0c':
      return { kind: 'clear' };
    case '\t':
      return { kind: 'complete' };
    case '\x7f':
    case '\b':
      return at === 0 ? { kind: 'none' } : edit(text.slice(0, at - 1) + text.slice(at), at - 1);
    case '\x1b[3~':
      return edit(text.slice(0, at) + text.slice(at + 1), at);
    case '\x1b[D':
    case '\x02':
      return edit(text, Math.max(0, at - 1));
    case '\x1b[C':
    case '\x06':
      return edit(text, Math.min(text.length, at + 1));
    case '\x1b[H':
    case '\x1bOH':
    case '\x01':
      return edit(text, 0);
    case '\x1b[F':
    case '\x1bOF':
    case '\x05':
      return edit(text, text.length);
    case '\x15':
      return edit(text.slice(at), 0);
    case '\x0b':
      return edit(text.slice(0, at), at);
    case '\x17': {
      const before = text.slice(0, at).replace(/\S+\s*$/, '');
      return edit(before + text.slice(at), before.length);
    }
    case '\x1b[A':
    case '\x10':
      return recall(line, line.back - 1, history);
    case '\x1b[B':
    case '\x0e':
      return recall(line, line.back + 1, history);
    default:
      if (key.startsWith('\x1b') || (key.length === 1 && key < ' ')) return { kind: 'none' };
      return edit(text.slice(0, at) + key + text.slice(at), at + key.length);
  }
}

function recall(line: Line, back: number, history: readonly string[]): Edited {
  if (back < 0 || back > history.length) return { kind: 'none' };
  const kept = line.back === history.length ? line.text : line.kept;
  const text = back === history.length ? kept : (history[back] ?? '');
  return { kind: 'edit', line: { text, at: text.length, back, kept } };
}
