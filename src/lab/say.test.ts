import { expect, test } from 'vitest';
import { text } from './say.ts';

test('a text has its values, and the words that go with one or with more', () => {
  expect(text('en', 'file.changed', { count: 1 })).toBe('1 line changed');
  expect(text('en', 'file.changed', { count: 0 })).toBe('0 lines changed');
  expect(text('en', 'file.changed', { count: 21 })).toBe('21 lines changed');
  expect(text('zh', 'file.changed', { count: 1 })).toBe('已修改 1 行');
  // What is not given stays as it stands.
  expect(text('en', 'file.text')).toBe('Text of {file}');
});
