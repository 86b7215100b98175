import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeSpec, WorldSpec } from '../world/index.ts';
import { COLUMN, ROW, tidyPlaces, type Place } from './tidy.ts';

type Role = NodeSpec['role'];

function world(roles: Readonly<Record<string, Role>>, cables: readonly (readonly [string, string])[]): WorldSpec {
  const nodes = Object.entries(roles).map(([name, role]) => ({ kind: 'linux', name, role, interfaces: [] }) as unknown as NodeSpec);
  const links = cables.map(([a, b]) => ({
    ends: [
      [a, 'eth0'],
      [b, 'eth0'],
    ],
    delayNs: 0,
    rateBps: null,
    lossPpm: 0,
  }));
  return { nodes, links } as unknown as WorldSpec;
}

function placesOf(roles: Readonly<Record<string, Role>>, cables: readonly (readonly [string, string])[]): Record<string, Place> {
  const places = tidyPlaces(world(roles, cables));
  return Object.fromEntries(Object.keys(roles).map((name, i) => [name, places[i] as Place]));
}

function nearest(places: readonly Place[]): number {
  let least = Infinity;
  places.forEach((a, i) => {
    for (let j = 0; j < i; j++) {
      const b = places[j] as Place;
      least = Math.min(least, Math.max(Math.abs(a.x - b.x) / COLUMN, Math.abs(a.y - b.y) / ROW));
    }
  });
  return least;
}

