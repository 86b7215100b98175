/**
 * Keywords of `virtual_server`, `real_server` and `virtual_server_group`.
 * Comes from: config-parse.ts.  Goes to: config-complete.ts.
 * Source: keepalived 2.2.7 check/check_parser.c, check/check_data.c, check/check_api.c, check/check_http.c.
 */
import { schedulerOf, type FwdMethod } from '../../../ipvs/index.ts';
import { IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP, parseIpv4, maskOf, prefixLenOf, type Ipv4, type PrefixLen } from '../../../wire/index.ts';
import { PERSISTENCE_DEFAULT_S, type VsEntry } from './config.ts';
import { checker, connectKeywords, httpKeywords, miscKeywords, udpKeywords } from './config-checker.ts';
import { own, vsOf, newRs, numberOf, defaultKeywords, type Of, type RsDraft } from './config-drafts.ts';
import {
  commandOf,
  complain,
  notModelledKeywords,
  readValues,
  silentKeywords,
  switchOf,
  unmodelled,
  rangeOf,
  wholeOf,
  type Keyword,
  type Keywords,
  type Reader,
} from './config-reader.ts';
import { entryOf as rowOf } from '../../entry-of.ts';

const METHODS: Readonly<Record<string, FwdMethod>> = { NAT: 'masq', DR: 'droute', TUN: 'tunnel' };

function methodOf(reader: Reader, words: readonly string[], who: string): FwdMethod | null {
  const method = rowOf(METHODS, words[1] ?? '');
  if (method === undefined) complain(reader, `PARSER : unknown [${words[1] ?? ''}] routing method for ${who} server.`);
  else if (words[2] !== undefined) unmodelled(reader, words.slice(2).join(' '));
  return method ?? null;
}

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
  weight: numberOf(
    rsOf,
    0,
    2_147_483_647,
    (rs, value) => {
      rs.weight = value;
    },
    (text) => `Real server weight ${text} is outside range 0-2147483647`,
  ),
  lvs_method: {
    run(reader, words) {
      const rs = rsOf(reader);
      if (rs !== null) rs.fwd = methodOf(reader, words, 'real') ?? rs.fwd;
    },
  },
  uthreshold: numberOf(
    rsOf,
    0,
    4_294_967_295,
    (rs, value) => {
      rs.uThreshold = value;
    },
    (text) => `Invalid real_server uthreshold '${text}' - ignoring`,
  ),
  lthreshold: numberOf(
    rsOf,
    0,
    4_294_967_295,
    (rs, value) => {
      rs.lThreshold = value;
    },
    (text) => `Invalid real_server lthreshold '${text}' - ignoring`,
  ),
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
  MISC_CHECK: checker('misc', miscKeywords),
  UDP_CHECK: checker('udp', udpKeywords),
  PING_CHECK: checker('ping', connectKeywords),
  ...silentKeywords(['smtp_alert', 'snmp_name']),
  ...notModelledKeywords(['SSL_GET', 'SMTP_CHECK', 'DNS_CHECK', 'BFD_CHECK', 'FILE_CHECK']),
};

/** IP_VS_SVC_F_SCHED1 and IP_VS_SVC_F_SCHED2; what they mean is the scheduler's business */
const FLAGS: Readonly<Record<string, number>> = {
  'flag-1': 8,
  'flag-2': 16,
  'sh-fallback': 8,
  'sh-port': 16,
  'mh-fallback': 8,
  'mh-port': 16,
};
const PROTOCOLS: Readonly<Record<string, number>> = {
  TCP: IPPROTO_TCP,
  UDP: IPPROTO_UDP,
  SCTP: IPPROTO_SCTP,
};

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
      const value = words[1] === undefined ? PERSISTENCE_DEFAULT_S : rangeOf(reader, words[1], 1, 86_400 * 31);
      if (value === null) complain(reader, 'persistence_timeout invalid');
      else vsOf(reader).persistTimeout = value;
    },
  },
  persistence_granularity: {
    run(reader, words) {
      const len = wholeOf(words[1], 1, 32);
      const mask = len === null ? parseIpv4(words[1] ?? '') : maskOf(len as PrefixLen);
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
      vsOf(reader).sorry = newRs(reader, words, 'sorry');
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
          if (!name.startsWith('flag') && vs.scheduler !== name.slice(0, 2))
            complain(reader, `${name} only applies to ${name.slice(0, 2)} scheduler - ignoring`);
          else vs.schedFlags |= bit;
        },
      },
    ]),
  ),
  protocol: {
    run(reader, words) {
      const proto = rowOf(PROTOCOLS, words[1] ?? '');
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
  weight: numberOf(
    vsOf,
    0,
    65_535,
    (vs, value) => {
      vs.weight = value;
    },
    (text) => `Virtual server weight ${text} is outside range 0-2147483647`,
  ),
  quorum: numberOf(
    vsOf,
    1,
    4_294_967_295,
    (vs, value) => {
      vs.quorum = value;
    },
    (text) => `Quorum ${text} must be in [1, 4294967295]. Setting to 1.`,
  ),
  hysteresis: numberOf(
    vsOf,
    0,
    4_294_967_295,
    (vs, value) => {
      vs.hysteresis = value;
    },
    (text) => `Hysteresis ${text} must be in [0, 4294967295]`,
  ),
  quorum_up: vsCommand('quorumUp'),
  quorum_down: vsCommand('quorumDown'),
  real_server: {
    run(reader, words) {
      own(reader).rs = newRs(reader, words, 'real');
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
