/**
 * Advertisements that come in: which instance they are for, and what they change.
 * Comes from: keepalived.ts (a socket has something).  Goes to: vrrp.ts, vrrp-rules.ts.
 * Source: keepalived 2.2.7 vrrp/vrrp_scheduler.c, vrrp_dispatcher_read(); vrrp/vrrp.c,
 *   vrrp_state_backup(), vrrp_state_master_rx().
 */
import { later, type Nanos } from '../../../engine/index.ts';
import { rawRecv } from '../../../host/index.ts';
import { formatIpv4, type Ipv4, type Ipv4Hdr, type VrrpHdr } from '../../../wire/index.ts';
import { COST, spend } from './clock.ts';
import { PRIO_OWNER } from './config.ts';
import { logDetail, logVrrp } from './log.ts';
import type { Instance, Ka, Listening } from './state.ts';
import { groupFollowsBackup, leaveMaster } from './vrrp.ts';
import { packetFault, sendAdvert } from './vrrp-packet.ts';
import { backupHears, masterHears, type MasterAnswer } from './vrrp-rules.ts';
import { downInterval, groupOf, membersOf, skewOf, startTimer, tell, thenDo } from './vrrp-timer.ts';

const CENTI_NS = 10_000_000;

/** Version 3: backups wait by the interval that the master tells. */
function learnInterval(instance: Instance, hdr: VrrpHdr): void {
  if (instance.conf.version === 3) instance.masterAdvert = (hdr.interval * CENTI_NS) as Nanos;
}

function preemptDelay(ka: Ka, instance: Instance, hdr: VrrpHdr): void {
  const { conf } = instance;
  if (conf.preemptDelay === 0) return;
  if (hdr.priority >= instance.priority) {
    if (instance.preemptAt !== null) logDetail(ka, `(${conf.name}) stop preempt delay`);
    instance.preemptAt = null;
  } else if (instance.preemptAt === null) {
    logDetail(ka, `(${conf.name}) start preempt delay (${(conf.preemptDelay / 1e9).toFixed(6)})`);
    instance.preemptAt = later(ka.net.now, conf.preemptDelay);
  }
}

function onBackup(ka: Ka, instance: Instance, ip: Ipv4Hdr, hdr: VrrpHdr): void {
  const { conf } = instance;
  const facts = {
    priority: instance.priority,
    preempt: conf.preempt,
    delaying: conf.preemptDelay > 0 && (instance.preemptAt === null || instance.preemptAt > ka.net.now),
  };
  const answer = backupHears(facts, hdr.priority);
  const args = { src: formatIpv4(ip.src), theirs: hdr.priority };
  switch (answer) {
    case 'take-over-soon':
      logDetail(ka, `(${conf.name}) Backup received priority 0 advertisement`);
      instance.downTimer = skewOf(instance);
      tell(ka, instance, 'backup-hears-goodbye', { ...args, span: instance.downTimer });
      return startTimer(ka, instance);
    case 'ignore-worse':
      logVrrp(ka, `(${conf.name}) received lower priority (${hdr.priority}) advert from ${formatIpv4(ip.src)} - discarding`);
      instance.master = ip.src;
      tell(ka, instance, 'backup-ignores-worse', {
        ...args,
        span: Math.max((instance.fireAt ?? ka.net.now) - ka.net.now, 0),
      });
      return;
    default:
      learnInterval(instance, hdr);
      instance.downTimer = downInterval(instance);
      instance.master = ip.src;
      preemptDelay(ka, instance, hdr);
      instance.want = 'BACKUP';
      tell(
        ka,
        instance,
        answer === 'stay-better'
          ? 'backup-hears-master'
          : answer === 'stay-no-preempt'
            ? 'backup-does-not-preempt'
            : 'backup-delays-preempting',
        {
          ...args,
          span: instance.downTimer,
        },
      );
      startTimer(ka, instance);
  }
}

function sayLowerArp(ka: Ka, { conf }: Instance): void {
  const { lowerPrioRepeat, lowerPrioDelay } = conf.garp;
  if (lowerPrioRepeat === 0) return;
  thenDo(ka, { kind: 'garp', name: conf.name, times: lowerPrioRepeat });
  if (lowerPrioDelay > 0) thenDo(ka, { kind: 'late', name: conf.name, delay: lowerPrioDelay, lower: true });
}

/** A worse router advertises: it, and those who believed it, are told again who is master. */
function insist(ka: Ka, instance: Instance, ip: Ipv4Hdr, hdr: VrrpHdr, answer: MasterAnswer): void {
  const { conf } = instance;
  const election = conf.lowerPrioNoAdvert ? '' : ', forcing new election';
  logVrrp(
    ka,
    `(${conf.name}) Received advert from ${formatIpv4(ip.src)} with lower priority ${hdr.priority}, ours ${instance.priority}${election}`,
  );
  tell(ka, instance, answer === 'stay-lower' ? 'master-insists' : 'master-insists-by-address', {
    src: formatIpv4(ip.src),
    theirs: hdr.priority,
    own: formatIpv4(instance.src ?? (0 as Ipv4)),
  });
  if (!conf.lowerPrioNoAdvert) sendAdvert(ka, instance, instance.priority);
  sayLowerArp(ka, instance);
  const group = groupOf(ka, instance);
  if (group !== null) for (const member of membersOf(ka, group)) if (member !== instance) sayLowerArp(ka, member);
}

