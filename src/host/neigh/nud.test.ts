import { describe, expect, it } from 'vitest';
import { NS_PER_MS, NS_PER_S, seconds } from '../../engine/index.ts';
import type { Mac } from '../../wire/index.ts';
import { arpSolicit } from '../arp/solicit.ts';
import type { Dev } from '../dev/state.ts';
import { createFakeNet, type FakeNet } from '../testing/fake-net.test-kit.ts';
import { eth, ip, mac, packet } from '../testing/host.test-kit.ts';
import { neighAdminDel, neighAdminSet, neighFlush, neighIfDown } from './admin.ts';
import { neighGcTimer, neighObtain } from './create.ts';
import { neighConfirm, neighTimer, neighUpdate } from './nud.ts';
import { neighOutput } from './output.ts';
import type { Neigh, Nud } from './state.ts';
import { neighLookup } from './table.ts';
import { truesizeOf } from './truesize.ts';

const PEER = '10.0.0.9';
const A = mac(0xa);
const B = mac(0xb);
const TIMERS = { neigh: neighTimer, 'neigh-gc': neighGcTimer };

/** A host that sends to 10.0.0.9; its reachable time is 20 s. */
function lab() {
  const net = createFakeNet({ calls: { arpSolicit } });
  const dev = eth(net, 'eth0', '10.0.0.1/24');
  dev.neighParms.reachableTimeMs = 20_000;
  net.now = seconds(100);
  net.forget();
  return { net, dev };
}

function entry(net: FakeNet, dev: Dev): Neigh {
  const neigh = neighObtain(net, dev, ip(PEER));
  if (neigh === null) throw new Error('table full');
  return neigh;
}

function send(net: FakeNet, dev: Dev): void {
  neighOutput(net, packet('10.0.0.1', PEER), dev, ip(PEER));
}

/** Brings the entry into a state by the way a host gets there. */
function bring(net: FakeNet, dev: Dev, nud: Nud): Neigh {
  const neigh = entry(net, dev);
  switch (nud) {
    case 'NONE':
      break;
    case 'INCOMPLETE':
      send(net, dev);
      break;
    case 'FAILED':
      send(net, dev);
      net.pass(5 * NS_PER_S, TIMERS);
      break;
    case 'NOARP':
    case 'PERMANENT':
      neighAdminSet(net, { ifindex: dev.ifindex, addr: ip(PEER), lladdr: A, nud, mode: 'replace' });
      break;
    case 'REACHABLE':
    case 'STALE':
      neighUpdate(net, neigh, A, nud, {});
      break;
    case 'DELAY':
      neighUpdate(net, neigh, A, 'STALE', {});
      send(net, dev);
      break;
    case 'PROBE':
      neighUpdate(net, neigh, A, 'STALE', {});
      send(net, dev);
      net.pass(5.3 * NS_PER_S, TIMERS);
      break;
  }
  expect(neigh.nud).toBe(nud);
  net.forget();
  return neigh;
}

type Event = 'packet' | 'timer' | 'confirmed timer' | 'used timer' | `${'reply' | 'request'} ${'A' | 'B' | 'B override'}` | 'admin del';

function happen(net: FakeNet, dev: Dev, neigh: Neigh, event: Event): void {
  switch (event) {
    case 'packet':
      send(net, dev);
      break;
    case 'confirmed timer':
      // proof from above arrives just before the timer
      net.pass((net.timers.at(-1)?.at ?? 0) - net.now - 1, {});
      neighConfirm(net, dev.ifindex, neigh.addr);
      net.pass(1, TIMERS);
      break;
    case 'used timer':
      neigh.used = seconds(119);
      net.pass((net.timers.at(-1)?.at ?? 0) - net.now, TIMERS);
      break;
    case 'timer':
      net.pass((net.timers.at(-1)?.at ?? 0) - net.now, TIMERS);
      break;
    case 'admin del':
      neighAdminDel(net, dev.ifindex, neigh.addr);
      break;
    default: {
      const nud = event.startsWith('reply') ? 'REACHABLE' : 'STALE';
      const from: Mac = event.includes('B') ? B : A;
      neighUpdate(net, neigh, from, nud, { override: event.endsWith('override') });
    }
  }
}

