/**
 * Keywords of `virtual_server`, `real_server`, `virtual_server_group` and of the checkers.
 * Comes from: config-parse.ts.  Goes to: config-complete.ts.
 * Source: keepalived 2.2.7 check/check_parser.c, check/check_data.c, check/check_api.c, check/check_http.c.
 */
import type { Nanos } from '../../../engine/index.ts';
import { schedulerOf, type FwdMethod } from '../../../ipvs/index.ts';
import { IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP, parseIpv4, prefixLenOf, type Ipv4 } from '../../../wire/index.ts';
import { PERSISTENCE_DEFAULT_S, type CheckConf, type UrlConf, type VsEntry } from './config.ts';
import { commandOf, complain, notModelledKeywords, readValues, secondsOf, silentKeywords, switchOf, unmodelled, wholeOf, type Keyword, type Keywords, type Reader } from './config-reader.ts';

/** Settings that a checker takes from its server, and that from the virtual server. */
export interface CheckDefaults {
  retry: number | null;
  delayBeforeRetry: Nanos | null;
  connectTimeout: Nanos | null;
  delayLoop: Nanos | null;
  warmup: Nanos | null;
  alpha: boolean | null;
  virtualhost: string | null;
}

export interface CheckDraft extends CheckDefaults {
  readonly kind: CheckConf['kind'];
  connectIp: Ipv4 | null;
  connectPort: number | null;
  bindTo: Ipv4 | null;
  urls: UrlConf[];
  httpProtocol: CheckConf['httpProtocol'];
}

export interface RsDraft extends CheckDefaults {
  readonly addr: Ipv4;
  readonly port: number | null;
  fwd: FwdMethod | null;
  weight: number | null;
  uThreshold: number;
  lThreshold: number;
  inhibit: boolean | null;
  notifyUp: string | null;
  notifyDown: string | null;
  checks: CheckDraft[];
}

export interface VsDraft extends CheckDefaults {
  /** words behind virtual_server */
  readonly named: readonly string[];
  proto: number | null;
  scheduler: string | null;
  schedFlags: number;
  onePacket: boolean;
  fwd: FwdMethod | null;
  persistTimeout: number | null;
  persistMask: Ipv4;
  pe: string | null;
  quorum: number;
  hysteresis: number;
  quorumUp: string | null;
  quorumDown: string | null;
  omega: boolean;
  haSuspend: boolean;
  inhibit: boolean;
  weight: number;
  sorry: RsDraft | null;
  servers: RsDraft[];
}

export interface CheckReader extends Reader {
  readonly vsDrafts: VsDraft[];
  readonly vsGroups: Map<string, VsEntry[]>;
  /** the server that the lines are about; null after one that could not be read */
  rs: RsDraft | null;
  check: CheckDraft | null;
}

const own = (reader: Reader): CheckReader => reader as CheckReader;
const vsOf = (reader: Reader): VsDraft => own(reader).vsDrafts.at(-1) as VsDraft;

const noDefaults = (): CheckDefaults => ({ retry: null, delayBeforeRetry: null, connectTimeout: null, delayLoop: null, warmup: null, alpha: null, virtualhost: null });

export function newVs(named: readonly string[]): VsDraft {
  return {
    ...noDefaults(), named, proto: null, scheduler: null, schedFlags: 0, onePacket: false, fwd: null, persistTimeout: null, persistMask: 0xffffffff as Ipv4, pe: null,
    quorum: 1, hysteresis: 0, quorumUp: null, quorumDown: null, omega: false, haSuspend: false, inhibit: false, weight: 1, sorry: null, servers: [],
  };
}

function newRs(reader: Reader, words: readonly string[], what: string): RsDraft | null {
  const addr = parseIpv4(words[1] ?? '');
  const port = words[2] === undefined ? null : wholeOf(words[2], 1, 65_535);
  if (addr === null || (words[2] !== undefined && port === null)) {
    complain(reader, `${what} ip address ${words[1] ?? ''} is invalid or has an invalid port - skipping`);
    return null;
  }
  return { ...noDefaults(), addr, port, fwd: null, weight: null, uThreshold: 0, lThreshold: 0, inhibit: null, notifyUp: null, notifyDown: null, checks: [] };
}

