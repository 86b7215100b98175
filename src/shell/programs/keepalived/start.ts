/**
 * Starting and stopping: from a configuration to instances and virtual servers, and back.
 * Comes from: keepalived.ts, reload.ts.
 * Source: keepalived 2.2.7 vrrp/vrrp_daemon.c, start_vrrp(), vrrp_terminate_phase1(); vrrp/vrrp.c,
 *   remove_residual_vips(); check/check_daemon.c, start_check().
 */
import { millis, type Nanos } from '../../../engine/index.ts';
import { devByName, NO_IF, netlinkOpen, rawJoin, rawOpen } from '../../../host/index.ts';
import { flushServices, setTimeouts } from '../../../ipvs/index.ts';
import { IPPROTO_VRRP, type Ipv4 } from '../../../wire/index.ts';
import { removePath, writeFile } from '../../fs/files.ts';
import { startCheck, stopCheck } from './checks.ts';
import { parseConfig } from './config-parse.ts';
import { errorText, PRIO_OWNER, type Config, type VrrpConf, type VsConf } from './config.ts';
import { log, logDetail } from './log.ts';
import { changeService, clearService, initService, logWeight, reweigh } from './lvs.ts';
import { rsName, targetName } from './names.ts';
import { notifyGroup, notifyGroupStop, notifyStop } from './notify.ts';
import type { Check, Instance, Ka, Listening, RealServer, VirtualServer } from './state.ts';
import { stopSyncDaemon, syncDaemonFollows } from './sync-daemon.ts';
import { delVip } from './vips.ts';
import { enterFirstState, releaseVips } from './vrrp.ts';
import { sendAdvert } from './vrrp-packet.ts';
import { readAddrs, sourceOf, startScript, trackFromStart } from './vrrp-track.ts';
import { groupOf, tell } from './vrrp-timer.ts';

/** From the checkers' first act to that of VRRP, which has more to prepare. */
const VRRP_START = millis(19);

function newInstance(conf: VrrpConf): Instance {
  return {
    conf,
    state: 'INIT',
    want: conf.priority === PRIO_OWNER ? conf.state : 'BACKUP',
    basePriority: conf.priority,
    totalPriority: conf.priority,
    priority: conf.priority,
    masterAdvert: conf.advert,
    downTimer: 0 as Nanos,
    fireAt: null,
    vipSet: false,
    src: null,
    faults: 0,
    scriptsPending: 0,
    preemptAt: null,
    master: null,
    garpRefreshAt: null,
    sockOut: 0,
    sockOutSrc: null,
  };
}

/** One receiving socket for all instances of an interface and a group, or of an own address. */
function listen(ka: Ka, instance: Instance): void {
  const { net, proc, st } = ka;
  const { conf } = instance;
  const unicast = conf.peers.length > 0;
  const dev = devByName(net.host, conf.dev);
  const addr = unicast ? (instance.src ?? (0 as Ipv4)) : conf.mcastGroup;
  if (st.listening.some((one) => one.devName === conf.dev && one.unicast === unicast && one.addr === addr)) return;
  const opened = rawOpen(net, proc.pid, {
    proto: IPPROTO_VRRP,
    oif: dev?.ifindex ?? NO_IF,
    src: addr,
    recvErr: false,
  });
  if ('error' in opened) return;
  if (!unicast && dev !== null) rawJoin(net, opened.sock, dev.ifindex, addr);
  const listening: Listening = {
    dev: dev?.ifindex ?? NO_IF,
    devName: conf.dev,
    addr,
    unicast,
    sock: opened.sock,
  };
  st.listening.push(listening);
}

/** What the configuration has to complain of, told where it belongs. */
function tellErrors(ka: Ka, config: Config): void {
  for (const error of config.errors) {
    const { who, unmodelled } = error;
    const text = errorText(config, error, who === 'Keepalived');
    if (who === 'Keepalived_vrrp' && !ka.st.options.vrrp) continue;
    if (who === 'Keepalived_healthcheckers' && !ka.st.options.checkers) continue;
    log(ka, who, text);
    ka.net.trace('keepalived', 'state', unmodelled ? 'keepalived.not-modelled' : 'keepalived.config-error', null, {
      text,
      file: ka.st.options.file,
    });
  }
}

/** Reads the file. @returns null when there is none */
export function load(ka: Ka): Config | null {
  const config = parseConfig(ka.net, ka.st.options.file);
  tellErrors(ka, config);
  return config.fatal ? null : config;
}

