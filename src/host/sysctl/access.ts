/**
 * Finding, listing, reading and writing settings by their dotted names.
 * Comes from: the sysctl command, /proc/sys, switches on the page.  Goes to: the rows.
 * Source: sysctl(8): a dot separates, a slash stands for a dot inside a part (eth0/100).
 */
import type { HostTables, Net } from '../net.ts';
import type { SysctlRow } from './row.ts';

export interface SysctlPlace {
  readonly row: SysctlRow;
  /** what stands at `*`: all, default or an interface; '' for names without one */
  readonly iface: string;
}

interface Index {
  readonly exact: ReadonlyMap<string, SysctlRow>;
  /** rows with a `*`, by what stands before and behind it */
  readonly starred: ReadonlyMap<string, ReadonlyMap<string, SysctlRow>>;
}

const indexes = new WeakMap<readonly SysctlRow[], Index>();

function indexOf(rows: readonly SysctlRow[]): Index {
  const known = indexes.get(rows);
  if (known !== undefined) return known;
  const exact = new Map<string, SysctlRow>();
  const starred = new Map<string, Map<string, SysctlRow>>();
  for (const row of rows) {
    const [before, behind] = row.name.split('.*.');
    if (before === undefined || behind === undefined) exact.set(row.name, row);
    else starred.set(before, (starred.get(before) ?? new Map<string, SysctlRow>()).set(behind, row));
  }
  const made: Index = { exact, starred };
  indexes.set(rows, made);
  return made;
}

/** The row of a dotted name; says nothing about whether that interface exists. */
export function sysctlFind(tables: HostTables, name: string): SysctlPlace | null {
  const { exact, starred } = indexOf(tables.sysctls);
  const row = exact.get(name);
  if (row !== undefined) return { row, iface: '' };
  for (const [before, byEnd] of starred) {
    if (!name.startsWith(`${before}.`)) continue;
    const rest = name.slice(before.length + 1);
    const cut = rest.lastIndexOf('.');
    const found = cut < 0 ? undefined : byEnd.get(rest.slice(cut + 1));
    if (found !== undefined) return { row: found, iface: rest.slice(0, cut).replaceAll('/', '.') };
  }
  return null;
}

/** @returns the value's text, or null when there is no such setting here */
export function sysctlRead(net: Net, name: string): string | null {
  const place = sysctlFind(net.tables, name);
  return place === null ? null : place.row.read(net, place.iface);
}

/**
 * Writes a setting and records the change.
 * @returns an errno name on refusal, null on success
 */
export function sysctlWrite(net: Net, name: string, text: string): 'EINVAL' | 'EACCES' | 'ENOENT' | null {
  const place = sysctlFind(net.tables, name);
  const before = place?.row.read(net, place.iface) ?? null;
  if (place === null || before === null) return 'ENOENT';
  if (!place.row.writable) return 'EACCES';
  const refused = place.row.write(net, place.iface, text);
  if (refused !== null) return refused;
  const after = place.row.read(net, place.iface) ?? '';
  net.trace('sysctl', 'state', before === after ? 'sysctl.same' : 'sysctl.changed', null, {
    name,
    before,
    after,
  });
  return null;
}

/** Every name that exists on this host, in alphabetical order as `sysctl -a` prints them. */
export function sysctlNames(net: Net): string[] {
  const names: string[] = [];
  for (const row of net.tables.sysctls) {
    if (!row.name.includes('.*.')) {
      names.push(row.name);
      continue;
    }
    const [before, behind] = row.name.split('.*.');
    for (const place of ['all', 'default', ...net.host.devs.flatMap((dev) => (dev === null ? [] : [dev.name]))]) {
      if (row.read(net, place) !== null) names.push(`${before}.${place.replaceAll('.', '/')}.${behind}`);
    }
  }
  return names.toSorted();
}
