import { describe, expect, it } from 'vitest';
import { createLab, type Lab } from '../config.test-kit.ts';

/** Both interfaces up, 10.1.1.1/24 on the first, a default route. */
function lab(): Lab {
  const one = createLab();
  for (const line of [
    'ip addr add 10.1.1.1/24 dev eth0',
    'ip link set eth0 up',
    'ip link set eth1 up',
    'ip route add default via 10.1.1.9',
  ])
    expect(one.run(line)).toEqual({ out: '', code: 0 });
  return one;
}

const wrong = (text: string, why: string): string => `Error: argument "${text}" is wrong: ${why}\n\n`;

describe('ip: what is wrong about a line, and nothing is changed', () => {
  it.each([
    ['ip route add 10.5.0.0/16 dev eth0 metric x', wrong('x', '"metric" value is invalid'), 255],
    ['ip route add 10.5.0.0/16 dev eth0 advmss x', wrong('x', '"mss" value is invalid'), 255],
    ['ip route add 10.5.0.0/16 dev eth0 hoplimit 256', wrong('256', '"hoplimit" value is invalid'), 255],
    ['ip route add 10.5.0.0/16 dev eth0 rto_min x', wrong('x', '"rto_min" value is invalid'), 255],
    ['ip route add 10.5.0.0/16 dev eth0 scope x', wrong('x', 'invalid "scope" value'), 255],
    ['ip route add 10.5.0.0/16 dev eth0 table x', wrong('x', '"table" value is invalid'), 255],
    ['ip route add 10.5.0.0/16 dev eth0 tos 300', wrong('300', '"tos" value is invalid'), 255],
    ['ip route add 10.5.0.0/16 dev eth0 realms x', wrong('x', '"realm" value is invalid'), 255],
    ['ip route add 10.5.0.0/16 dev eth0 vrf x', wrong('x', 'Invalid VRF'), 255],
    ['ip route add 10.5.0.0/16 dev eth0 congctl x', 'Error: Unknown tcp congestion algorithm.\n', 2],
    ['ip route add default via 10.1.1.1 via 10.1.1.2', wrong('via', 'use nexthop syntax to specify multiple via'), 255],
    ['ip route add 10.5.0.0/16 10.6.0.0/16', 'Error: either "to" is duplicate, or "10.6.0.0/16" is a garbage.\n', 255],
    ['ip route add 10.5.0.0/16 nexthop', 'Error: unexpected end of line after "nexthop"\n', 255],
    ['ip route add 10.5.0.0/16 nexthop via 10.1.1.9 src 10.1.1.1', 'Error: "nexthop" or end of line is expected instead of "src"\n', 255],
    ['ip route add 10.5.0.0/16 via x', 'Error: inet address is expected rather than "x".\n', 1],
    ['ip route add fe80::/64 dev eth0', 'Error: IPv6 is disabled on nexthop device.\n', 2],
    ['ip route show proto x', wrong('x', 'invalid "protocol"'), 255],
    ['ip route show table 77', 'Error: ipv4: FIB table does not exist.\nDump terminated\n', 2],
    ['ip route flush table 77', 'Error: ipv4: FIB table does not exist.\nFlush terminated\n', 2],
    ['ip route get', 'need at least a destination address\n', 1],
    ['ip route get 10.1.1.2 ipproto ah', 'RTNETLINK answers: Operation not supported\n', 2],
    ['ip rule add goto 5 pref 9', 'Error: Backward goto not supported.\n', 2],
    ['ip rule add goto 5', 'Error: Backward goto not supported.\n', 2],
    ['ip rule add sport 9-5 table 7', 'Error: Invalid sport range.\n', 2],
    ['ip rule add dport x table 7', wrong('x', 'invalid dport range'), 255],
    ['ip rule add uidrange 5 table 7', wrong('5', 'invalid UID range'), 255],
    ['ip rule add', '"ip rule add" requires arguments.\n', 1],
    ['ip rule show nosuch', 'Error: inet prefix is expected rather than "nosuch".\n', 1],
    ['ip addr add 10.5.5.5/24 dev eth0 valid_lft x', 'Error: argument "x" is wrong: valid_lft value\n', 255],
    ['ip addr add 10.5.5.5/24 dev eth0 valid_lft 9', 'preferred_lft is greater than valid_lft\n', 1],
    ['ip addr add 10.5.5.5/24 dev eth0 valid_lft 0', 'valid_lft is zero\n', 1],
    ['ip addr add 10.5.5.5/24 brd + brd - dev eth0', 'Error: duplicate "broadcast": "-" is the second value.\n', 255],
    ['ip addr add 10.5.5.5/24 dev eth0 label eth0:averyverylong', 'Error: Attribute failed policy validation.\n', 2],
    ['ip addr add fe80::1/64 dev eth0', 'RTNETLINK answers: Permission denied\n', 2],
    ['ip addr show master nosuch', wrong('nosuch', 'Device does not exist'), 255],
    ['ip link set eth0 group nosuch', wrong('nosuch', 'Invalid "group" value'), 255],
    ['ip link set eth0 txqueuelen 5 qlen 6', 'Error: duplicate "txqueuelen": "6" is the second value.\n', 255],
    ['ip link set eth0 mtu -1', 'Error: mtu less than device minimum.\n', 2],
    ['ip link set eth0 carrier off', 'RTNETLINK answers: Operation not supported\n', 2],
    ['ip link set eth0 protodown on', 'Error: Protodown not supported by device.\n', 2],
    ['ip link set eth0 address 02:00', 'Invalid address length 2 - must be 6 bytes\n', 1],
    ['ip link add a/b type dummy', 'Error: argument "a/b" is wrong: "dev" not a valid ifname\n', 255],
    ['ip link add averyverylongname type dummy', 'Error: Attribute failed policy validation.\n', 2],
    ['ip link add x type nosuch', 'Error: Unknown device type.\n', 2],
    ['ip link add lo type nosuch', 'RTNETLINK answers: File exists\n', 2],
    ['ip neigh add 10.1.1.5 lladdr 02:00 dev eth0', 'Error: Invalid link address.\n', 2],
    ['ip neigh change 10.1.1.5 lladdr 02:00:00:00:00:05 dev eth0', 'RTNETLINK answers: No such file or directory\n', 2],
    ['ip neigh get proxy 10.1.1.5 dev eth0', 'Error: Proxy neighbour entry not found.\n', 2],
    ['ip tunnel add t9 mode ipip key 5', 'Keys are not allowed with ipip and sit tunnels\n', 1],
    ['ip tunnel add t9', 'cannot determine tunnel mode (ipip, gre, vti or sit)\n', 1],
    ['ip -nosuch addr', 'Option "-nosuch" is unknown, try "ip -help".\n', 255],
    ['ip -f nosuch addr', 'Error: argument "nosuch" is wrong: invalid protocol family\n', 255],
    ['ip fou show', 'RTNETLINK answers: No such file or directory\nError talking to the kernel\n', 1],
    ['ip vrf nosuch', 'Command "nosuch" is unknown, try "ip vrf help".\n', 255],
  ])('%s', (line, out, code) => {
    const one = lab();
    const before = JSON.stringify(one.net.host);
    const got = one.run(line);
    expect(got).toEqual({ out, code });
    expect(JSON.stringify(one.net.host)).toBe(before);
  });

  it.each([
    'ip link set eth0 master eth1',
    'ip link set eth0 dynamic on',
    'ip route add 10.9.0.0/16 dev eth0 encap ip id 5',
    'ip route add blackhole 10.9.0.0/16 nhid 5',
    'ip neigh add 10.1.1.5 lladdr 02:00:00:00:00:05 dev eth0 use',
    'ip rule add from 10.0.0.1 nat 10.0.0.5',
    'ip tunnel add t9 mode gre',
    'ip netns add blue',
    'ip link delete eth0',
  ])('%s: named as not modelled', (line) => {
    const one = lab();
    const before = JSON.stringify(one.net.host);
    const { out, code } = one.run(line);
    expect(out).toContain('not modelled in this lab');
    expect(code).toBe(1);
    expect(JSON.stringify(one.net.host)).toBe(before);
  });

  it('a host has no namespace with a name', () => {
    expect(lab().run('ip -n blue addr')).toEqual({ out: 'Cannot open network namespace "blue": No such file or directory\n', code: 255 });
  });

  it.each([
    ['ip', 'Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }'],
    ['ip -br', 'Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }'],
    ['ip addr help', 'Usage: ip address {add|change|replace} IFADDR dev IFNAME [ LIFETIME ]'],
    ['ip addr add help', 'Usage: ip address {add|change|replace} IFADDR dev IFNAME [ LIFETIME ]'],
    ['ip link help', 'Usage: ip link add [link DEV | parentdev NAME] [ name ] NAME'],
    ['ip route add', 'Usage: ip route { list | flush } SELECTOR'],
    ['ip route add via 10.1.1.9', 'Usage: ip route { list | flush } SELECTOR'],
    ['ip neigh show help', 'Usage: ip neigh { add | del | change | replace }'],
    ['ip rule add help', 'Usage: ip rule { add | del } SELECTOR ACTION'],
    ['ip tunnel help', 'Usage: ip tunnel { add | change | del | show | prl | 6rd } [ NAME ]'],
    ['ip maddr help', 'Usage: ip maddr [ add | del ] MULTIADDR dev STRING'],
  ])('%s tells the forms', (line, first) => {
    const { out, code } = lab().run(line);
    expect(out.split('\n', 1)[0]).toBe(first);
    expect(code).toBe(255);
  });
});

