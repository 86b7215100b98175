/**
 * `keepalived`: reads its options and puts the daemon into the background (or not, with -n).
 * Comes from: the shell.  Goes to: programs/keepalived/.
 * Source: keepalived 2.2.7 core/main.c, parse_cmdline(), keepalived_main(), config_test_exit().
 */
import type { NodeNet } from '../../world/index.ts';
import type { Command, CommandContext, GoOn } from '../command.ts';
import { parseConfig } from '../programs/keepalived/config-parse.ts';
import { DEFAULT_CONFIG_FILE, errorText } from '../programs/keepalived/config.ts';
import { keepalived } from '../programs/keepalived/keepalived.ts';
import { createKeepalivedState, type KeepalivedState, type Options } from '../programs/keepalived/state.ts';
import { entryOf } from '../entry-of.ts';

export const KEEPALIVED_PID = '/run/keepalived.pid';

/** Letters of options, `:` behind those with a value. */
const SHORT = 'f:PCBlDS:Gu:XVIRndp:r:c:ab:xA:mM:s:i:t:Tvhe';
const LONG: Readonly<Record<string, string>> = {
  'use-file': 'f',
  vrrp: 'P',
  check: 'C',
  no_bfd: 'B',
  all: '',
  'log-console': 'l',
  'log-detail': 'D',
  'log-facility': 'S',
  'no-syslog': 'G',
  umask: 'u',
  'release-vips': 'X',
  'dont-release-vrrp': 'V',
  'dont-release-ipvs': 'I',
  'dont-respawn': 'R',
  'dont-fork': 'n',
  'dump-conf': 'd',
  pid: 'p',
  vrrp_pid: 'r',
  checkers_pid: 'c',
  'address-monitoring': 'a',
  bfd_pid: 'b',
  snmp: 'x',
  'config-id': 'i',
  'config-test': 't',
  version: 'v',
  help: 'h',
  'all-config': 'e',
  signum: '4',
};
const SIGNALS: Readonly<Record<string, number>> = { STOP: 15, RELOAD: 1, DATA: 10, STATS: 12 };

interface Given {
  readonly flags: ReadonlyMap<string, string>;
  /** what cannot be understood */
  readonly error: string | null;
}

function readOptions(args: readonly string[]): Given {
  const flags = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg.startsWith('--')) {
      const [name = '', ...value] = arg.slice(2).split('=');
      const letter = entryOf(LONG, name);
      if (letter === undefined) return { flags, error: `Unknown option ${arg}\n` };
      const needs = SHORT.includes(`${letter}:`) || letter === '4';
      if (needs && value.length === 0 && letter !== 't' && args[i + 1] === undefined)
        return { flags, error: `Missing parameter for option --${name}\n` };
      flags.set(letter, value.length > 0 ? value.join('=') : needs && letter !== 't' ? (args[++i] as string) : '');
      continue;
    }
    // words that are no options are passed over
    if (!arg.startsWith('-') || arg === '-') continue;
    for (let at = 1; at < arg.length; at++) {
      const letter = arg[at] as string;
      const place = SHORT.indexOf(letter);
      if (place < 0 || letter === ':') return { flags, error: `Unknown option -${letter}\n` };
      if (SHORT[place + 1] !== ':' || letter === 't') {
        flags.set(letter, letter === 't' ? arg.slice(at + 1) : '');
        if (letter === 't') break;
        continue;
      }
      const value = at + 1 < arg.length ? arg.slice(at + 1) : args[++i];
      if (value === undefined) return { flags, error: `Missing parameter for option -${letter}\n` };
      flags.set(letter, value);
      break;
    }
  }
  return { flags, error: null };
}

function optionsOf({ flags }: Given): Options {
  const only = flags.has('P') || flags.has('C');
  const dontFork = flags.has('n');
  const pidFiles = [flags.get('p') ?? KEEPALIVED_PID];
  return {
    file: flags.get('f') ?? DEFAULT_CONFIG_FILE,
    vrrp: !only || flags.has('P'),
    checkers: !only || flags.has('C'),
    detail: flags.has('D'),
    console: dontFork && flags.has('l'),
    syslog: !flags.has('G'),
    dontReleaseVrrp: flags.has('V'),
    dontReleaseIpvs: flags.has('I'),
    addressMonitoring: flags.has('a'),
    dontFork,
    pidFiles,
  };
}

/** Starts the daemon as a service does. @returns its process id, or null when it cannot start */
export function startKeepalived(
  net: NodeNet,
  options: Options = optionsOf({ flags: new Map([['D', '']]), error: null }),
  argv: readonly string[] = ['/usr/sbin/keepalived', '-D'],
): number | null {
  const nowhere = { kind: 'null' } as const;
  const state = createKeepalivedState(options);
  const pid = net.spawn('keepalived', argv, { ppid: 1, tty: null, stdout: nowhere, stderr: nowhere }, state);
  return state.failed === null ? pid : null;
}

/** Ends it cleanly, at once. */
export function stopKeepalived(net: NodeNet, pid: number): void {
  const proc = net.user.procs.get(pid);
  if (proc?.program === 'keepalived') keepalived(net, proc, { kind: 'signal', signal: 'TERM' });
}