type Of<T> = (reader: Reader) => T | null;

function spanOf<T>(of: Of<T>, set: (target: T, value: Nanos) => void, message: (text: string) => string, min = 0): Keyword {
  return {
    run(reader, words) {
      const value = secondsOf(words[1], min);
      const target = of(reader);
      if (value === null) complain(reader, message(words[1] ?? ''));
      else if (target !== null) set(target, value);
    },
  };
}

function numberOf<T>(of: Of<T>, min: number, max: number, set: (target: T, value: number) => void, message: (text: string) => string): Keyword {
  return {
    run(reader, words) {
      const value = wholeOf(words[1], min, max);
      const target = of(reader);
      if (value === null) complain(reader, message(words[1] ?? ''));
      else if (target !== null) set(target, value);
    },
  };
}

/** Keywords that mean the same for virtual servers, real servers and checkers. */
function defaultKeywords(of: Of<CheckDefaults>, who: string): Keywords {
  return {
    retry: numberOf(of, 1, 4_294_967_295, (target, value) => {
      target.retry = value;
    }, (text) => `retry value invalid - ${text}`),
    delay_before_retry: spanOf(of, (target, value) => {
      target.delayBeforeRetry = value;
    }, (text) => `${who} delay before retry '${text}' invalid - ignoring`),
    warmup: spanOf(of, (target, value) => {
      target.warmup = value;
    }, (text) => `${who} warmup '${text}' invalid - ignoring`),
    connect_timeout: spanOf(of, (target, value) => {
      target.connectTimeout = value;
    }, (text) => `${who} connect_timeout ${text} invalid - ignoring`, 0.000001),
    delay_loop: spanOf(of, (target, value) => {
      target.delayLoop = value;
    }, (text) => `${who} delay loop '${text}' invalid - ignoring`, 0.000001),
    alpha: {
      run(reader, words) {
        const target = of(reader);
        const on = switchOf(words[1]);
        if (on === null) complain(reader, `Invalid alpha parameter ${words[1]}`);
        else if (target !== null) target.alpha = on;
      },
    },
    virtualhost: {
      run(reader, words) {
        const target = of(reader);
        if (words[1] === undefined) complain(reader, `${who} virtualhost missing`);
        else if (target !== null) target.virtualhost = words[1];
      },
    },
  };
}

const METHODS: Readonly<Record<string, FwdMethod>> = { NAT: 'masq', DR: 'droute', TUN: 'tunnel' };

function methodOf(reader: Reader, words: readonly string[], who: string): FwdMethod | null {
  const method = METHODS[words[1] ?? ''];
  if (method === undefined) complain(reader, `PARSER : unknown [${words[1] ?? ''}] routing method for ${who} server.`);
  else if (words[2] !== undefined) unmodelled(reader, words.slice(2).join(' '));
  return method ?? null;
}

const checkOf: Of<CheckDraft> = (reader) => own(reader).check;

function urlOf(reader: Reader): UrlConf | null {
  return own(reader).check?.urls.at(-1) ?? null;
}

function statusCodes(reader: Reader, words: readonly string[]): void {
  const url = urlOf(reader);
  for (const word of words.slice(1)) {
    const [first, last = first] = word.split('-', 2);
    const [min, max] = [wholeOf(first, 100, 599), wholeOf(last, 100, 599)];
    if (min === null || max === null || min > max) complain(reader, `Invalid HTTP_GET status_code '${word}'`);
    else url?.statusCodes.push([min, max]);
  }
}

const urlKeywords: Keywords = {
  path: {
    run(reader, words) {
      const url = urlOf(reader);
      if (url !== null) url.path = words[1] ?? '/';
    },
  },
  status_code: { run: statusCodes },
  virtualhost: {
    run(reader, words) {
      const url = urlOf(reader);
      if (url !== null) url.virtualhost = words[1] ?? null;
    },
  },
  ...notModelledKeywords(['digest', 'regex', 'regex_no_match', 'regex_options', 'regex_min_offset', 'regex_max_offset', 'regex_stack']),
};

