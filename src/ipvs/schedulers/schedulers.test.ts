import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nanos, seedPrng, nextBelow } from '../../engine/index.ts';
import { ipv4, type Ipv4 } from '../../wire/index.ts';
import type { IpvsNet, PacketFacts } from '../net.ts';
import type { Dest, DestId, Svc, SvcId } from '../state.ts';
import { schedulerOf, schedulers } from './index.ts';
import { MH_TABLE_SIZE, mhHash } from './mh.ts';
import { shHash } from './sh.ts';
import type { Scheduler } from './scheduler.ts';

const KEY_2 = 2654446892;

function zero() {
  return { conns: 0, inPkts: 0, outPkts: 0, inBytes: 0, outBytes: 0 };
}

function makeDest(n: number, weight: number, third = 9, fourth = 1): Dest {
  return {
    id: n as DestId,
    addr: ipv4(10, third, fourth, n),
    addr6: null,
    port: 80,
    fwd: 'droute',
    weight,
    lastWeight: weight,
    uThreshold: 0,
    lThreshold: 0,
    activeConns: 0,
    inactConns: 0,
    persistConns: 0,
    overload: false,
    available: true,
    tunType: 'ipip',
    tunPort: 0,
    tunFlags: 'nocsum',
    stats: {
      now: zero(),
      est: { shown: zero(), cps: 0, inPps: 0, outPps: 0, inBps: 0, outBps: 0 },
      zeroed: zero(),
    },
    routeMtu: 0,
    routeLearnt: false,
    idleSince: null,
  };
}

function makeSvc(name: string): Svc {
  return {
    id: 1 as SvcId,
    proto: 6,
    addr: ipv4(10, 0, 0, 1),
    addr6: null,
    port: 80,
    fwmark: 0,
    scheduler: name,
    schedData: null,
    schedFlags: 0,
    persistTimeout: null,
    persistMask: 0xffffffff as Ipv4,
    onePacket: false,
    pe: null,
    dests: [],
    stats: {
      now: zero(),
      est: { shown: zero(), cps: 0, inPps: 0, outPps: 0, inBps: 0, outBps: 0 },
      zeroed: zero(),
    },
    laddrs: [],
    nextLaddr: 0,
  };
}

function makeNet(): IpvsNet {
  const prng = seedPrng(1);
  const net = {
    now: nanos(0),
    ipvs: { sysctl: { lblc_expiration: 86400, lblcr_expiration: 86400 } },
    arm: () => 1,
    randomBelow: (bound: number) => nextBelow(prng, bound),
  };
  return net as unknown as IpvsNet;
}

function facts(saddr: number, sport = 1000, daddr: number = ipv4(10, 0, 36, 1)): PacketFacts {
  return { proto: 17, saddr, daddr, sport, dport: 80 };
}

interface Pool {
  readonly svc: Svc;
  readonly net: IpvsNet;
  readonly scheduler: Scheduler;
  add(dest: Dest): void;
  remove(n: number): Dest;
  /** next flow; its connection stays, active or not */
  flow(active: boolean, from?: PacketFacts): number;
}

function pool(name: string, weights: readonly number[], flags = 0, fourth = 1): Pool {
  const scheduler = schedulerOf(name) as Scheduler;
  const net = makeNet();
  const svc = makeSvc(name);
  svc.schedFlags = flags;
  scheduler.initService(net, svc);
  const self: Pool = {
    svc,
    net,
    scheduler,
    add(dest) {
      svc.dests.unshift(dest);
      scheduler.addDest(svc, dest);
    },
    remove(n) {
      const index = svc.dests.findIndex((d) => d.id === n);
      const [dest] = svc.dests.splice(index, 1) as [Dest];
      scheduler.delDest(svc, dest, index);
      return dest;
    },
    flow(active, from = facts(ipv4(10, 5, 0, 1))) {
      const dest = scheduler.schedule(net, svc, from);
      if (dest === null) return 0;
      if (active) dest.activeConns++;
      else dest.inactConns++;
      return dest.id;
    },
  };
  weights.forEach((w, i) => self.add(makeDest(i + 1, w, 9, fourth)));
  return self;
}

