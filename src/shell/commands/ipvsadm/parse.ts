/**
 * The command line of ipvsadm: pure, no look at the node.
 * Comes from: index.ts, restore.ts.  Goes to: run.ts.
 * Source: ipvsadm 1.31, parse_options(), process_options(), generic_opt_check().
 * Differs: -6 and IPv6 addresses are refused as addresses that cannot be read.
 */
import type { DestSpec, SvcKey, SvcSpec } from '../../../ipvs/index.ts';
import { IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP, type Ipv4 } from '../../../wire/index.ts';
import { CMD_RULES, FULLNAT_OPTIONS, OPT_NAMES, OPTIONS, type CmdName, type OptionRow, type OptName } from './options.ts';
import { Popt, type PoptStep } from './popt.ts';
import { inetAton, parseFwmark, parseHost, parseSchedFlags, parseService, stringToNumber } from './values.ts';

/** 31 days */
const MAX_TIMEOUT_S = 2_678_400;
const DEFAULT_PERSIST_S = 360;
const MAX_WEIGHT = 2_147_483_647;
const ALL_ONES = 0xffffffff as Ipv4;
const DEFAULT_SYNC_GROUP = 0xe0000051 as Ipv4;
const DEFAULT_SYNC_PORT = 8848;

export interface Format {
  numeric: boolean;
  stats: boolean;
  rate: boolean;
  thresholds: boolean;
  persistentConn: boolean;
  tunInfo: boolean;
  nosort: boolean;
  exact: boolean;
}

export interface Parsed {
  cmd: CmdName;
  /** options given */
  given: Set<OptName>;
  svc: SvcSpec;
  dest: DestSpec;
  format: Format;
  timeouts: [number, number, number];
  daemon: {
    role: 'master' | 'backup'; mcastInterface: string; syncId: number; maxlen: number | null; group: Ipv4; port: number; ttl: number;
  };
  laddr: Ipv4;
}

/** Ends with a text for standard error and an exit code. */
export interface Refusal {
  readonly code: number;
  readonly text: string;
  /** the whole process ends, also in the middle of -R */
  readonly fatal: boolean;
}

export type ParseResult = { readonly ok: Parsed } | { readonly refusal: Refusal };

type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface Draft extends Omit<Parsed, 'svc' | 'dest'> {
  svc: Writable<SvcSpec>;
  dest: Writable<DestSpec>;
  schedFlags: string | null;
  destHasPort: boolean;
}

class Stop extends Error {
  readonly refusal: Refusal;
  constructor(code: number, text: string, fatal: boolean) {
    super(text);
    this.refusal = { code, text, fatal };
  }
}

function fail(text: string): never {
  throw new Stop(2, text, true);
}

function tryHelp(name: string): never {
  throw new Stop(255, `Try \`${name} -h' or '${name} --help' for more information.`, true);
}

function draft(cmd: CmdName): Draft {
  return {
    cmd,
    given: new Set(),
    svc: {
      proto: 0, addr: 0 as Ipv4, port: 0, fwmark: 0, scheduler: '', schedFlags: 0, persistTimeout: null, persistMask: ALL_ONES,
      onePacket: false, pe: null,
    },
    dest: {
      addr: 0 as Ipv4, port: 0, fwd: 'droute', weight: 1, uThreshold: 0, lThreshold: 0, tunType: 'ipip', tunPort: 0, tunFlags: 'nocsum',
    },
    format: {
      numeric: false, stats: false, rate: false, thresholds: false, persistentConn: false, tunInfo: false, nosort: false, exact: false,
    },
    timeouts: [0, 0, 0],
    daemon: {
      role: 'master', mcastInterface: 'eth0', syncId: 0, maxlen: null, group: DEFAULT_SYNC_GROUP, port: DEFAULT_SYNC_PORT, ttl: 1,
    },
    laddr: 0 as Ipv4,
    schedFlags: null,
    destHasPort: false,
  };
}

/** Marks an option as given; twice is an error. */
function setOption(d: Draft, name: OptName): void {
  if (d.given.has(name)) fail(`multiple '${name}' options specified`);
  d.given.add(name);
}

function timeout(text: string | null, min: number): number {
  if (text === null) return DEFAULT_PERSIST_S;
  return stringToNumber(text, min, MAX_TIMEOUT_S) ?? fail(`invalid timeout value \`${text}' specified`);
}

