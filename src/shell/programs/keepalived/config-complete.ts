/**
 * What the configuration leaves open is filled in, what cannot be is complained of.
 * Comes from: config-parse.ts.  Goes to: the finished Config.
 * Source: keepalived 2.2.7 vrrp/vrrp.c, vrrp_complete_instance(), chk_min_cfg(); vrrp/vrrp_sync.c,
 *   vrrp_sync_set_group(); check/check_data.c, validate_check_config().
 */
import { NS_PER_MS, NS_PER_S, seconds, type Nanos } from '../../../engine/index.ts';
import { devByName, type HostState } from '../../../host/index.ts';
import type { FwdMethod } from '../../../ipvs/index.ts';
import { IPPROTO_UDP, parseIpv4 } from '../../../wire/index.ts';
import {
  PERSISTENCE_DEFAULT_S,
  PRIO_DEFAULT,
  PRIO_OWNER,
  type CheckConf,
  type RsConf,
  type VrrpConf,
  type VsConf,
  type VsTarget,
} from './config.ts';
import type { CheckDefaults, CheckDraft, CheckReader, RsDraft, VsDraft } from './config-drafts.ts';
import { complain, wholeOf, type Reader } from './config-reader.ts';
import type { VrrpDraft } from './config-vrrp-draft.ts';
import { rsName, targetName } from './names.ts';

const CENTI_NS = 10 * NS_PER_MS;

/** The interval as the version can tell it: whole seconds, or hundredths of one. */
function advertOf(reader: Reader, draft: VrrpDraft, version: 2 | 3): Nanos {
  const wanted = draft.advert ?? seconds(1);
  const unit = version === 2 ? NS_PER_S : CENTI_NS;
  const most = version === 2 ? 255 * NS_PER_S : 4095 * CENTI_NS;
  if (wanted > most) {
    complain(
      reader,
      `(${draft.name}) VRRPv${version} advertisement interval ${(wanted / NS_PER_S).toFixed(2)}s is out of range. Must be less than ${version === 2 ? '256' : '40.96'}s. Setting to ${most / NS_PER_S}s`,
    );
    return most as Nanos;
  }
  if (wanted % unit === 0) return wanted;
  const rounded = Math.max(Math.floor((wanted + unit / 2) / unit), 1) * unit;
  complain(
    reader,
    `(${draft.name}) VRRPv${version} advertisement interval ${(wanted / NS_PER_S).toFixed(6)}s must be ${version === 2 ? 'an integer. rounding' : 'in units of 10ms - rounding'}`,
  );
  return rounded as Nanos;
}

function passwordOf(reader: Reader, draft: VrrpDraft, version: 2 | 3, strict: boolean): string | null {
  if (draft.authType === null) return null;
  if (strict) {
    complain(reader, `(${draft.name}) Strict mode does not support authentication. Ignoring.`);
    return null;
  }
  if (version === 3) {
    complain(reader, `(${draft.name}) VRRP version 3 does not support authentication. Ignoring.`);
    return null;
  }
  if (draft.password === null || draft.password === '') {
    complain(reader, `(${draft.name}) Authentication specified but no password given. Ignoring`);
    return null;
  }
  return draft.password;
}

interface Start {
  readonly priority: number;
  readonly state: VrrpConf['state'];
  readonly preempt: boolean;
  readonly preemptDelay: Nanos;
  readonly password: string | null;
}

