/**
 * What a keepalived configuration says, as plain data, with all defaults filled in.
 * Comes from: config-parse.ts.  Goes to: vrrp*.ts, lvs*.ts.
 * Source: keepalived 2.2.7 include/vrrp.h, include/check_data.h, core/global_data.c.
 */
import { seconds, type Nanos } from '../../../engine/index.ts';
import type { FwdMethod } from '../../../ipvs/index.ts';
import type { Ipv4, PrefixLen } from '../../../wire/index.ts';

export interface GlobalConf {
  routerId: string | null;
  mcastGroup: Ipv4;
  version: 2 | 3;
  garp: GlobalGarpConf;
  downTimerAdverts: number;
  lowerPrioNoAdvert: boolean;
  higherPrioSendAdvert: boolean;
  skipCheckAdvAddr: boolean;
  strict: boolean;
  checkUnicastSrc: boolean;
  logUnknownVrids: boolean;
  /** no script is run that others than root could have put there */
  scriptSecurity: boolean;
  startupDelay: Nanos;
  defaultInterface: string;
  lvsFlush: boolean;
  lvsTimeouts: { tcp: number; tcpFin: number; udp: number };
  syncDaemon: { dev: string; instance: string; id: number | null } | null;
}

export interface GarpConf {
  /** a second round follows the first after this; 0: none */
  delay: Nanos;
  repeat: number;
  /** again every so often while master; 0: never */
  refresh: Nanos;
  refreshRepeat: number;
  /** the same after an advertisement of lower priority */
  lowerPrioDelay: Nanos;
  lowerPrioRepeat: number;
}

export interface GlobalGarpConf extends Omit<GarpConf, 'lowerPrioDelay' | 'lowerPrioRepeat'> {
  /** an interface sends one in so long; 0: all at once */
  interval: Nanos;
  /** null: as delay and repeat of all; an instance's own do not count */
  lowerPrioDelay: Nanos | null;
  lowerPrioRepeat: number | null;
}

export interface VipConf {
  readonly addr: Ipv4;
  readonly prefixLen: PrefixLen;
  /** null: the instance's interface */
  readonly dev: string | null;
  readonly label: string | null;
  readonly scope: number | null;
  readonly broadcast: Ipv4 | null;
  /** held with the others, but not advertised */
  readonly excluded: boolean;
}

/** `10.9.0.0/24 via 10.1.0.1 dev eth1 metric 5` */
export interface RouteConf {
  readonly dst: Ipv4;
  readonly prefixLen: PrefixLen;
  /** as it was written: two are the same when it is */
  readonly text: string;
  readonly type: 'blackhole' | 'unreachable' | 'prohibit' | 'throw' | null;
  via: Ipv4 | null;
  dev: string | null;
  src: Ipv4 | null;
  metric: number;
  table: number | null;
  mtu: number | null;
  /** the instance fails with its interface */
  isTracked: boolean;
}

export interface TrackConf {
  readonly name: string;
  /** 0: a failure puts the instance into FAULT; else it changes the priority */
  readonly weight: number;
  readonly reverse: boolean;
}

export interface ScriptConf {
  readonly name: string;
  command: string;
  interval: Nanos;
  timeout: Nanos;
  weight: number;
  reverse: boolean;
  rise: number;
  fall: number;
  initFail: boolean;
}

/** Commands to run on a change of state. */
export interface NotifyConf {
  master: string | null;
  backup: string | null;
  fault: string | null;
  stop: string | null;
  any: string | null;
}

export interface VrrpConf {
  readonly name: string;
  state: 'MASTER' | 'BACKUP';
  /** '' when only unicast_src_ip is given */
  dev: string;
  vrid: number;
  priority: number;
  advert: Nanos;
  version: 2 | 3;
  preempt: boolean;
  preemptDelay: Nanos;
  /** null: no authentication */
  password: string | null;
  vips: VipConf[];
  routes: RouteConf[];
  trackInterfaces: TrackConf[];
  trackScripts: TrackConf[];
  trackPrimary: boolean;
  peers: Ipv4[];
  src: Ipv4 | null;
  mcastGroup: Ipv4;
  garp: GarpConf;
  downTimerAdverts: number;
  lowerPrioNoAdvert: boolean;
  higherPrioSendAdvert: boolean;
  skipCheckAdvAddr: boolean;
  /** a master takes packets for its virtual addresses; an owner of the addresses always does */
  accept: boolean;
  checkUnicastSrc: boolean;
  notify: NotifyConf;
}

export interface GroupConf {
  readonly name: string;
  members: string[];
  /** scripts with weights count for its members, too */
  trackingWeight: boolean;
  notify: NotifyConf;
}

export interface UrlConf {
  path: string;
  /** pairs of first and last code that count as success */
  statusCodes: (readonly [number, number])[];
  virtualhost: string | null;
}

