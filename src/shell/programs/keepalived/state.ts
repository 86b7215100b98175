/**
 * Everything a running keepalived knows: plain data, kept in its process.
 * Source: keepalived 2.2.7 include/vrrp.h (vrrp_t), include/check_data.h, include/check_api.h.
 * Differs: one process does the work of the parent, the VRRP and the checkers process.
 */
import type { Nanos } from '../../../engine/index.ts';
import type { IfIndex } from '../../../host/index.ts';
import type { Ipv4, VrrpHdr } from '../../../wire/index.ts';
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
  /** when its timer fires; null: none */
  fireAt: Nanos | null;
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

/** What is still to be done in this round, in order. */
export type Work =
  /** the advertisement goes to one more peer */
  | { readonly kind: 'send'; readonly name: string; readonly dst: Ipv4; readonly hdr: VrrpHdr }
  /** the timer of an instance has run out */
  | { readonly kind: 'expire'; readonly name: string }
  /** a new master takes the addresses, when its advertisement has gone its whole way */
  | { readonly kind: 'become'; readonly name: string }
  /** one frame of gratuitous ARP */
  | { readonly kind: 'arp'; readonly name: string; readonly dev: string; readonly addr: Ipv4 }
  /** they have been announced */
  | { readonly kind: 'became'; readonly name: string }
  /** they are announced again later */
  | { readonly kind: 'late'; readonly name: string; readonly delay: Nanos; readonly lower: boolean }
  /** then its group follows */
  | { readonly kind: 'lead'; readonly name: string }
  /** a member of a group becomes master because another has */
  | { readonly kind: 'follow'; readonly name: string }
  /** the group has followed */
  | { readonly kind: 'group'; readonly name: string; readonly state: VrrpState }
  /** a master says that it is there, or that it goes */
  | { readonly kind: 'advert'; readonly name: string; readonly goodbye: boolean }
  /** the file is read again */
  | { readonly kind: 'reread'; readonly name: string }
  /** goodbye has been said */
  | { readonly kind: 'quit'; readonly name: string }
  /** the next interval begins */
  | { readonly kind: 'rest'; readonly name: string }
  /** gratuitous ARP once more */
  | { readonly kind: 'garp'; readonly name: string; readonly times: number };

/** Gratuitous ARP on an interface that allows only so many: what waits for its turn, and when that comes. */
export interface SpacedArp {
  readonly dev: string;
  /** nothing is sent before */
  at: Nanos;
  waiting: Ipv4[];
}

/** A second round of gratuitous ARP. */
export interface LateGarp {
  readonly at: Nanos;
  readonly name: string;
  /** so often as is usual after an advertisement of lower priority */
  readonly lower: boolean;
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
  /** as configured; a checker may change conf.weight */
  readonly initialWeight: number;
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
  phase: 'idle' | 'connect' | 'read' | 'reply' | 'command' | 'ended';
  sock: number;
  url: number;
  failedUrl: boolean;
  got: string;
  /** of a command: the process, when it was started, whether it has been told to end, and its last exit code */
  pid: number | null;
  startedAt: Nanos;
  stopping: boolean;
  code: number;
  lastCode: number;
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
  /** number of the next timer */
  nextTimer: number;
  /** up to when its own work took; it counts intervals from here */
  clock: Nanos;
  /** number and time of the timer that is to look at all others */
  tick: number;
  tickAt: Nanos | null;
  /** it has fired, and the round is about to begin */
  ticking: boolean;
  work: Work[];
  /** where what comes next is put in */
  workAt: number;
  /** when something was sent that may not have gone its whole way yet */
  sentAt: Nanos | null;
  /** something came while it was at work */
  unread: boolean;
  lateGarps: LateGarp[];
  spacedArps: SpacedArp[];
  /** addresses of interfaces that are not virtual: the first is the source, then in the order of their coming */
  ifAddrs: Map<string, Ipv4[]>;
  netlink: number;
  listening: Listening[];
  instances: Instance[];
  groups: Group[];
  scripts: ScriptRun[];
  /** interfaces that are tracked, and whether they were up */
  ifUp: Map<string, boolean>;
  virtualServers: VirtualServer[];
  checks: Check[];
  /** sequence number of the next echo request */
  pings: number;
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
    nextTimer: 1,
    clock: 0 as Nanos,
    tick: 0,
    tickAt: null,
    ticking: false,
    work: [],
    workAt: 0,
    sentAt: null,
    unread: false,
    lateGarps: [],
    spacedArps: [],
    ifAddrs: new Map(),
    netlink: 0,
    listening: [],
    instances: [],
    groups: [],
    scripts: [],
    ifUp: new Map(),
    virtualServers: [],
    checks: [],
    pings: 0,
    failed: null,
  };
}

/** Wakes the process after a while with `key`, and a number that tells this timer from older ones. */
export function arm(ka: Ka, kind: string, delay: Nanos): number {
  const number = ka.st.nextTimer++;
  ka.net.sleep(ka.proc.pid, `${kind} ${number}`, delay);
  return number;
}
