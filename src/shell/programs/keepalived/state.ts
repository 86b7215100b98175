/**
 * Everything a running keepalived knows: plain data, kept in its process.
 * Source: keepalived 2.2.7 include/vrrp.h (vrrp_t), include/check_data.h, include/check_api.h.
 * Differs: one process does the work of the parent, the VRRP and the checkers process.
 */
import type { Nanos } from '../../../engine/index.ts';
import type { IfIndex } from '../../../host/index.ts';
import type { Ipv4 } from '../../../wire/index.ts';
import type { NodeNet, Proc } from '../../../world/index.ts';
import type { CheckConf, Config, RsConf, ScriptConf, VrrpConf, VsConf } from './config.ts';

export type VrrpState = 'INIT' | 'BACKUP' | 'MASTER' | 'FAULT';

export interface Instance {
  conf: VrrpConf;
  state: VrrpState;
  /** where it would be but for its sync group */
  want: VrrpState;
  /** as configured, or one less for an owner that met another owner */
  basePriority: number;
  /** with the weights of what it tracks, before limits */
  totalPriority: number;
  priority: number;
  /** interval of the master that it hears (version 3) or its own */
  masterAdvert: Nanos;
  /** how long to wait for an advertisement */
  downTimer: Nanos;
  /** when its timer fires, and the number that the pending timer carries; null: none */
  fireAt: Nanos | null;
  timer: number;
  /** its addresses are on the interface */
  vipSet: boolean;
  /** source address of its advertisements; null: the interface has no address */
  src: Ipv4 | null;
  /** how many things that it depends on are down; above 0 it is in FAULT */
  faults: number;
  /** scripts that have not told anything yet */
  scriptsPending: number;
  preemptAt: Nanos | null;
  master: Ipv4 | null;
  garpRefreshAt: Nanos | null;
  /** sockets that only send, by source address */
  sockOut: number;
  sockOutSrc: Ipv4 | null;
}

export interface Group {
  readonly name: string;
  members: string[];
  state: VrrpState;
  /** members in FAULT */
  faults: number;
}

/** A socket that receives advertisements for the instances of an interface. */
export interface Listening {
  readonly dev: IfIndex;
  /** '' none */
  readonly devName: string;
  /** the multicast group, or the own address with unicast */
  readonly addr: Ipv4;
  readonly unicast: boolean;
  readonly sock: number;
}

export interface ScriptRun {
  conf: ScriptConf;
  /** successes in a row up to rise, then failures allowed */
  result: number;
  /** nothing is known yet */
  fresh: boolean;
  pid: number | null;
  timer: number;
}

export interface RealServer {
  conf: RsConf;
  alive: boolean;
  /** it is in the IPVS table */
  set: boolean;
  failed: number;
}

export interface VirtualServer {
  conf: VsConf;
  quorumUp: boolean;
  servers: RealServer[];
  sorry: RealServer | null;
}

export interface Check {
  conf: CheckConf;
  /** index in the list of virtual servers, and of its real server */
  vs: number;
  rs: number;
  up: boolean;
  hasRun: boolean;
  tries: number;
  timer: number;
  /** what goes on: waiting for the next round, or something of the connection */
  phase: 'idle' | 'connect' | 'read';
  sock: number;
  url: number;
  failedUrl: boolean;
  got: string;
}

export interface Options {
  readonly file: string;
  readonly vrrp: boolean;
  readonly checkers: boolean;
  readonly detail: boolean;
  /** log lines go to standard error too */
  readonly console: boolean;
  readonly syslog: boolean;
  readonly dontReleaseVrrp: boolean;
  readonly dontReleaseIpvs: boolean;
  readonly addressMonitoring: boolean;
  readonly dontFork: boolean;
  readonly pidFiles: readonly string[];
}

export interface KeepalivedState {
  readonly options: Options;
  config: Config | null;
  /** how often the file has been read again */
  reloads: number;
  /** number of the next timer */
  nextTimer: number;
  netlink: number;
  listening: Listening[];
  instances: Instance[];
  groups: Group[];
  scripts: ScriptRun[];
  /** interfaces that are tracked, and whether they were up */
  ifUp: Map<string, boolean>;
  virtualServers: VirtualServer[];
  checks: Check[];
  /** exit code when it could not start; null while it runs */
  failed: number | null;
}

/** What every function of this folder works with. */
export interface Ka {
  readonly net: NodeNet;
  readonly proc: Proc;
  readonly st: KeepalivedState;
}

export function createKeepalivedState(options: Options): KeepalivedState {
  return {
    options,
    config: null,
    reloads: 0,
    nextTimer: 1,
    netlink: 0,
    listening: [],
    instances: [],
    groups: [],
    scripts: [],
    ifUp: new Map(),
    virtualServers: [],
    checks: [],
    failed: null,
  };
}

/** Wakes the process after a while with `key`, and a number that tells this timer from older ones. */
export function arm(ka: Ka, kind: string, delay: Nanos): number {
  const number = ka.st.nextTimer++;
  ka.net.sleep(ka.proc.pid, `${kind} ${number}`, delay);
  return number;
}