describe('ip -batch', () => {
  const batch = (one: Lab, text: string, options = ''): { out: string; code: number } => one.run(`ip ${options} -batch -`, text);

  it('runs line after line, remarks and empty lines apart', () => {
    const one = lab();
    expect(batch(one, '# first\n\naddr add 10.7.7.7/32 dev lo # and so on\nroute show \\\n default\n')).toEqual({
      out: 'default via 10.1.1.9 dev eth0 \n',
      code: 0,
    });
    expect(one.run('ip addr show lo').out).toContain('10.7.7.7/32');
  });

  it('ends at the first refusal, or goes on with -force; the number is the line', () => {
    const text = '\nlink set nosuch up\naddr add 10.7.7.7/32 dev lo\n';
    const one = lab();
    expect(batch(one, text)).toEqual({ out: 'Cannot find device "nosuch"\nCommand failed -:2\n', code: 1 });
    expect(one.run('ip addr show lo').out).not.toContain('10.7.7.7');
    expect(batch(one, text, '-force').code).toBe(1);
    expect(one.run('ip addr show lo').out).toContain('10.7.7.7');
  });

  it('is over at once on a line that cannot be read', () => {
    expect(batch(lab(), 'addr nosuch\nroute\n', '-force')).toEqual({
      out: 'Command "nosuch" is unknown, try "ip address help".\n',
      code: 255,
    });
    expect(lab().run('ip -b /nosuch')).toEqual({ out: 'Cannot open file "/nosuch" for reading: No such file or directory\n', code: 1 });
  });
});

