import { describe, expect, it } from 'vitest';
import { ToolError } from '../tool-error.ts';
import { getAddrOfFamily, getPrefix, parseLooseIpv4, parseUnsigned } from './args.ts';
import { parseLladdr } from './link-words.ts';
import { ipProtoByName, ipProtoName, protoByName, protoName, routeTypeByWord, scopeName, tableName } from './names.ts';

function refusal(act: () => unknown): { text: string; code: number } {
  try {
    act();
  } catch (error) {
    if (error instanceof ToolError) return { text: error.message, code: error.code };
    throw error;
  }
  return { text: 'taken', code: 0 };
}

describe('getPrefix', () => {
  it.each([
    ['10.1.0.0/16', 'any', { addr: 0x0a010000, len: 16, lenGiven: true, family: 'inet' }],
    ['10.1', 'any', { addr: 0x0a010000, len: 32, lenGiven: false, family: 'inet' }],
    ['10.1.0.0/255.255.0.0', 'inet', { addr: 0x0a010000, len: 16, lenGiven: true, family: 'inet' }],
    ['0x0a.1.0.5/0x20', 'any', { addr: 0x0a010005, len: 32, lenGiven: true, family: 'inet' }],
    ['default', 'any', { addr: 0, len: 0, lenGiven: true, family: 'any' }],
    ['any', 'inet', { addr: 0, len: 0, lenGiven: true, family: 'inet' }],
    ['fe80::/64', 'any', { addr: 0, len: 64, lenGiven: true, family: 'inet6' }],
    ['::ffff:10.1.0.1', 'inet6', { addr: 0, len: 128, lenGiven: false, family: 'inet6' }],
  ] as const)('%s of family %s', (text, family, want) => {
    expect(getPrefix(text, family)).toEqual(want);
  });

  it.each([
    ['10.1.0.300', 'any', 'Error: any valid prefix is expected rather than "10.1.0.300".\n'],
    ['10.1.0.0/33', 'inet', 'Error: inet prefix is expected rather than "10.1.0.0/33".\n'],
    ['10.1.0.0/255.0.255.0', 'inet', 'Error: inet prefix is expected rather than "10.1.0.0/255.0.255.0".\n'],
    ['fe80::1', 'inet', 'Error: inet prefix is expected rather than "fe80::1".\n'],
    ['10.1.0.1', 'inet6', 'Error: inet6 prefix is expected rather than "10.1.0.1".\n'],
    ['1:2:3', 'any', 'Error: any valid prefix is expected rather than "1:2:3".\n'],
    ['', 'any', 'Error: any valid prefix is expected rather than "".\n'],
    ['10.1.0.1', 'link', 'Error: "10.1.0.1" may be inet prefix, but it is not allowed in this context.\n'],
  ] as const)('%s of family %s is refused', (text, family, want) => {
    expect(refusal(() => getPrefix(text, family))).toEqual({ text: want, code: 1 });
  });
});

describe('getAddrOfFamily', () => {
  it('takes no length, and says which family it wants', () => {
    expect(getAddrOfFamily('10.1.0.1', 'inet')).toBe(0x0a010001);
    expect(getAddrOfFamily('fe80::1', 'any')).toBeNull();
    expect(refusal(() => getAddrOfFamily('10.1.0.1/24', 'inet')).text).toBe('Error: inet address is expected rather than "10.1.0.1/24".\n');
  });
});

describe('numbers', () => {
  it('reads them in three bases, and nothing else', () => {
    expect(['10', '0x1F', '017', '0', '08', '-1', '1.5', ''].map(parseUnsigned)).toEqual([10, 31, 15, 0, null, null, null, null]);
    expect(parseLooseIpv4('1.2.3.4.5')).toBeNull();
    expect(parseLooseIpv4('010.1')).toBe(0x08010000);
  });

  it('reads link-layer addresses as long as they are written', () => {
    expect(parseLladdr('02:0:ff')).toEqual([2, 0, 255]);
    expect(parseLladdr('10.1.0.9')).toEqual([10, 1, 0, 9]);
    // what follows the digits of a byte is passed over
    expect(parseLladdr('02-00-05')).toEqual([2]);
    expect(refusal(() => parseLladdr('02:zz'))).toEqual({ text: '"zz" is invalid lladdr.\n', code: 1 });
    expect(refusal(() => parseLladdr('100:0')).text).toBe('"100" is invalid lladdr.\n');
  });
});

describe('names', () => {
  it('gives protocols, scopes and tables by name, and by number with -N', () => {
    expect([protoByName('kernel'), protoByName('2'), protoByName('zebra'), protoByName('186')]).toEqual(['kernel', 'kernel', 11, 186]);
    expect([protoName('static'), protoName(42), protoName(99), protoName('kernel', true)]).toEqual(['static', 'babel', '99', '2']);
    expect(refusal(() => protoByName('nosuch', 'invalid "protocol"\n')).text).toBe(
      'Error: argument "nosuch" is wrong: invalid "protocol"\n\n',
    );
    expect([scopeName(253), scopeName(253, true), tableName(255), tableName(255, true), tableName(7)]).toEqual([
      'link',
      '253',
      'local',
      '255',
      '7',
    ]);
  });

  it('knows types of routes by a beginning, the first of several, and local only whole', () => {
    expect(['b', 'black', 'u', 'uni', 'any', 'brd', 'local', 'loc', 'x', 'foo'].map(routeTypeByWord)).toEqual([
      'broadcast',
      'blackhole',
      'unreachable',
      'unicast',
      'anycast',
      'broadcast',
      'local',
      null,
      'xresolve',
      null,
    ]);
  });

  it('knows IP protocols by name and number', () => {
    expect([ipProtoByName('tcp'), ipProtoByName('1'), ipProtoByName('nosuch'), ipProtoByName('256')]).toEqual([6, 1, null, null]);
    expect([ipProtoName(17), ipProtoName(17, true), ipProtoName(200)]).toEqual(['udp', 'ipproto-17', 'ipproto-200']);
  });
});