/** @returns the priority and the state that go together */
function startOf(reader: Reader, draft: VrrpDraft, version: 2 | 3, strict: boolean): Start {
  const priority = draft.priority ?? (draft.state === 'MASTER' ? PRIO_OWNER : PRIO_DEFAULT);
  let state: VrrpConf['state'] = draft.state ?? (priority === PRIO_OWNER ? 'MASTER' : 'BACKUP');
  let { preempt, preemptDelay } = draft;
  if (strict && (priority === PRIO_OWNER) !== (state === 'MASTER')) {
    complain(reader, `(${draft.name}) State MASTER must match being address owner`);
    state = priority === PRIO_OWNER ? 'MASTER' : 'BACKUP';
  }
  const password = passwordOf(reader, draft, version, strict);
  if (priority === PRIO_OWNER && !preempt) {
    complain(reader, `(${draft.name}) nopreempt is incompatible with priority ${PRIO_OWNER}. Resetting nopreempt`);
    preempt = true;
  }
  if (state === 'MASTER') {
    if (!preempt) {
      complain(reader, `(${draft.name}) Warning - nopreempt will not work with initial state MASTER - clearing`);
      preempt = true;
    }
    if (preemptDelay > 0) {
      complain(reader, `(${draft.name}) Warning - preempt delay will not work with initial state MASTER - clearing`);
      preemptDelay = 0 as Nanos;
    }
  }
  if (preemptDelay > 0 && strict) {
    complain(reader, `(${draft.name}) preempt_delay is incompatible with strict mode - resetting`);
    preemptDelay = 0 as Nanos;
  }
  if (preemptDelay > 0 && !preempt) {
    complain(reader, `(${draft.name}) preempt_delay is incompatible with nopreempt mode - resetting`);
    preemptDelay = 0 as Nanos;
  }
  return { priority, state, preempt, preemptDelay, password };
}

function interfaceOf(reader: Reader, host: HostState, draft: VrrpDraft): string | null {
  if (draft.dev !== null) {
    const dev = devByName(host, draft.dev);
    if (dev?.kind === 'loopback') {
      complain(reader, `(${draft.name}) cannot use a loopback interface (${draft.dev}) for vrrp - ignoring`);
    } else if (dev !== null) return draft.dev;
    else if (draft.peers.length === 0 || draft.src === null) return null;
  }
  if (draft.peers.length > 0 && draft.src !== null) return '';
  complain(reader, `(${draft.name}) Unknown interface!`);
  return null;
}

/** Without a number and an interface there is no instance. */
export function canRun(reader: Reader, host: HostState, draft: VrrpDraft): boolean {
  if (draft.vrid === 0) {
    complain(reader, `(${draft.name}) the virtual router id must be set`);
    return false;
  }
  return interfaceOf(reader, host, draft) !== null;
}

/** By RFC 3768 a master that does not own the addresses takes no packets for them; keepalived does, unless it is strict. */
function acceptOf(reader: Reader, draft: VrrpDraft, priority: number, version: 2 | 3, strict: boolean): boolean {
  if (strict && version === 2 && draft.accept === true)
    complain(reader, `(${draft.name}) warning - accept mode for VRRP version 2 does not comply with RFC3768 - resetting`);
  if (priority === PRIO_OWNER) return true;
  return strict && version === 2 ? false : (draft.accept ?? !strict);
}

/** Who is strict leaves those of lower priority to themselves. */
function complainOfStrict(reader: Reader, { name, garp, lowerPrioNoAdvert, higherPrioSendAdvert }: VrrpDraft): void {
  if ((garp.lowerPrioRepeat ?? 0) > 0) complain(reader, `(${name}) Strict mode requires no repeat garps. resetting`);
  if (lowerPrioNoAdvert === false) complain(reader, `(${name}) Strict mode requires no lower priority advert. resetting`);
  if (higherPrioSendAdvert === true) complain(reader, `(${name}) strict mode requires higher_prio_send_advert to be clear. resetting`);
}

