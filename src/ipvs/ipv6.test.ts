import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TCP_SYN } from '../wire/index.ts';
import { addDest, addService, delDest, editDest, findService, type SvcKey } from './ctl.ts';
import { formatIpv6Full, IPV6_ANY, ipv6Words, isIpv6Multicast, isIpv6Server, parseIpv6, type Ipv6 } from './ipv6.ts';
import { CLIENT, conns, ip, makeDirector, receive, server, service, tcp, type Director } from './ipvs.test-kit.ts';
import { procIpVs } from './proc.ts';

const text = (from: string): string | null => parseIpv6(from);

describe('addresses', () => {
  it.each([
    ['::', '::'],
    ['::1', '::1'],
    ['2001:DB8:0:0::10', '2001:db8::10'],
    ['fd00:0:0:1::1', 'fd00:0:0:1::1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:0:2:0:0:3:4', '1::2:0:0:3:4'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['::ffff:10.7.0.1', '::ffff:10.7.0.1'],
    ['::10.7.0.1', '::10.7.0.1'],
    ['1::10.7.0.1', '1::a07:1'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ])('%s is written %s', (from, to) => {
    expect(text(from)).toBe(to);
  });

  it.each([
    '',
    ':',
    ':::',
    '1',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4::5:6:7:8',
    '1::2::3',
    '12345::',
    'g::1',
    '::1.2.3',
    '::1.2.3.256',
    '1.2.3.4::',
    '::01.2.3.4',
    'fd00::1%eth0',
  ])('%s is none', (from) => {
    expect(text(from)).toBe(null);
  });

  it('written in any way are the same', () => {
    const words = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(words, (list) => {
        const long = list.map((w) => w.toString(16).toUpperCase().padStart(4, '0')).join(':');
        const addr = parseIpv6(long) as Ipv6;
        expect([...ipv6Words(addr)]).toEqual(list);
        expect(parseIpv6(addr)).toBe(addr);
        expect(formatIpv6Full(addr)).toBe(long.toLowerCase());
      }),
    );
  });

  it.each([
    ['fd00::2', true, false],
    ['::1', true, false],
    ['::10.8.0.2', true, false],
    ['::', false, false],
    ['fe80::2', false, false],
    ['febf::2', false, false],
    ['fec0::2', true, false],
    ['ff02::1', false, true],
    ['::ffff:10.8.0.2', false, false],
  ])('%s as a server: %s, as a group: %s', (from, server6, group) => {
    const addr = parseIpv6(from) as Ipv6;
    expect([isIpv6Server(addr), isIpv6Multicast(addr)]).toEqual([server6, group]);
  });
});

const FAR = parseIpv6('fd00::2');

function spec6(net: Director, key: SvcKey): string | null {
  return addService(net, {
    ...key,
    scheduler: 'rr',
    schedFlags: 0,
    persistTimeout: null,
    persistMask: 128 as never,
    onePacket: false,
    pe: null,
  });
}

describe('services', () => {
  const key: SvcKey = { proto: 6, addr: 0 as never, addr6: parseIpv6('fd00::1'), port: 80, fwmark: 0 };

  it('stand beside those of IPv4, and no packet finds them', () => {
    const net = makeDirector();
    expect(spec6(net, key)).toBe(null);
    expect(spec6(net, key)).toBe('EEXIST');
    expect(spec6(net, { ...key, addr6: parseIpv6('fd00::3') })).toBe(null);
    expect(spec6(net, { proto: 0, addr: 0 as never, addr6: IPV6_ANY, port: 0, fwmark: 5 })).toBe(null);
    const marked = service(net, { mark: 5 });
    expect(findService(net, { proto: 0, addr: 0 as never, port: 0, fwmark: 5 })).toBe(marked);
    expect(findService(net, { proto: 0, addr: 0 as never, addr6: IPV6_ANY, port: 0, fwmark: 5 })).not.toBe(marked);
    expect(findService(net, { ...key, addr6: null })).toBe(null);
    expect(net.reasons()).toContain('ipvs.service-added-ipv6');
    receive(net, tcp(TCP_SYN, { ...CLIENT, dport: 80 }));
    expect(conns(net)).toEqual([]);
  });

  it('have servers of either family, of the other one by tunnel only', () => {
    const net = makeDirector();
    spec6(net, key);
    const svc = findService(net, key) as never;
    const dest = server(net, svc, '0.0.0.0', 'masq', { addr6: FAR });
    expect(dest).toMatchObject({ addr6: 'fd00::2', available: true });
    const plain = {
      addr: ip('192.168.0.2'),
      port: 80,
      weight: 1,
      uThreshold: 0,
      lThreshold: 0,
      tunType: 'ipip',
      tunPort: 0,
      tunFlags: 'nocsum',
    } as const;
    expect(addDest(net, key, { ...plain, fwd: 'droute' })).toBe('EINVAL');
    expect(addDest(net, key, { ...plain, fwd: 'tunnel' })).toBe(null);
    expect(editDest(net, key, { ...plain, fwd: 'masq' })).toBe('EINVAL');
    expect(editDest(net, key, { ...plain, addr: 0 as never, addr6: FAR, fwd: 'masq', weight: 7 })).toBe(null);
    expect(addDest(net, key, { ...plain, addr: 0 as never, addr6: FAR, fwd: 'masq' })).toBe('EEXIST');
    expect(addDest(net, key, { ...plain, addr: 0 as never, addr6: parseIpv6('fe80::2'), fwd: 'masq' })).toBe('EINVAL');
    expect(procIpVs(net)).toContain(
      'TCP  [fd00:0000:0000:0000:0000:0000:0000:0001]:0050 rr \n' +
        '  -> C0A80002:0050      Tunnel  1      0          0         \n' +
        '  -> [fd00:0000:0000:0000:0000:0000:0000:0002]:0050      Masq    7      0          0         \n',
    );
    expect(delDest(net, key, 0 as never, 80, parseIpv6('fd00::9'))).toBe('ENOENT');
    expect(delDest(net, key, 0 as never, 80, FAR)).toBe(null);
    expect(addDest(net, key, { ...plain, addr: 0 as never, addr6: FAR, fwd: 'masq' })).toBe(null);
    expect(net.reasons()).toContain('ipvs.dest-from-trash');
  });
});