function run(p: Pool, count: number, active: boolean): string {
  return Array.from({ length: count }, () => p.flow(active)).join(' ');
}

describe('sequences observed on Linux 6.1: servers 1, 2, 3 added in this order, 14 flows, none closed', () => {
  // scheduler, weights, TCP without answer (active) or UDP (inactive), servers chosen
  it.each([
    ['rr', [1, 1, 1], false, '3 2 1 3 2 1 3 2 1 3 2 1 3 2'],
    ['rr', [1, 0, 1], false, '3 1 3 1 3 1 3 1 3 1 3 1 3 1'],
    ['wrr', [1, 2, 3], false, '3 2 1 3 3 2 3 2 1 3 3 2 3 2'],
    ['wrr', [2, 4, 6], false, '3 2 1 3 3 2 3 2 1 3 3 2 3 2'],
    ['wrr', [3, 2, 1], false, '3 2 1 1 2 1 3 2 1 1 2 1 3 2'],
    ['wrr', [6, 4, 2], false, '3 2 1 1 2 1 3 2 1 1 2 1 3 2'],
    ['wrr', [4, 2, 2], false, '3 2 1 1 3 2 1 1 3 2 1 1 3 2'],
    ['wrr', [5, 1, 1], false, '3 2 1 1 1 1 1 3 2 1 1 1 1 1'],
    ['wrr', [3, 1], false, '2 1 1 1 2 1 1 1 2 1 1 1 2 1'],
    ['wrr', [1, 3], false, '2 1 2 2 2 1 2 2 2 1 2 2 2 1'],
    ['lc', [1, 1, 1], false, '3 2 1 3 2 1 3 2 1 3 2 1 3 2'],
    ['lc', [1, 2, 3], false, '3 2 1 3 2 1 3 2 1 3 2 1 3 2'],
    ['wlc', [1, 2, 3], false, '3 2 1 3 2 3 3 2 1 3 2 3 3 2'],
    ['wlc', [1, 2, 3], true, '3 2 1 3 2 3 3 2 1 3 2 3 3 2'],
    ['wlc', [3, 2, 1], false, '3 2 1 1 2 1 3 2 1 1 2 1 3 2'],
    ['sed', [1, 2, 3], true, '3 2 3 3 2 1 3 2 3 3 2 1 3 2'],
    ['sed', [3, 2, 1], true, '1 2 1 3 2 1 1 2 1 3 2 1 1 2'],
    ['sed', [1, 2, 3], false, '3 3 3 3 3 3 3 3 3 3 3 3 3 3'],
    ['nq', [1, 2, 3], true, '3 2 1 3 3 2 3 2 3 3 2 1 3 2'],
    ['nq', [3, 2, 1], true, '3 2 1 1 2 1 1 2 1 3 2 1 1 2'],
    ['nq', [1, 2, 3], false, '3 3 3 3 3 3 3 3 3 3 3 3 3 3'],
    ['fo', [1, 3, 2], false, '2 2 2 2 2 2 2 2 2 2 2 2 2 2'],
    ['fo', [3, 3, 3], false, '3 3 3 3 3 3 3 3 3 3 3 3 3 3'],
    ['ovf', [2, 3, 1], true, '2 2 2 2 1 1 1 3 3 0 0 0 0 0'],
    ['ovf', [2, 3, 1], false, '2 2 2 2 2 2 2 2 2 2 2 2 2 2'],
    ['dh', [1, 1, 1], false, '3 3 3 3 3 3 3 3 3 3 3 3 3 3'],
    ['lblc', [1, 1, 1], false, '3 3 3 3 3 3 3 3 3 3 3 3 3 3'],
    ['lblc', [1, 1, 1], true, '3 3 2 2 1 1 1 1 1 1 1 1 1 1'],
    ['lblcr', [1, 1, 1], true, '3 3 2 2 1 1 1 2 3 1 2 3 1 2'],
    ['lblc', [2, 3, 4], true, '3 3 3 3 3 2 2 2 2 1 1 1 1 1'],
    ['lblcr', [2, 3, 4], true, '3 3 3 3 3 2 2 2 2 1 1 1 3 2'],
  ] as const)('%s %j active=%s', (name, weights, active, expected) => {
    expect(run(pool(name, weights), 14, active)).toBe(expected);
  });

  it('wrr keeps its bar when a weight is edited', () => {
    const p = pool('wrr', [1, 1, 1]);
    const first = p.svc.dests[2] as Dest;
    first.weight = 4;
    p.scheduler.updDest(p.svc, first);
    expect(run(p, 14, false)).toBe('3 2 1 1 1 1 3 2 1 1 1 1 3 2');
  });

  it('rr goes on at the predecessor of a deleted server', () => {
    const p = pool('rr', [1, 1, 1]);
    const before = run(p, 2, false);
    const deleted = p.remove(2);
    const between = run(p, 6, false);
    p.add(deleted);
    expect(`${before} ${between} ${run(p, 6, false)}`).toBe('3 2 1 3 1 3 1 3 1 2 3 1 2 3');
  });

  it('rr passes over a server above its threshold', () => {
    const p = pool('rr', [1, 1]);
    const picks: number[] = [];
    for (let i = 0; i < 8; i++) {
      picks.push(p.flow(false));
      const first = p.svc.dests[1] as Dest;
      first.overload = first.inactConns >= 2;
    }
    expect(picks.join(' ')).toBe('2 1 2 1 2 2 2 2');
  });
});

