import { describe, expect, it } from 'vitest';
import { createFakeNode } from '../../testing/fake-node.test-kit.ts';
import { formatIpv4 } from '../../../wire/index.ts';
import { errorText, type Config } from './config.ts';
import { parseConfig } from './config-parse.ts';

function parse(text: string, others: Readonly<Record<string, string>> = {}): Config {
  const node = createFakeNode();
  node.line('echo >/dev/null');
  node.state.user.files.set('/etc/keepalived/keepalived.conf', text);
  for (const [path, content] of Object.entries(others)) node.state.user.files.set(path, content);
  return parseConfig(node.net, '/etc/keepalived/keepalived.conf');
}

const texts = (config: Config): string[] => config.errors.map((error) => errorText(config, error, true));

const INSTANCE = (body: string): string =>
  `vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 51\n ${body}\n virtual_ipaddress {\n  10.1.0.100\n }\n}\n`;

describe('parseConfig', () => {
  it('fills in the defaults', () => {
    const config = parse(INSTANCE(''));
    expect(config.errors).toEqual([]);
    expect(config.instances[0]).toMatchObject({
      state: 'BACKUP',
      priority: 100,
      advert: 1_000_000_000,
      version: 2,
      preempt: true,
      password: null,
      downTimerAdverts: 3,
      trackPrimary: true,
    });
    expect(config.instances[0]?.garp).toMatchObject({ delay: 5_000_000_000, repeat: 5, refresh: 0 });
  });

  it('reads several words and blocks on one line, comments and quotes', () => {
    const config = parse(
      '# all in one\nvrrp_instance "VI 1" { state MASTER ! not really\n interface eth0\n virtual_router_id 7\n authentication { auth_type PASS\n auth_pass "1111" }\n virtual_ipaddress { 10.1.0.100/24 label eth0:1\n } }\n',
    );
    expect(config.errors).toEqual([]);
    expect(config.instances[0]).toMatchObject({
      name: 'VI 1',
      state: 'MASTER',
      priority: 255,
      vrid: 7,
      password: '1111',
    });
    expect(config.instances[0]?.vips[0]).toMatchObject({ prefixLen: 24, label: 'eth0:1' });
  });

  it.each<[string, string, string]>([
    ['an unknown keyword', INSTANCE('prioritty 100'), "(Line 4) Unknown keyword 'prioritty'"],
    ['a bad number', INSTANCE('virtual_router_id 300'), "(Line 4) (VI_1): VRID '300' not valid - must be between 1 & 255"],
    ['a bad priority', INSTANCE('priority 900'), '(Line 4) (VI_1) Priority not valid! must be between 1 & 255. Using default 100'],
    ['a bad state', INSTANCE('state SLAVE'), "(Line 4) (VI_1) unknown state 'SLAVE', defaulting to BACKUP"],
    [
      'nopreempt of a master',
      INSTANCE('state MASTER\n priority 100\n nopreempt'),
      '(VI_1) Warning - nopreempt will not work with initial state MASTER - clearing',
    ],
    [
      'a long password',
      INSTANCE('authentication {\n auth_type PASS\n auth_pass 123456789\n }'),
      '(Line 6) Truncating auth_pass to 8 characters',
    ],
    ['a brace too many', `${INSTANCE('')}}\n`, "(Line 9) Extra '}' found"],
    ['no interface', INSTANCE('').replace('eth0', 'eth7'), "(Line 2) WARNING - interface eth7 for vrrp_instance VI_1 doesn't exist"],
    ['a wrong address', INSTANCE('').replace('10.1.0.100', '10.1.0.999'), '(Line 6) VRRP parsed invalid IP 10.1.0.999. skipping IP...'],
    [
      'no server',
      'virtual_server 10.1.0.100 80 {\n lb_algo rr\n lb_kind DR\n}\n',
      'Virtual server [10.1.0.100]:none:80 has no real servers - ignoring',
    ],
    [
      'a scheduler nobody knows',
      'virtual_server 10.1.0.100 80 {\n lb_algo foo\n lb_kind DR\n real_server 10.1.0.31 80 {\n }\n}\n',
      "(Line 2) Invalid lvs_scheduler 'foo' - ignoring",
    ],
    [
      'no scheduler',
      'virtual_server 10.1.0.100 80 {\n lb_kind DR\n protocol TCP\n real_server 10.1.0.31 80 {\n }\n}\n',
      "Virtual server [10.1.0.100]:tcp:80: no scheduler set, setting default 'wlc'",
    ],
    ['what the lab has not', INSTANCE('use_vmac'), '(Line 4) not modelled in this lab: use_vmac'],
  ])('complains of %s', (_, text, message) => {
    expect(texts(parse(text))).toContain(message);
  });

  it('names the file when there are several', () => {
    const config = parse('include conf.d/*.conf\nfoo\n', {
      '/etc/keepalived/conf.d/a.conf': INSTANCE('bar'),
    });
    expect(config.instances.map(({ name }) => name)).toEqual(['VI_1']);
    expect(texts(config)).toEqual([
      "(/etc/keepalived/conf.d/a.conf: Line 4) Unknown keyword 'bar'",
      "(/etc/keepalived/keepalived.conf: Line 2) Unknown keyword 'foo'",
    ]);
  });

  it('is fatal without a file', () => {
    const node = createFakeNode();
    expect(parseConfig(node.net, '/etc/keepalived/keepalived.conf').fatal).toBe(true);
  });

  it('inherits settings of checks from the server and the virtual server', () => {
    const config = parse(
      'virtual_server 10.1.0.100 80 {\n delay_loop 3\n retry 2\n lb_algo wrr\n lb_kind DR\n protocol TCP\n real_server 10.1.0.31 8080 {\n  retry 4\n  TCP_CHECK {\n   connect_timeout 2\n  }\n }\n real_server 10.1.0.32 8080 {\n  HTTP_GET {\n   url {\n    path /ok\n    status_code 200\n   }\n  }\n }\n}\n',
    );
    expect(texts(config)).toEqual([
      "WARNING - virtual server [10.1.0.100]:tcp:80 and real server [10.1.0.31]:tcp:8080 ports don't match - resetting",
      "WARNING - virtual server [10.1.0.100]:tcp:80 and real server [10.1.0.32]:tcp:8080 ports don't match - resetting",
    ]);
    const [first, second] = config.servers[0]?.servers ?? [];
    // DR cannot change the port; the check goes to the port that was written
    expect(first).toMatchObject({ port: 80, weight: 1, fwd: 'droute' });
    expect(first?.checks[0]).toMatchObject({
      retry: 4,
      delayLoop: 3e9,
      warmup: 3e9,
      connectTimeout: 2e9,
      delayBeforeRetry: 1e9,
      connectPort: 8080,
    });
    expect(second?.checks[0]).toMatchObject({
      retry: 2,
      delayBeforeRetry: 3e9,
      connectTimeout: 5e9,
      urls: [{ path: '/ok', statusCodes: [[200, 200]] }],
    });
  });

  it('knows the checkers besides TCP_CHECK and HTTP_GET', () => {
    const config = parse(
      'virtual_server 10.1.0.100 80 {\n delay_loop 3\n lb_kind DR\n lb_algo rr\n protocol TCP\n real_server 10.1.0.31 80 {\n  MISC_CHECK {\n   misc_path "/bin/test -e /up"\n   misc_timeout 2\n   misc_dynamic\n  }\n  UDP_CHECK {\n   connect_port 53\n   payload 0a1b\n   require_reply\n  }\n  PING_CHECK {\n   retry 2\n  }\n }\n}\n',
    );
    expect(texts(config)).toEqual(['SECURITY VIOLATION - check scripts are being executed but script_security not enabled.']);
    expect(config.servers[0]?.servers[0]?.checks).toMatchObject([
      { kind: 'misc', command: '/bin/test -e /up', commandTimeout: 2e9, dynamic: true, retry: 0 },
      { kind: 'udp', connectPort: 53, payload: '0a1b', requireReply: true, retry: 1 },
      { kind: 'ping', retry: 2, delayBeforeRetry: 1e9 },
    ]);
  });

  it('runs no script that is not there, or that security forbids', () => {
    const text = (security: string): string =>
      `${security}vrrp_script a {\n script "/nosuch -x"\n}\nvrrp_script b {\n script "/tmp/b.sh"\n}\n${INSTANCE('track_script {\n  a\n  b\n }\n notify "/tmp/b.sh"')}`;
    const node = createFakeNode();
    node.line('printf "" > /tmp/b.sh; chmod 755 /tmp/b.sh');
    const read = (content: string): Config => {
      node.state.user.files.set('/k', content);
      return parseConfig(node.net, '/k');
    };
    const config = read(text(''));
    expect(config.scripts.map(({ name }) => name)).toEqual(['b']);
    expect(config.instances[0]).toMatchObject({ trackScripts: [{ name: 'b' }], notify: { any: '/tmp/b.sh' } });
    expect(texts(config)).toEqual([
      'Disabling track script a since not found/accessible',
      'SECURITY VIOLATION - scripts are being executed but script_security not enabled.',
    ]);
    const strict = read(text('global_defs {\n enable_script_security\n}\n'));
    expect(strict.instances[0]).toMatchObject({ trackScripts: [], notify: { any: null } });
  });

  it('takes what follows an advertisement of lower priority from the settings of all instances', () => {
    const config = parse(`global_defs {\n vrrp_garp_master_delay 2\n}\n${INSTANCE('garp_master_repeat 1\n garp_master_delay 9')}`);
    expect(config.instances[0]?.garp).toMatchObject({ repeat: 1, delay: 9e9, lowerPrioRepeat: 5, lowerPrioDelay: 2e9 });
  });

  it('spreads a group over addresses', () => {
    const config = parse(
      'virtual_server_group G {\n 10.1.0.100-102 80\n fwmark 7\n}\nvirtual_server group G {\n lb_algo rr\n lb_kind NAT\n protocol TCP\n real_server 10.1.0.31 80 {\n }\n}\n',
    );
    expect(config.errors).toEqual([]);
    const target = config.servers[0]?.target;
    expect(
      target?.kind === 'group'
        ? target.entries.map((entry) => (entry.kind === 'range' ? `${formatIpv4(entry.first)}-${formatIpv4(entry.last)}` : entry.fwmark))
        : null,
    ).toEqual(['10.1.0.100-10.1.0.102', 7]);
  });
});
