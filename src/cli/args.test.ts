import { describe, expect, it } from 'vitest';
import { parseArgs, UsageError } from './args.ts';

const TABLE = { flags: ['trace'], values: ['do', 'until'] };

describe('parseArgs', () => {
  it('sorts words into operands, flags and values', () => {
    const args = parseArgs(['a.yaml', '--trace', '--do', '1s a: x', '--do=2s b: y=z', '--until', '5s'], TABLE);
    expect(args.operands).toEqual(['a.yaml']);
    expect(args.has('trace')).toBe(true);
    expect(args.values('do')).toEqual(['1s a: x', '2s b: y=z']);
    expect(args.value('until')).toBe('5s');
    expect(args.value('nothing')).toBeNull();
  });

  it('takes everything behind -- as it is', () => {
    expect(parseArgs(['--', '--trace'], TABLE).operands).toEqual(['--trace']);
  });

  it.each([[['--hash']], [['--do']], [['--trace=1']]])('refuses %j', (words) => {
    expect(() => parseArgs(words, TABLE)).toThrow(UsageError);
  });
});
