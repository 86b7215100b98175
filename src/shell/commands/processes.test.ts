/** Processes as ps lists them: each part of a pipeline is what it runs. */
import { describe, expect, it } from 'vitest';
import { createFakeNode } from '../testing/fake-node.test-kit.ts';

describe('ps', () => {
  const commands = (out: string): string[] =>
    out
      .trim()
      .split('\n')
      .map((line) => line.slice(67));

  it('sees the pipeline that it is part of, as the search for a process finds the search', () => {
    const node = createFakeNode();
    expect(commands(node.line('ps aux | grep keepalived'))).toEqual(['grep keepalived']);
    expect(commands(node.line('ps aux | grep keepalived | grep -v grep'))).toEqual(['']);
    expect(node.line('ps -ef | grep -c "[p]s -ef"')).toBe('1\n');
  });

  it('sees itself when it stands alone, under the shell', () => {
    const node = createFakeNode();
    const rows = node.line('ps -ef').trim().split('\n');
    const [shell, own] = rows.slice(-2).map((row) => row.trim().split(/\s+/));
    expect(shell?.slice(-1)).toEqual(['-bash']);
    expect(own?.slice(7)).toEqual(['ps', '-ef']);
    expect(own?.[2]).toBe(shell?.[1]);
    expect(node.line('ps').trim().split('\n').at(-1)).toMatch(/^ *\d+ pts\/0 +00:00:00 ps$/);
  });

  it('names a command in the background by its words', () => {
    const listed = commands(createFakeNode().line('sleep 100 & sleep 1; ps aux'));
    expect(listed.filter((line) => line.startsWith('sleep'))).toEqual(['sleep 100']);
  });
});
