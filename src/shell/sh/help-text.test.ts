import { describe, expect, it } from 'vitest';
import { commandTable } from '../commands/table.ts';
import { createFakeNode } from '../testing/fake-node.test-kit.ts';
import { builtins } from './builtins/index.ts';

describe('NAME --help', () => {
  const node = createFakeNode();
  const names = [...new Set([...commandTable().keys(), ...Object.keys(builtins)])].filter((name) => /^\w/.test(name));

  it('never points back at itself, and never waits for input', () => {
    // exec and exit would end the terminal
    const tried = names.filter((name) => !['exec', 'exit', 'logout', 'sh', 'bash', 'su', 'sudo', 'ipvsadm-save'].includes(name));
    const poor = tried.filter((name) => {
      const out = node.line(`${name} --help`);
      const back = node.line('echo here');
      return out.includes(`Try '${name} --help'`) || back !== 'here\n';
    });
    expect(tried.length).toBeGreaterThan(100);
    expect(poor).toEqual([]);
  });

  it('says the forms and both languages', () => {
    expect(node.line('wc --help')).toBe('Usage: wc [-lwcm] [file ...]\nwc: counts lines, words and bytes\n统计行数、单词数和字节数\n');
    expect(node.code()).toBe(0);
    expect(node.line('cd --help')).toMatch(/^cd: cd \[directory \| -\]\n {4}changes the working directory\n {4}\S/);
    expect(node.code()).toBe(2);
  });

  it('is a word like any other where the tool takes it for one', () => {
    expect(node.line('echo --help')).toBe('--help\n');
    expect(node.line('cat --help x')).toContain("unrecognized option '--help'");
  });
});