export function startVrrp(ka: Ka, config: Config): void {
  const { st } = ka;
  st.scripts = config.scripts.map((conf) => {
    const old = st.scripts.find((script) => script.conf.name === conf.name);
    return old === undefined
      ? { conf, result: conf.initFail ? 0 : conf.rise - 1, fresh: !conf.initFail, pid: null, timer: 0 }
      : { ...old, conf };
  });
  const fresh: Instance[] = [];
  st.instances = config.instances.map((conf) => {
    const old = st.instances.find((instance) => instance.conf.name === conf.name);
    if (old !== undefined) return old;
    const made = newInstance(conf);
    fresh.push(made);
    return made;
  });
  const groupsBefore = st.groups;
  st.groups = config.groups.map(
    ({ name, members }) => st.groups.find((group) => group.name === name) ?? { name, members, state: 'BACKUP', faults: 0 },
  );
  // addresses that were left behind are none of this run's
  for (const instance of fresh) for (const vip of instance.conf.vips) delVip(ka, instance, vip);
  readAddrs(ka);
  for (const instance of fresh) {
    instance.src = sourceOf(ka, instance);
    trackFromStart(ka, instance);
    const group = groupOf(ka, instance);
    if (group !== null && (instance.faults > 0 || instance.scriptsPending > 0)) {
      group.state = 'FAULT';
      if (instance.faults > 0) group.faults++;
    } else if (
      group !== null &&
      instance.basePriority === 255 &&
      group.members.every((name) => config.instances.some((conf) => conf.name === name && conf.priority === 255))
    )
      group.state = 'MASTER';
  }
  // groups are told before their members
  for (const group of st.groups) if (group.state !== 'MASTER' && !groupsBefore.includes(group)) notifyGroup(ka, group);
  for (const instance of fresh) {
    listen(ka, instance);
    enterFirstState(ka, instance);
    syncDaemonFollows(ka, instance);
  }
  for (const script of st.scripts) if (script.timer === 0) startScript(ka, script);
}

function newRealServer(conf: RealServer['conf']): RealServer {
  return { conf, initialWeight: conf.weight, alive: false, set: false, failed: 0 };
}

export function startCheckers(ka: Ka, config: Config, before: readonly VirtualServer[], oldChecks: readonly Check[]): void {
  const { net, st } = ka;
  if (config.servers.length > 0) net.modprobe('ip_vs');
  const { tcp, tcpFin, udp } = config.global.lvsTimeouts;
  if (tcp + tcpFin + udp > 0) setTimeouts(net, tcp, tcpFin, udp);
  st.checks = [];
  const reweighed = new Set<RealServer>();
  st.virtualServers = config.servers.map((conf, index) => {
    const old = before.find((vs) => JSON.stringify([vs.conf.target, vs.conf.proto]) === JSON.stringify([conf.target, conf.proto]));
    const servers = conf.servers.map((rs, place) => {
      const known = old?.servers.find((other) => other.conf.addr === rs.addr && other.conf.port === rs.port);
      const server = known === undefined ? newRealServer(rs) : { ...known, conf: rs, initialWeight: rs.weight, failed: 0 };
      for (const check of rs.checks) {
        const made = newCheck(check, index, place, server, oldCheckOf(before, oldChecks, known, check));
        keepWeight(server, made);
        st.checks.push(made);
      }
      if (known !== undefined && isChanged(ka, known, server, targetName(conf.target, conf.proto), conf.proto)) reweighed.add(server);
      return server;
    });
    const sorry = sorryOf(conf, old?.sorry ?? null);
    return { conf, quorumUp: old?.quorumUp ?? false, servers, sorry };
  });
  for (const vs of st.virtualServers) {
    const old = before.some(
      (other) => JSON.stringify([other.conf.target, other.conf.proto]) === JSON.stringify([vs.conf.target, vs.conf.proto]),
    );
    if (!old) for (const rs of vs.servers) rs.alive = false;
    // before any check a server counts as it is hoped to be
    if (!old) vs.quorumUp = false;
    if (old) changeService(ka, vs);
    for (const rs of vs.servers) if (reweighed.has(rs)) reweigh(ka, vs, rs);
    initService(ka, vs, !old);
  }
  for (const check of st.checks) startCheck(ka, check);
}

/** A command that sets the weight has set it before the reload, too; one that left it alone counts as having set 0. */
function keepWeight(server: RealServer, { conf, up, hasRun, lastCode }: Check): void {
  if (conf.dynamic && up && hasRun) server.conf = { ...server.conf, weight: Math.max(lastCode - 2, 0) };
}

/** @returns whether the table has to be told */
function isChanged(ka: Ka, known: RealServer, server: RealServer, vs: string, proto: number): boolean {
  const { conf } = server;
  const isReweighed = known.conf.weight !== conf.weight;
  if (isReweighed) logWeight(ka, known, conf.weight, rsName(conf, proto), vs);
  if (known.alive && known.set && isReweighed) return true;
  // even for a server that is down: one that is not in the table gets into it this way
  return known.conf.fwd !== conf.fwd || known.conf.uThreshold !== conf.uThreshold || known.conf.lThreshold !== conf.lThreshold;
}