function number(text: string | null, min: number, max: number, what: string): number {
  return stringToNumber(text ?? '', min, max) ?? fail(`illegal ${what} specified`);
}

function takeService(d: Draft, proto: number, text: string, hosts: string): void {
  setOption(d, 'service-address');
  d.svc.proto = proto;
  const end = parseService(text, proto, hosts) ?? fail('illegal virtual server address[:port] specified');
  d.svc.addr = end.addr;
  d.svc.port = end.port;
}

function takeServer(d: Draft, text: string, hosts: string): void {
  setOption(d, 'real-server');
  const end = parseService(text, d.svc.proto === 0 ? IPPROTO_TCP : d.svc.proto, hosts) ?? fail('illegal real server address[:port] specified');
  d.dest.addr = end.addr;
  d.dest.port = end.hasPort ? end.port : d.svc.port;
}

function takeForward(d: Draft, fwd: DestSpec['fwd']): void {
  setOption(d, 'forwarding-method');
  d.dest.fwd = fwd;
}

type Taker = (d: Draft, arg: string, hosts: string, optional: string | null) => void;

/** What each option does, by its long name. */
const TAKERS: Readonly<Record<string, Taker>> = {
  'tcp-service': (d, arg, hosts) => takeService(d, IPPROTO_TCP, arg, hosts),
  'udp-service': (d, arg, hosts) => takeService(d, IPPROTO_UDP, arg, hosts),
  'sctp-service': (d, arg, hosts) => takeService(d, IPPROTO_SCTP, arg, hosts),
  'fwmark-service': (d, arg) => {
    setOption(d, 'service-address');
    d.svc.fwmark = parseFwmark(arg) ?? fail(`invalid fwmark value \`${arg}' specified`);
  },
  scheduler: (d, arg) => {
    setOption(d, 'scheduler');
    d.svc.scheduler = arg.slice(0, 15);
  },
  persistent: (d, _arg, _hosts, optional) => {
    setOption(d, 'persistent');
    d.svc.persistTimeout = timeout(optional, 1);
  },
  netmask: (d, arg, hosts) => {
    setOption(d, 'netmask');
    d.svc.persistMask = parseHost(arg, hosts) ?? fail('illegal virtual server persistent mask specified');
  },
  'real-server': (d, arg, hosts) => takeServer(d, arg, hosts),
  masquerading: (d) => takeForward(d, 'masq'),
  ipip: (d) => takeForward(d, 'tunnel'),
  gatewaying: (d) => takeForward(d, 'droute'),
  fullnat: (d) => takeForward(d, 'fullnat'),
  weight: (d, arg) => {
    setOption(d, 'weight');
    d.dest.weight = number(arg, 0, MAX_WEIGHT, 'weight');
  },
  'u-threshold': (d, arg) => {
    setOption(d, 'u-threshold');
    d.dest.uThreshold = number(arg, 0, MAX_WEIGHT, 'u_threshold');
  },
  'l-threshold': (d, arg) => {
    setOption(d, 'l-threshold');
    d.dest.lThreshold = number(arg, 0, MAX_WEIGHT, 'l_threshold');
  },
  numeric: (d) => {
    setOption(d, 'numeric');
    d.format.numeric = true;
  },
  connection: (d) => setOption(d, 'connection'),
  timeout: (d) => setOption(d, 'timeout'),
  daemon: (d) => setOption(d, 'daemon'),
  stats: (d) => {
    setOption(d, 'stats');
    d.format.stats = true;
  },
  rate: (d) => {
    setOption(d, 'rate');
    d.format.rate = true;
  },
  thresholds: (d) => {
    setOption(d, 'thresholds');
    d.format.thresholds = true;
  },
  'persistent-conn': (d) => {
    setOption(d, 'persistent-conn');
    d.format.persistentConn = true;
  },
  'tun-info': (d) => {
    setOption(d, 'tun-info');
    d.format.tunInfo = true;
  },
  nosort: (d) => {
    setOption(d, 'nosort');
    d.format.nosort = true;
  },
  sort: () => undefined,
  exact: (d) => {
    setOption(d, 'exact');
    d.format.exact = true;
  },
  ipv6: (d) => fail(d.svc.fwmark === 0 ? '-6 used before -f\n' : 'illegal virtual server address[:port] specified'),
  ops: (d) => {
    setOption(d, 'ops');
    d.svc.onePacket = true;
  },
  pe: (d, arg) => {
    setOption(d, 'pe');
    d.svc.pe = arg.slice(0, 15);
  },
  'sched-flags': (d, arg) => {
    setOption(d, 'sched-flags');
    d.schedFlags = arg;
  },
  'mcast-interface': (d, arg) => {
    setOption(d, 'mcast-interface');
    d.daemon.mcastInterface = arg.slice(0, 15);
  },
  syncid: (d, arg) => {
    setOption(d, 'syncid');
    d.daemon.syncId = number(arg, 0, 255, 'syncid');
  },
  'sync-maxlen': (d, arg) => {
    setOption(d, 'sync-maxlen');
    d.daemon.maxlen = number(arg, 1, 65507, 'sync_maxlen');
  },
  'mcast-group': (d, arg) => {
    setOption(d, 'mcast-group');
    const group = inetAton(arg);
    if (group === null || group >>> 28 !== 0xe) fail('invalid mcast group specified');
    d.daemon.group = group;
  },
  'mcast-port': (d, arg) => {
    setOption(d, 'mcast-port');
    d.daemon.port = number(arg, 1, 65535, 'mcast_port');
  },
  'mcast-ttl': (d, arg) => {
    setOption(d, 'mcast-ttl');
    d.daemon.ttl = number(arg, 1, 255, 'mcast_ttl');
  },
  'tun-type': (d, arg) => {
    setOption(d, 'tun-type');
    if (arg !== 'ipip' && arg !== 'gue' && arg !== 'gre') fail('illegal tunnel type specified');
    d.dest.tunType = arg;
  },
  'tun-port': (d, arg) => {
    setOption(d, 'tun-port');
    d.dest.tunPort = number(arg, 1, 65535, 'tunnel port');
  },
  'tun-nocsum': (d) => {
    setOption(d, 'tun-nocsum');
    d.dest.tunFlags = 'nocsum';
  },
  'tun-csum': (d) => {
    setOption(d, 'tun-csum');
    d.dest.tunFlags = 'csum';
  },
  'tun-remcsum': (d) => {
    setOption(d, 'tun-remcsum');
    d.dest.tunFlags = 'remcsum';
  },
  'local-address': (d, arg, hosts) => {
    setOption(d, 'local-address');
    d.laddr = parseHost(arg, hosts) ?? fail('illegal local address specified');
  },
};

