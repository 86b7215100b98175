/**
 * curl, wget, traceroute and ping against a real world: a client, a router, and web servers behind it.
 * Messages and exit codes of curl 7.88.1, GNU Wget 1.21.3 and traceroute 2.1.2.
 */
import { describe, expect, it } from 'vitest';
import { Desk, shipped, type Answer } from './desk.test-kit.ts';

/** rs1 of the lab; 172.18.20.99 is nobody */
const RS1 = 'http://172.18.20.124';
const HEAD = 'HTTP/1.1 200 OK\r\nServer: Apache\r\nContent-Length: 18\r\nContent-Type: text/html\r\n\r\n';
const PAGE = 'rs1 172.18.20.124\n';

function typed(line: string): Answer {
  return new Desk({ ...shipped('dr-lab'), timeline: [] }).type('client', line);
}

/** What curl -v says that it sends. */
function sent(line: string): string[] {
  return typed(`${line} 2>&1`)
    .out.split('\r\n')
    .filter((one) => one.includes('> '))
    .map((one) => one.slice(one.indexOf('> ') + 2));
}

describe('curl', () => {
  it.each<[string, string, number]>([
    [`curl ${RS1}/`, PAGE, 0],
    [`curl -i ${RS1}`, HEAD + PAGE, 0],
    [`curl -I ${RS1}/`, HEAD, 0],
    [`curl -D - -o /dev/null ${RS1}/`, HEAD, 0],
    [`curl -D /tmp/h -o /tmp/p ${RS1}/; cat /tmp/h /tmp/p`, HEAD + PAGE, 0],
    [`curl -O ${RS1}/index.html; cat index.html`, PAGE, 0],
    [`curl -sO ${RS1}/none?a/b; ls none`, 'none\n', 0],
    [`curl -O ${RS1}/`, 'curl: Remote file name has no length!\ncurl: (23) Failed writing received data to disk/application\n', 23],
    [`curl -o /dev/null ${RS1}/; wget -qO /dev/null ${RS1}/; cat /dev/null`, '', 0],
    [`curl -o /nodir/p ${RS1}/`, 'curl: (23) Failure writing output to destination\n', 23],
    [`curl ${RS1}/none`, '<h1>Not Found</h1>\n', 0],
    [`curl -f ${RS1}/none`, 'curl: (22) The requested URL returned error: 404\n', 22],
    [`curl -sf ${RS1}/none`, '', 22],
    [`curl ${RS1}:81/`, "curl: (7) Failed to connect to 172.18.20.124 port 81 after 0 ms: Couldn't connect to server\n", 7],
    [`curl -s ${RS1}:81/`, '', 7],
    [`curl ${RS1}:65537/`, 'curl: (3) URL using bad/illegal format or missing URL\n', 3],
    ['curl -m 2 http://172.18.20.99/', 'curl: (28) Connection timed out after 2001 milliseconds\n', 28],
    [
      'curl --connect-timeout 2 http://172.18.20.99/',
      'curl: (28) Failed to connect to 172.18.20.99 port 80 after 2001 ms: Timeout was reached\n',
      28,
    ],
    [`curl --interface 1.2.3.4 ${RS1}/`, 'curl: (45) bind failed with errno 99: Cannot assign requested address\n', 45],
    [`curl --interface nosuch ${RS1}/`, "curl: (45) Couldn't bind to 'nosuch'\n", 45],
    [`curl --interface eth0 ${RS1}/`, PAGE, 0],
    [
      `curl -o /dev/null --local-port 4444 -w '%{local_ip}:%{local_port} %{http_code} %{size_download}\\n' ${RS1}/`,
      '10.0.0.10:4444 200 18\n',
      0,
    ],
    [
      `curl -so /dev/null -w '%{remote_ip}:%{remote_port} %{num_connects} %{exitcode} %{url_effective}%%\\t' 172.18.20.124`,
      `172.18.20.124:80 1 0 ${RS1}/%\t`,
      0,
    ],
    [`curl -so /dev/null -w '%{http_code} %{remote_port} %{local_ip}.' ${RS1}:81`, '000 0 .', 7],
  ])('%s', (line, out, code) => {
    expect(typed(line)).toEqual({ out, code });
  });

  it('sends what its options say, in its own order', () => {
    const own = ['Host: 172.18.20.124', 'User-Agent: curl/7.88.1', 'Accept: */*'];
    expect(sent(`curl -v ${RS1}/`)).toEqual(['GET / HTTP/1.1', ...own, '']);
    expect(sent(`curl -0 -v ${RS1}:80/a?b`)).toEqual(['GET /a?b HTTP/1.0', ...own, '']);
    expect(sent(`curl -v ${RS1}?b`)).toEqual(['GET /?b HTTP/1.1', ...own, '']);
    expect(sent(`curl -v -G -d a=1 -d b=2 ${RS1}/x?q`)).toEqual(['GET /x?q&a=1&b=2 HTTP/1.1', ...own, '']);
    expect(sent(`curl -v -d a=1 -d b=2 ${RS1}/x`)).toEqual([
      'POST /x HTTP/1.1',
      ...own,
      'Content-Length: 7',
      'Content-Type: application/x-www-form-urlencoded',
      '',
    ]);
    expect(sent(`curl -v -X PUT -u me:pw -A agent -e ref -b c=1 -r 0-3 -H 'X-A: b' -H 'Accept:' ${RS1}/`)).toEqual([
      'PUT / HTTP/1.1',
      'Host: 172.18.20.124',
      'Authorization: Basic bWU6cHc=',
      'Range: bytes=0-3',
      'User-Agent: agent',
      'Referer: ref',
      'Cookie: c=1',
      'X-A: b',
      '',
    ]);
  });

  it('with -v tells of the connection and of both headers', () => {
    expect(typed(`curl -v ${RS1}/ 2>&1`).out).toBe(
      `*   Trying 172.18.20.124:80...\n* Connected to 172.18.20.124 (172.18.20.124) port 80 (#0)\n` +
        '> GET / HTTP/1.1\r\n> Host: 172.18.20.124\r\n> User-Agent: curl/7.88.1\r\n> Accept: */*\r\n> \r\n' +
        '< HTTP/1.1 200 OK\r\n< Server: Apache\r\n< Content-Length: 18\r\n< Content-Type: text/html\r\n< \r\n' +
        `* Connection #0 to host 172.18.20.124 left intact\n${PAGE}`,
    );
  });

  it('says why an answer is no good', () => {
    const desk = new Desk({ ...shipped('dr-lab'), timeline: [] });
    const answer = (server: string): Answer => {
      desk.type('rs1', `${server} &`);
      desk.pass(100);
      return desk.type('client', `curl -m 3 ${RS1}:8080/`);
    };
    expect(answer('nc -l -p 8080 -w 1 < /dev/null').code).toBe(52);
    expect(answer("printf 'HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nab' | nc -l -p 8080 -q 0")).toEqual({
      out: 'curl: (18) transfer closed with outstanding read data remaining\n',
      code: 18,
    });
    expect(answer('echo hello | nc -l -p 8080 -q 0')).toEqual({ out: 'curl: (1) Received HTTP/0.9 when not allowed\n', code: 1 });
    expect(answer('nc -l -p 8080')).toEqual({
      out: 'curl: (28) Operation timed out after 3001 milliseconds with 0 bytes received\n',
      code: 28,
    });
  });
});