const connectKeywords: Keywords = {
  ...defaultKeywords(checkOf, 'checker'),
  connect_ip: {
    run(reader, words) {
      const check = checkOf(reader);
      const addr = parseIpv4(words[1] ?? '');
      if (addr === null) complain(reader, `Invalid connect_ip address ${words[1] ?? ''} - ignoring`);
      else if (check !== null) check.connectIp = addr;
    },
  },
  connect_port: numberOf(checkOf, 1, 65_535, (check, value) => {
    check.connectPort = value;
  }, (text) => `Invalid checker connect_port '${text}'`),
  bindto: {
    run(reader, words) {
      const check = checkOf(reader);
      const addr = parseIpv4(words[1] ?? '');
      if (addr === null) complain(reader, `Invalid bindto address ${words[1] ?? ''} - ignoring`);
      else if (check !== null) check.bindTo = addr;
    },
  },
  ...silentKeywords(['log_all_failures']),
  ...notModelledKeywords(['bind_port', 'bind_if', 'fwmark']),
};

function checker(kind: CheckConf['kind'], block: Keywords): Keyword {
  return {
    run(reader) {
      own(reader).check = { ...noDefaults(), kind, connectIp: null, connectPort: null, bindTo: null, urls: [], httpProtocol: '1.0' };
    },
    block,
    end(reader) {
      const { check, rs } = own(reader);
      own(reader).check = null;
      if (check === null || rs === null) return;
      if (check.kind === 'http' && check.urls.length === 0) complain(reader, 'HTTP/SSL_GET checker has no urls specified - ignoring');
      else rs.checks.push(check);
    },
  };
}

const httpKeywords: Keywords = {
  ...connectKeywords,
  nb_get_retry: numberOf(checkOf, 0, 4_294_967_295, (check, value) => {
    check.retry = value;
  }, (text) => `Invalid nb_get_retry value '${text}'`),
  http_protocol: {
    run(reader, words) {
      const check = checkOf(reader);
      const version = words[1];
      if (version !== '1.0' && version !== '1.0C' && version !== '1.1' && version !== '1.0c') complain(reader, `Invalid http_protocol version ${version ?? ''}`);
      else if (check !== null) check.httpProtocol = version === '1.1' ? '1.1' : version === '1.0' ? '1.0' : '1.0C';
    },
  },
  url: {
    run: (reader) => void own(reader).check?.urls.push({ path: '/', statusCodes: [], virtualhost: null }),
    block: urlKeywords,
    end(reader) {
      const url = urlOf(reader);
      if (url?.statusCodes.length === 0) url.statusCodes.push([200, 299]);
    },
  },
  ...notModelledKeywords(['fast_recovery', 'enable_sni', 'ssl_handshake_timeout']),
};

const rsOf: Of<RsDraft> = (reader) => own(reader).rs;

function rsNotify(field: 'notifyUp' | 'notifyDown'): Keyword {
  return {
    run(reader, words) {
      const rs = rsOf(reader);
      if (rs !== null) rs[field] = commandOf(words);
    },
  };
}

