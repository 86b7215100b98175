import { describe, expect, it } from 'vitest';
import { emptyLine, press, type Line } from './line-editor.ts';

function type(keys: readonly string[], history: readonly string[] = []): Line {
  let line = emptyLine(history);
  for (const key of keys) {
    const done = press(line, key, history);
    if (done.kind === 'edit') line = done.line;
  }
  return line;
}

describe('line editor', () => {
  it.each([
    ['typed letters', ['a', 'b'], 'ab', 2],
    ['a letter before the last', ['a', 'c', '\x1b[D', 'b'], 'abc', 2],
    ['backspace', ['a', 'b', '\x7f'], 'a', 1],
    ['backspace at the start', ['\x7f'], '', 0],
    ['delete under the cursor', ['a', 'b', '\x01', '\x1b[3~'], 'b', 0],
    ['Ctrl-U cuts what is before', ['a', 'b', 'c', '\x1b[D', '\x15'], 'c', 0],
    ['Ctrl-W cuts a word', ['i', 'p', ' ', 'a', 'd', '\x17'], 'ip ', 3],
    ['Ctrl-K cuts what is behind', ['a', 'b', '\x01', '\x0b'], '', 0],
    ['a pasted word', ['ip ', 'neigh'], 'ip neigh', 8],
    ['Chinese', ['中', '文', '\x7f'], '中', 1],
  ])('%s', (_name, keys, text, at) => {
    expect(type(keys)).toMatchObject({ text, at });
  });

  it('walks through the history and keeps the line that was begun', () => {
    const history = ['one', 'two'];
    expect(type(['x', '\x1b[A'], history).text).toBe('two');
    expect(type(['x', '\x1b[A', '\x1b[A', '\x1b[A'], history).text).toBe('one');
    expect(type(['x', '\x1b[A', '\x1b[B'], history).text).toBe('x');
  });

  it('tells what is not editing', () => {
    const line = type(['l', 's']);
    expect(press(line, '\r', [])).toEqual({ kind: 'enter', text: 'ls' });
    expect(press(line, '\x03', [])).toEqual({ kind: 'interrupt' });
    expect(press(line, '\x04', [])).toMatchObject({ kind: 'edit' });
    expect(press(emptyLine([]), '\x04', [])).toEqual({ kind: 'eof' });
    expect(press(line, '\t', [])).toEqual({ kind: 'complete' });
  });
});
