import { describe, expect, it } from 'vitest';
import { complete } from './complete.ts';
import { createFakeNode } from './testing/fake-node.test-kit.ts';

describe('completion', () => {
  const node = createFakeNode();
  node.line('mkdir -p /root/scripts; touch /root/rs.sh /root/rs2.sh; myfunction() { :; }');
  const words = (line: string): readonly string[] => complete(node.net, line, line.length, 'tty1').words;

  it.each([
    ['myfun', ['myfunction']],
    ['cat rs', ['rs.sh', 'rs2.sh']],
    ['ls scr', ['scripts/']],
    ['cat /proc/sys/net/ipv4/conf/eth', ['/proc/sys/net/ipv4/conf/eth0/', '/proc/sys/net/ipv4/conf/eth1/']],
    ['echo 1 > /proc/sys/net/ipv4/ip_f', ['/proc/sys/net/ipv4/ip_forward']],
    ['echo a; hostn', ['hostname']],
    ['service ht', ['httpd']],
    ['service httpd sta', ['start', 'status']],
    ['mkdir -', ['-p']],
    ['cat nothinglikeit', []],
  ])('%s', (line, expected) => {
    expect(words(line)).toEqual(expected);
  });

  it('tells what all have in common and where the word begins', () => {
    const { from, common } = complete(node.net, 'cat r && true', 5, 'tty1');
    expect([from, common]).toEqual([4, 'rs']);
  });
});
