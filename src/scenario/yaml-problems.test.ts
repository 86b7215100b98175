import { describe, expect, it } from 'vitest';
import { loadScenario } from './load.ts';

/** A file that is broken in its second line, and a word of what is said about it. */
const MISTAKES: readonly (readonly [name: string, second: string, en: string, zh: string])[] = [
  ['an open bracket', 'nodes: [a', 'not closed', '没有收尾'],
  ['an open quote', "title: 'A lab", 'missing', '缺少'],
  ['a tab', '\tnodes: {}', 'tab', '制表符'],
  ['the same key twice', 'lvs-lab: 1', 'already', '已经出现'],
  ['two colons on a line', 'title: en: A', 'two “key:”', '一行中有两个'],
  ['a value that begins with @', 'title: @home', 'cannot begin', '不能以此字符开头'],
  ['a second document', '---', 'second document', '第二个文档'],
  ['an unknown escape', 'title: "a\\q"', 'escape', '转义'],
];

describe('a text that is no YAML', () => {
  it.each(MISTAKES)('%s is located and told in both languages', (_, second, en, zh) => {
    const loaded = loadScenario(`lvs-lab: 1\n${second}\n`);
    expect(loaded.ok).toBe(false);
    const problem = loaded.ok ? undefined : loaded.problems.find(({ line }) => line >= 2);
    expect(problem?.line).toBeLessThanOrEqual(3);
    expect(problem?.expected.en).toContain(en);
    expect(problem?.expected.zh).toContain(zh);
    // no sentence in the other language
    expect(problem?.expected.zh).not.toMatch(/[a-z]{4,} [a-z]{2,}/);
  });
});