/** Options of FullNAT are known where they make a complete command, so that mainline's errors stay as they are. */
function optionsFor(words: readonly string[]): readonly OptionRow[] {
  const first = words[1] ?? '';
  const hasService = words.some((w) => /^(-[tuf]|--(tcp|udp|fwmark)-service)/.test(w));
  const laddr = /^(-[PQG]|--(add|del|get)-laddr)$/.test(first) && (hasService || first === '--get-laddr');
  const isServer = /^(-[ae]|--(add|edit)-server)$/.test(first);
  const fullnat = isServer && words.some((w) => w === '-b' || w === '--fullnat');
  if (!laddr && !fullnat) return OPTIONS;
  return [...FULLNAT_OPTIONS, ...OPTIONS.filter((o) => !FULLNAT_OPTIONS.some((f) => f.short === o.short))];
}

function takeCommand(step: PoptStep, words: readonly string[]): Draft {
  if (step.kind !== 'opt' || step.row.cmd === null) tryHelp(words[0] as string);
  const d = draft(step.row.cmd);
  if (step.row.cmd === 'start-daemon' || step.row.cmd === 'stop-daemon') {
    if (step.arg !== 'master' && step.arg !== 'backup') {
      fail(step.row.cmd === 'start-daemon' ? 'illegal start-daemon parameter specified' : 'illegal start_daemon specified');
    }
    d.daemon.role = step.arg;
  }
  return d;
}

/** The --set command takes its three values from the words that are no options. */
function takeTimeouts(d: Draft, leftovers: string[]): void {
  const [tcp, tcpFin, udp] = leftovers;
  if (tcp === undefined || tcpFin === undefined || udp === undefined) fail('--set option requires 3 timeout values');
  d.timeouts = [timeout(tcp, 0), timeout(tcpFin, 0), timeout(udp, 0)];
  leftovers.splice(0, 3);
}