/** What left the host: data frames by the MAC they went to, questions by broadcast or unicast. */
function actions(net: FakeNet): string {
  const out = net.sent.map(({ layers: [eth, next] }) => {
    const to = eth?.kind === 'eth' ? (eth.dst === A ? 'A' : eth.dst === B ? 'B' : '*') : '?';
    return next?.kind === 'arp' ? `ask ${to}` : `send ${to}`;
  });
  out.push(...net.called.filter((call) => call.name === 'icmpSend').map(() => 'icmp'));
  return out.join(', ') || '-';
}

it.each([
  [1_000, 'DELAY'],
  [20_000, 'STALE'],
] as const)('an answer counts as a use: reachable for %d ms, then %s', (reachableTimeMs, nud) => {
  const { net, dev } = lab();
  dev.neighParms.reachableTimeMs = reachableTimeMs;
  const neigh = bring(net, dev, 'PROBE');
  neighUpdate(net, neigh, A, 'REACHABLE', {});
  // the wheel's slots are 32 ms wide for the one and 2 s for the other
  net.pass(reachableTimeMs * 1.12 * NS_PER_MS, TIMERS);
  expect(neigh.nud).toBe(nud);
});

// From | Event | To | Action | Reason of the record
const TRANSITIONS: readonly (readonly [Nud, Event, Nud, string, string])[] = [
  ['NONE', 'packet', 'INCOMPLETE', 'ask *', 'neigh.incomplete'],
  ['NONE', 'request A', 'STALE', '-', 'neigh.learnt'],
  ['NONE', 'reply A', 'REACHABLE', '-', 'neigh.learnt'],
  ['INCOMPLETE', 'packet', 'INCOMPLETE', '-', 'neigh.queued'],
  ['INCOMPLETE', 'timer', 'INCOMPLETE', 'ask *', 'arp.asked'],
  ['INCOMPLETE', 'reply A', 'REACHABLE', 'send A', 'neigh.learnt'],
  ['INCOMPLETE', 'request A', 'DELAY', 'send A', 'neigh.delay'],
  ['INCOMPLETE', 'admin del', 'FAILED', 'icmp', 'neigh.unreachable'],
  ['REACHABLE', 'packet', 'REACHABLE', 'send A', ''],
  ['REACHABLE', 'timer', 'STALE', '-', 'neigh.reachable-to-stale'],
  ['REACHABLE', 'used timer', 'DELAY', '-', 'neigh.reachable-to-delay'],
  ['REACHABLE', 'confirmed timer', 'REACHABLE', '-', ''],
  ['REACHABLE', 'request A', 'REACHABLE', '-', ''],
  ['REACHABLE', 'request B', 'REACHABLE', '-', 'neigh.locked'],
  ['REACHABLE', 'request B override', 'STALE', '-', 'neigh.mac-changed'],
  ['REACHABLE', 'reply B override', 'REACHABLE', '-', 'neigh.mac-changed'],
  ['STALE', 'packet', 'DELAY', 'send A', 'neigh.delay'],
  ['STALE', 'reply A', 'REACHABLE', '-', 'neigh.state-changed'],
  ['STALE', 'request A', 'STALE', '-', ''],
  ['STALE', 'reply B', 'STALE', '-', 'neigh.locked'],
  ['STALE', 'request B override', 'STALE', '-', 'neigh.mac-changed'],
  ['DELAY', 'packet', 'DELAY', 'send A', ''],
  ['DELAY', 'timer', 'PROBE', 'ask A', 'neigh.delay-to-probe'],
  ['DELAY', 'confirmed timer', 'REACHABLE', '-', 'neigh.delay-confirmed'],
  ['DELAY', 'reply A', 'REACHABLE', '-', 'neigh.state-changed'],
  ['DELAY', 'request A', 'DELAY', '-', ''],
  ['DELAY', 'request B override', 'STALE', '-', 'neigh.mac-changed'],
  ['PROBE', 'packet', 'PROBE', 'send A', ''],
  ['PROBE', 'timer', 'PROBE', 'ask A', 'arp.probe-sent'],
  ['PROBE', 'reply A', 'REACHABLE', '-', 'neigh.state-changed'],
  ['PROBE', 'request A', 'PROBE', '-', ''],
  ['PROBE', 'reply B override', 'REACHABLE', '-', 'neigh.mac-changed'],
  ['FAILED', 'packet', 'INCOMPLETE', 'ask *', 'neigh.incomplete'],
  ['FAILED', 'request A', 'STALE', '-', 'neigh.learnt'],
  ['FAILED', 'reply A', 'REACHABLE', '-', 'neigh.learnt'],
  ['PERMANENT', 'packet', 'PERMANENT', 'send A', ''],
  ['PERMANENT', 'reply B override', 'PERMANENT', '-', 'neigh.permanent-kept'],
  ['NOARP', 'packet', 'NOARP', 'send A', ''],
  ['NOARP', 'reply B override', 'NOARP', '-', 'neigh.permanent-kept'],
];

