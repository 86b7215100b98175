/** Scripts such as students bring along, run as they would run them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createFakeNode, type FakeNode } from './testing/fake-node.test-kit.ts';

const CHECK = 'cd /proc/sys/net/ipv4/conf; cat all/arp_ignore lo/arp_ignore all/arp_announce lo/arp_announce | paste -sd" "';

/** A node with the script in its home; ifconfig and route are functions that write down what they are told. */
function nodeWith(name: string): FakeNode {
  const node = createFakeNode();
  node.line('echo >/dev/null');
  node.state.user.files.set('/root/rs.sh', readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8'));
  for (const tool of ['ifconfig', 'route']) {
    node.state.user.files.set(`/usr/local/bin/${tool}`, `#!/bin/sh\necho "${tool} $*" >> /tmp/called\n`);
    node.state.user.modes.set(`/usr/local/bin/${tool}`, 0o755);
  }
  return node;
}

/** The scripts call the tools by name; here they find the ones that only write down. */
function withRecorders(node: FakeNode): void {
  const text = node.state.user.files.get('/root/rs.sh') as string;
  node.state.user.files.set('/root/rs.sh', text.replace(/(^|\s|&& )(ifconfig|route) /gm, '$1/usr/local/bin/$2 '));
}

describe('realserver-lo.sh', () => {
  it('starts, tells and stops', () => {
    const node = nodeWith('realserver-lo.sh');
    withRecorders(node);
    node.line('cp rs.sh /etc/rc.d/init.d/realserver; chmod +x rs.sh');
    expect(node.line('./rs.sh start')).toBe('real server takes 172.18.20.128\n');
    expect(node.line(CHECK)).toBe('1 1 2 2\n');
    expect(node.line('cat /tmp/called')).toBe(
      'ifconfig lo:0 172.18.20.128 netmask 255.255.255.255 broadcast 172.18.20.128 up\nroute add -host 172.18.20.128 dev lo:0\n',
    );
    expect(node.line('service realserver status; cd')).toBe('quiet\n');
    expect(node.line('VIP=1.2.3.4 sh rs.sh stop; echo $?')).toBe('real server leaves 1.2.3.4\n0\n');
    expect(node.line('./rs.sh status; echo $?')).toBe('talks\n3\n');
    expect(node.line('sh rs.sh; echo $?')).toBe('Usage: rs.sh {start|stop|status}\n1\n');
  });
});

describe('realserver-list.sh', () => {
  it('takes every address in turn', () => {
    const node = nodeWith('realserver-list.sh');
    withRecorders(node);
    expect(node.line('sh rs.sh; echo $?')).toBe('usage: rs.sh start|stop\n2\n');
    const printed = node.line('sh rs.sh start');
    expect(printed).toContain('lo:1 takes 10.1.0.101 [  OK  ]\n');
    expect(printed.endsWith('2 addresses: start\n')).toBe(true);
    expect(node.line('wc -l < /tmp/called')).toBe('4\n');
  });
});

describe('realserver-checked.sh', () => {
  it('sets what differs and ends its trap with the code', () => {
    const node = nodeWith('realserver-checked.sh');
    withRecorders(node);
    expect(node.line('bash rs.sh 10.0.0.100; echo $?')).toBe(
      'all.arp_ignore       0 -> 1\nlo.arp_ignore        0 -> 1\nall.arp_announce     0 -> 2\nleft with 0\n0\n',
    );
    expect(node.line('bash rs.sh 10.0.0.100 eth9; echo $?')).toBe('rs.sh: no such setting: eth9.arp_ignore\nleft with 4\n4\n');
    expect(node.line('bash rs.sh vip; echo $?')).toBe('rs.sh: not an address: vip\n4\n');
    expect(node.line('bash rs.sh; echo $?')).toBe('rs.sh: line 3: 1: usage: rs.sh vip [interface]\n127\n');
  });
});
