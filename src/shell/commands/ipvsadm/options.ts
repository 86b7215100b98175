/**
 * The options of ipvsadm, and which of them each command takes.
 * Comes from: parse.ts.
 * Source: ipvsadm 1.31, options_table, optnames, cmdnames, commands_v_options.
 */

export type CmdName =
  | 'add-service'
  | 'edit-service'
  | 'delete-service'
  | 'flush'
  | 'list'
  | 'add-server'
  | 'delete-server'
  | 'edit-server'
  | 'set'
  | 'start-daemon'
  | 'stop-daemon'
  | 'restore'
  | 'save'
  | 'zero'
  | 'help'
  | 'version'
  | 'add-laddr'
  | 'del-laddr'
  | 'get-laddr';

/** Options by the names in ipvsadm's messages, in the order in which they are checked. */
export const OPT_NAMES = [
  'numeric',
  'connection',
  'service-address',
  'scheduler',
  'persistent',
  'netmask',
  'real-server',
  'forwarding-method',
  'weight',
  'u-threshold',
  'l-threshold',
  'mcast-interface',
  'timeout',
  'daemon',
  'stats',
  'rate',
  'thresholds',
  'persistent-conn',
  'nosort',
  'syncid',
  'exact',
  'ops',
  'pe',
  'sched-flags',
  'tun-info',
  'tun-type',
  'tun-port',
  'tun-nocsum',
  'tun-csum',
  'tun-remcsum',
  'sync-maxlen',
  'mcast-group',
  'mcast-port',
  'mcast-ttl',
  'local-address',
] as const;
export type OptName = (typeof OPT_NAMES)[number];

export interface OptionRow {
  readonly long: string;
  readonly short: string | null;
  readonly arg: 'none' | 'string' | 'optional';
  /** a command letter, or an option */
  readonly cmd: CmdName | null;
}

function row(long: string, short: string | null, arg: OptionRow['arg'] = 'none', cmd: CmdName | null = null): OptionRow {
  return { long, short, arg, cmd };
}

export const OPTIONS: readonly OptionRow[] = [
  row('add-service', 'A', 'none', 'add-service'),
  row('edit-service', 'E', 'none', 'edit-service'),
  row('delete-service', 'D', 'none', 'delete-service'),
  row('clear', 'C', 'none', 'flush'),
  row('list', 'L', 'none', 'list'),
  row('list', 'l', 'none', 'list'),
  row('zero', 'Z', 'none', 'zero'),
  row('add-server', 'a', 'none', 'add-server'),
  row('edit-server', 'e', 'none', 'edit-server'),
  row('delete-server', 'd', 'none', 'delete-server'),
  row('set', null, 'none', 'set'),
  row('restore', 'R', 'none', 'restore'),
  row('save', 'S', 'none', 'save'),
  row('start-daemon', null, 'string', 'start-daemon'),
  row('stop-daemon', null, 'string', 'stop-daemon'),
  row('help', 'h', 'none', 'help'),
  row('version', 'v', 'none', 'version'),
  row('tcp-service', 't', 'string'),
  row('udp-service', 'u', 'string'),
  row('sctp-service', null, 'string'),
  row('fwmark-service', 'f', 'string'),
  row('scheduler', 's', 'string'),
  row('persistent', 'p', 'optional'),
  row('netmask', 'M', 'string'),
  row('real-server', 'r', 'string'),
  row('masquerading', 'm'),
  row('ipip', 'i'),
  row('gatewaying', 'g'),
  row('weight', 'w', 'string'),
  row('u-threshold', 'x', 'string'),
  row('l-threshold', 'y', 'string'),
  row('numeric', 'n'),
  row('connection', 'c'),
  row('mcast-interface', null, 'string'),
  row('timeout', null),
  row('daemon', null),
  row('stats', null),
  row('rate', null),
  row('thresholds', null),
  row('persistent-conn', null),
  row('tun-info', null),
  row('nosort', null),
  row('sort', null),
  row('exact', 'X'),
  row('ipv6', '6'),
  row('ops', 'o'),
  row('pe', null, 'string'),
  row('sched-flags', 'b', 'string'),
  row('syncid', null, 'string'),
  row('sync-maxlen', null, 'string'),
  row('mcast-group', null, 'string'),
  row('mcast-port', null, 'string'),
  row('mcast-ttl', null, 'string'),
  row('tun-type', null, 'string'),
  row('tun-port', null, 'string'),
  row('tun-nocsum', null),
  row('tun-csum', null),
  row('tun-remcsum', null),
];

/** Options of a FullNAT ipvsadm (Alibaba LVS v3, DPVS): outside mainline, taken only in complete commands. */
export const FULLNAT_OPTIONS: readonly OptionRow[] = [
  row('add-laddr', 'P', 'none', 'add-laddr'),
  row('del-laddr', 'Q', 'none', 'del-laddr'),
  row('get-laddr', 'G', 'none', 'get-laddr'),
  row('local-address', 'z', 'string'),
  row('fullnat', 'b'),
];

export interface CmdRule {
  readonly need: readonly OptName[];
  readonly may: readonly OptName[];
  /** at most one of these */
  readonly oneOf: readonly OptName[];
}

function rule(need: readonly OptName[], may: readonly OptName[] = [], oneOf: readonly OptName[] = []): CmdRule {
  return { need, may, oneOf };
}

const SERVICE_OPTS: readonly OptName[] = ['scheduler', 'persistent', 'netmask', 'ops', 'pe', 'sched-flags'];
const SERVER_OPTS: readonly OptName[] = [
  'forwarding-method',
  'weight',
  'u-threshold',
  'l-threshold',
  'tun-type',
  'tun-port',
  'tun-nocsum',
  'tun-csum',
  'tun-remcsum',
];

export const CMD_RULES: Readonly<Record<Exclude<CmdName, 'help' | 'version'>, CmdRule>> = {
  'add-service': rule(['service-address'], SERVICE_OPTS),
  'edit-service': rule(['service-address'], SERVICE_OPTS),
  'delete-service': rule(['service-address']),
  flush: rule([]),
  list: rule(
    [],
    ['numeric', 'stats', 'rate', 'thresholds', 'persistent-conn', 'nosort', 'exact', 'tun-info'],
    ['connection', 'service-address', 'timeout', 'daemon'],
  ),
  'add-server': rule(['service-address', 'real-server'], SERVER_OPTS),
  'delete-server': rule(['service-address', 'real-server']),
  'edit-server': rule(['service-address', 'real-server'], SERVER_OPTS),
  set: rule([]),
  'start-daemon': rule([], ['mcast-interface', 'syncid', 'sync-maxlen', 'mcast-group', 'mcast-port', 'mcast-ttl']),
  'stop-daemon': rule([], ['syncid']),
  restore: rule([]),
  save: rule([], ['numeric']),
  zero: rule([], ['service-address']),
  'add-laddr': rule(['service-address', 'local-address']),
  'del-laddr': rule(['service-address', 'local-address']),
  'get-laddr': rule([], ['numeric', 'service-address']),
};
