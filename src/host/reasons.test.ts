import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hostReasons } from './reasons.ts';

const ROOM = new URL('./', import.meta.url);
const FOLDERS = ['dev', 'arp', 'neigh', 'fib'];

/** Every word in the sources of a folder that looks like a reason. */
function reasonsNamed(): Set<string> {
  const named = new Set<string>();
  for (const folder of FOLDERS) {
    for (const file of readdirSync(new URL(`${folder}/`, ROOM))) {
      if (file.endsWith('.test.ts') || file === 'reasons.ts') continue;
      const text = readFileSync(new URL(`${folder}/${file}`, ROOM), 'utf8');
      for (const match of text.matchAll(/'((?:dev|arp|neigh|fib)\.[a-z0-9-]+)'/g)) named.add(match[1] as string);
    }
  }
  return named;
}

describe('reasons of interfaces, ARP, neighbours and routes', () => {
  it('each that the code gives has a row, and each row is given', () => {
    const rows = Object.keys(hostReasons).filter((id) => FOLDERS.includes(id.split('.')[0] ?? ''));
    expect([...reasonsNamed()].toSorted()).toEqual(rows.toSorted());
  });

  it('both languages insert the same arguments', () => {
    const places = (text: string): string[] => [...new Set(text.match(/\{[a-z]+(?::[a-z]+)?\}/gi) ?? [])].toSorted();
    for (const [id, row] of Object.entries(hostReasons)) {
      const known = places(row.en).filter((place) => place !== '{node}' && place !== '{dev}');
      const zh = places(row.zh).filter((place) => place !== '{node}' && place !== '{dev}');
      expect({ id, places: zh }).toEqual({ id, places: known });
    }
  });
});