describe('tidyPlaces', () => {
  it('puts direct routing as it is drawn on a board: client, router, switch, director above, servers at the right', () => {
    const p = placesOf(
      { rs1: 'realserver', director: 'director', sw: 'switch', rs2: 'realserver', router: 'router', client: 'client' },
      [['client', 'router'], ['router', 'sw'], ['director', 'sw'], ['rs1', 'sw'], ['rs2', 'sw']], // prettier-ignore
    );
    expect([p.client, p.router, p.sw, p.rs1].map((place) => place?.x)).toEqual([0, COLUMN, 2 * COLUMN, 3 * COLUMN]);
    expect(p.client?.y).toBe(p.router?.y);
    expect(p.router?.y).toBe(p.sw?.y);
    expect(p.director).toEqual({ x: p.sw?.x, y: (p.sw?.y ?? 0) - ROW });
    expect(p.rs2?.x).toBe(p.rs1?.x);
    expect(p.rs2?.y).toBe((p.rs1?.y ?? 0) + ROW);
  });

  it('leaves a director that everything goes through in the middle of the way', () => {
    const p = placesOf({ client: 'client', director: 'director', sw: 'switch', rs1: 'realserver' }, [
      ['client', 'director'],
      ['director', 'sw'],
      ['sw', 'rs1'],
    ]);
    expect([p.client, p.director, p.sw, p.rs1].map((place) => place?.x)).toEqual([0, COLUMN, 2 * COLUMN, 3 * COLUMN]);
    expect(new Set([p.client, p.director, p.sw, p.rs1].map((place) => place?.y)).size).toBe(1);
  });

  it('puts the second of two directors below the switch', () => {
    const p = placesOf({ client: 'client', sw: 'switch', d1: 'director', d2: 'director', rs1: 'realserver' }, [
      ['client', 'sw'],
      ['d1', 'sw'],
      ['d2', 'sw'],
      ['rs1', 'sw'],
    ]);
    expect([p.d1?.y, p.d2?.y]).toEqual([(p.sw?.y ?? 0) - ROW, (p.sw?.y ?? 0) + ROW]);
  });

  it('puts a director where there is room, if a node stands above already', () => {
    const p = placesOf({ client: 'client', a: 'router', b: 'router', director: 'director', rs: 'realserver' }, [
      ['client', 'a'],
      ['client', 'b'],
      ['director', 'b'],
      ['rs', 'a'],
    ]);
    const [upper, lower] = (p.a?.y ?? 0) < (p.b?.y ?? 0) ? [p.a, p.b] : [p.b, p.a];
    expect((p.director?.y ?? 0) < (upper?.y ?? 0) || (p.director?.y ?? 0) > (lower?.y ?? 0)).toBe(true);
    expect(p.director?.x).toBe(p.b?.x);
  });

  it('keeps servers of two switches with their own switch', () => {
    const p = placesOf(
      {
        client: 'client',
        router: 'router',
        a: 'switch',
        b: 'switch',
        b1: 'realserver',
        a1: 'realserver',
        b2: 'realserver',
        a2: 'realserver',
      },
      [['client', 'router'], ['router', 'a'], ['router', 'b'], ['a', 'a1'], ['a', 'a2'], ['b', 'b1'], ['b', 'b2']], // prettier-ignore
    );
    expect(Math.max(p.a1?.y ?? 0, p.a2?.y ?? 0)).toBeLessThan(Math.min(p.b1?.y ?? 0, p.b2?.y ?? 0));
    expect(p.a?.y).toBeLessThan(p.b?.y ?? 0);
  });

  it('puts a switch half-way up its clients', () => {
    const p = placesOf({ a: 'client', b: 'client', c: 'client', d: 'client', sw: 'switch', rs: 'realserver' }, [
      ...(['a', 'b', 'c', 'd'] as const).map((name) => [name, 'sw'] as const),
      ['sw', 'rs'],
    ]);
    expect(p.sw?.y).toBeCloseTo(((p.a?.y ?? 0) + (p.d?.y ?? 0)) / 2);
    expect(p.rs?.y).toBe(p.sw?.y);
  });

  it('fills about a screen with a hundred servers', () => {
    const servers = Array.from({ length: 100 }, (_, i) => `rs${i}`);
    const places = tidyPlaces(
      world(Object.fromEntries([['c', 'client'], ['sw', 'switch'], ...servers.map((name) => [name, 'realserver'])]), [
        ['c', 'sw'],
        ...servers.map((name) => ['sw', name] as const),
      ]),
    );
    const wide = Math.max(...places.map(({ x }) => x)) - Math.min(...places.map(({ x }) => x));
    const tall = Math.max(...places.map(({ y }) => y)) - Math.min(...places.map(({ y }) => y));
    expect(wide / tall).toBeGreaterThan(1.2);
    expect(wide / tall).toBeLessThan(2.6);
  });

  it('lets no two nodes overlap, whatever is cabled to what, and draws equal labs equally', () => {
    const roles: readonly Role[] = ['client', 'router', 'switch', 'director', 'realserver', 'host'];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...roles), { minLength: 1, maxLength: 80 }),
        fc.array(fc.tuple(fc.nat(79), fc.nat(79)), { maxLength: 160 }),
        (nodeRoles, pairs) => {
          const named = Object.fromEntries(nodeRoles.map((role, i) => [`n${i}`, role]));
          const made = world(
            named,
            pairs.map(([a, b]) => [`n${a % nodeRoles.length}`, `n${b % nodeRoles.length}`] as const),
          );
          const places = tidyPlaces(made);
          expect(nearest(places)).toBeGreaterThanOrEqual(0.599);
          expect(tidyPlaces(made)).toEqual(places);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('places a thousand nodes in a tree without overlap', () => {
    const names = Array.from({ length: 1000 }, (_, i) => `n${i}`);
    const roleOf = (i: number): Role => (i === 0 ? 'client' : i < 40 ? 'switch' : i === 40 ? 'director' : 'realserver');
    const places = tidyPlaces(
      world(
        Object.fromEntries(names.map((name, i) => [name, roleOf(i)])),
        names.slice(1).map((name, i) => [name, names[i < 39 ? Math.floor(i / 3) : 1 + ((i * 7) % 39)] as string] as const),
      ),
    );
    expect(nearest(places)).toBeGreaterThanOrEqual(0.599);
  });
});
