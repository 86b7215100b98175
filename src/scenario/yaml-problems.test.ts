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

describe('one mistake', () => {
  const LAB = `lvs-lab: 1
title: A lab
about: Small
nodes:
  client:
    role: client
    at: [1, 2]
  server:
    role: host
    setup: |
      ip link set eth0 up
timeline:
  - { at: 1s, node: client, run: 'ping 10.0.0.1' }
`;
  const of = (text: string) => {
    const loaded = loadScenario(text);
    return loaded.ok ? [] : loaded.problems.map(({ line, column, message }) => [line, column, message.en, message.zh] as const);
  };

  it.each([
    ['a tab', LAB.replace('  client:', '\tclient:'), 5],
    ['a line too far to the left', LAB.replace('    role: client', '   role: client'), 6],
    ['a quote that is not closed, which is told where it was opened', LAB.replace("10.0.0.1'", '10.0.0.1'), 13],
  ])('is told once: %s', (_, text, line) => {
    expect(of(text).map(([at]) => at)).toEqual([line]);
  });

  it('does not hide another that has nothing to do with it', () => {
    const text = LAB.replace('  server:', '  client:').replace("10.0.0.1'", '10.0.0.1');
    expect(of(text).map(([at]) => at)).toEqual([8, 13]);
  });

  it('in a key is told as one sentence, with a blank before Latin letters in Chinese', () => {
    expect(of(LAB.replace('timeline:', 'timelime:'))).toEqual([
      [
        12,
        1,
        'expected a key that is known here, perhaps “timeline”, found "timelime"',
        '应为此处已知的键，可能是“timeline”，实际为 "timelime"',
      ],
    ]);
    expect(of(LAB.replace('role: host', 'colour: red'))[0]?.[2]).toBe('nodes.server: expected a key that is known here, found "colour"');
    expect(of(LAB.replace('role: host', 'role: hots'))[0]?.[3]).toContain('应为 client、router');
  });
});
