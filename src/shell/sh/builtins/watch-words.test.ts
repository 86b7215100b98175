import { describe, expect, it } from 'vitest';
import { watchWords } from './watch-words.ts';

describe('the words of watch', () => {
  it.each([
    [['ipvsadm', '-Ln'], 2, true, ['ipvsadm', '-Ln']],
    [['-n1', 'ipvsadm', '-Ln'], 1, true, ['ipvsadm', '-Ln']],
    [['-n', '0.5', '-t', 'ls'], 0.5, false, ['ls']],
    [['-tn', '3', 'ls'], 3, false, ['ls']],
    [['--interval=5', '--no-title', 'ls'], 5, false, ['ls']],
    [['--interval', '5', 'ls'], 5, true, ['ls']],
    // what stands behind -d in its word belongs to it
    [['-dn1', 'ls'], 2, true, ['ls']],
    [['-n', '0', 'ls'], 0.1, true, ['ls']],
    [['--', '-x'], 2, true, ['-x']],
  ] as const)('%s', (args, seconds, title, command) => {
    expect(watchWords(args)).toEqual({ spanNs: seconds * 1e9, title, command });
  });

  it.each([
    [['-n', 'abc', 'ls'], "watch: failed to parse argument: 'abc': Invalid argument\n", 1],
    [['-n', '2s', 'ls'], "watch: failed to parse argument: '2s': Invalid argument\n", 1],
    [['-n'], "watch: option requires an argument -- 'n'\n", 1],
    [['-z', 'ls'], "watch: invalid option -- 'z'\n", 1],
    [['--nosuch', 'ls'], "watch: unrecognized option '--nosuch'\n", 1],
    [[], '\nUsage:\n watch [options] command\n', 1],
    [['-h'], '\nUsage:\n watch [options] command\n', 0],
    [['-g', 'ls'], 'watch: not modelled in this lab: -g\n', 1],
  ] as const)('%s is refused', (args, begins, code) => {
    const said = watchWords(args);
    expect(said).toMatchObject({ code });
    expect('said' in said && said.said.startsWith(begins)).toBe(true);
  });
});
