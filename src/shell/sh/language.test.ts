/** Scripts whose output and exit code were recorded from bash 5.2. */
import { describe, expect, it } from 'vitest';
import recorded from '../fixtures/bash/recorded.json' with { type: 'json' };
import { createFakeNode } from '../testing/fake-node.test-kit.ts';

describe('the language, as bash has it', () => {
  it.each(recorded)('$script', ({ script, out, code }) => {
    expect(createFakeNode().script(script)).toEqual({ out, code });
  });
});

describe('what bash has and the lab bounds', () => {
  it('stops a loop in which no time passes', () => {
    const { out, code } = createFakeNode().script('while :; do :; done; echo never');
    expect(out).toBe('the lab stops this script: more than 20000 commands without time passing\n');
    expect(code).toBe(130);
  });

  it('stops a loop of subshells and a recursion', () => {
    expect(createFakeNode().script('while (true); do (true); done').code).toBe(130);
    expect(createFakeNode().script('f() { f; }; f').code).not.toBe(0);
    expect(createFakeNode().script('f() { f | f & }; f; wait; echo end').out).toContain('Resource temporarily unavailable');
  });

  it('lets a loop go on in which time passes', () => {
    const node = createFakeNode();
    expect(node.script('i=0; while [ $i -lt 100 ]; do i=$((i+1)); sleep 1; done; echo $i').out).toBe('100\n');
    expect(node.state.now).toBe(100_000_000_000);
  });

  it('runs the lines before a syntax error', () => {
    expect(createFakeNode().script('echo a\necho b\nif ; then\n')).toEqual({
      out: "a\nb\nbash: -c: line 3: syntax error near unexpected token `;'\nbash: -c: line 3: `if ; then'\n",
      code: 2,
    });
  });
});

describe('/proc/sys', () => {
  it.each([
    [
      'echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore; cat /proc/sys/net/ipv4/conf/all/arp_ignore /proc/sys/net/ipv4/conf/eth0/arp_ignore',
      '1\n0\n',
      0,
    ],
    ['echo "2" >/proc/sys/net/ipv4/conf/lo/arp_announce; cat /proc/sys/net/ipv4/conf/lo/arp_announce', '2\n', 0],
    ['echo x > /proc/sys/net/ipv4/ip_forward', 'bash: line 1: echo: write error: Invalid argument\n', 1],
    [
      'echo 1 > /proc/sys/net/ipv4/conf/eth9/arp_ignore',
      'bash: line 1: /proc/sys/net/ipv4/conf/eth9/arp_ignore: No such file or directory\n',
      1,
    ],
    ['echo 1 | tee /proc/sys/net/ipv4/ip_forward; cat < /proc/sys/net/ipv4/ip_forward', '1\n1\n', 0],
    ['ls /proc/sys/net/ipv4/conf', 'all\ndefault\neth0\neth1\nlo\n', 0],
    [
      'for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $f; done; grep . /proc/sys/net/ipv4/conf/e*/rp_filter',
      '/proc/sys/net/ipv4/conf/eth0/rp_filter:0\n/proc/sys/net/ipv4/conf/eth1/rp_filter:0\n',
      0,
    ],
  ])('%s', (script, out, code) => {
    expect(createFakeNode().script(script)).toEqual({ out, code });
  });
});
