/**
 * Virtual servers: what keepalived puts into the IPVS table and takes out of it.
 * Comes from: keepalived.ts, checks.ts.  Goes to: ipvs configuration calls.
 * Source: keepalived 2.2.7 check/ipwrapper.c, init_services(), perform_svr_state(), update_quorum_state(),
 *   perform_quorum_state(), clear_services(); check/ipvswrapper.c, ipvs_cmd().
 */
import {
  addDest,
  addService,
  delDest,
  delService,
  editDest,
  editService,
  type CtlError,
  type DestSpec,
  type SvcKey,
  type SvcSpec,
} from '../../../ipvs/index.ts';
import { formatIpv4, type Ipv4 } from '../../../wire/index.ts';
import type { VsConf } from './config.ts';
import { logCheck } from './log.ts';
import { rsName, targetName } from './names.ts';
import { runCommand } from './notify.ts';
import type { Check, Ka, RealServer, VirtualServer } from './state.ts';

export const vsName = (vs: VirtualServer): string => targetName(vs.conf.target, vs.conf.proto);
export const serverName = (vs: VirtualServer, rs: RealServer): string => rsName(rs.conf, vs.conf.proto);

/** The services that a virtual server stands for. */
export function keysOf({ target, proto }: VsConf): SvcKey[] {
  if (target.kind === 'addr') return [{ proto, addr: target.addr, port: target.port, fwmark: 0 }];
  const mark = (fwmark: number): SvcKey => ({ proto: 0, addr: 0 as Ipv4, port: 0, fwmark });
  if (target.kind === 'fwmark') return [mark(target.fwmark)];
  return target.entries.flatMap((entry) => {
    if (entry.kind === 'fwmark') return [mark(entry.fwmark)];
    const keys: SvcKey[] = [];
    for (let addr = entry.first; addr <= entry.last; addr = (addr + 1) as Ipv4) keys.push({ proto, addr, port: entry.port, fwmark: 0 });
    return keys;
  });
}

type Command = 'add' | 'del' | 'edit';

function destSpec(rs: RealServer, key: SvcKey, weight: number): DestSpec {
  const { conf } = rs;
  return {
    addr: conf.addr,
    port: conf.fwd === 'masq' ? conf.port : key.port,
    fwd: conf.fwd,
    weight,
    uThreshold: conf.uThreshold,
    lThreshold: conf.lThreshold,
    tunType: 'ipip',
    tunPort: 0,
    tunFlags: 'nocsum',
  };
}

function talk(ka: Ka, command: Command, key: SvcKey, spec: DestSpec): void {
  const { net } = ka;
  let error: CtlError | null;
  if (command === 'add') error = addDest(net, key, spec);
  else if (command === 'del') error = delDest(net, key, spec.addr, spec.port);
  else {
    error = editDest(net, key, spec);
    if (error === 'ENOENT') error = addDest(net, key, spec);
  }
  if (error !== null)
    logCheck(ka, `IPVS cmd IP_VS_SO_SET_${command.toUpperCase()}DEST error: ${error} (${formatIpv4(spec.addr)}:${spec.port})`);
}

/** Puts a server into the table or takes it out. With inhibit_on_failure it stays, with weight 0. */
function changeDest(ka: Ka, vs: VirtualServer, rs: RealServer, wanted: 'add' | 'del', really = false): void {
  const inhibit = rs.conf.inhibit && !really;
  let command: Command = wanted;
  let { weight } = rs.conf;
  if (wanted === 'del') {
    if (inhibit) {
      command = 'edit';
      weight = 0;
    } else rs.set = false;
  } else if (inhibit && rs.set) command = 'edit';
  else {
    if (!rs.set && inhibit && rs.failed > 0) weight = 0;
    rs.set = true;
  }
  for (const key of keysOf(vs.conf)) talk(ka, command, key, destSpec(rs, key, weight));
}

/** A reload has given a server in the table another weight. */
export function reweigh(ka: Ka, vs: VirtualServer, rs: RealServer): void {
  for (const key of keysOf(vs.conf)) talk(ka, 'edit', key, destSpec(rs, key, rs.conf.weight));
}

export function logWeight(ka: Ka, { conf, alive }: RealServer, weight: number, server: string, vs: string): void {
  logCheck(ka, `Changing weight from ${conf.weight} to ${weight} for ${alive ? '' : 'in'}active service ${server} of VS ${vs}`);
}

