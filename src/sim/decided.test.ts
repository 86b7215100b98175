import { describe, expect, it } from 'vitest';
import { decidedBy, sourceText } from './decided.ts';
import { reasons } from './userland.ts';

const rows = Object.entries(reasons);
const CHINESE = /[\u4e00-\u9fff]/;
/** What is typed, or stands in a file, is the same in every language: sysctls, commands, words of keepalived.conf. */
const TYPED =
  /^(?:net\.|ip |ipvsadm |iptables|arptables|sysctl -w|keepalived\.conf|[a-z]+_[a-z_]+|MTU$|alpha$|interface, |nopreempt|priority|quorum|retry, |state, |valid_lft|weight)/;
/** Where rules are written, and manuals: cited as they are. */
const CITED = /^(?:Linux |RFC |IEEE |keepalived |[a-z]+\([128]\)|Alibaba )/;

describe('what decided', () => {
  it('is named in Chinese, unless it is something to type', () => {
    const told = rows.map(([id, row]) => [id, decidedBy(row, 'zh')] as const);
    expect(told.filter(([, zh]) => zh !== '' && !CHINESE.test(zh) && !TYPED.test(zh))).toEqual([]);
    expect(rows.filter(([, row]) => decidedBy(row, 'en') !== (row.decidedBy ?? ''))).toEqual([]);
  });

  it('has a source that is cited, or told in Chinese', () => {
    const told = rows.map(([id, row]) => [id, sourceText(row, 'zh')] as const);
    expect(told.filter(([, zh]) => !CHINESE.test(zh) && !CITED.test(zh))).toEqual([]);
  });

  it('a table is named by the word that the page has for it', () => {
    const row = reasons['neigh.learnt'];
    expect(row).toBeDefined();
    if (row !== undefined) expect([decidedBy(row, 'en'), decidedBy(row, 'zh')]).toEqual(['neighbour table', '邻居表']);
  });
});