const rsKeywords: Keywords = {
  ...defaultKeywords(rsOf, 'real server'),
  weight: numberOf(rsOf, 0, 65_535, (rs, value) => {
    rs.weight = value;
  }, (text) => `Real server weight ${text} is outside range 0-65535`),
  lvs_method: {
    run(reader, words) {
      const rs = rsOf(reader);
      if (rs !== null) rs.fwd = methodOf(reader, words, 'real') ?? rs.fwd;
    },
  },
  uthreshold: numberOf(rsOf, 0, 4_294_967_295, (rs, value) => {
    rs.uThreshold = value;
  }, (text) => `Invalid real_server uthreshold '${text}' - ignoring`),
  lthreshold: numberOf(rsOf, 0, 4_294_967_295, (rs, value) => {
    rs.lThreshold = value;
  }, (text) => `Invalid real_server lthreshold '${text}' - ignoring`),
  inhibit_on_failure: {
    run(reader, words) {
      const rs = rsOf(reader);
      const on = switchOf(words[1]);
      if (on === null) complain(reader, `Invalid inhibit_on_failure parameter ${words[1]}`);
      else if (rs !== null) rs.inhibit = on;
    },
  },
  notify_up: rsNotify('notifyUp'),
  notify_down: rsNotify('notifyDown'),
  TCP_CHECK: checker('tcp', connectKeywords),
  HTTP_GET: checker('http', httpKeywords),
  ...silentKeywords(['smtp_alert', 'snmp_name']),
  ...notModelledKeywords(['SSL_GET', 'SMTP_CHECK', 'DNS_CHECK', 'MISC_CHECK', 'BFD_CHECK', 'PING_CHECK', 'UDP_CHECK', 'FILE_CHECK']),
};

/** IP_VS_SVC_F_SCHED1 and IP_VS_SVC_F_SCHED2; what they mean is the scheduler's business */
const FLAGS: Readonly<Record<string, number>> = { 'flag-1': 8, 'flag-2': 16, 'sh-fallback': 8, 'sh-port': 16, 'mh-fallback': 8, 'mh-port': 16 };
const PROTOCOLS: Readonly<Record<string, number>> = { TCP: IPPROTO_TCP, UDP: IPPROTO_UDP, SCTP: IPPROTO_SCTP };

function schedulerWords(reader: Reader, words: readonly string[]): void {
  const name = words[1] ?? '';
  if (schedulerOf(name) === null) complain(reader, `Invalid lvs_scheduler '${name}' - ignoring`);
  else vsOf(reader).scheduler = name;
}

const methodKeyword: Keyword = {
  run(reader, words) {
    vsOf(reader).fwd = methodOf(reader, words, 'virtual') ?? vsOf(reader).fwd;
  },
};

function vsCommand(field: 'quorumUp' | 'quorumDown'): Keyword {
  return {
    run(reader, words) {
      vsOf(reader)[field] = commandOf(words);
    },
  };
}

const persistence: Keywords = {
  persistence_timeout: {
    run(reader, words) {
      const value = words[1] === undefined ? PERSISTENCE_DEFAULT_S : wholeOf(words[1], 1, 86_400 * 31);
      if (value === null) complain(reader, 'persistence_timeout invalid');
      else vsOf(reader).persistTimeout = value;
    },
  },
  persistence_granularity: {
    run(reader, words) {
      const mask = parseIpv4(words[1] ?? '');
      if (mask === null) return complain(reader, `Invalid IPv4 persistence_granularity specified - ${words[1] ?? ''}`);
      if (prefixLenOf(mask) === null) return complain(reader, `IPv4 persistence_granularity netmask is not solid - ${words[1]}`);
      vsOf(reader).persistMask = mask;
      vsOf(reader).persistTimeout ??= PERSISTENCE_DEFAULT_S;
    },
  },
  persistence_engine: {
    run(reader, words) {
      vsOf(reader).pe = words[1] ?? null;
    },
  },
};

const sorryKeywords: Keywords = {
  sorry_server: {
    run(reader, words) {
      vsOf(reader).sorry = newRs(reader, words, 'Sorry server');
    },
  },
  sorry_server_inhibit: {
    run(reader) {
      const { sorry } = vsOf(reader);
      if (sorry === null) complain(reader, 'Ignoring sorry_server inhibit used before or without sorry_server');
      else sorry.inhibit = true;
    },
  },
  sorry_server_lvs_method: {
    run(reader, words) {
      const { sorry } = vsOf(reader);
      if (sorry === null) complain(reader, 'sorry_server forwarding used without sorry_server');
      else sorry.fwd = methodOf(reader, words, 'sorry');
    },
  },
};