/** A checker gives a server another weight; the quorum counts with it. */
export function reweighAlone(ka: Ka, vs: VirtualServer, rs: RealServer, weight: number): void {
  if (weight === rs.conf.weight) return;
  logWeight(ka, rs, weight, serverName(vs, rs), vsName(vs));
  tell(ka, vs, 'server-reweighed', { rs: serverName(vs, rs), before: rs.conf.weight, weight });
  rs.conf = { ...rs.conf, weight };
  if (rs.set && rs.alive && (vs.quorumUp || vs.sorry?.alive !== true)) reweigh(ka, vs, rs);
  updateQuorum(ka, vs, false);
}

function liveWeight(vs: VirtualServer): number {
  let sum = 0;
  for (const rs of vs.servers) if (rs.alive) sum += rs.conf.weight;
  return sum;
}

function tell(ka: Ka, vs: VirtualServer, reason: string, args: Readonly<Record<string, string | number>> = {}): void {
  ka.net.trace('keepalived', 'state', `keepalived.${reason}`, null, { vs: vsName(vs), ...args });
}

function poolChanges(ka: Ka, vs: VirtualServer, add: boolean): void {
  logCheck(ka, `${add ? 'Adding alive servers to' : 'Removing alive servers from'} the pool for VS ${vsName(vs)}`);
  for (const rs of vs.servers) if (rs.alive) changeDest(ka, vs, rs, add ? 'add' : 'del');
}

function quorumCommand(ka: Ka, vs: VirtualServer): void {
  const command = vs.quorumUp ? vs.conf.quorumUp : vs.conf.quorumDown;
  if (command !== null) runCommand(ka, command);
}

/** Whether enough servers are alive, and what follows when that has changed. */
function updateQuorum(ka: Ka, vs: VirtualServer, first: boolean): void {
  const { conf, sorry } = vs;
  const weight = liveWeight(vs);
  const threshold = conf.quorum + (vs.quorumUp ? -1 : 1) * conf.hysteresis;
  const name = vsName(vs);
  if (!vs.quorumUp && weight >= threshold) {
    vs.quorumUp = true;
    logCheck(ka, `Gained quorum ${conf.quorum}+${conf.hysteresis}=${threshold} <= ${weight} for VS ${name}`);
    tell(ka, vs, 'quorum-gained', { weight, threshold });
    if (sorry?.alive === true) {
      logCheck(ka, `${sorry.conf.inhibit ? 'Disabling' : 'Removing'} sorry server ${serverName(vs, sorry)} from VS ${name}`);
      tell(ka, vs, 'sorry-removed', { rs: serverName(vs, sorry) });
      changeDest(ka, vs, sorry, 'del');
      sorry.alive = false;
      poolChanges(ka, vs, true);
    }
    quorumCommand(ka, vs);
    return;
  }
  const lost = vs.quorumUp && (weight === 0 || weight < threshold);
  if (!lost && !(first && !vs.quorumUp && sorry !== null && !sorry.alive)) return;
  vs.quorumUp = false;
  logCheck(
    ka,
    `${first ? 'Starting with quorum down' : 'Lost quorum'} ${conf.quorum}-${conf.hysteresis}=${threshold} > ${weight} for VS ${name}`,
  );
  tell(ka, vs, sorry === null ? 'quorum-lost-without-sorry' : 'quorum-lost', { weight, threshold });
  if (sorry !== null && !sorry.alive) {
    logCheck(ka, `${sorry.conf.inhibit ? 'Enabling' : 'Adding'} sorry server ${serverName(vs, sorry)} to VS ${name}`);
    tell(ka, vs, 'sorry-added', { rs: serverName(vs, sorry) });
    poolChanges(ka, vs, false);
    changeDest(ka, vs, sorry, 'add');
    sorry.alive = true;
  }
  quorumCommand(ka, vs);
}

function serviceSpec(conf: VsConf, key: SvcKey): SvcSpec {
  return {
    ...key,
    scheduler: conf.scheduler,
    schedFlags: conf.schedFlags,
    persistTimeout: conf.persistTimeout,
    persistMask: conf.persistMask,
    onePacket: conf.onePacket,
    pe: conf.persistTimeout === null ? null : conf.pe,
  };
}

function startService(ka: Ka, vs: VirtualServer): void {
  for (const key of keysOf(vs.conf)) {
    const error = addService(ka.net, serviceSpec(vs.conf, key));
    if (error !== null) logCheck(ka, `IPVS cmd IP_VS_SO_SET_ADD error: ${error} (${vsName(vs)})`);
  }
}

