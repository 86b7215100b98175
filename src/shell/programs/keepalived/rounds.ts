/**
 * Rounds of keepalived's VRRP part: which timers have run out, and what is done then, one thing after another.
 * A round begins with what has been received; advertisements that are due go before gratuitous ARP that is
 * due, and of two instances on one socket only the first has its turn.
 * Comes from: keepalived.ts.  Goes to: vrrp.ts, vips.ts, vrrp-receive.ts.
 * Source: keepalived 2.2.7 lib/scheduler.c, thread_set_timer(), thread_timerfd_handler();
 *   vrrp/vrrp_scheduler.c, vrrp_dispatcher_read_timeout(), vrrp_gratuitous_arp_thread().
 */
import { later, type Nanos } from '../../../engine/index.ts';
import { devByName } from '../../../host/index.ts';
import { clockOf, WAKING } from './clock.ts';
import { reload } from './reload.ts';
import { leaveWithGoodbye, stop } from './start.ts';
import type { Instance, Ka, Work } from './state.ts';
import { announce, sendGarp, sendSpaced } from './vips.ts';
import { becomeMaster, changeGroup, expire, followMaster, groupFollowsMaster, isMaster } from './vrrp.ts';
import { sendAdvert, sendTo } from './vrrp-packet.ts';
import { readAdverts } from './vrrp-receive.ts';
import { startTimer } from './vrrp-timer.ts';

function instanceOf(ka: Ka, name: string): Instance | undefined {
  return ka.st.instances.find(({ conf }) => conf.name === name);
}

/** Sets the one timer that all others hide behind. */
export function aim(ka: Ka): void {
  const { net, st } = ka;
  if (st.work.length > 0 || st.ticking) return;
  let first: number | null = null;
  for (const { fireAt } of st.instances) if (fireAt !== null && (first === null || fireAt < first)) first = fireAt;
  for (const { at } of st.lateGarps) if (first === null || at < first) first = at;
  for (const { at, waiting } of st.spacedArps) if (waiting.length > 0 && (first === null || at < first)) first = at;
  if (first === null) {
    st.tickAt = null;
    return;
  }
  // what ran out during the work comes next; else the process has slept
  const at = (first <= clockOf(ka) ? clockOf(ka) : later(first as Nanos, WAKING)) as Nanos;
  if (at === st.tickAt) return;
  st.tickAt = at;
  st.tick = st.nextTimer++;
  net.sleep(ka.proc.pid, `tick ${st.tick}`, (at - net.now) as Nanos);
}

/** The timer has fired. What comes at the same moment is read first, and may set timers anew. */
export function tick(ka: Ka, number: number): void {
  if (number !== ka.st.tick) return;
  ka.st.ticking = true;
  const free = ka.net.processor();
  if (free > ka.net.now) return ka.net.sleep(ka.proc.pid, `tick ${number}`, (free - ka.net.now) as Nanos);
  ka.net.wake(ka.proc.pid, { kind: 'timer', key: `round ${number}` });
}

export function round(ka: Ka, number: number): void {
  const { st } = ka;
  if (number !== st.tick) return;
  st.ticking = false;
  st.tickAt = null;
  for (const listening of st.listening) readAdverts(ka, listening);
  const sockets = new Set<string>();
  const due = st.instances
    .filter(({ fireAt }) => fireAt !== null && fireAt <= ka.net.now)
    .sort((a, b) => (a.fireAt as Nanos) - (b.fireAt as Nanos));
  for (const { conf } of due) {
    const socket = `${conf.dev} ${conf.peers.length > 0}`;
    if (!sockets.has(socket)) st.work.push({ kind: 'expire', name: conf.name });
    sockets.add(socket);
  }
  const garps = st.lateGarps.filter(({ at }) => at <= ka.net.now).sort((a, b) => a.at - b.at);
  st.lateGarps = st.lateGarps.filter(({ at }) => at > ka.net.now);
  sendSpaced(ka);
  for (const { name, lower } of garps) {
    const garp = instanceOf(ka, name)?.conf.garp;
    if (garp !== undefined) st.work.push({ kind: 'garp', name, times: lower ? garp.lowerPrioRepeat : garp.repeat });
  }
}

/** What waits until the kernels have made what they can of what was sent before. */
const SETTLED: ReadonlySet<Work['kind']> = new Set(['send', 'become', 'garp', 'arp', 'expire', 'follow', 'advert']);

/** What has been received is read when this process has nothing else to do, and no other has the processor. */
export function whenFree(ka: Ka): void {
  const { net, proc, st } = ka;
  const free = net.processor();
  if (st.work.length > 0) st.unread = true;
  else if (free > net.now) net.sleep(proc.pid, 'free all', (free - net.now) as Nanos);
  else for (const listening of st.listening) readAdverts(ka, listening);
}

function perform(ka: Ka, work: Work): void {
  if (work.kind === 'group') {
    const group = ka.st.groups.find(({ name }) => name === work.name);
    if (group !== undefined) changeGroup(ka, group, work.state);
    return;
  }
  if (work.kind === 'quit') {
    ka.st.work = [];
    stop(ka);
    return ka.net.exit(ka.proc.pid, 0);
  }
  if (work.kind === 'reread') return reload(ka);
  const instance = instanceOf(ka, work.name);
  if (instance === undefined) return;
  switch (work.kind) {
    case 'advert':
      return work.goodbye ? leaveWithGoodbye(ka, instance) : sendAdvert(ka, instance, instance.priority);
    case 'send':
      return sendTo(ka, instance, work.dst, work.hdr);
    case 'expire':
      // an instance that followed another meanwhile has a new interval before it
      if (instance.fireAt === null || instance.fireAt > clockOf(ka)) return;
      return expire(ka, instance);
    case 'become':
      return becomeMaster(ka, instance);
    case 'lead':
      return instance.state === 'MASTER' ? groupFollowsMaster(ka, instance) : undefined;
    case 'follow':
      return followMaster(ka, instance);
    case 'rest':
      return startTimer(ka, instance);
    case 'became':
      return isMaster(ka, instance);
    case 'garp':
      return announce(ka, instance, work.times);
    case 'arp':
      return instance.vipSet ? sendGarp(ka, devByName(ka.net.host, work.dev), work.addr) : undefined;
    case 'late':
      ka.st.lateGarps.push({ at: later(clockOf(ka), work.delay), name: work.name, lower: work.lower });
  }
}

/** Does what there is to do. */
export function runWork(ka: Ka): void {
  const { net, proc, st } = ka;
  for (let work = st.work[0]; work !== undefined; work = st.work[0]) {
    if (SETTLED.has(work.kind) && st.sentAt === net.now) {
      net.wake(proc.pid, { kind: 'timer', key: 'settled work' });
      return;
    }
    st.work.shift();
    st.workAt = 0;
    perform(ka, work);
    if (st.work.length > 0 || !st.unread) continue;
    st.unread = false;
    for (const listening of st.listening) readAdverts(ka, listening);
  }
  st.workAt = 0;
}