describe('wget', () => {
  const begins = (path: string): string =>
    `--2024-01-01 00:00:02--  ${RS1}${path}\nConnecting to 172.18.20.124:80... connected.\nHTTP request sent, awaiting response... `;
  const saved = (name: string): string =>
    `200 OK\nLength: 18 [text/html]\nSaving to: '${name}'\n\n2024-01-01 00:00:02 (0.00 B/s) - '${name}' saved [18/18]\n\n`;

  it.each<[string, string, number]>([
    [`wget ${RS1}/; cat index.html`, begins('/') + saved('index.html') + PAGE, 0],
    [`wget -P /tmp ${RS1}; cat /tmp/index.html`, begins('/') + saved('/tmp/index.html') + PAGE, 0],
    [`wget -O /tmp/x ${RS1}/; cat /tmp/x`, begins('/') + saved('/tmp/x') + PAGE, 0],
    [`wget -qO - ${RS1}/`, PAGE, 0],
    [`wget -q ${RS1}/none`, '', 8],
    [`wget -nv ${RS1}/`, `2024-01-01 00:00:02 URL:${RS1}/ [18/18] -> "index.html" [1]\n`, 0],
    [`wget ${RS1}/none`, `${begins('/none')}404 Not Found\n2024-01-01 00:00:02 ERROR 404: Not Found.\n\n`, 8],
    [
      `wget -S -O /dev/null ${RS1}/`,
      `${begins('/')}\n  HTTP/1.1 200 OK\n  Server: Apache\n  Content-Length: 18\n  Content-Type: text/html\n${saved('/dev/null').slice(7)}`,
      0,
    ],
    [
      `wget --spider ${RS1}/`,
      `Spider mode enabled. Check if remote file exists.\n${begins('/')}200 OK\nLength: 18 [text/html]\n` +
        'Remote file exists and could contain further links,\nbut recursion is disabled -- not retrieving.\n\n',
      0,
    ],
    [
      `wget --spider ${RS1}/none`,
      `Spider mode enabled. Check if remote file exists.\n${begins('/none')}404 Not Found\nRemote file does not exist -- broken link!!!\n\n`,
      8,
    ],
    [`wget ${RS1}:81/`, `--2024-01-01 00:00:02--  ${RS1}:81/\nConnecting to 172.18.20.124:81... failed: Connection refused.\n`, 4],
  ])('%s', (line, out, code) => {
    expect(typed(line)).toEqual({ out, code });
  });

  it('overwrites nothing that it was not told to', () => {
    const { out } = typed(`echo mine > index.html; wget -q ${RS1}/; wget -q ${RS1}/; ls index*; cat index.html index.html.2`);
    expect(out).toBe(`index.html\nindex.html.1\nindex.html.2\nmine\n${PAGE}`);
  });

  it('tries again after a time-out, each time a second later, and not after an answer that nobody is there', () => {
    const to = 'Connecting to 172.18.20.99:80... failed:';
    expect(typed('wget -T 2 -t 3 http://172.18.20.99/')).toEqual({
      out:
        `--2024-01-01 00:00:02--  http://172.18.20.99/\n${to} Connection timed out.\nRetrying.\n\n` +
        `--2024-01-01 00:00:05--  (try: 2)  http://172.18.20.99/\n${to} No route to host.\n`,
      code: 4,
    });
    const desk = new Desk({ ...shipped('dr-lab'), timeline: [] });
    desk.type('rs1', 'iptables -A INPUT -p tcp --dport 80 -j DROP');
    const begun = desk.type('client', `wget -T 1 -t 3 ${RS1}/`).out.split('\n');
    expect(begun.filter((line) => line.startsWith('--')).map((line) => line.slice(19, 21))).toEqual(['02', '04', '07']);
    expect(begun.at(-3)).toBe('Giving up.');
  });
});

