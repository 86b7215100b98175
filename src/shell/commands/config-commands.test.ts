import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configCommands } from './config-commands.ts';
import { createLab } from './config.test-kit.ts';

describe('configCommands', () => {
  it('has a page in both languages for every command, and no name twice', () => {
    for (const { man } of configCommands) {
      expect(man.en).not.toBe('');
      expect(man.zh).not.toBe('');
      expect(man.source).not.toBe('');
    }
    expect(new Set(configCommands.map((one) => one.name)).size).toBe(configCommands.length);
  });

  it.each([
    'ifconfig eth0 allmulti',
    'iptables -A INPUT -m recent --name x --set -j DROP',
    'iptables -A INPUT -j NFQUEUE',
    'arptables -A INPUT -j MARK --set-mark 1',
    'nft list ruleset',
    'tc qdisc add dev eth0 root netem delay 10ms',
    'tc',
    'brctl addbr br0',
    'bridge fdb show',
    'ethtool -K eth0 gro on',
    'ethtool -S eth0',
  ])('%s: named as not modelled, nothing changes', (line) => {
    const lab = createLab();
    lab.run('iptables -L');
    lab.run('arptables -L');
    const before = JSON.stringify(lab.net.host);
    const { out, code } = lab.run(line);
    expect(out).toContain('not modelled in this lab');
    expect(code).not.toBe(0);
    expect(JSON.stringify(lab.net.host)).toBe(before);
  });

  it.each([
    ['tc qdisc show dev eth0', '', 0],
    ['tc qdisc show dev eth9', 'Cannot find device "eth9"\n', 1],
    ['tc class show dev eth0', '', 0],
    ['brctl show', '', 0],
    ['bridge link', '', 0],
    ['ethtool -K eth0 gro off lro off', '', 0],
    ['ethtool -P eth0', 'Permanent address: not set\n', 0],
    ['ethtool -s eth0 speed 100', 'netlink error: Operation not supported\n', 75],
    ['ethtool -g eth0', 'netlink error: Operation not supported\n', 1],
    ['ethtool lo', 'Settings for lo:\n\tLink detected: yes\n', 0],
  ])('%s: as on a host with nothing of the kind', (line, out, code) => {
    expect(createLab().run(line)).toEqual({ out, code });
  });

  it('tc lists interfaces once they have been up', () => {
    const lab = createLab();
    lab.run('ip link set eth0 up');
    expect(lab.run('tc qdisc show dev eth0').out).toBe('qdisc noqueue 0: root refcnt 2 \n');
    expect(lab.run('tc -s q s dev eth0').out).toBe(
      'qdisc noqueue 0: root refcnt 2 \n Sent 0 bytes 0 pkt (dropped 0, overlimits 0 requeues 0) \n backlog 0b 0p requeues 0\n',
    );
    lab.run('ip link set eth0 down');
    expect(lab.run('tc qdisc').out).toContain('qdisc noqueue 0: dev eth0 root refcnt 2 \n');
  });

  it('completes objects, verbs, interfaces and chains', () => {
    const { net } = createLab();
    const complete = (name: string, ...words: string[]): readonly string[] =>
      configCommands.find((one) => one.name === name)?.complete?.(net, [name, ...words]) ?? [];
    expect(complete('ip', 'ad')).toEqual(['address']);
    expect(complete('ip', 'mo')).toEqual(['monitor']);
    expect(complete('ip', 'monitor', 'r')).toEqual(['route', 'rule']);
    expect(complete('ethtool', 'eth')).toEqual(['eth0', 'eth1']);
    expect(complete('ip', 'route', 're')).toEqual(['replace']);
    expect(complete('ip', 'addr', 'show', 'dev', 'e')).toEqual(['eth0', 'eth1']);
    expect(complete('iptables', '-A', 'IN')).toEqual(['INPUT']);
    expect(complete('sysctl', 'net.ipv4.ip_f')).toContain('net.ipv4.ip_forward');
  });
});

describe('names and addresses', () => {
  it.each(['ip link show tunl0', 'ip addr show tunl0', 'ifconfig tunl0', 'ip link set tunl0 up'])('%s: brings the ipip module', (line) => {
    const lab = createLab();
    expect(lab.run(line).code).toBe(0);
    expect(lab.net.host.modules).toContain('ipip');
    expect(lab.run('ip link show tunl1').code).not.toBe(0);
  });

  it('lists multicast groups of IPv6 on interfaces that are down, too', () => {
    const lab = createLab();
    lab.run('ip link set eth0 down');
    expect(lab.run('ip maddr show eth0').out).toBe('2:\teth0\n\tlink  33:33:00:00:00:01\n\tinet6 ff02::1\n\tinet6 ff01::1\n');
  });

  it('takes an alias away whose interface is down when its broadcast address is set', () => {
    const lab = createLab();
    lab.run('ip link set eth0 down');
    const { out, code } = lab.run('ifconfig eth0:1 10.77.0.1 broadcast 10.77.0.1 netmask 255.255.255.255 up');
    expect(out).toContain('SIOCSIFNETMASK: Cannot assign requested address');
    expect(code).toBe(255);
    expect(lab.run('ip addr show eth0').out).not.toContain('10.77.0.1');
  });

  it('takes only addresses on a link for arp -s', () => {
    const lab = createLab();
    expect(lab.run('arp -s 203.0.113.9 02:00:00:00:00:09')).toMatchObject({
      out: 'SIOCSARP: Network is unreachable\n',
      code: 255,
    });
  });
});

describe('iptables-save | iptables-restore', () => {
  const rule = fc.constantFrom(
    '-A INPUT -p tcp --dport 80 -j DROP',
    '-A INPUT -s 10.0.0.0/8 ! -i lo -j ACCEPT',
    '-A FORWARD -m conntrack --ctstate INVALID -j DROP',
    '-A FORWARD -p udp --sport 1000:2000 -m comment --comment "a b" -j RETURN',
    '-A OUTPUT -j LOG --log-prefix "out "',
    '-A OUTPUT -m limit --limit 5/min -j ACCEPT',
    '-t nat -A POSTROUTING -o eth0 -j MASQUERADE',
    '-t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.1.1.1:8080',
    '-t mangle -A PREROUTING -p tcp -m multiport --dports 80,443 -j MARK --set-mark 7',
  );
  it('is identity', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 12 }), (rules) => {
        const lab = createLab();
        for (const one of rules) expect(lab.run(`iptables ${one}`)).toEqual({ out: '', code: 0 });
        const saved = lab.run('iptables-save').out;
        const other = createLab();
        for (const table of lab.net.host.nf.tables) other.run(`iptables -t ${table.name} -L`);
        expect(other.run('iptables-restore', saved)).toEqual({ out: '', code: 0 });
        expect(other.run('iptables-save').out).toBe(saved);
      }),
      { numRuns: 50 },
    );
  });
});