describe('ip rule', () => {
  it('keeps a second rule from being added that the first one covers, whatever `not` and the target of a goto say', () => {
    const one = lab();
    const add = (words: string): number => one.run(`ip rule add ${words}`).code;
    expect([add('from 10.9.0.0/16 table 7 pref 50'), add('table 7 pref 50'), add('not from 10.9.0.0/16 table 7 pref 50')]).toEqual([
      0, 2, 2,
    ]);
    expect([add('from 10.8.0.0/16 table 7 pref 50'), add('table 7 pref 51'), add('table 8 pref 50')]).toEqual([0, 0, 0]);
    expect([add('goto 70 pref 60'), add('goto 80 pref 60')]).toEqual([0, 2]);
  });

  it('jumps on, passes by, and leaves out routes that are too wide', () => {
    const one = lab();
    const get = (): string => one.run('ip route get 8.8.8.8').out.split('\n', 1)[0] ?? '';
    one.run('ip rule add table main suppress_prefixlength 0 pref 10');
    one.run('ip rule add prohibit pref 20');
    expect(get()).toBe('RTNETLINK answers: Permission denied');
    one.run('ip rule add goto 32766 pref 15');
    expect(get()).toContain('8.8.8.8 via 10.1.1.9 dev eth0');
    one.run('ip rule del goto 32766');
    one.run('ip rule add nop pref 15');
    expect(get()).toBe('RTNETLINK answers: Permission denied');
    expect(one.run('ip route get 10.1.1.9').out).toContain('10.1.1.9 dev eth0');
  });

  it('asks for users, protocols and ports', () => {
    const one = lab();
    one.run('ip rule add uidrange 5-6 prohibit pref 10');
    one.run('ip rule add ipproto tcp dport 80-90 blackhole pref 20');
    const get = (words: string): number => one.run(`ip route get 8.8.8.8 ${words}`).code;
    expect([get(''), get('uid 5'), get('uid 7')]).toEqual([0, 2, 0]);
    expect([get('ipproto tcp dport 80'), get('ipproto udp dport 80'), get('ipproto tcp dport 91')]).toEqual([2, 0, 0]);
  });
});