describe('traceroute', () => {
  const head = (to: string, hops = 30, bytes = 60): string => `traceroute to ${to} (${to}), ${hops} hops max, ${bytes} byte packets\n`;

  it.each<[string, string, number]>([
    [
      'traceroute -q 1 172.18.20.124',
      `${head('172.18.20.124')} 1  10.0.0.1 (10.0.0.1)  T ms\n 2  172.18.20.124 (172.18.20.124)  T ms\n`,
      0,
    ],
    ['traceroute -n -I 172.18.20.124', `${head('172.18.20.124')} 1  10.0.0.1  T ms  T ms  T ms\n 2  172.18.20.124  T ms  T ms  T ms\n`, 0],
    [
      'traceroute -n -N 1 -q 2 172.18.20.124 100',
      `${head('172.18.20.124', 30, 100)} 1  10.0.0.1  T ms  T ms\n 2  172.18.20.124  T ms  T ms\n`,
      0,
    ],
    ['traceroute -n -f 2 -q 1 172.18.20.124', `${head('172.18.20.124')} 2  172.18.20.124  T ms\n`, 0],
    ['traceroute -n -f 2 -m 2 -q 1 -w 1 172.18.20.99 10', `${head('172.18.20.99', 2, 28)} 2  *\n`, 0],
    ['traceroute -n -m 1 -q 1 172.18.20.124', `${head('172.18.20.124', 1)} 1  10.0.0.1  T ms\n`, 0],
    ['traceroute -n -q 1 9.9.9.9', `${head('9.9.9.9')} 1  10.0.0.1  T ms !N\n`, 0],
    ['traceroute -n -q 1 172.18.20.99', `${head('172.18.20.99')} 1  10.0.0.1  T ms\n 2  10.0.0.1  T ms !H\n`, 0],
    ['traceroute -n -q 1 -w 1 -m 2 172.18.20.99', `${head('172.18.20.99', 2)} 1  10.0.0.1  T ms\n 2  *\n`, 0],
    ['traceroute -F -n -q 1 172.18.20.124 3000', `${head('172.18.20.124', 30, 3000)}send: Message too long\n`, 1],
    ['traceroute -s 1.2.3.4 -n 172.18.20.124', `${head('172.18.20.124')}bind: Cannot assign requested address\n`, 1],
    ['traceroute -i nosuch 172.18.20.124', `${head('172.18.20.124')}setsockopt SO_BINDTODEVICE: No such device\n`, 1],
    ['traceroute -f 5 -m 3 172.18.20.124', 'first hop out of range\n', 2],
    ['traceroute -m 256 172.18.20.124', 'max hops cannot be more than 255\n', 2],
    ['traceroute -q 11 172.18.20.124', 'no more than 10 probes per hop\n', 2],
    ['traceroute -m x 172.18.20.124', "Cannot handle `-m' option with arg `x' (argc 2)\n", 2],
    ['traceroute 172.18.20.124 60 x', "Extra arg `x' (position 3, argc 3)\n", 2],
    ['traceroute --nosuch 172.18.20.124', "Bad option `--nosuch' (argc 1)\n", 2],
  ])('%s', (line, out, code) => {
    const answer = typed(line);
    expect({ ...answer, out: answer.out.replaceAll(/\d+\.\d{3} ms/g, 'T ms') }).toEqual({ out, code });
  });

  it('marks what a firewall answers, and stars what it swallows', () => {
    const desk = new Desk({ ...shipped('dr-lab'), timeline: [] });
    const seen = (rule: string): string => {
      desk.type('router', `iptables -F; ${rule}`);
      desk.pass(20_000);
      return desk
        .type('client', 'traceroute -n -q 1 -m 2 -w 1 172.18.20.124')
        .out.replaceAll(/\d+\.\d{3} ms/g, 'T ms')
        .split('\n')
        .slice(1, -1)
        .join('|');
    };
    expect(seen('iptables -A FORWARD -p udp -j REJECT --reject-with icmp-admin-prohibited')).toBe(
      ' 1  10.0.0.1  T ms| 2  10.0.0.1  T ms !X',
    );
    expect(seen('iptables -A FORWARD -p udp -j DROP')).toBe(' 1  10.0.0.1  T ms| 2  *');
    expect(seen('iptables -A OUTPUT -p icmp -j DROP')).toBe(' 1  *| 2  172.18.20.124  T ms');
  });

  it.each([
    ['', ['33434 0x0 32', '33435 0x0 32', '33436 0x0 32']],
    ['-p 5000 -t 16 -q 2', ['5000 0x10 32', '5001 0x10 32']],
  ])('%s: asks one port after another, with packets as long as said', (options, expected) => {
    const desk = new Desk({ ...shipped('dr-lab'), timeline: [] });
    desk.type('rs1', `tcpdump -v -n -t -i eth0 -c ${expected.length} udp > /tmp/seen &`);
    desk.pass(100);
    desk.type('client', `traceroute -n -f 2 ${options} 172.18.20.124`);
    const { out } = desk.type('rs1', 'cat /tmp/seen');
    const seen = [...out.matchAll(/tos (0x\w+)[^>]*> 172\.18\.20\.124\.(\d+): .*UDP, length (\d+)/g)];
    expect(seen.map(([, tos, port, length]) => `${port} ${tos} ${length}`)).toEqual(expected);
  });

  it('waits for as many probes at once as it may send', () => {
    const seconds = (options: string): number => {
      const desk = new Desk({ ...shipped('dr-lab'), timeline: [] });
      desk.type('router', 'iptables -A FORWARD -p udp -j DROP');
      const { out } = desk.type('client', `date +%s; traceroute -n -q 1 -m 4 ${options} 172.18.20.124; date +%s`);
      const lines = out.trim().split('\n');
      expect(lines.slice(3, -1)).toEqual([' 2  *', ' 3  *', ' 4  *']);
      return Number(lines.at(-1)) - Number(lines[0]);
    };
    expect([seconds('-w 1'), seconds('-w 1 -N 2'), seconds('-w 1 -N 1'), seconds('')]).toEqual([1, 2, 3, 5]);
  });

  it('gives up soon where others have answered quickly: a probe of the same hop, or one behind it', () => {
    const seconds = (rule: string, shown: RegExp): number => {
      const desk = new Desk({ ...shipped('dr-lab'), timeline: [] });
      desk.type('router', rule);
      const { out } = desk.type('client', 'date +%s; traceroute -n -q 2 -N 1 172.18.20.124; date +%s');
      const lines = out.trim().split('\n');
      expect(lines[2]).toMatch(shown);
      return Number(lines.at(-1)) - Number(lines[0]);
    };
    expect(seconds('iptables -A OUTPUT -p icmp -m statistic --mode nth --every 2 --packet 1 -j DROP', /^ 1 {2}10\.0\.0\.1 .* \*$/)).toBe(0);
    const silent = new Desk({ ...shipped('dr-lab'), timeline: [] });
    silent.type('router', 'iptables -A OUTPUT -p icmp -j DROP');
    const { out } = silent.type('client', 'date +%s; traceroute -n -q 1 172.18.20.124; date +%s');
    const [from = '', , first = '', , to = ''] = out.split('\n');
    expect([first, Number(to) - Number(from)]).toEqual([' 1  *', 0]);
  });
});