/** @returns null when the instance cannot run */
export function completeInstance(reader: Reader, host: HostState, draft: VrrpDraft): VrrpConf | null {
  const { global } = reader.config;
  const dev = draft.dev !== null && devByName(host, draft.dev) !== null ? draft.dev : '';
  const version = draft.version ?? global.version;
  if (!draft.vips.some((vip) => !vip.excluded)) {
    complain(reader, `(${draft.name}) No VIP specified; at least one is ${version === 3 ? 'required' : 'sensible'}`);
    if (version === 3) return null;
    complain(reader, `(${draft.name}) No VIP specified; at least one is sensible`);
  }
  if (draft.peers.length === 0 && draft.wantsUnicast) {
    complain(
      reader,
      `(${draft.name}) A unicast keyword has been specified without any unicast peers. Defaulting to multicast. This usage is deprecated - please update your configuration.`,
    );
  }
  for (const { dev: via, isTracked } of draft.routes) {
    const isNew = via !== null && via !== draft.dev && !draft.trackInterfaces.some((track) => track.name === via);
    if (isNew && isTracked) draft.trackInterfaces.push({ name: via, weight: 0, reverse: false });
  }
  const ownInterface = draft.trackInterfaces.findIndex((track) => track.name === draft.dev);
  if (ownInterface >= 0) {
    complain(reader, `(${draft.name}) Ignoring track_interface ${draft.dev} since own interface`);
    draft.trackInterfaces.splice(ownInterface, 1);
  }
  const strict = draft.strict ?? global.strict;
  const garp = {
    delay: draft.garp.delay ?? global.garp.delay,
    repeat: draft.garp.repeat ?? global.garp.repeat,
    refresh: draft.garp.refresh ?? global.garp.refresh,
    refreshRepeat: draft.garp.refreshRepeat ?? global.garp.refreshRepeat,
    lowerPrioDelay: draft.garp.lowerPrioDelay ?? global.garp.lowerPrioDelay ?? global.garp.delay,
    lowerPrioRepeat: strict ? 0 : (draft.garp.lowerPrioRepeat ?? global.garp.lowerPrioRepeat ?? global.garp.repeat),
  };
  const start = startOf(reader, draft, version, strict);
  if (strict) complainOfStrict(reader, draft);
  return {
    name: draft.name,
    dev,
    vrid: draft.vrid,
    ...start,
    version,
    advert: advertOf(reader, draft, version),
    // those that are not advertised come last, wherever the file names them
    vips: [...draft.vips.filter((vip) => !vip.excluded), ...draft.vips.filter((vip) => vip.excluded)],
    routes: draft.routes,
    trackInterfaces: draft.trackInterfaces.filter((track) => devByName(host, track.name) !== null),
    trackScripts: draft.trackScripts.filter((track) => reader.config.scripts.some((script) => script.name === track.name)),
    trackPrimary: draft.trackPrimary && dev !== '',
    peers: draft.peers,
    src: draft.src,
    mcastGroup: draft.mcastGroup ?? global.mcastGroup,
    garp,
    downTimerAdverts: draft.downTimerAdverts ?? global.downTimerAdverts,
    lowerPrioNoAdvert: strict || (draft.lowerPrioNoAdvert ?? global.lowerPrioNoAdvert),
    higherPrioSendAdvert: !strict && (draft.higherPrioSendAdvert ?? global.higherPrioSendAdvert),
    skipCheckAdvAddr: draft.skipCheckAdvAddr ?? global.skipCheckAdvAddr,
    accept: acceptOf(reader, draft, start.priority, version, strict),
    checkUnicastSrc: draft.checkUnicastSrc || global.checkUnicastSrc,
    notify: draft.notify,
  };
}

/** Groups keep the members that exist and are in no other group. */
export function completeGroups(reader: Reader): void {
  const taken = new Set<string>();
  const { config } = reader;
  for (const group of config.groups) {
    const wasEmpty = group.members.length === 0;
    group.members = group.members.filter((member) => {
      if (!config.instances.some((instance) => instance.name === member)) {
        complain(reader, `Virtual router ${member} specified in sync group ${group.name} doesn't exist - ignoring`);
        return false;
      }
      if (taken.has(member)) {
        complain(reader, `Virtual router ${member} cannot exist in more than one sync group; ignoring ${group.name}`);
        return false;
      }
      taken.add(member);
      return true;
    });
    if (wasEmpty) complain(reader, `Sync group ${group.name} has no virtual router(s). removing`);
    else if (group.members.length === 0)
      complain(reader, `Sync group ${group.name}, no matching virtual router found in group declaration - removing`);
    else if (group.members.length === 1)
      complain(reader, `Sync group ${group.name} has only 1 virtual router(s) - this probably isn't what you want`);
  }
  config.groups = config.groups.filter((group) => group.members.length > 0);
  for (const group of config.groups) if (!group.trackingWeight) ignoreWeightedScripts(reader, group.members);
}

/** One member of a group cannot be better than another: a script that would only change the priority is not tracked. */
function ignoreWeightedScripts(reader: Reader, members: readonly string[]): void {
  const { config } = reader;
  for (const instance of config.instances) {
    if (!members.includes(instance.name)) continue;
    instance.trackScripts = instance.trackScripts.filter((track) => {
      const script = config.scripts.find((one) => one.name === track.name);
      if (track.weight === 0 && (script?.weight ?? 0) === 0) return true;
      complain(reader, `(${instance.name}) ignoring tracked script ${track.name} with weights due to SYNC group`);
      return false;
    });
  }
}

