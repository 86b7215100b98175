/**
 * What each option of ipvsadm does to the command that is being read.
 * Comes from: parse.ts.
 * Source: ipvsadm 1.31, parse_options().
 */
import { IPV6_ANY, isIpv6Multicast, parseIpv6, type DestSpec, type Ipv6, type SvcSpec } from '../../../ipvs/index.ts';
import { IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP, parseIpv4, type Ipv4 } from '../../../wire/index.ts';
import type { CmdName, OptName } from './options.ts';
import { parseFwmark, parseHost, parseService, stringToNumber } from './values.ts';

/** 31 days */
const MAX_TIMEOUT_S = 2_678_400;
const DEFAULT_PERSIST_S = 360;
const MAX_WEIGHT = 2_147_483_647;
const ALL_ONES = 0xffffffff as Ipv4;
/** of IPv6 addresses */
const MAX_PREFIX_LEN = 128;
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
    role: 'master' | 'backup';
    mcastInterface: string;
    syncId: number;
    maxlen: number | null;
    group: Ipv4;
    group6: Ipv6 | null;
    port: number;
    ttl: number;
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

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export interface Draft extends Omit<Parsed, 'svc' | 'dest'> {
  svc: Writable<SvcSpec>;
  dest: Writable<DestSpec>;
  schedFlags: string | null;
  destHasPort: boolean;
}

export class Stop extends Error {
  readonly refusal: Refusal;
  constructor(code: number, text: string, fatal: boolean) {
    super(text);
    this.refusal = { code, text, fatal };
  }
}

export function fail(text: string): never {
  throw new Stop(2, text, true);
}

export function tryHelp(name: string): never {
  throw new Stop(255, `Try \`${name} -h' or '${name} --help' for more information.`, true);
}

export function draft(cmd: CmdName): Draft {
  return {
    cmd,
    given: new Set(),
    svc: {
      proto: 0,
      addr: 0 as Ipv4,
      addr6: null,
      port: 0,
      fwmark: 0,
      scheduler: '',
      schedFlags: 0,
      persistTimeout: null,
      persistMask: ALL_ONES,
      onePacket: false,
      pe: null,
    },
    dest: {
      addr: 0 as Ipv4,
      addr6: null,
      port: 0,
      fwd: 'droute',
      weight: 1,
      uThreshold: 0,
      lThreshold: 0,
      tunType: 'ipip',
      tunPort: 0,
      tunFlags: 'nocsum',
    },
    format: {
      numeric: false,
      stats: false,
      rate: false,
      thresholds: false,
      persistentConn: false,
      tunInfo: false,
      nosort: false,
      exact: false,
    },
    timeouts: [0, 0, 0],
    daemon: {
      role: 'master',
      mcastInterface: 'eth0',
      syncId: 0,
      maxlen: null,
      group: DEFAULT_SYNC_GROUP,
      group6: null,
      port: DEFAULT_SYNC_PORT,
      ttl: 1,
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

export function timeout(text: string | null, min: number): number {
  if (text === null) return DEFAULT_PERSIST_S;
  return stringToNumber(text, min, MAX_TIMEOUT_S) ?? fail(`invalid timeout value \`${text}' specified`);
}

function number(text: string | null, min: number, max: number, what: string): number {
  return stringToNumber(text ?? '', min, max) ?? fail(`illegal ${what} specified`);
}

/** The mask of clients that persistence takes for one: for IPv6 the length of a prefix. */
function netmask(d: Draft, text: string, hosts: string): Ipv4 {
  if ((d.svc.addr6 ?? null) === null) return parseHost(text, hosts) ?? fail('illegal virtual server persistent mask specified');
  return (stringToNumber(text, 1, MAX_PREFIX_LEN) ?? fail('illegal ipv6 netmask specified')) as Ipv4;
}

function takeService(d: Draft, proto: number, text: string, hosts: string): void {
  setOption(d, 'service-address');
  d.svc.proto = proto;
  const end = parseService(text, proto, hosts) ?? fail('illegal virtual server address[:port] specified');
  d.svc.addr = end.addr;
  d.svc.addr6 = end.addr6;
  d.svc.port = end.port;
  if (end.addr6 !== null) d.svc.persistMask = MAX_PREFIX_LEN as Ipv4;
}

function takeServer(d: Draft, text: string, hosts: string): void {
  setOption(d, 'real-server');
  const end =
    parseService(text, d.svc.fwmark === 0 ? d.svc.proto : IPPROTO_TCP, hosts) ?? fail('illegal real server address[:port] specified');
  d.dest.addr = end.addr;
  d.dest.addr6 = end.addr6;
  d.dest.port = end.hasPort ? end.port : d.svc.port;
}

function takeForward(d: Draft, fwd: DestSpec['fwd']): void {
  setOption(d, 'forwarding-method');
  d.dest.fwd = fwd;
}

type Taker = (d: Draft, arg: string, hosts: string, optional: string | null) => void;

/** What each option does, by its long name. */
export const TAKERS: Readonly<Record<string, Taker>> = {
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
    d.svc.persistMask = netmask(d, arg, hosts);
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
  ipv6: (d) => {
    if (d.svc.fwmark === 0) fail('-6 used before -f\n');
    d.svc.addr6 = IPV6_ANY;
    d.svc.persistMask = MAX_PREFIX_LEN as Ipv4;
  },
  ops: (d) => {
    setOption(d, 'ops');
    d.svc.onePacket = true;
  },
  pe: (d, arg) => {
    setOption(d, 'pe');
    d.svc.pe = arg === '' ? null : arg.slice(0, 15);
  },
  'sched-flags': (d, arg) => {
    setOption(d, 'sched-flags');
    d.schedFlags = arg;
  },
  'mcast-interface': (d, arg) => {
    setOption(d, 'mcast-interface');
    if (arg !== '') d.daemon.mcastInterface = arg.slice(0, 15);
  },
  syncid: (d, arg) => {
    setOption(d, 'syncid');
    d.daemon.syncId = number(arg, 0, 255, 'syncid');
  },
  'sync-maxlen': (d, arg) => {
    setOption(d, 'sync-maxlen');
    d.daemon.maxlen = number(arg, 1, 65507, 'sync-maxlen');
  },
  'mcast-group': (d, arg) => {
    setOption(d, 'mcast-group');
    if (arg.includes(':')) {
      const group6 = parseIpv6(arg);
      if (group6 === null || !isIpv6Multicast(group6)) fail(`invalid IPv6 mcast-group \`${arg}'`);
      d.daemon.group6 = group6;
      return;
    }
    // inet_pton() takes no leading zeros.
    const group = /(^|\.)0\d/.test(arg) ? null : parseIpv4(arg);
    if (group === null || group >>> 28 !== 0xe) fail(`invalid IPv4 mcast-group \`${arg}'`);
    d.daemon.group = group;
  },
  'mcast-port': (d, arg) => {
    setOption(d, 'mcast-port');
    d.daemon.port = number(arg, 1, 65535, 'mcast-port');
  },
  'mcast-ttl': (d, arg) => {
    setOption(d, 'mcast-ttl');
    d.daemon.ttl = number(arg, 1, 255, 'mcast-ttl');
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
