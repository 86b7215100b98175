/**
 * The file system of a node: ordinary files in user.files, directories as entries that end in a slash,
 * /proc and /sys made up on reading, programs in /usr/bin and /usr/sbin.
 * Comes from: the shell, its commands.  Goes to: fs/proc-sys.ts, fs/proc-net.ts, fs/proc-sockets.ts.
 * Differs: no links (the usual ones are followed by name), no owners, no times of change.
 */
import { procIpVs, procIpVsApp, procIpVsConn, procIpVsConnSync, procIpVsStats, procIpVsStatsPercpu } from '../../ipvs/index.ts';
import type { NodeNet } from '../../world/index.ts';
import { binariesIn, binaryAt } from './binaries.ts';
import { procModules, procNetArp, procNetDev, procNetDevMcast, procNetRoute, procUptime } from './proc-net.ts';
import {
  EMPTY_PROC_NET,
  procNetConntrack,
  procNetIgmp,
  procNetIpTables,
  procNetRaw,
  procNetSockstat,
  procNetTcp,
  procNetUdp,
} from './proc-sockets.ts';
import { procNetSnmp } from './proc-snmp.ts';
import { procSysKind, procSysList, procSysRead, procSysWrite } from './proc-sys.ts';
import { sysNetKind, sysNetList, sysNetText, sysNetWrite } from './sys-net.ts';
import { firstFiles, FIRST_DIRS } from './first-files.ts';

export const ENOENT = 'No such file or directory';
export const EISDIR = 'Is a directory';
export const ENOTDIR = 'Not a directory';
export const EACCES = 'Permission denied';
const EINVAL = 'Invalid argument';

export type FileKind = 'file' | 'dir';
export type Read = { readonly text: string } | { readonly error: string };

/** Characters that one file may hold. */
const FILE_MAX = 1_000_000;
const FILES_MAX = 5_000;

/** Links of a usual system, by which two names mean one place. */
const LINKS: readonly (readonly [string, string])[] = [
  ['/bin', '/usr/bin'],
  ['/sbin', '/usr/sbin'],
  ['/lib', '/usr/lib'],
  ['/lib64', '/usr/lib64'],
  ['/var/run', '/run'],
  ['/etc/init.d', '/etc/rc.d/init.d'],
  ['/etc/rc.local', '/etc/rc.d/rc.local'],
  ['/usr/local/sbin', '/usr/local/bin'],
];

type MadeUp = (net: NodeNet) => string;
const PROC: ReadonlyMap<string, MadeUp> = new Map<string, MadeUp>([
  ['/proc/net/arp', procNetArp],
  ['/proc/net/dev', procNetDev],
  ['/proc/net/dev_mcast', procNetDevMcast],
  ['/proc/net/route', procNetRoute],
  ['/proc/net/tcp', procNetTcp],
  ['/proc/net/udp', procNetUdp],
  ['/proc/net/raw', procNetRaw],
  ['/proc/net/snmp', procNetSnmp],
  ['/proc/net/sockstat', procNetSockstat],
  ['/proc/net/igmp', procNetIgmp],
  ['/proc/net/nf_conntrack', procNetConntrack],
  ['/proc/net/ip_tables_names', procNetIpTables],
  ...Object.entries(EMPTY_PROC_NET).map(([name, text]): [string, MadeUp] => [`/proc/net/${name}`, () => text]),
  ['/proc/net/ip_vs', procIpVs],
  ['/proc/net/ip_vs_conn', procIpVsConn],
  ['/proc/net/ip_vs_app', procIpVsApp],
  ['/proc/net/ip_vs_conn_sync', procIpVsConnSync],
  ['/proc/net/ip_vs_stats', procIpVsStats],
  ['/proc/net/ip_vs_stats_percpu', procIpVsStatsPercpu],
  ['/proc/modules', procModules],
  ['/proc/uptime', procUptime],
  ['/proc/version', () => 'Linux version 6.1.0 (lvs-lab) #1 SMP\n'],
  ['/proc/loadavg', () => '0.00 0.00 0.00 1/64 1\n'],
  ['/proc/cpuinfo', () => 'processor\t: 0\nmodel name\t: LVS Lab virtual CPU\n'],
  ['/proc/meminfo', () => 'MemTotal:        1014876 kB\nMemFree:          786432 kB\n'],
  ['/proc/filesystems', () => 'nodev\tproc\nnodev\tsysfs\n'],
]);

/** An absolute path without `.`, `..` and the usual links. */
export function resolvePath(cwd: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  let full = `/${parts.join('/')}`;
  for (const [link, target] of LINKS) if (full === link || full.startsWith(`${link}/`)) full = target + full.slice(link.length);
  if (full === '/proc/self/net' || full.startsWith('/proc/self/net/')) full = full.replace('/proc/self', '/proc');
  return full;
}

/** Puts a new system's files in their places, once for each node. */
export function unpackSystem(net: NodeNet): void {
  const { files } = net.user;
  if (files.has('/proc/')) return;
  files.set('/proc/', '');
  for (const [path, text] of firstFiles(net.host.hostname)) if (!files.has(path)) files.set(path, text);
}

function ipVsLoaded(net: NodeNet): boolean {
  return net.host.modules.includes('ip_vs');
}

function madeUp(net: NodeNet, path: string): MadeUp | null {
  if (path.startsWith('/proc/net/ip_vs') && !ipVsLoaded(net)) return null;
  return PROC.get(path) ?? null;
}