describe('hash schedulers: clients 10.5.0.1 to .12, source port 1000', () => {
  const clients = Array.from({ length: 12 }, (_, i) => facts(ipv4(10, 5, 0, i + 1)));
  it.each([
    ['sh', [1, 1, 1], 0, 1, '2 2 3 1 3 1 1 2 3 2 3 2'],
    ['sh', [1, 2, 3], 0, 1, '3 2 3 3 3 3 1 3 2 3 2 2'],
    ['sh', [1, 1, 1], 16, 1, '2 1 2 1 3 1 3 2 3 2 3 1'],
    ['sh', [1, 0, 1], 8, 1, '1 1 3 1 3 1 1 1 3 1 3 1'],
    ['sh', [1, 0, 1], 0, 1, '0 0 3 1 3 1 1 0 3 0 3 0'],
    ['mh', [1, 1, 1], 0, 50, '2 1 1 2 2 3 1 1 1 1 2 2'],
    ['mh', [1, 2, 3], 0, 51, '2 1 2 3 2 3 3 2 3 3 2 2'],
    ['mh', [1, 1, 1], 16, 52, '3 2 2 1 2 2 1 2 2 2 1 3'],
    ['mh', [1, 0, 1], 8, 53, '3 3 3 1 3 3 3 3 3 3 1 1'],
  ] as const)('%s %j flags=%d', (name, weights, flags, third, expected) => {
    const p = pool(name, [], flags);
    weights.forEach((w, i) => p.add({ ...makeDest(i + 1, w), addr: ipv4(10, 9, third, i + 1) }));
    expect(clients.map((c) => p.flow(false, c)).join(' ')).toBe(expected);
  });

  it('sh uses the bucket numbers of the kernel', () => {
    const buckets = clients.map((c) => shHash(c.saddr, 0, 0));
    expect(buckets).toEqual([199, 40, 138, 236, 78, 176, 17, 115, 213, 55, 153, 250]);
  });

  it('mh uses the SipHash of the kernel', () => {
    expect(mhHash(ipv4(10, 5, 0, 1), 0, 0)).toBe(0xfe274f76);
    const offsetAndSkip = [3, 2, 1].map((n) => {
      const addr = ipv4(10, 9, 0, n);
      return [mhHash(addr, 80, 0) % MH_TABLE_SIZE, (mhHash(addr, 80, 0, KEY_2) % (MH_TABLE_SIZE - 1)) + 1];
    });
    expect(offsetAndSkip).toEqual([
      [1624, 3921],
      [1411, 2615],
      [3983, 475],
    ]);
  });

  it('mh moves few clients when a server goes', () => {
    const p = pool('mh', [1, 1, 1, 1, 1]);
    const many = Array.from({ length: 400 }, (_, i) => facts(ipv4(10, 6, i >> 8, i & 255)));
    const before = many.map((c) => p.flow(false, c));
    p.remove(3);
    const moved = many.filter((c, i) => before[i] !== 3 && p.flow(false, c) !== before[i]).length;
    expect(moved).toBeLessThan(60);
  });
});