/** A reload may have given it another scheduler, flags or persistence. */
export function changeService(ka: Ka, vs: VirtualServer): void {
  for (const key of keysOf(vs.conf)) {
    const error = editService(ka.net, serviceSpec(vs.conf, key));
    // entries that are new in a group
    if (error === 'ESRCH') addService(ka.net, serviceSpec(vs.conf, key));
    else if (error !== null) logCheck(ka, `IPVS cmd IP_VS_SO_SET_EDIT error: ${error} (${vsName(vs)})`);
  }
}

/** Puts a virtual server and its servers into the table; those in alpha mode wait for their first check. */
export function initService(ka: Ka, vs: VirtualServer, isNew: boolean): void {
  if (isNew) startService(ka, vs);
  for (const rs of vs.servers) {
    if ((rs.failed > 0 || rs.alive) && !(rs.conf.inhibit && !rs.set)) continue;
    if (rs.alive && rs.set) continue;
    changeDest(ka, vs, rs, 'add');
    tell(ka, vs, rs.failed > 0 ? 'server-starts-inhibited' : 'server-added-unchecked', {
      rs: serverName(vs, rs),
    });
    if (rs.failed === 0) rs.alive = true;
  }
  updateQuorum(ka, vs, true);
  const { sorry } = vs;
  if (sorry?.conf.inhibit !== true || sorry.set) return;
  sorry.failed = 1;
  changeDest(ka, vs, sorry, 'add');
  sorry.failed = 0;
}

/** A server came up or went down. */
function serverChanged(ka: Ka, vs: VirtualServer, rs: RealServer, alive: boolean): void {
  if (rs.alive === alive) return;
  const { inhibit } = rs.conf;
  const verb = alive ? (inhibit ? 'Enabling' : 'Adding') : inhibit ? 'Disabling' : 'Removing';
  logCheck(ka, `${verb} service ${serverName(vs, rs)} ${inhibit ? 'of' : alive ? 'to' : 'from'} VS ${vsName(vs)}`);
  const args = { rs: serverName(vs, rs), weight: rs.conf.weight };
  if (vs.quorumUp || vs.sorry?.alive !== true) {
    tell(ka, vs, alive ? (inhibit ? 'server-enabled' : 'server-added') : inhibit ? 'server-disabled' : 'server-removed', args);
    changeDest(ka, vs, rs, alive ? 'add' : 'del');
  } else tell(ka, vs, 'server-waits-for-quorum', args);
  rs.alive = alive;
  const command = alive ? rs.conf.notifyUp : rs.conf.notifyDown;
  if (command !== null) runCommand(ka, command);
  updateQuorum(ka, vs, false);
}

/** A checker has come to a result. All checkers of a server have to be content. */
export function checkerSays(ka: Ka, check: Check, up: boolean): void {
  const vs = ka.st.virtualServers[check.vs] as VirtualServer;
  const rs = vs.servers[check.rs] as RealServer;
  check.hasRun = true;
  if (check.up === up) return;
  if (up) {
    if (rs.failed <= 1) serverChanged(ka, vs, rs, true);
    rs.failed = Math.max(rs.failed - 1, 0);
  } else {
    if (rs.failed === 0) serverChanged(ka, vs, rs, false);
    rs.failed++;
  }
  check.up = up;
}

/** Takes a server out for good, inhibited or not. */
export function clearServer(ka: Ka, vs: VirtualServer, rs: RealServer, stopping: boolean): void {
  if (rs.set || stopping) {
    const inhibited = rs.conf.inhibit && !rs.alive ? '(inhibited) ' : '';
    logCheck(ka, `${stopping ? 'Shutting down' : 'Removing'} ${inhibited}service ${serverName(vs, rs)} from VS ${vsName(vs)}`);
  }
  if (rs.set) changeDest(ka, vs, rs, 'del', true);
  const { alive } = rs;
  rs.alive = false;
  if (alive && vs.conf.omega && rs.conf.notifyDown !== null) runCommand(ka, rs.conf.notifyDown);
}

export function clearService(ka: Ka, vs: VirtualServer, stopping: boolean): void {
  const { sorry } = vs;
  if (sorry?.set === true) changeDest(ka, vs, sorry, 'del', true);
  for (const rs of vs.servers) clearServer(ka, vs, rs, stopping);
  if (vs.conf.omega && vs.conf.quorumDown !== null) runCommand(ka, vs.conf.quorumDown);
  for (const key of keysOf(vs.conf)) delService(ka.net, key);
  tell(ka, vs, 'service-removed');
}
