import { describe, expect, it } from 'vitest';
import type { Nanos } from '../engine/index.ts';
import { openShipped } from '../lab/lab.test-kit.ts';
import type { Branch } from '../lab/index.ts';
import { hopsOf, type Hop } from '../sim/index.ts';
import { portKey } from './look.ts';
import { trailOf } from './trail.ts';

/** The legs as words: 'client > router', with '(tunnel)' where it is wrapped; those of the answer apart. */
function toldTrail(branch: Branch, at: number, frame: Parameters<typeof trailOf>[2] = null): { out: string[]; back: string[] } {
  const moment = { executed: branch.run.executedAt(at as Nanos), at: at as Nanos };
  const { links } = branch.run.worldAt(moment.executed).shared;
  const ports = new Map(
    links.flatMap(({ ends: [a, b] }, i) => [[portKey(a.node, a.dev), 2 * i] as const, [portKey(b.node, b.dev), 2 * i + 1] as const]),
  );
  const { legs } = trailOf(branch, moment, frame, (node, dev) => ports.get(portKey(node, dev)) ?? -1);
  const told = legs.map(({ link, reverse, back, wrapped }) => {
    const [a, b] = (links[link] as (typeof links)[number]).ends.map(({ node }) => branch.run.nodeName(node));
    return { back, text: `${reverse ? b : a} > ${reverse ? a : b}${wrapped ? ' (tunnel)' : ''}` };
  });
  const of = (side: boolean): string[] => told.filter(({ back }) => back === side).map(({ text }) => text).toSorted(); // prettier-ignore
  return { out: of(false), back: of(true) };
}

function hopsIn({ run }: Branch): Hop[] {
  return hopsOf(run.trace, 0, run.trace.length);
}

const AFTER_FIRST = 1_900_000_000;

describe('the trail of the last request', () => {
  it('is a triangle with direct routing: the answer does not pass the director', () => {
    const { out, back } = toldTrail(openShipped('dr-lab'), AFTER_FIRST);
    const server = back.find((leg) => leg.startsWith('rs'))?.slice(0, 3) ?? '';
    expect(out).toEqual(['client > router', 'director > sw1', 'router > sw1', `sw1 > ${server}`, 'sw1 > director'].toSorted());
    expect(back).toEqual([`${server} > sw1`, 'router > client', 'sw1 > router'].toSorted());
  });

  it('goes there and back the same way with NAT', () => {
    const { out, back } = toldTrail(openShipped('nat-demo'), AFTER_FIRST);
    const turned = (leg: string): string => leg.split(' > ').toReversed().join(' > ');
    expect(out.length).toBeGreaterThan(3);
    expect(out.some((leg) => leg.includes('director'))).toBe(true);
    expect(out.some((leg) => / > rs\d/.test(leg))).toBe(true);
    expect(back.some((leg) => / > rs\d/.test(leg))).toBe(false);
    expect(back).toEqual(out.map(turned).toSorted());
  });

  it('is wrapped between director and real server with a tunnel, and there only', () => {
    const { out, back } = toldTrail(openShipped('tun-lab'), AFTER_FIRST);
    const wrapped = out.filter((leg) => leg.endsWith('(tunnel)'));
    expect(wrapped[0]).toBe('director > router (tunnel)');
    expect(wrapped[1]).toMatch(/^router > rs\d \(tunnel\)$/);
    expect(wrapped).toHaveLength(2);
    expect(out).toContain('router > director');
    expect(back.every((leg) => !leg.includes('tunnel') && !leg.includes('director'))).toBe(true);
  });

  it('is only as long as the request has come', () => {
    const branch = openShipped('dr-lab');
    const hop = hopsIn(branch).find(({ frame }) => branch.run.trace.frame(frame).layers.some(({ kind }) => kind === 'tcp')) as Hop;
    expect(toldTrail(branch, hop.start)).toEqual({ out: ['client > router'], back: [] });
    expect(toldTrail(branch, hop.start - 1)).toEqual({ out: [], back: [] });
  });
});

describe('the trail of one packet', () => {
  it('is its own way and that of its answer, however late one looks', () => {
    const branch = openShipped('dr-lab');
    const { trace } = branch.run;
    const seg = hopsIn(branch).find((hop) =>
      trace.frame(hop.frame).layers.some((layer) => layer.kind === 'tcp' && (layer.flags & 2) !== 0),
    );
    const { out, back } = toldTrail(branch, 7_500_000_000, seg?.frame ?? null);
    expect(out).toContain('sw1 > director');
    expect(out).toContain('client > router');
    expect(back).toContain('router > client');
    expect(out.length + back.length).toBe(8);
  });

  it('stays with a packet whose addresses are changed on the way', () => {
    const branch = openShipped('nat-demo');
    const { trace } = branch.run;
    const syn = hopsIn(branch).find((hop) => trace.frame(hop.frame).layers.some((layer) => layer.kind === 'tcp' && layer.flags === 2));
    const { out, back } = toldTrail(branch, 7_000_000_000, syn?.frame ?? null);
    expect(out.filter((leg) => / > rs\d/.test(leg))).toHaveLength(1);
    expect(back.some((leg) => / > rs\d/.test(leg))).toBe(false);
    expect(back).toContain('sw1 > client');
  });

  it('has no answer where there is none: ARP', () => {
    const branch = openShipped('dr-lab');
    const { trace } = branch.run;
    const arp = hopsIn(branch).find((hop) => trace.frame(hop.frame).layers[1]?.kind === 'arp');
    expect(toldTrail(branch, AFTER_FIRST, arp?.frame ?? null)).toEqual({ out: [], back: [] });
  });
});