function targetOf(reader: CheckReader, named: readonly string[]): VsTarget | null {
  const [first = '', second] = named;
  if (first === 'group') {
    const entries = reader.vsGroups.get(second ?? '');
    if (entries !== undefined) return { kind: 'group', name: second as string, entries };
    // nothing is said of it
    return null;
  }
  if (first === 'fwmark') {
    const fwmark = wholeOf(second, 1, 0xffffffff);
    if (fwmark === null) complain(reader, `virtual server fwmark '${second ?? ''}' must be in [1, 4294967295]`);
    return fwmark === null ? null : { kind: 'fwmark', fwmark };
  }
  const addr = parseIpv4(first);
  const port = second === undefined ? 0 : wholeOf(second, 1, 65_535);
  if (addr !== null && port !== null) return { kind: 'addr', addr, port };
  complain(
    reader,
    `Invalid virtual server IP address${second === undefined ? '' : '/port'} ${first}${second === undefined ? '' : `/${second}`} - skipping`,
  );
  return null;
}

/** The checker's own value, or its server's, or the virtual server's. */
function inherited<K extends keyof CheckDefaults>(key: K, ...from: readonly CheckDefaults[]): CheckDefaults[K] | null {
  for (const each of from) if (each[key] !== null) return each[key];
  return null;
}

function completeCheck(check: CheckDraft, rs: RsDraft, vs: VsDraft): CheckConf {
  const chain = [check, rs, vs] as const;
  const delayLoop = inherited('delayLoop', ...chain) ?? seconds(60);
  return {
    kind: check.kind,
    connectIp: check.connectIp,
    connectPort: check.connectPort,
    bindTo: check.bindTo,
    connectTimeout: inherited('connectTimeout', ...chain) ?? seconds(5),
    retry: inherited('retry', ...chain) ?? (check.kind === 'misc' ? 0 : 1),
    delayBeforeRetry: inherited('delayBeforeRetry', ...chain) ?? seconds(check.kind === 'http' ? 3 : 1),
    delayLoop,
    warmup: inherited('warmup', ...chain) ?? delayLoop,
    alpha: inherited('alpha', ...chain) ?? false,
    urls: check.urls,
    httpProtocol: check.httpProtocol,
    virtualhost: inherited('virtualhost', ...chain),
    command: check.command,
    commandTimeout: check.commandTimeout,
    dynamic: check.dynamic,
    requireReply: check.requireReply,
    payload: check.payload,
  };
}

/** Only NAT can change the port: another one is a mistake. */
function complainOfPort(reader: Reader, rs: RsDraft, target: VsTarget, name: string, proto: number): void {
  if (rs.port === null) return;
  const server = rsName({ addr: rs.addr, port: rs.port }, proto);
  if (target.kind === 'fwmark')
    complain(reader, `WARNING - fwmark virtual server ${name}, real server ${server} has port specified - clearing`);
  else if (target.kind === 'group' && target.entries.some((entry) => entry.kind === 'fwmark'))
    complain(reader, `WARNING - fwmark virtual server ${name}, real server ${server} has port specified - port will be ignored`);
  else if (target.kind === 'addr' && target.port !== rs.port)
    complain(reader, `WARNING - virtual server ${name} and real server ${server} ports don't match - resetting`);
}

function completeServer(rs: RsDraft, vs: VsDraft, fwd: FwdMethod, port: number): RsConf {
  return {
    addr: rs.addr,
    // only NAT can change the port
    port: fwd === 'masq' ? (rs.port ?? port) : port,
    fwd,
    weight: rs.weight ?? vs.weight,
    uThreshold: rs.uThreshold,
    lThreshold: rs.lThreshold,
    inhibit: rs.inhibit ?? vs.inhibit,
    notifyUp: rs.notifyUp,
    notifyDown: rs.notifyDown,
    // a check goes to the port that was written, whatever IPVS makes of it
    checks: rs.checks.map((check) => ({
      ...completeCheck(check, rs, vs),
      connectPort: check.connectPort ?? rs.port ?? port,
    })),
  };
}

