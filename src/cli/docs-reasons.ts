/**
 * docs/reasons.md: every sentence that a record can say, the learner's glossary.
 * Comes from: the reason tables of all rooms.
 */
import { reasons } from '../sim/index.ts';
import { cell, GENERATED, grouped, table } from './docs-table.ts';

const INTRODUCTION = `# Why? All reasons

Whatever happens to a packet in the lab is recorded with a reason. These are all of them; the page shows the
same list in its help. \`{words in braces}\` are filled in with what was there at that moment. "Decided by" names
the setting, table or command that would have to be changed for another outcome.

实验中报文的每一次去留都会记录原因，全部原因如下；页面的帮助里也有同一份列表。花括号里的词会换成当时的值，
“Decided by” 一列是起决定作用的设置、表或命令。
`;

export function reasonsText(): string {
  const rows = Object.entries(reasons).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const groups = grouped(rows, ([id]) => id.slice(0, id.indexOf('.')));
  let text = `${GENERATED}\n${INTRODUCTION}\n${[...groups].map(([name, list]) => `[${name}](#${name}) ${list.length}`).join(' · ')}\n`;
  for (const [name, list] of groups) {
    text += `\n## ${name}\n\n`;
    text += table(
      ['Reason', 'Sentence', '中文', 'Decided by', 'Source'],
      list.map(([id, { en, zh, decidedBy, source }]) => [`\`${id}\``, cell(en), cell(zh), cell(decidedBy ?? ''), cell(source)]),
    );
  }
  return text;
}
