import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInt32 } from './parse-value.ts';
import { hostSysctls } from './rows.ts';
import { confTexts } from './conf-texts.ts';

describe('parseInt32', () => {
  it.each([
    ['1', 1],
    ['1\n', 1],
    ['  7 8', 7],
    ['-3', -3],
    ['0x10', 16],
    ['010', 8],
    ['08', null],
    ['1x', null],
    ['', null],
    ['eth0', null],
    ['2147483647', 2147483647],
    ['2147483648', null],
    ['-2147483648', -2147483648],
  ])('reads %j as %j', (text, value) => {
    expect(parseInt32(text)).toBe(value);
  });

  it('reads every 32-bit number as it prints', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2147483648, max: 2147483647 }), (n) => {
        expect(parseInt32(` ${n}\n`)).toBe(n);
      }),
    );
  });
});

describe('the rows', () => {
  it('have each name once', () => {
    const names = hostSysctls.map((row) => row.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('say in both languages what a setting does, and how all and the interface combine', () => {
    for (const row of hostSysctls) {
      expect(row.en, row.name).toMatch(/\w.*\./);
      expect(row.zh, row.name).toMatch(/[\u4e00-\u9fff].*。/);
      if (row.name.startsWith('net.ipv4.conf.')) expect(row.combine, row.name).toBeDefined();
    }
    expect(confTexts.arp_ignore.combine).toBe('max');
    expect(confTexts.arp_filter.combine).toBe('or');
    expect(confTexts.forwarding.combine).toBe('iface');
  });
});
