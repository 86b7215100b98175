/**
 * /proc/sys: the sysctl rows of all rooms as a tree of files.
 * Comes from: fs/files.ts.  Goes to: read and write of the rows in net.tables.sysctls.
 * Source: Linux 6.1 fs/proc/proc_sysctl.c.
 */
import { sysctlWrite, type SysctlRow } from '../../host/index.ts';
import type { NodeNet } from '../../world/index.ts';

interface Branch {
  readonly children: Map<string, Branch>;
  row: SysctlRow | null;
}

let cachedFor: readonly SysctlRow[] | null = null;
let cached: Branch = { children: new Map(), row: null };

/** The tree is a pure function of the table; it is kept for the table used last. */
function treeOf(rows: readonly SysctlRow[]): Branch {
  if (cachedFor === rows) return cached;
  const root: Branch = { children: new Map(), row: null };
  for (const row of rows) {
    let at = root;
    for (const part of row.name.split('.')) {
      let next = at.children.get(part);
      if (next === undefined) at.children.set(part, (next = { children: new Map(), row: null }));
      at = next;
    }
    at.row = row;
  }
  cachedFor = rows;
  cached = root;
  return root;
}

interface Found {
  readonly branch: Branch;
  readonly iface: string;
}

/** @param parts of the path behind /proc/sys */
function find(net: NodeNet, parts: readonly string[]): Found | null {
  let branch = treeOf(net.tables.sysctls);
  let iface = '';
  for (const part of parts) {
    let next = branch.children.get(part);
    if (next === undefined && branch.children.has('*') && interfaces(net, branch).includes(part)) {
      next = branch.children.get('*');
      iface = part;
    }
    if (next === undefined) return null;
    branch = next;
  }
  return { branch, iface };
}

function interfaces(net: NodeNet, branch: Branch): string[] {
  const star = branch.children.get('*');
  if (star === undefined) return [];
  const rows = [...star.children.values()].map((child) => child.row).filter((row) => row !== null);
  const names = ['all', 'default', ...net.host.devs.flatMap((dev) => (dev === null ? [] : [dev.name]))];
  return names.filter((name) => rows.some((row) => row.read(net, name) !== null));
}

export function procSysKind(net: NodeNet, parts: readonly string[]): 'file' | 'dir' | null {
  const found = find(net, parts);
  if (found === null) return null;
  if (found.branch.row === null) return 'dir';
  return found.branch.row.read(net, found.iface) === null ? null : 'file';
}

export function procSysList(net: NodeNet, parts: readonly string[]): string[] {
  const found = find(net, parts);
  if (found === null) return [];
  return [...found.branch.children.keys()].flatMap((name) => (name === '*' ? interfaces(net, found.branch) : [name]));
}

export function procSysRead(net: NodeNet, parts: readonly string[]): string | null {
  const found = find(net, parts);
  return found?.branch.row?.read(net, found.iface) ?? null;
}

export function procSysWrite(net: NodeNet, parts: readonly string[], text: string): string | null {
  const refused = sysctlWrite(net, parts.map((part) => part.replaceAll('.', '/')).join('.'), text.trim());
  if (refused === 'ENOENT') return 'No such file or directory';
  if (refused === 'EACCES') return 'Permission denied';
  return refused === null ? null : 'Invalid argument';
}
