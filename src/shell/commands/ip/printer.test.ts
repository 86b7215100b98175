import { describe, expect, it } from 'vitest';
import { Printer } from './printer.ts';

/** One object with a list of names, a list of objects and an empty list. */
function written(format: { json: boolean; pretty: boolean }): string {
  let text = '';
  const p = new Printer((part) => (text += part), format);
  p.openObject();
  p.field('ifname', 'lo', 'lo: ');
  p.openList('flags');
  p.field(null, 'UP', 'UP');
  p.field(null, 'ECN', ',ECN');
  p.closeList();
  p.say(' ');
  p.openList('info');
  p.openObject();
  p.field('len', 8, '/8');
  p.data('only', null);
  p.closeObject();
  p.openObject();
  p.closeObject();
  p.closeList();
  p.openList('none');
  p.closeList();
  p.say('\n');
  p.closeObject();
  p.end();
  return text;
}

describe('Printer', () => {
  it('writes text as it is handed in', () => {
    expect(written({ json: false, pretty: true })).toBe('lo: UP,ECN /8\n');
  });

  it('writes JSON in one line', () => {
    expect(written({ json: true, pretty: false })).toBe(
      '[{"ifname":"lo","flags":["UP","ECN"],"info":[{"len":8,"only":null},{}],"none":[]}]\n',
    );
  });

  it('writes a field to a line with -pretty, lists of plain values in one', () => {
    expect(written({ json: true, pretty: true })).toBe(
      [
        '[ {',
        '        "ifname": "lo",',
        '        "flags": [ "UP","ECN" ],',
        '        "info": [ {',
        '                "len": 8,',
        '                "only": null',
        '            },{} ],',
        '        "none": [ ]',
        '    } ]',
        '',
      ].join('\n'),
    );
  });
});