/** The sorry server goes on in its state, too. */
function sorryOf(conf: VsConf, old: RealServer | null): RealServer | null {
  if (conf.sorry === null) return null;
  const isKnown = old !== null && old.conf.addr === conf.sorry.addr && old.conf.port === conf.sorry.port;
  return isKnown ? { ...old, conf: conf.sorry } : (old ?? newRealServer(conf.sorry));
}

function oldCheckOf(
  before: readonly VirtualServer[],
  checks: readonly Check[],
  known: RealServer | undefined,
  conf: Check['conf'],
): Check | null {
  if (known === undefined) return null;
  return checks.find((check) => before[check.vs]?.servers[check.rs] === known && check.conf.kind === conf.kind) ?? null;
}

/**
 * In alpha mode a server is down until its first check says otherwise. At the start one failure is enough;
 * after a reload as many as were missing before, but at least one more than the retries that were made.
 */
function newCheck(conf: Check['conf'], vs: number, rs: number, server: RealServer, old: Check | null): Check {
  const up = old?.up ?? !conf.alpha;
  if (!up) server.failed++;
  return {
    conf,
    vs,
    rs,
    up,
    hasRun: old?.hasRun ?? false,
    tries: old === null ? conf.retry : Math.max(Math.min(old.tries, conf.retry - 1), 0),
    timer: 0,
    phase: 'idle',
    sock: 0,
    url: 0,
    failedUrl: false,
    got: '',
    pid: null,
    startedAt: 0 as Nanos,
    stopping: false,
    code: 0,
    lastCode: old?.lastCode ?? 0,
  };
}

/** @returns an exit code when it cannot start */
export function start(ka: Ka): number | null {
  const { net, proc, st } = ka;
  log(ka, 'Keepalived', 'Starting Keepalived v2.2.7');
  const config = load(ka);
  if (config === null) {
    log(ka, 'Keepalived', 'Stopped Keepalived v2.2.7');
    return 6;
  }
  if (config.badVrrp && st.options.vrrp) {
    log(ka, 'Keepalived', 'Keepalived_vrrp exited with permanent error CONFIG. Terminating');
    log(ka, 'Keepalived', 'Stopped Keepalived v2.2.7');
    net.trace('keepalived', 'state', 'keepalived.gives-up', null, { file: st.options.file });
    return 0;
  }
  st.config = config;
  for (const file of st.options.pidFiles) writeFile(net, file, `${proc.pid}\n`, false);
  net.trace('keepalived', 'state', 'keepalived.started', null, {
    file: st.options.file,
    instances: config.instances.length,
    servers: config.servers.length,
  });
  st.netlink = netlinkOpen(net, proc.pid);
  if (st.options.checkers) {
    if (config.global.lvsFlush) flushServices(net);
    startCheckers(ka, config, [], []);
  }
  if (st.options.vrrp) net.sleep(proc.pid, 'begin vrrp', VRRP_START);
  else log(ka, 'Keepalived', 'Startup complete');
  return null;
}

/** The process for VRRP has come up. */
export function beginVrrp(ka: Ka): void {
  const { config } = ka.st;
  if (config === null) return;
  startVrrp(ka, config);
  log(ka, 'Keepalived', 'Startup complete');
}

/** A clean end begins with a goodbye. Each peer's kernel has answered before the next one hears it. */
export function sayGoodbye(ka: Ka): void {
  const { st } = ka;
  log(ka, 'Keepalived', 'Stopping');
  for (const instance of st.instances) {
    if (instance.state !== 'MASTER' || !instance.vipSet || st.options.dontReleaseVrrp) continue;
    st.work.push({ kind: 'advert', name: instance.conf.name, goodbye: true });
  }
  st.work.push({ kind: 'quit', name: '' });
}

export function leaveWithGoodbye(ka: Ka, instance: Instance): void {
  tell(ka, instance, 'says-goodbye');
  sendAdvert(ka, instance, 0);
  logDetail(ka, `(${instance.conf.name}) sent 0 priority`);
}

/** Then addresses and services are taken away. */
export function stop(ka: Ka): void {
  const { net, st } = ka;
  for (const instance of st.instances) {
    if (!st.options.dontReleaseVrrp) releaseVips(ka, instance, false);
    notifyStop(ka, instance);
  }
  for (const group of st.groups) notifyGroupStop(ka, group);
  if (st.instances.length > 0) stopSyncDaemon(ka);
  for (const check of st.checks) stopCheck(ka, check);
  if (!st.options.dontReleaseIpvs) for (const vs of st.virtualServers) clearService(ka, vs, true);
  for (const file of st.options.pidFiles) removePath(net, file);
  net.trace('keepalived', 'state', 'keepalived.stopped', null, {});
  log(ka, 'Keepalived', 'Stopped Keepalived v2.2.7');
}