describe('ip addr: lifetimes and metrics', () => {
  it('moves the subnet’s route when the metric is changed', () => {
    const one = lab();
    one.run('ip addr add 10.5.5.5/24 metric 50 dev eth1');
    expect(one.run('ip route show 10.5.5.0/24').out).toContain('metric 50');
    one.run('ip addr change 10.5.5.5/24 metric 60 dev eth1');
    expect(one.run('ip route show 10.5.5.0/24').out).toBe('10.5.5.0/24 dev eth1 proto kernel scope link src 10.5.5.5 metric 60 \n');
    one.run('ip addr del 10.5.5.5/24 dev eth1');
    expect(one.run('ip route show 10.5.5.0/24').out).toBe('');
  });

  it('labels addresses anew when the interface gets another name', () => {
    const one = lab();
    one.run('ip link set eth1 down');
    for (const words of ['10.5.5.5/24', '10.5.5.6/24', '10.5.5.7/24 label eth1:vip']) one.run(`ip addr add ${words} dev eth1`);
    one.run('ip link set eth1 name wan0');
    expect(one.run('ip -o addr show wan0').out.match(/wan0\S*(?=\\)/g)).toEqual(['wan0', 'wan0:2', 'wan0:vip']);
  });
});

describe('ip neigh', () => {
  it('knows one neighbour only behind lo, and keeps an entry that could not be completed', () => {
    const one = lab();
    expect(one.run('ip neigh add 10.3.3.3 lladdr 02:00:00:00:00:33 dev lo').code).toBe(0);
    expect(one.run('ip neigh add 10.3.3.4 dev lo').code).toBe(0);
    expect(one.run('ip neigh').out).toBe('0.0.0.0 dev lo lladdr 02:00:00:00:00:33 PERMANENT \n');
    expect(one.run('ip neigh add 10.1.1.6 dev eth0').out).toBe('Error: No link layer address given.\n');
    expect(one.run('ip neigh add 10.1.1.6 lladdr 02:00:00:00:00:06 dev eth0').out).toBe('RTNETLINK answers: File exists\n');
  });

  it('cuts a longer address, and writes a tunnel’s as IPv4', () => {
    const one = lab();
    one.run('ip tunnel add tt mode ipip remote 10.1.1.9');
    one.run('ip neigh add 10.1.1.7 lladdr 02:00:00:00:00:07:08 dev eth0');
    one.run('ip neigh add 10.5.5.5 lladdr 10.1.1.9 dev tt');
    expect(one.run('ip neigh').out).toBe(
      '10.1.1.7 dev eth0 lladdr 02:00:00:00:00:07 PERMANENT \n0.0.0.0 dev tt lladdr 10.1.1.9 PERMANENT \n',
    );
  });
});