function running(net: NodeNet, options: Options): boolean {
  const pid = Number((net.user.files.get(options.pidFiles[0] as string) ?? '').trim());
  return net.user.procs.get(pid)?.program === 'keepalived';
}

/**
 * `keepalived -t`: each of the four processes reads the file and complains of what concerns it.
 * @returns 6 when scripts have the rights of root, 5 with other complaints, else 0
 */
function test(ctx: CommandContext, options: Options): number {
  const config = parseConfig(ctx.net, options.file);
  const print = (whom: (who: string) => boolean, parent: boolean): void => {
    for (const error of config.errors)
      if (whom(error.who) && (parent || error.global !== true)) ctx.err(`${errorText(config, error, parent)}\n`);
  };
  print((who) => who === 'Keepalived', true);
  if (config.fatal) return 0;
  print((who) => who !== 'Keepalived_vrrp', false);
  print((who) => who !== 'Keepalived_healthcheckers', false);
  print((who) => who === 'Keepalived', false);
  if (config.errors.some(({ insecure }) => insecure === true)) return 6;
  return config.errors.some(({ unmodelled }) => !unmodelled) ? 5 : 0;
}

function run(ctx: CommandContext): number | GoOn {
  const given = readOptions(ctx.argv.slice(1));
  const { flags } = given;
  if (given.error !== null) {
    ctx.err(given.error);
    return 1;
  }
  if (flags.has('v')) {
    ctx.err('Keepalived v2.2.7 (01/16,2022)\n');
    return 0;
  }
  if (flags.has('h')) {
    ctx.err(`Usage: ${ctx.argv[0]} [OPTION...]\n${HELP}`);
    return 0;
  }
  const signum = flags.get('4');
  if (signum !== undefined) {
    const number = entryOf(SIGNALS, signum);
    if (number === undefined) ctx.err(`Unknown sigfunc ${signum}\n`);
    else ctx.out(`${number}\n`);
    return number === undefined ? 1 : 0;
  }
  const options = optionsOf(given);
  if (flags.has('t')) return test(ctx, options);
  // a second one says so in the log only, and ends well
  if (running(ctx.net, options)) return 0;
  const state: KeepalivedState = createKeepalivedState(options);
  if (options.dontFork) return { program: 'keepalived', state };
  startKeepalived(ctx.net, options, ctx.argv);
  // what fails after it has gone into the background only the log tells
  return ctx.net.user.files.has(options.file) ? 0 : 6;
}

const HELP = `  -f, --use-file=FILE          Use the specified configuration file
  -P, --vrrp                   Only run with VRRP subsystem
  -C, --check                  Only run with Health-checker subsystem
  -l, --log-console            Log messages to local console
  -D, --log-detail             Detailed log messages
  -G, --no-syslog              Don't log via syslog
  -V, --dont-release-vrrp      Don't remove VRRP VIPs and VROUTEs on daemon stop
  -I, --dont-release-ipvs      Don't remove IPVS topology on daemon stop
  -n, --dont-fork              Don't fork the daemon process
  -d, --dump-conf              Dump the configuration data
  -p, --pid=FILE               Use specified pidfile for parent process
  -a, --address-monitoring     Report all address additions/deletions notified via netlink
      --signum=SIGFUNC         Return signal number for STOP, RELOAD, DATA, STATS
  -t, --config-test            Check the configuration for obvious errors, output to stderr
  -v, --version                Display the version number
  -h, --help                   Display this help message
`;

export const keepalivedCommand: Command = {
  name: 'keepalived',
  man: {
    en: 'VRRP failover of virtual addresses, and an IPVS table kept by health checks',
    zh: '用 VRRP 实现虚拟 IP 主备切换，并按健康检查维护 IPVS 表',
    synopsis: [
      'keepalived [-P] [-C] [-D] [-n] [-l] [-f file] [-p pidfile]',
      'keepalived -t [-f file]',
      'kill $(cat /run/keepalived.pid)',
      'systemctl start|stop|reload keepalived',
    ],
    notModelled: [
      'what vrrp_strict refuses besides packets for the virtual addresses; use_vmac, IPv6, auth_type AH',
      'MISC_CHECK, SSL_GET, SMTP_CHECK, DNS_CHECK, PING_CHECK, UDP_CHECK: a server with such a check counts as alive',
      'digest and regex of HTTP_GET; mail and SNMP',
      'virtual_rules, static addresses, track_file, track_process, track_bfd, vrrp_garp_interval',
      'the three processes (one does the work of all), -d and the files that signals DATA and STATS write',
      'use_ipvlan, vrf, unicast_ttl, BFD, dynamic_interfaces, net_namespace, lvs_flush_on_stop, startup and shutdown scripts, nftables and ipsets',
      'IPv6 virtual and real servers; hashed and flag-3 of schedulers',
      '$definitions, ~SEQ and @host lines in the configuration',
    ],
    source: 'keepalived 2.2.7',
  },
  run,
};
