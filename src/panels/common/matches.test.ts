import { expect, test } from 'vitest';
import { matching } from './matches.ts';

const NAMES = ['client', 'Backup-RS1', 'rs10', 'rs1', 'rs100', 'sw1'];
const found = (typed: string, most?: number): string[] => matching(NAMES, typed, most).shown.map((i) => NAMES[i] ?? '');

test('the name itself comes first, then what begins with the word, then what has it somewhere', () => {
  expect(found('rs1')).toEqual(['rs1', 'rs10', 'rs100', 'Backup-RS1']);
  expect(found('1')).toEqual(['Backup-RS1', 'rs10', 'rs1', 'rs100', 'sw1']);
});

test('large letters, spaces around and nothing at all do not matter', () => {
  expect(found(' RS10 ')).toEqual(['rs10', 'rs100']);
  expect(found('')).toEqual(NAMES);
  expect(found('nobody')).toEqual([]);
});

test('what is left out is counted', () => {
  expect(matching(NAMES, 'rs', 2)).toEqual({ shown: [2, 3], more: 2 });
  expect(matching(NAMES, 'rs', 9).more).toBe(0);
});