describe('ip route', () => {
  it('leaves out of a listing what the selector fixed, and only that', () => {
    const one = lab();
    expect(one.run('ip route show via 10.1.1.9').out).toBe('default dev eth0 \n');
    expect(one.run('ip route show via 10.1.1.0/24').out).toBe('default via 10.1.1.9 dev eth0 \n');
    expect(one.run('ip route show dev eth0 default').out).toBe('default via 10.1.1.9 \n');
    expect(one.run('ip route show src 10.1.1.1').out).toBe('10.1.1.0/24 dev eth0 proto kernel scope link \n');
    expect(one.run('ip route show src 10.0.0.0/8').out).toBe('10.1.1.0/24 dev eth0 proto kernel scope link src 10.1.1.1 \n');
    expect(one.run('ip route show iif eth0').out).toBe('');
  });

  it('cuts metrics to what the kernel keeps', () => {
    const one = lab();
    one.run('ip route add 10.5.0.0/16 via 10.1.1.9 mtu 70000 advmss 70000 rtt 80 rttvar 80 rto_min 1500ms');
    expect(one.run('ip route show 10.5.0.0/16').out).toBe(
      '10.5.0.0/16 via 10.1.1.9 dev eth0 mtu 65520 rtt 10ms rttvar 20ms advmss 65495 rto_min lock 1.5s \n',
    );
    expect(one.run('ip route del 10.5.0.0/16 advmss 1').code).toBe(2);
    expect(one.run('ip route del 10.5.0.0/16 advmss 70000').code).toBe(0);
  });

  it('wants a weight between 1 and 256', () => {
    const one = lab();
    for (const weight of ['0', '257', 'x'])
      expect(one.run(`ip route add 10.5.0.0/16 nexthop via 10.1.1.9 weight ${weight}`)).toEqual({
        out: wrong(weight, '"weight" is invalid'),
        code: 255,
      });
  });

  it('asks again with `connected`, and counts users with -s', () => {
    const one = lab();
    expect(
      one
        .run('ip route get 10.1.1.2 connected')
        .out.split('\n')
        .filter((line) => line.startsWith('10.1.1.2')),
    ).toHaveLength(2);
    expect(
      one
        .run('ip route get 10.1.1.2 from 10.1.1.1 connected')
        .out.split('\n')
        .filter((line) => line.startsWith('10.1.1.2')),
    ).toHaveLength(1);
    expect(one.run('ip -s route get 10.1.1.2').out).toContain('cache users 2 ');
    expect(one.run('ip -s route get 10.1.1.1').out).toContain('cache <local> users 1 ');
  });
});

describe('ip rule: selectors', () => {
  it('lists the rules that lie within a prefix, and flushes all but the first', () => {
    const one = lab();
    one.run('ip rule add from 10.9.0.0/16 table 7 pref 50');
    one.run('ip rule add from 10.9.9.0/24 table 8 pref 60');
    expect(one.run('ip rule show from 10.9.9.0/24').out).toBe('60:\tfrom 10.9.9.0/24 lookup 8\n');
    expect(one.run('ip rule show from 10.9.0.0/24').out).toBe('');
    expect(one.run('ip rule show from 10.9.0.0/16').out.split('\n')).toHaveLength(3);
    one.run('ip rule flush');
    expect(one.run('ip rule').out).toBe('0:\tfrom all lookup local\n');
  });
});

describe('ip link and ip tunnel', () => {
  it('refuses an MTU without IPv4, and shows no queue length of 0', () => {
    const one = lab();
    one.run('ip link add d0 type dummy');
    expect(one.run('ip link set d0 mtu 60').out).toContain('not modelled in this lab');
    one.run('ip link add name d5 type dummy');
    expect(one.run('ip -br link show d5').out).toMatch(/^d5 +DOWN /);
    one.run('ip link set d0 txqueuelen 0');
    expect(one.run('ip link show d0').out.split('\n', 1)[0]).toMatch(/group default $/);
  });

  it('counts how often the cable came and went', () => {
    const one = lab();
    one.run('ip link set eth0 down');
    expect(one.run('ip -j -s -s link show eth0').out).toContain('"carrier_changes":3');
    expect(one.run('ip -j -s -s link show lo').out).toContain('"carrier_changes":0');
  });

  it('keeps a tunnel point to point, and picks tunnels by their ends', () => {
    const one = lab();
    one.run('ip tunnel add ta mode ipip local 10.1.1.1 remote 10.1.1.9');
    one.run('ip tunnel add tb mode ipip local 10.1.1.1 remote 10.1.1.8');
    expect(one.run('ip tunnel change ta remote any').out).toBe('add tunnel "ta" failed: Invalid argument\n');
    expect(one.run('ip tunnel show remote 10.1.1.8').out).toBe('tb: ip/ip remote 10.1.1.8 local 10.1.1.1 ttl inherit\n');
    expect(one.run('ip tunnel show local 10.2.2.2').out).toBe('');
  });

  it('lists only interfaces with groups of the family asked for', () => {
    const one = lab();
    one.run('ip link set eth1 down');
    expect(one.run('ip -4 maddr').out).toBe('1:\tlo\n\tinet  224.0.0.1\n2:\teth0\n\tinet  224.0.0.1\n');
    expect(one.run('ip -0 maddr show lo').out).toBe('');
  });
});