function yieldTo(ka: Ka, instance: Instance, ip: Ipv4Hdr, hdr: VrrpHdr, answer: MasterAnswer): void {
  const { conf } = instance;
  const from = formatIpv4(ip.src);
  const higher = answer === 'yield-higher';
  logVrrp(
    ka,
    higher
      ? `(${conf.name}) Master received advert from ${from} with higher priority ${hdr.priority}, ours ${instance.priority}`
      : `(${conf.name}) Master received advert from ${from} with same priority ${hdr.priority} but higher IP address than ours`,
  );
  tell(ka, instance, higher ? 'master-yields' : 'master-yields-by-address', {
    src: from,
    theirs: hdr.priority,
    own: formatIpv4(instance.src ?? (0 as Ipv4)),
  });
  if (conf.higherPrioSendAdvert) sendAdvert(ka, instance, instance.priority);
  learnInterval(instance, hdr);
  instance.want = 'BACKUP';
  leaveMaster(ka, instance, false);
  groupFollowsBackup(ka, instance);
}

function onMaster(ka: Ka, instance: Instance, ip: Ipv4Hdr, hdr: VrrpHdr): void {
  const { conf } = instance;
  const own = instance.src ?? (0 as Ipv4);
  let answer = masterHears({ priority: instance.priority, sender: ip.src === own ? 0 : ip.src < own ? -1 : 1 }, hdr.priority);
  if (answer === 'two-owners') {
    logVrrp(
      ka,
      `(${conf.name}) CONFIGURATION ERROR: local instance and a remote instance are both configured as address owner, please fix - reducing local priority`,
    );
    tell(ka, instance, 'two-owners', { src: formatIpv4(ip.src) });
    instance.priority = PRIO_OWNER - 1;
    instance.basePriority = PRIO_OWNER - 1;
    answer = 'yield-higher';
  }
  switch (answer) {
    case 'answer-stop':
      sendAdvert(ka, instance, instance.priority);
      logDetail(ka, `(${conf.name}) Master received priority 0 message`);
      tell(ka, instance, 'master-answers-goodbye', { src: formatIpv4(ip.src) });
      break;
    case 'stay-same-address':
      logVrrp(ka, `(${conf.name}) WARNING - equal priority advert received from remote host with our IP address.`);
      tell(ka, instance, 'same-address', { src: formatIpv4(ip.src) });
      break;
    case 'yield-higher':
    case 'yield-higher-address':
      return yieldTo(ka, instance, ip, hdr, answer);
    default:
      insist(ka, instance, ip, hdr, answer);
  }
  if (!conf.lowerPrioNoAdvert) thenDo(ka, { kind: 'rest', name: conf.name });
}

function receive(ka: Ka, instance: Instance, ip: Ipv4Hdr, hdr: VrrpHdr): void {
  if (instance.state === 'FAULT' || instance.state === 'INIT') return;
  const unchanged = instance.state === 'BACKUP' && instance.conf.skipCheckAdvAddr && instance.master === ip.src;
  const fault = packetFault(instance, ip, hdr, !unchanged);
  if (fault !== null) {
    logVrrp(ka, `(${instance.conf.name}) ${fault.text}`);
    tell(ka, instance, `ignores-${fault.why}`, { src: formatIpv4(ip.src), why: fault.text });
    // a master takes any packet as a reason to advertise a whole interval later
    if (instance.state === 'MASTER' && !instance.conf.lowerPrioNoAdvert) startTimer(ka, instance);
    return;
  }
  if (instance.state === 'BACKUP') onBackup(ka, instance, ip, hdr);
  else onMaster(ka, instance, ip, hdr);
}

/** Reads all that waits at a socket. */
export function readAdverts(ka: Ka, listening: Listening): void {
  for (let message = rawRecv(ka.net, listening.sock); message !== null; message = rawRecv(ka.net, listening.sock)) {
    const [ip, hdr] = message.layers;
    spend(ka, COST.read);
    if (ip?.kind !== 'ipv4' || hdr?.kind !== 'vrrp') continue;
    const instance = ka.st.instances.find(
      ({ conf }) => conf.vrid === hdr.vrid && conf.dev === listening.devName && conf.peers.length > 0 === listening.unicast,
    );
    if (instance !== undefined) receive(ka, instance, ip, hdr);
    else {
      if (ka.st.config?.global.logUnknownVrids === true)
        logVrrp(ka, `Unknown VRID(${hdr.vrid}) received on interface(${listening.devName}). ignoring...`);
      ka.net.trace('keepalived', 'state', 'keepalived.unknown-vrid', null, { vrid: hdr.vrid, src: formatIpv4(ip.src) }, listening.dev);
    }
  }
}