export interface CheckConf {
  readonly kind: 'tcp' | 'http' | 'misc' | 'udp' | 'ping';
  connectIp: Ipv4 | null;
  connectPort: number | null;
  bindTo: Ipv4 | null;
  connectTimeout: Nanos;
  retry: number;
  delayBeforeRetry: Nanos;
  delayLoop: Nanos;
  /** the first check waits up to this, by chance */
  warmup: Nanos;
  alpha: boolean;
  urls: UrlConf[];
  /** 1.0 and 1.1, 1.0C: 1.0 with `Connection: close` */
  httpProtocol: '1.0' | '1.0C' | '1.1';
  virtualhost: string | null;
  /** MISC_CHECK: what is run, for how long at most (null: a delay_loop), and whether its exit code is a weight */
  command: string;
  commandTimeout: Nanos | null;
  dynamic: boolean;
  /** UDP_CHECK: silence counts as failure; what is sent, in hexadecimal ('': keepalived's own text) */
  requireReply: boolean;
  payload: string;
}

export interface RsConf {
  readonly addr: Ipv4;
  port: number;
  fwd: FwdMethod;
  weight: number;
  uThreshold: number;
  lThreshold: number;
  /** weight 0 instead of being removed */
  inhibit: boolean;
  notifyUp: string | null;
  notifyDown: string | null;
  checks: CheckConf[];
}

/** What a virtual server stands for: one service, a mark, or the entries of a group. */
export type VsTarget =
  | { readonly kind: 'addr'; readonly addr: Ipv4; readonly port: number }
  | { readonly kind: 'fwmark'; readonly fwmark: number }
  | { readonly kind: 'group'; readonly name: string; readonly entries: readonly VsEntry[] };

export type VsEntry =
  | { readonly kind: 'range'; readonly first: Ipv4; readonly last: Ipv4; readonly port: number }
  | { readonly kind: 'fwmark'; readonly fwmark: number };

export interface VsConf {
  readonly target: VsTarget;
  /** IPPROTO_…; 0 for marks */
  proto: number;
  scheduler: string;
  /** scheduler flags: sh-port, sh-fallback, mh-port … */
  schedFlags: number;
  onePacket: boolean;
  /** seconds, or null */
  persistTimeout: number | null;
  persistMask: Ipv4;
  pe: string | null;
  quorum: number;
  hysteresis: number;
  quorumUp: string | null;
  quorumDown: string | null;
  omega: boolean;
  haSuspend: boolean;
  sorry: RsConf | null;
  servers: RsConf[];
}

export interface ConfigError {
  /** the part of keepalived that would tell it */
  readonly who: 'Keepalived' | 'Keepalived_vrrp' | 'Keepalived_healthcheckers';
  readonly text: string;
  /** line of a file; null: about the whole */
  readonly place: { readonly file: string; readonly number: number } | null;
  /** it is no error but something the lab does not have */
  readonly unmodelled: boolean;
  /** scripts run with the rights of root */
  readonly insecure?: true;
  /** only the first process tells it */
  readonly global?: true;
}

export interface Config {
  readonly global: GlobalConf;
  scripts: ScriptConf[];
  instances: VrrpConf[];
  groups: GroupConf[];
  servers: VsConf[];
  errors: ConfigError[];
  /** other files are included */
  manyFiles: boolean;
  /** an instance lacks what it needs: keepalived gives up (the VRRP part, and with it all) */
  badVrrp: boolean;
  /** a file could not be read: keepalived does not start */
  fatal: boolean;
}

/** A complaint as it is printed: the parent process names the file only when there are several. */
export function errorText(config: Config, { place, text }: ConfigError, byParent: boolean): string {
  if (place === null) return text;
  return byParent && !config.manyFiles ? `(Line ${place.number}) ${text}` : `(${place.file}: Line ${place.number}) ${text}`;
}

export const DEFAULT_CONFIG_FILE = '/etc/keepalived/keepalived.conf';
export const PRIO_OWNER = 255;
export const PRIO_DEFAULT = 100;
/** 224.0.0.18 */
export const VRRP_GROUP = 0xe0000012 as Ipv4;
export const PERSISTENCE_DEFAULT_S = 360;

export function defaultGlobals(): GlobalConf {
  return {
    routerId: null,
    mcastGroup: VRRP_GROUP,
    version: 2,
    garp: {
      delay: seconds(5),
      repeat: 5,
      refresh: 0 as Nanos,
      refreshRepeat: 1,
      interval: 0 as Nanos,
      lowerPrioDelay: null,
      lowerPrioRepeat: null,
    },
    downTimerAdverts: 3,
    lowerPrioNoAdvert: false,
    higherPrioSendAdvert: false,
    skipCheckAdvAddr: false,
    strict: false,
    checkUnicastSrc: false,
    logUnknownVrids: false,
    scriptSecurity: false,
    startupDelay: 0 as Nanos,
    defaultInterface: 'eth0',
    lvsFlush: false,
    lvsTimeouts: { tcp: 0, tcpFin: 0, udp: 0 },
    syncDaemon: null,
  };
}

export function noNotify(): NotifyConf {
  return { master: null, backup: null, fault: null, stop: null, any: null };
}