export const vsKeywords: Keywords = {
  ...defaultKeywords(vsOf, 'virtual server'),
  ...persistence,
  ...sorryKeywords,
  lb_algo: { run: schedulerWords },
  lvs_sched: { run: schedulerWords },
  lb_kind: methodKeyword,
  lvs_method: methodKeyword,
  ops: {
    run(reader) {
      vsOf(reader).onePacket = true;
    },
  },
  ...Object.fromEntries(
    Object.entries(FLAGS).map(([name, bit]): [string, Keyword] => [
      name,
      {
        run(reader) {
          const vs = vsOf(reader);
          if (!name.startsWith('flag') && vs.scheduler !== name.slice(0, 2)) complain(reader, `${name} only applies to ${name.slice(0, 2)} scheduler - ignoring`);
          else vs.schedFlags |= bit;
        },
      },
    ]),
  ),
  protocol: {
    run(reader, words) {
      const proto = PROTOCOLS[words[1] ?? ''];
      if (proto === undefined) complain(reader, `Unknown protocol ${words[1] ?? ''} - ignoring`);
      else vsOf(reader).proto = proto;
    },
  },
  inhibit_on_failure: {
    run(reader) {
      vsOf(reader).inhibit = true;
    },
  },
  ha_suspend: {
    run(reader) {
      vsOf(reader).haSuspend = true;
    },
  },
  omega: {
    run(reader) {
      vsOf(reader).omega = true;
    },
  },
  weight: numberOf(vsOf, 0, 65_535, (vs, value) => {
    vs.weight = value;
  }, (text) => `Virtual server weight ${text} is outside range 0-65535`),
  quorum: numberOf(vsOf, 1, 4_294_967_295, (vs, value) => {
    vs.quorum = value;
  }, (text) => `Quorum ${text} must be in [1, 4294967295]. Setting to 1.`),
  hysteresis: numberOf(vsOf, 0, 4_294_967_295, (vs, value) => {
    vs.hysteresis = value;
  }, (text) => `Hysteresis ${text} must be in [0, 4294967295]`),
  quorum_up: vsCommand('quorumUp'),
  quorum_down: vsCommand('quorumDown'),
  real_server: {
    run(reader, words) {
      own(reader).rs = newRs(reader, words, 'Real server');
    },
    block: rsKeywords,
    end(reader) {
      const { rs } = own(reader);
      own(reader).rs = null;
      if (rs !== null) vsOf(reader).servers.push(rs);
    },
  },
  ...silentKeywords(['smtp_alert', 'snmp_name', 'ip_family']),
  ...notModelledKeywords(['hashed', 'flag-3']),
};

/** `10.1.0.100-110 80` or `fwmark 3` */
function entryOf(words: readonly string[]): VsEntry | null {
  if (words[0] === 'fwmark') {
    const fwmark = wholeOf(words[1], 1, 0xffffffff);
    return fwmark === null ? null : { kind: 'fwmark', fwmark };
  }
  const [from = '', to] = (words[0] ?? '').split('-', 2);
  const first = parseIpv4(from);
  const end = to === undefined ? (first === null ? 0 : first & 255) : (wholeOf(to, 0, 255) ?? -1);
  const port = words[1] === undefined ? 0 : wholeOf(words[1], 1, 65_535);
  if (first === null || port === null || end < (first & 255)) return null;
  return { kind: 'range', first, last: (first - (first & 255) + end) as Ipv4, port };
}

export const groupBlock: Keyword = {
  run(reader, words) {
    const name = words[1] ?? '';
    const entries: VsEntry[] = [];
    readValues(reader, [words[0] as string, ...words.slice(2)], (_, line) => {
      const entry = entryOf(line);
      if (entry === null) complain(reader, `Invalid virtual server group IP address ${line.join(' ')} - skipping`);
      else entries.push(entry);
    });
    if (entries.length === 0) complain(reader, `virtual server group ${name} has no entries - removing`);
    else own(reader).vsGroups.set(name, entries);
  },
};
