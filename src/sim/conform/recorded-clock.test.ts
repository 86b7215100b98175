import { describe, expect, it } from 'vitest';
import type { Canonical } from '../../capture/index.ts';
import type { Case, SeenPacket, Truth } from './case.ts';
import { playCase } from './play.ts';
import { recordedClock } from './recorded-clock.ts';

const ALL = 'ff:ff:ff:ff:ff:ff';
const NONE = '00:00:00:00:00:00';
const PEER = '02:00:00:00:00:02';

function arp(t: number, dst: string, tha = NONE): SeenPacket {
  const own = '02:00:00:00:00:01';
  const summary: Canonical = {
    eth: { dst, src: own, type: '0806' },
    arp: { op: 'request', sha: own, spa: '10.0.0.1', tha, tpa: '10.0.0.2' },
  };
  return { t, dir: 'out', summary };
}

function syn(t: number, flags: readonly string[] = ['SYN']): SeenPacket {
  const tcp = { sport: 4000, dport: 80, flags, seq: 0, len: 0 };
  return { t, dir: 'out', summary: { ip: { src: '10.0.0.1', dst: '10.0.0.2', proto: 6, ttl: 64, len: 60, df: true, tcp } } };
}

function truth(...packets: SeenPacket[]): Truth {
  return { kernel: '6.1', stable: true, steps: [{ t: 0.01 }, {}, { t: 2.5 }], packets: { 'a:eth0': packets } };
}

const phase = (...packets: SeenPacket[]): ReturnType<typeof recordedClock>['wheel'] => recordedClock(truth(...packets)).wheel;

describe('recordedClock', () => {
  it('knows when the steps began, where that is noted', () => {
    expect(recordedClock(truth()).stepsMs).toEqual([10, null, 2500]);
  });

  it.each<[string, SeenPacket[], number, number]>([
    ['a repeated question: slots of 32 ms', [arp(0.02, ALL), arp(1.03, ALL)], 1030 % 32, 32],
    ['a repeated SYN: slots of 32 ms', [syn(0.02), syn(1.04)], 1040 % 32, 32],
    ['the first probe: slots of 256 ms', [arp(5.3, PEER)], 5300 % 256, 256],
    ['a first probe and its repetition: the first', [arp(5.3, PEER), arp(6.308, PEER)], 5300 % 256, 256],
    ['what most frames bear out', [arp(5.3, PEER), arp(20.01, PEER), arp(25.01 + 0.12, PEER)], 20010 % 256, 256],
  ])('reads the phase from %s', (_title, packets, phaseMs, slotMs) => {
    const found = phase(...packets);
    expect(found?.slotMs).toBe(slotMs);
    expect(found?.phaseMs).toBeCloseTo(phaseMs, 6);
  });

  it.each<[string, SeenPacket[]]>([
    ['a first question', [arp(0.02, ALL)]],
    ['questions of arping, which fills in the asked hardware address', [arp(0.02, ALL, ALL), arp(1.03, ALL, ALL)]],
    ['a question asked again much later', [arp(0.02, ALL), arp(1.5, ALL)]],
    ['answers of TCP', [syn(0.02, ['SYN', 'ACK']), syn(1.04, ['SYN', 'ACK'])]],
  ])('reads nothing from %s', (_title, packets) => {
    expect(phase(...packets)).toBeNull();
  });
});

describe('playCase with a clock', () => {
  const CASE: Case = {
    name: 'made-up',
    about: '',
    tags: [],
    networks: [{ name: 'lan' }],
    nodes: [
      {
        name: 'a',
        ifaces: [{ name: 'eth0', mac: '02:00:00:00:00:01', network: 'lan' }],
        setup: ['ip addr add 10.0.0.1/24 dev eth0', 'ip link set eth0 up'],
      },
    ],
    steps: [{ at: 'a', run: 'ping -c1 -W4 10.0.0.2' }],
    capture: ['a:eth0'],
  };
  /** Milliseconds from the recording's beginning, when the questions for an absent neighbour were asked. */
  function asked(startMs: number, phaseMs: number, laterMs = 0): number[] {
    const { packets } = playCase(CASE, { clock: { stepsMs: [startMs], wheel: { phaseMs, slotMs: 256 } }, laterMs });
    return (packets['a:eth0'] ?? []).map(({ t }) => (t ?? 0) * 1000);
  }

  it('begins a step when the recording did, and lets timers of a second fire where its slots lay', () => {
    const [first, second, third] = asked(40, 101);
    expect(first).toBeGreaterThanOrEqual(40);
    expect(first).toBeLessThan(50);
    expect(second).toBeGreaterThan(1040);
    expect(Math.round(((second ?? 0) - 101) * 1000) % 32_000).toBe(0);
    expect(Math.round(((third ?? 0) - 101) * 1000) % 32_000).toBe(0);
    const [, moved] = asked(40, 101, 5);
    expect(Math.round(((moved ?? 0) - 101 + 5) * 1000) % 32_000).toBe(0);
  });
});