/** generic_opt_check(): what the command needs, and what it does not take. */
function checkOptions(d: Draft): void {
  if (d.cmd === 'help' || d.cmd === 'version') return;
  const { need, may, oneOf } = CMD_RULES[d.cmd];
  let last: OptName | null = null;
  for (const name of OPT_NAMES) {
    if (!d.given.has(name)) {
      if (need.includes(name)) fail(`You need to supply the '${name}' option for the '${d.cmd}' command`);
      continue;
    }
    if (oneOf.includes(name)) {
      if (last !== null) fail(`The option '${name}' conflicts with the '${last}' option in the '${d.cmd}' command`);
      last = name;
    } else if (!need.includes(name) && !may.includes(name)) {
      fail(`Illegal '${name}' option with the '${d.cmd}' command`);
    }
  }
}

function checkService(d: Draft): void {
  const { svc } = d;
  if (svc.fwmark === 0 && svc.port === 0 && svc.persistTimeout === null) fail('Zero port specified for non-persistent service');
  if (svc.onePacket && svc.fwmark === 0 && svc.proto !== IPPROTO_UDP) fail('One-Packet Scheduling is only for UDP virtual services');
  if (svc.scheduler === '') svc.scheduler = 'wlc';
  if (d.schedFlags === null) return;
  const bits = parseSchedFlags(d.schedFlags, svc.scheduler);
  if (typeof bits === 'string') fail(bits);
  svc.schedFlags = bits;
}

const TUN_OPTS: readonly OptName[] = ['tun-type', 'tun-port', 'tun-nocsum', 'tun-csum', 'tun-remcsum'];

function checkServer(d: Draft): void {
  // DR and TUN cannot change ports: whatever was given, the service's port counts.
  if (d.svc.fwmark === 0 && (d.dest.fwd === 'droute' || d.dest.fwd === 'tunnel')) d.dest.port = d.svc.port;
  if (d.dest.fwd !== 'tunnel' && TUN_OPTS.some((name) => d.given.has(name))) fail('Tunnel options conflict with forward method');
}

function checkList(d: Draft): void {
  const shows = d.given.has('connection') || d.given.has('timeout') || d.given.has('daemon');
  const counts = d.given.has('stats') || d.given.has('rate') || d.given.has('thresholds');
  if (shows && counts) fail('options conflicts in the list command');
}

function parseOrStop(words: readonly string[], hosts: string): Parsed {
  const popt = new Popt(words, optionsFor(words));
  const d = takeCommand(popt.step(), words);
  if (d.cmd === 'help' || d.cmd === 'version') return d;
  for (;;) {
    const step = popt.step();
    if (step.kind === 'end') break;
    if (step.kind === 'error') throw new Stop(255, step.text, false);
    const take = step.row.cmd === null ? TAKERS[step.row.long] : undefined;
    if (take === undefined) fail(`invalid option \`${popt.badWord}'`);
    take(d, step.arg ?? '', hosts, step.arg);
  }
  if (d.cmd === 'set') takeTimeouts(d, popt.leftovers);
  const extra = popt.leftovers[0];
  if (extra !== undefined) fail(`unexpected argument ${extra}`);
  checkOptions(d);
  if (d.cmd === 'add-service' || d.cmd === 'edit-service') checkService(d);
  if (d.cmd === 'add-server' || d.cmd === 'edit-server') checkServer(d);
  if (d.cmd === 'list') checkList(d);
  return d;
}

/** @param words words[0] is the name of the command @param hosts text of /etc/hosts */
export function parseIpvsadm(words: readonly string[], hosts: string): ParseResult {
  try {
    return { ok: parseOrStop(words, hosts) };
  } catch (error) {
    if (error instanceof Stop) return { refusal: error.refusal };
    throw error;
  }
}

export function keyOf(parsed: Parsed): SvcKey {
  const { proto, addr, port, fwmark } = parsed.svc;
  return fwmark === 0 ? { proto, addr, port, fwmark } : { proto: 0, addr: 0 as Ipv4, port: 0, fwmark };
}
