import { describe, expect, it } from 'vitest';
import { binariesIn } from '../fs/binaries.ts';
import { builtins } from '../sh/builtins/index.ts';
import { createFakeNode } from '../testing/fake-node.test-kit.ts';
import { ABSENT_NAMES, absentHint } from './absent.ts';
import { commandTable } from './table.ts';

const there = (name: string): boolean => commandTable().has(name) || Object.hasOwn(builtins, name) || name === 'time';

describe('programs of a node', () => {
  it('stand in its directories only if they can be run', () => {
    expect([...binariesIn('/usr/bin'), ...binariesIn('/usr/sbin')].filter((name) => !there(name))).toEqual([]);
  });

  it('are not told to be absent', () => {
    expect(ABSENT_NAMES.filter((name) => there(name))).toEqual([]);
    expect(new Set(ABSENT_NAMES).size).toBe(ABSENT_NAMES.length);
  });
});

describe('a program that the lab does not have', () => {
  it('is not found, and what to do instead is told in both languages', () => {
    const node = createFakeNode();
    const [first, en, zh] = node.line('yum -y install ipvsadm').split('\n');
    expect(first).toMatch(/: yum: command not found$/);
    expect(en).toContain('nothing has to be installed');
    expect(zh).toContain('无需安装');
    expect(node.code()).toBe(127);
  });

  it('is only not found where a script asks for it', () => {
    expect(createFakeNode().script('yum -y install ipvsadm').out).toMatch(/: yum: command not found\n$/);
  });

  it('of whom nothing is known is not found, and that is all', () => {
    const node = createFakeNode();
    expect(node.line('ipvsadmm -Ln')).toMatch(/: ipvsadmm: command not found\n$/);
    expect(node.code()).toBe(127);
  });

  it('can be an old start script: service does the same', () => {
    const node = createFakeNode();
    const out = node.line('/etc/init.d/httpd start');
    expect(out).toContain('/etc/init.d/httpd: No such file or directory\n');
    expect(out).toContain('service httpd start\n');
    expect(node.code()).toBe(127);
  });

  it('has no hint that names another program of the kind', () => {
    for (const name of ABSENT_NAMES) expect(absentHint(name)).toMatch(/^[\x20-\x7e]+\n[^\n]*[\u4e00-\u9fff][^\n]*\n$/);
  });
});
