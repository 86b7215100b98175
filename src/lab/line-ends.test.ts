import { expect, test } from 'vitest';
import { oneBreak, withEndsOf } from './line-ends.ts';

test('a text has one end of line, whichever it had', () => {
  expect(oneBreak('a\r\nb\nc\rd\n')).toBe('a\nb\nc\nd\n');
});

test('what is written gets the line ends of the file, and what has them keeps them', () => {
  expect(withEndsOf('x\r\n', 'a\n\nb')).toBe('a\r\n\r\nb');
  expect(withEndsOf('x\r\n', 'a\r\nb\n')).toBe('a\r\nb\r\n');
  expect(withEndsOf('x\n', 'a\r\nb')).toBe('a\nb');
});