describe('transitions of a neighbour', () => {
  it.each(TRANSITIONS)('%s | %s | %s | %s | %s', (from, event, to, action, reason) => {
    const { net, dev } = lab();
    const neigh = bring(net, dev, from);
    happen(net, dev, neigh, event);
    expect(neigh.nud).toBe(to);
    expect(actions(net)).toBe(action);
    const told = net.reasons().filter((id) => id.startsWith('neigh.') || id.startsWith('arp.'));
    // where no reason is named the entry says nothing
    expect(reason === '' ? told.length === 0 : told.includes(reason)).toBe(true);
  });
});

describe('an address that nobody has', () => {
  it('is asked for three times a second apart, then every waiting packet is given up in order', () => {
    const { net, dev } = lab();
    send(net, dev);
    send(net, dev);
    const asked = [net.now];
    for (let i = 0; i < 2; i++) {
      net.pass((net.timers.at(-1)?.at ?? 0) - net.now, TIMERS);
      asked.push(net.now);
    }
    expect(net.sent).toHaveLength(3);
    // at least a second, at most one slot of the timer wheel (32 ms) more
    for (const i of [1, 2]) {
      const gap = (asked[i] as number) - (asked[i - 1] as number);
      expect(gap).toBeGreaterThanOrEqual(NS_PER_S);
      expect(gap).toBeLessThanOrEqual(1.032 * NS_PER_S);
    }
    net.pass(1.04 * NS_PER_S, TIMERS);
    expect(neighLookup(net.host, dev.ifindex, ip(PEER))?.nud).toBe('FAILED');
    expect(net.records.filter((record) => record.verdict === 'drop').map((record) => record.reason)).toEqual([
      'neigh.unreachable',
      'neigh.unreachable',
    ]);
    expect(actions(net)).toBe('ask *, ask *, ask *, icmp, icmp');
  });

  it('drops the oldest packet when the queue is full', () => {
    const { net, dev } = lab();
    dev.neighParms.unres_qlen_bytes = 2 * 768;
    for (let i = 0; i < 4; i++) send(net, dev);
    expect(entry(net, dev).queue).toHaveLength(2);
    expect(net.reasons().filter((reason) => reason === 'neigh.queue-full')).toHaveLength(2);
  });
});

describe('a silent neighbour in use', () => {
  it('is probed three times by unicast after 5 s, then fails without an error message', () => {
    const { net, dev } = lab();
    bring(net, dev, 'STALE');
    send(net, dev);
    net.pass(9 * NS_PER_S, TIMERS);
    expect(actions(net)).toBe('send A, ask A, ask A, ask A');
    expect(entry(net, dev).nud).toBe('FAILED');
  });
});

