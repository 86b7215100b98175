/** Listeners of a host without a network, as netstat and /proc/net show them. */
import { describe, expect, it } from 'vitest';
import { tcpListen, udpOpen } from '../../../host/index.ts';
import { parseIpv4, type Ipv4 } from '../../../wire/index.ts';
import { procNetSockstat, procNetTcp, procNetUdp } from '../../fs/proc-sockets.ts';
import { createLab } from '../config.test-kit.ts';
import { netstat } from './netstat.ts';
import { ss } from './ss.ts';

function host(): {
  net: ReturnType<typeof createLab>['net'];
  run: (tool: typeof ss, ...words: string[]) => { out: string; code: unknown };
} {
  const { net, run } = createLab();
  run('ip link set eth0 up');
  run('ip addr add 10.1.0.2/24 dev eth0');
  tcpListen(net, 7, { port: 80, backlog: 128 });
  tcpListen(net, 8, { port: 22, backlog: 5, addr: parseIpv4('10.1.0.2') as Ipv4 });
  udpOpen(net, 9, { port: 53 });
  return {
    net,
    run(tool, ...words) {
      let out = '';
      const take = (text: string): void => void (out += text);
      const code = tool.run({ net, argv: [tool.name, ...words], stdin: null, env: {}, cwd: '/', out: take, err: take });
      return { out, code };
    },
  };
}

const HEAD = 'Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n';

describe('netstat', () => {
  it('lists TCP before UDP, without the backlog of listeners', () => {
    expect(host().run(netstat, '-tuln').out).toBe(
      `Active Internet connections (only servers)\n${HEAD}` +
        'tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN     \n' +
        'tcp        0      0 10.1.0.2:22             0.0.0.0:*               LISTEN     \n' +
        'udp        0      0 0.0.0.0:53              0.0.0.0:*                          \n',
    );
  });

  it('shows names of services without -n, and no servers unasked', () => {
    const { run } = host();
    expect(run(netstat, '-lt').out).toContain(' 0.0.0.0:http            0.0.0.0:*               LISTEN     \n');
    expect(run(netstat, '-t').out).toBe(`Active Internet connections (w/o servers)\n${HEAD}`);
    expect(run(netstat, '-a').out).toMatch(/^Active Internet connections \(servers and established\)\n/);
    expect(run(netstat, '-a').out).toMatch(/\nActive UNIX domain sockets \(servers and established\)\nProto RefCnt .* Path\n$/);
    expect(run(netstat, '-tlno').out).toContain('LISTEN      off (0.00/0/0)\n');
    expect(run(netstat, '-tlnp').out).toContain('LISTEN      7/                  \n');
  });

  it('refuses what it does not know, and says what the lab lacks', () => {
    const { run } = host();
    expect(run(netstat, '-Y')).toMatchObject({
      code: 3,
      out: expect.stringMatching(/^netstat: invalid option -- 'Y'\nusage: netstat /) as unknown,
    });
    expect(run(netstat, '-c').out).toBe('netstat: not modelled in this lab: -c\n');
    expect(run(netstat, '-M')).toEqual({ code: 1, out: "netstat: no support for `ip_masquerade' on this system.\n" });
  });

  it('shows groups and routes', () => {
    const { run } = host();
    expect(run(netstat, '-g').out).toContain('eth0            1      224.0.0.1\n');
    expect(run(netstat, '-rn').out).toContain('10.1.0.0        0.0.0.0         255.255.255.0   U         0 0          0 eth0\n');
    expect(run(netstat, '-rne').out).toContain('10.1.0.0        0.0.0.0         255.255.255.0   U     0      0        0 eth0\n');
  });
});

describe('ss', () => {
  it('shows the backlog of listeners, and widens its columns', () => {
    expect(host().run(ss, '-tln').out).toBe(
      'State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n' +
        'LISTEN 0      128          0.0.0.0:80        0.0.0.0:*          \n' +
        'LISTEN 0      5           10.1.0.2:22        0.0.0.0:*          \n',
    );
  });
});

describe('/proc/net', () => {
  it('writes addresses as the machine keeps them, states by number', () => {
    const { net } = host();
    const lines = procNetTcp(net).split('\n');
    expect(lines[1]?.trimEnd()).toBe(
      '   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 0 1 0000000000000000 100 0 0 10 0',
    );
    expect(lines[2]).toMatch(/^ {3}1: 0200010A:0016 00000000:0000 0A /);
    expect(lines.slice(0, 3).map((line) => line.length)).toEqual([149, 149, 149]);
    expect(procNetUdp(net).split('\n')[1]).toMatch(/^ {3}53: 00000000:0035 00000000:0000 07 /);
    expect(procNetSockstat(net)).toContain('TCP: inuse 2 orphan 0 tw 0 alloc 2 mem 0\nUDP: inuse 1 mem 0\n');
  });
});