describe('properties of all schedulers', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 6 });

  it.each(schedulers.map((s) => s.name))('%s never chooses weight 0 or a server over its threshold', (name) => {
    fc.assert(
      fc.property(weights, fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), fc.boolean(), (ws, over, active) => {
        const p = pool(name, ws, name === 'sh' || name === 'mh' ? 8 : 0);
        p.svc.dests.forEach((d, i) => {
          d.overload = over[i] === true;
        });
        for (let i = 0; i < 20; i++) {
          const id = p.flow(active, facts(ipv4(10, 5, 0, i)));
          const dest = p.svc.dests.find((d) => d.id === id);
          expect(dest === undefined || (dest.weight > 0 && !dest.overload)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  const change = fc.record({
    how: fc.constantFrom('flow', 'flow', 'flow', 'weight', 'remove', 'add', 'over'),
    n: fc.integer({ min: 1, max: 6 }),
    value: fc.integer({ min: 0, max: 4 }),
  });

  /** Those whose table leads a client to a server that cannot take him refuse him; ovf refuses when all are full. */
  const MAY_REFUSE = new Set(['sh', 'dh', 'ovf']);

  it.each(schedulers.map((s) => s.name))('%s finds a server that can take the connection, while servers change', (name) => {
    fc.assert(
      fc.property(weights, fc.array(change, { maxLength: 40, size: 'max' }), fc.boolean(), (ws, changes, active) => {
        const p = pool(name, ws);
        for (const [i, { how, n, value }] of changes.entries()) {
          const dest = p.svc.dests.find((d) => d.id === n);
          if (how === 'add' && dest === undefined) p.add(makeDest(n, value));
          else if (how === 'remove' && dest !== undefined) p.remove(n);
          else if (how === 'over' && dest !== undefined) dest.overload = value > 2;
          else if (how === 'weight' && dest !== undefined) {
            dest.weight = value;
            if (value > 0) dest.lastWeight = value;
            p.scheduler.updDest(p.svc, dest);
          }
          const id = p.flow(active, facts(ipv4(10, 5, 0, i)));
          const chosen = p.svc.dests.find((d) => d.id === id);
          // lblc goes on with the server that it knows for an address, also above its threshold.
          if (chosen !== undefined) expect([chosen.weight > 0, chosen.overload && name !== 'lblc']).toEqual([true, false]);
          else expect(id).toBe(0);
          const canTake = p.svc.dests.some((d) => d.weight > 0 && !d.overload);
          if (canTake && !MAY_REFUSE.has(name) && name !== 'mh') expect(id).not.toBe(0);
        }
      }),
      { numRuns: 80 },
    );
  });

  it.each([
    ['sh', 8],
    ['mh', 8],
  ] as const)('%s with -fallback finds one for every client', (name, flags) => {
    fc.assert(
      fc.property(
        weights,
        fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        fc.integer({ min: 0, max: 0xffffffff }),
        (ws, over, addr) => {
          const p = pool(name, ws, flags);
          p.svc.dests.forEach((d, i) => {
            d.overload = over[i] === true;
          });
          const canTake = p.svc.dests.some((d) => d.weight > 0 && !d.overload);
          expect(p.flow(false, facts(addr)) !== 0).toBe(canTake);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('rr serves all alike', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 5 }), (servers, rounds) => {
        const p = pool(
          'rr',
          Array.from({ length: servers }, () => 1),
        );
        const counts = Array.from({ length: servers }, () => 0);
        for (let i = 0; i < servers * rounds; i++) counts[p.flow(false) - 1]! += 1;
        expect(new Set(counts)).toEqual(new Set([rounds]));
      }),
    );
  });

  it('nq keeps no server idle while another one has two connections', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 }), (ws) => {
        const p = pool('nq', ws);
        for (let i = 0; i < ws.length; i++) p.flow(true);
        expect(p.svc.dests.map((d) => d.activeConns)).toEqual(ws.map(() => 1));
      }),
    );
  });

  it('mh moves few of the other clients when any server of any pool goes, and none when it comes back', () => {
    const clients = Array.from({ length: 300 }, (_, i) => facts(ipv4(10, 6, i >> 8, i & 255)));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 8 }), fc.nat(), (ws, pick) => {
        const p = pool('mh', ws);
        const gone = 1 + (pick % ws.length);
        const before = clients.map((c) => p.flow(false, c));
        const dest = p.remove(gone);
        const moved = clients.filter((c, i) => before[i] !== gone && p.flow(false, c) !== before[i]).length;
        // Its share of the table is filled anew, and now and then that pushes somebody else.
        expect(moved).toBeLessThan(clients.length / 4);
        p.add(dest);
        const back = clients.filter((c, i) => p.flow(false, c) !== before[i]).length;
        expect(back).toBeLessThan(clients.length / 4);
      }),
      { numRuns: 20 },
    );
  });

  it('wrr gives each server its share of the weights in every period', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 }), (ws) => {
        const p = pool('wrr', ws);
        const period = ws.reduce((a, b) => a + b, 0);
        const counts = ws.map(() => 0);
        for (let i = 0; i < period * 3; i++) counts[p.flow(false) - 1]! += 1;
        expect(counts).toEqual(ws.map((w) => w * 3));
      }),
      { numRuns: 60 },
    );
  });

  it.each(['wlc', 'sed'])('%s loads the servers by their weights when connections stay', (name) => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 }), (ws) => {
        const p = pool(name, ws);
        const rounds = 10;
        const total = ws.reduce((a, b) => a + b, 0);
        for (let i = 0; i < rounds * total; i++) p.flow(true);
        // never further from its share than one connection for each unit of weight
        for (const dest of p.svc.dests) expect(Math.abs(dest.activeConns - rounds * dest.weight)).toBeLessThanOrEqual(dest.weight + 1);
      }),
      { numRuns: 60 },
    );
  });

  it('lc keeps the servers level', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 60 }), (ws, flows) => {
        const p = pool('lc', ws);
        for (let i = 0; i < flows; i++) p.flow(true);
        const loads = p.svc.dests.filter((d) => d.weight > 0).map((d) => d.activeConns);
        expect(loads.length === 0 ? 0 : Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60 },
    );
  });

  it.each(['sh', 'mh'])('%s shares many clients out by weight', (name) => {
    const p = pool(name, [1, 2, 3]);
    const counts = [0, 0, 0];
    for (let i = 0; i < 6000; i++) counts[p.flow(false, facts(ipv4(10, 5, i >> 8, i & 255))) - 1]! += 1;
    counts.forEach((n, i) => expect(Math.abs(n - 1000 * (i + 1))).toBeLessThan(250));
  });

  it.each(['sh', 'mh', 'dh'])('%s sends the same client to the same server', (name) => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 0, max: 0xffffffff }), (ws, addr) => {
        const p = pool(name, ws);
        expect(p.flow(false, facts(addr, 2000))).toBe(p.flow(false, facts(addr)));
      }),
      { numRuns: 60 },
    );
  });

  it.each(schedulers.filter((s) => s.name !== 'twos').map((s) => s.name))(
    '%s explains the choice that it makes, changing nothing',
    (name) => {
      fc.assert(
        fc.property(weights, fc.boolean(), (ws, active) => {
          const p = pool(name, ws);
          for (let i = 0; i < 12; i++) {
            const from = facts(ipv4(10, 5, 0, i));
            const before = JSON.stringify(p.svc);
            const told = p.scheduler.explain(p.net, p.svc, from).find((r) => r.chosen)?.dest ?? 0;
            expect(JSON.stringify(p.svc)).toBe(before);
            expect(p.flow(active, from)).toBe(told);
          }
        }),
        { numRuns: 40 },
      );
    },
  );
});