describe('ping', () => {
  it('marks its packets and not those of others', () => {
    const desk = new Desk({ ...shipped('dr-lab'), timeline: [] });
    desk.type('client', 'iptables -A OUTPUT -m mark --mark 5; iptables -A OUTPUT -m mark --mark 0');
    desk.type('client', 'ping -c 2 -i 0.2 -m 5 172.18.20.124; ping -c 1 172.18.20.124');
    expect(desk.type('client', "iptables -nvL OUTPUT | awk 'NR > 2 { print $1 }'").out).toBe('2\n1\n');
  });

  // Recorded: 100 times 2 ms took 198 ms, 10 times 200 ms 1835. The first wait is longer or shorter by the phase of the wheel.
  it.each([
    ['0.002', 100, 2, 1],
    ['0.2', 10, 204, 8],
  ])('waits %s s exactly when it is short, and on the timer wheel from 10 ms on', (interval, count, each, phase) => {
    const desk = new Desk({ ...shipped('dr-lab'), timeline: [] });
    desk.type('client', 'ping -c 1 172.18.20.124');
    const { out } = desk.type('client', `ping -q -i ${interval} -c ${count} 172.18.20.124`);
    const took = Number(/time (\d+)ms/.exec(out)?.[1]);
    expect(Math.abs(took - (count - 1) * each)).toBeLessThanOrEqual(phase);
  });
});
