import { describe, expect, it } from 'vitest';
import type { NodeSpec, WorldSpec } from '../world/index.ts';
import { layoutOf } from './layout.ts';

const names = ['client', 'sw', 'rs1', 'rs2'];
const world = {
  nodes: names.map(
    (name) => ({ name, role: name === 'sw' ? 'switch' : name === 'client' ? 'client' : 'realserver' }) as unknown as NodeSpec,
  ),
  links: names
    .filter((name) => name !== 'sw')
    .map((name) => ({
      ends: [
        [name, 'eth0'],
        ['sw', name],
      ],
    })),
} as unknown as WorldSpec;

describe('layoutOf', () => {
  it('takes the places of the file, and those to which nodes were dragged before them', () => {
    const given = new Map(names.map((name, i) => [name, [i * 10, i] as const]));
    const places = layoutOf(world, given, { rs1: [500, 600] });
    expect(places).toEqual([
      { x: 0, y: 0 },
      { x: 10, y: 1 },
      { x: 500, y: 600 },
      { x: 30, y: 3 },
    ]);
  });

  it('finds free ground for nodes that a file forgot', () => {
    const places = layoutOf(world, new Map([['client', [1000, 1000] as const], ['rs1', [1440, 1000] as const]]), {}); // prettier-ignore
    expect(places[0]).toEqual({ x: 1000, y: 1000 });
    const crowded = layoutOf(world, new Map([['client', [0, 0] as const], ['rs1', [440, 150] as const]]), {}); // prettier-ignore
    expect(Math.abs((crowded[3]?.y ?? 0) - (crowded[2]?.y ?? 0))).toBeGreaterThanOrEqual(120);
    const [, sw, rs1, rs2] = places;
    expect(sw?.x).toBeGreaterThan(1000);
    expect(sw?.x).toBeLessThan(1440);
    expect(Math.abs((rs2?.y ?? 0) - (rs1?.y ?? 0))).toBeGreaterThan(100);
  });
});