describe('neighUpdate', () => {
  it('moves the lock only when something changes', () => {
    const { net, dev } = lab();
    const neigh = bring(net, dev, 'REACHABLE');
    const since = neigh.updated;
    net.now = seconds(100.5);
    neighUpdate(net, neigh, A, 'REACHABLE', {});
    expect(neigh.updated).toBe(since);
    expect(neigh.confirmed).toBe(net.now);
    neighUpdate(net, neigh, B, 'REACHABLE', { override: true });
    expect(neigh.updated).toBe(net.now);
  });
});

describe('commands', () => {
  const set = (net: FakeNet, dev: Dev, mode: 'add' | 'change' | 'replace', lladdr: Mac | null = A) =>
    neighAdminSet(net, { ifindex: dev.ifindex, addr: ip(PEER), lladdr, nud: 'PERMANENT', mode });

  it('add, change, replace and del refuse as the kernel does', () => {
    const { net, dev } = lab();
    expect(set(net, dev, 'change')).toBe('ENOENT');
    expect(set(net, dev, 'add', null)).toBe('EINVAL');
    expect(set(net, dev, 'replace')).toBeNull();
    expect(set(net, dev, 'add', B)).toBe('EEXIST');
    expect(set(net, dev, 'change', B)).toBeNull();
    expect(entry(net, dev).lladdr).toBe(B);
    expect(neighAdminDel(net, dev.ifindex, ip(PEER))).toBeNull();
    expect(neighAdminDel(net, dev.ifindex, ip(PEER))).toBe('ENOENT');
  });

  it('flush spares permanent entries, an interface that goes down does not', () => {
    const { net, dev } = lab();
    set(net, dev, 'add');
    expect(neighFlush(net, { ifindex: dev.ifindex, addr: null, nuds: null })).toBe(0);
    neighIfDown(net, dev);
    expect(net.host.neigh.entries.size).toBe(0);
  });
});

describe('group addresses', () => {
  it('need no question', () => {
    const { net, dev } = lab();
    neighOutput(net, packet('10.0.0.1', '10.0.0.255'), dev, ip('10.0.0.255'));
    neighOutput(net, packet('10.0.0.1', '224.0.0.18'), dev, ip('224.0.0.18'));
    const to = net.sent.map(({ layers: [eth] }) => (eth?.kind === 'eth' ? eth.dst.toString(16) : ''));
    expect(to).toEqual(['ffffffffffff', '1005e000012']);
  });
});

describe('a large table', () => {
  it('loses unused entries above gc_thresh1, and refuses new ones at gc_thresh3', () => {
    const { net, dev } = lab();
    const table = net.host.neigh;
    Object.assign(table, { gc_thresh1: 4, gc_thresh2: 6, gc_thresh3: 8 });
    for (let i = 1; i <= 8; i++) {
      const neigh = neighObtain(net, dev, (ip('10.0.0.50') + i) as Neigh['addr']);
      if (neigh !== null) neighUpdate(net, neigh, A, 'STALE', {});
    }
    expect(neighObtain(net, dev, ip(PEER))).toBeNull();
    expect(net.reasons()).toContain('neigh.table-full');
    net.pass(80 * NS_PER_S, TIMERS);
    expect(table.entries.size).toBe(0);
  });
});

it.each(['failed', 'learnt'] as const)('a queue that was emptied because the address was %s has room for as much as before', (how) => {
  const { net, dev } = lab();
  const neigh = entry(net, dev);
  dev.neighParms.unres_qlen_bytes = 2 * truesizeOf(packet('10.0.0.1', PEER).layers);
  for (let i = 0; i < 3; i++) send(net, dev);
  expect(neigh.queue).toHaveLength(2);
  if (how === 'failed') net.pass(5 * NS_PER_S, TIMERS);
  else neighUpdate(net, neigh, A, 'REACHABLE', {});
  expect([neigh.queue.length, neigh.queueBytes]).toEqual([0, 0]);
});