export function fileKind(net: NodeNet, path: string): FileKind | null {
  const { files } = net.user;
  if (path === '/') return 'dir';
  if (path.startsWith('/proc')) {
    if (path === '/proc' || path === '/proc/net' || path === '/proc/self') return 'dir';
    if (path === '/proc/sys' || path.startsWith('/proc/sys/')) return procSysKind(net, path.split('/').slice(3));
    const pid = /^\/proc\/(\d+)(\/(?:cmdline|status|comm))?$/.exec(path);
    if (pid !== null && net.user.procs.has(Number(pid[1]))) return pid[2] === undefined ? 'dir' : 'file';
    return madeUp(net, path) === null ? null : 'file';
  }
  if (
    files.has(path) ||
    path === '/dev/null' ||
    path === '/dev/zero' ||
    path.startsWith('/dev/tty') ||
    path === '/dev/stdout' ||
    path === '/dev/stderr' ||
    path === '/dev/stdin'
  )
    return 'file';
  if (files.has(`${path}/`) || FIRST_DIRS.has(path)) return 'dir';
  if (path.startsWith('/sys/class/net')) return sysNetKind(net, path);
  if (path.startsWith('/usr/') && binaryAt(path) !== null) return 'file';
  const under = `${path}/`;
  for (const name of files.keys()) if (name.startsWith(under)) return 'dir';
  return null;
}

export function readFile(net: NodeNet, path: string): Read {
  const kind = fileKind(net, path);
  if (kind === null) return { error: ENOENT };
  if (kind === 'dir') return { error: EISDIR };
  const made = path.startsWith('/proc/') ? madeUp(net, path) : null;
  if (made !== null) return { text: made(net) };
  if (path.startsWith('/proc/sys/')) {
    const value = procSysRead(net, path.split('/').slice(3));
    return value === null ? { error: EACCES } : { text: `${value}\n` };
  }
  const pid = /^\/proc\/(\d+)\//.exec(path);
  if (pid !== null) {
    const proc = net.user.procs.get(Number(pid[1]));
    return {
      text: path.endsWith('cmdline') ? `${proc?.argv.join('\0') ?? ''}\0` : `${proc?.argv[0] ?? ''}\n`,
    };
  }
  if (path.startsWith('/sys/')) {
    const text = sysNetText(net, path);
    return text === null ? { error: EINVAL } : { text };
  }
  const own = net.user.files.get(path);
  if (own !== undefined) return { text: own };
  return { text: binaryAt(path) === null ? '' : '\x7fELF' };
}

/** Whether a file can be opened for writing; the shell asks before the command runs. */
export function canWrite(net: NodeNet, path: string): string | null {
  const kind = fileKind(net, path);
  if (kind === 'dir') return EISDIR;
  if (path.startsWith('/proc/')) return kind === null ? ENOENT : path.startsWith('/proc/sys/') ? null : EACCES;
  if (path.startsWith('/sys/')) return kind === null ? EACCES : null;
  if (kind !== null) return null;
  const parent = path.slice(0, path.lastIndexOf('/')) || '/';
  const above = fileKind(net, parent);
  if (above === null) return ENOENT;
  if (above === 'file') return ENOTDIR;
  return net.user.files.size >= FILES_MAX ? 'No space left on device' : null;
}

/** @returns an error message, or null */
export function writeFile(net: NodeNet, path: string, text: string, append: boolean): string | null {
  const refused = canWrite(net, path);
  if (refused !== null) return refused;
  if (path.startsWith('/proc/sys/')) return text === '' ? null : procSysWrite(net, path.split('/').slice(3), text);
  if (path.startsWith('/sys/')) return sysNetWrite(net, path, text);
  if (path.startsWith('/dev/')) return null;
  const grown = append ? (net.user.files.get(path) ?? '') + text : text;
  if (grown.length > FILE_MAX) return 'No space left on device';
  net.user.files.set(path, grown);
  return null;
}

/** Names in a directory, sorted, without `.` and `..`. */
export function listDir(net: NodeNet, dir: string): string[] {
  const names = new Set<string>();
  const under = dir === '/' ? '/' : `${dir}/`;
  const add = (path: string): void => {
    if (!path.startsWith(under) || path === under) return;
    names.add(path.slice(under.length).split('/')[0] as string);
  };
  for (const path of net.user.files.keys()) add(path);
  for (const path of FIRST_DIRS) add(path);
  if (dir === '/usr/bin' || dir === '/usr/sbin') for (const name of binariesIn(dir)) names.add(name);
  if (dir === '/proc') for (const pid of net.user.procs.keys()) names.add(String(pid));
  if (dir.startsWith('/proc')) {
    for (const path of PROC.keys()) if (madeUp(net, path) !== null) add(path);
    add('/proc/sys');
    add('/proc/net');
    if (dir.startsWith('/proc/sys'))
      for (const name of procSysList(
        net,
        dir
          .split('/')
          .slice(3)
          .filter((part) => part !== ''),
      ))
        names.add(name);
  }
  if (dir.startsWith('/sys/class/net')) for (const name of sysNetList(net, dir)) names.add(name);
  return [...names].filter((name) => name !== '').sort();
}

export function makeDir(net: NodeNet, path: string): void {
  net.user.files.set(`${path}/`, '');
}

/** Removes a file, or a directory with all that is in it. */
export function removePath(net: NodeNet, path: string): void {
  const { files, modes } = net.user;
  const under = `${path}/`;
  for (const name of files.keys()) {
    if (name !== path && !name.startsWith(under)) continue;
    files.delete(name);
    modes.delete(name);
  }
}

export function modeOf(net: NodeNet, path: string): number {
  const set = net.user.modes.get(path);
  if (set !== undefined) return set;
  if (fileKind(net, path) === 'dir') return 0o755;
  return binaryAt(path) !== null || path.startsWith('/etc/rc.d/init.d/') ? 0o755 : 0o644;
}

export function isExecutable(net: NodeNet, path: string): boolean {
  return fileKind(net, path) === 'file' && (modeOf(net, path) & 0o111) !== 0;
}