function protocolOf(reader: Reader, draft: VsDraft, target: VsTarget, name: string): number {
  const marksOnly = target.kind === 'fwmark' || (target.kind === 'group' && target.entries.every((entry) => entry.kind === 'fwmark'));
  if (!marksOnly) {
    if (draft.proto === null) complain(reader, `Virtual server ${name}: no protocol set - defaulting to UDP`);
    return draft.proto ?? IPPROTO_UDP;
  }
  if (draft.proto !== null) complain(reader, `Warning: Virtual server ${name}: protocol specified for fwmark - protocol will be ignored`);
  return 0;
}

/** @returns null when the virtual server cannot be used */
export function completeVirtualServer(reader: CheckReader, draft: VsDraft): VsConf | null {
  const target = targetOf(reader, draft.named);
  if (target === null) return null;
  const first = targetName(target, draft.proto ?? 0);
  if (draft.servers.length === 0) {
    complain(reader, `Virtual server ${first} has no real servers - ignoring`);
    return null;
  }
  const proto = protocolOf(reader, draft, target, first);
  const name = targetName(target, proto);
  let { onePacket, persistTimeout } = draft;
  if (onePacket && proto !== IPPROTO_UDP && proto !== 0) {
    complain(reader, `Virtual server ${name}: one packet scheduling requires UDP - resetting`);
    onePacket = false;
  }
  const zeroPort =
    target.kind === 'addr'
      ? target.port === 0
      : target.kind === 'group' && target.entries.some((entry) => entry.kind === 'range' && entry.port === 0);
  if (zeroPort && persistTimeout === null) {
    complain(reader, `Virtual server ${name}: zero port only valid for persistent services - setting`);
    persistTimeout = PERSISTENCE_DEFAULT_S;
  }
  if (draft.scheduler === null) complain(reader, `Virtual server ${name}: no scheduler set, setting default 'wlc'`);
  const all = draft.sorry === null ? draft.servers : [...draft.servers, draft.sorry];
  if (draft.fwd === null && all.some((rs) => rs.fwd === null))
    complain(reader, `Virtual server ${name}: no forwarding method set, setting default NAT`);
  const fwd = draft.fwd ?? 'masq';
  const port = target.kind === 'addr' ? target.port : 0;
  const servers: RsConf[] = [];
  for (const rs of draft.servers) {
    if ((rs.fwd ?? fwd) !== 'masq') complainOfPort(reader, rs, target, name, proto);
    const done = completeServer(rs, draft, rs.fwd ?? fwd, port);
    if (servers.some((other) => other.addr === done.addr && other.port === done.port)) {
      complain(reader, `VS ${name}: real server ${rsName(done, proto)} is duplicated - removing second rs`);
    } else servers.push(done);
  }
  return {
    target,
    proto,
    scheduler: draft.scheduler ?? 'wlc',
    schedFlags: draft.schedFlags,
    onePacket,
    persistTimeout,
    persistMask: draft.persistMask,
    pe: draft.pe,
    quorum: quorumOf(reader, draft, servers, name),
    hysteresis: draft.hysteresis,
    quorumUp: draft.quorumUp,
    quorumDown: draft.quorumDown,
    omega: draft.omega,
    haSuspend: draft.haSuspend && target.kind === 'addr',
    sorry: draft.sorry === null ? null : completeServer(draft.sorry, { ...draft, inhibit: false }, draft.sorry.fwd ?? fwd, port),
    servers,
  };
}

/** A quorum that no set of servers can reach is a mistake. */
function quorumOf(reader: Reader, draft: VsDraft, servers: readonly RsConf[], name: string): number {
  let sum = 0;
  for (const rs of servers) sum += rs.weight;
  let { quorum } = draft;
  if (quorum > sum) {
    complain(reader, `Warning - quorum ${quorum} for ${name} exceeds total weight of real servers ${sum}, reducing quorum to ${sum}`);
    quorum = sum;
  }
  if (draft.hysteresis >= quorum) {
    // one less than nothing, in 32 bits
    const most = (quorum - 1) >>> 0;
    complain(reader, `Virtual server ${name}: hysteresis ${draft.hysteresis} >= quorum ${quorum}; setting hysteresis to ${most}`);
    draft.hysteresis = most;
  }
  return quorum;
}
