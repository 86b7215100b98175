/**
 * Tab completion: commands, files, options, interfaces, sysctl names, addresses of the node.
 * Comes from: the page's terminal.  Goes to: the complete() of commands, fs/.
 */
import { sysctlNames } from '../host/index.ts';
import type { NodeNet } from '../world/index.ts';
import { formatIpv4 } from '../wire/index.ts';
import { commandTable } from './commands/table.ts';
import { fileKind, listDir, resolvePath } from './fs/files.ts';
import { builtins } from './sh/builtins/index.ts';
import { KEYWORDS } from './sh/builtins/names.ts';
import type { ShellState } from './sh/state.ts';

export interface Completion {
  /** where the word begins that is completed */
  readonly from: number;
  /** what could stand there, sorted; a directory ends in a slash */
  readonly words: readonly string[];
  /** what all of them begin with */
  readonly common: string;
}

const WORDS_MAX = 500;
const DEVICE_WORDS: ReadonlySet<string> = new Set(['dev', '-i', '-I', '-o', 'ifconfig', 'ifup', 'ifdown', '--mcast-interface', 'ethtool']);
const ADDRESS_WORDS: ReadonlySet<string> = new Set([
  '-t',
  '-u',
  '-r',
  '-s',
  '-d',
  'via',
  'gw',
  'src',
  'to',
  'ping',
  'arping',
  'curl',
  'traceroute',
  '-host',
  'local',
  'remote',
]);

/** The shell of a terminal, for its directory and its functions. */
function shellOf(net: NodeNet, tty: string | null): ShellState | null {
  const pid = tty === null ? undefined : net.user.ttys.get(tty);
  const proc = pid === undefined ? undefined : net.user.procs.get(pid);
  return proc?.program === 'sh' ? (proc.state as ShellState) : null;
}

function commandNames(shell: ShellState | null): string[] {
  const own = shell === null ? [] : [...shell.functions.keys(), ...shell.aliases.keys()];
  return [...commandTable().keys(), ...Object.keys(builtins), ...KEYWORDS, ...own].filter((name) => /^[\w./]/.test(name));
}

function files(net: NodeNet, cwd: string, word: string): string[] {
  const slash = word.lastIndexOf('/');
  const dir = word.slice(0, slash + 1);
  const typed = dir === '~/' || dir.startsWith('~/') ? dir.replace('~', '/root') : dir;
  const base = word.slice(slash + 1);
  const path = resolvePath(cwd, typed === '' ? '.' : typed);
  return listDir(net, path)
    .filter((name) => name.startsWith(base) && (base.startsWith('.') || !name.startsWith('.')))
    .map((name) => `${dir}${name}${fileKind(net, resolvePath(path, name)) === 'dir' ? '/' : ''}`);
}

function addresses(net: NodeNet): string[] {
  const own = net.host.devs.flatMap((dev) => dev?.addrs.map((addr) => formatIpv4(addr.local)) ?? []);
  const known = [...net.host.neigh.entries.values()].map((neigh) => formatIpv4(neigh.addr));
  const virtual = net.ipvs.services
    .flatMap((svc) => [svc, ...svc.dests])
    .filter((one) => one.addr !== 0)
    .map((one) => `${formatIpv4(one.addr)}:${one.port}`);
  return [...own, ...known, ...virtual];
}

/** Options as the synopsis of a command names them. */
function optionsOf(name: string): string[] {
  const man = commandTable().get(name)?.man ?? (Object.hasOwn(builtins, name) ? builtins[name]?.man : undefined);
  return man === undefined ? [] : man.synopsis.flatMap((line) => line.match(/(?<![\w-])--?[A-Za-z][\w-]*/g) ?? []);
}

function candidates(net: NodeNet, words: readonly string[], shell: ShellState | null): string[] {
  const word = words.at(-1) ?? '';
  const [name] = words as [string, ...string[]];
  const previous = words.at(-2) ?? '';
  if (words.length === 1) return word.includes('/') ? files(net, shell?.cwd ?? '/root', word) : commandNames(shell);
  if (name === 'sudo' || name === 'watch' || name === 'nohup' || name === 'time' || name === 'man' || name === 'which' || name === 'type') {
    if (words.length === 2) return commandNames(shell);
    return candidates(net, words.slice(1), shell);
  }
  const own = commandTable().get(name)?.complete?.(net, words) ?? [];
  if (own.some((one) => one.startsWith(word))) return [...own];
  if (word.startsWith('-')) return optionsOf(name);
  if (name === 'sysctl') return sysctlNames(net);
  if (name === 'service' && words.length === 3) return ['start', 'stop', 'restart', 'status', 'save'];
  if (name === 'systemctl' && words.length === 2)
    return ['start', 'stop', 'restart', 'reload', 'status', 'enable', 'disable', 'is-active', 'is-enabled'];
  if ((name === 'service' && words.length === 2) || name === 'systemctl')
    return ['httpd', 'nginx', 'ipvsadm', 'iptables', 'network', 'firewalld', 'keepalived', 'NetworkManager'];
  const devices = DEVICE_WORDS.has(previous) ? net.host.devs.flatMap((dev) => (dev === null ? [] : [dev.name])) : [];
  const hosts = ADDRESS_WORDS.has(previous) ? addresses(net) : [];
  const special = [...devices, ...hosts].filter((one) => one.startsWith(word));
  return special.length > 0 ? special : files(net, shell?.cwd ?? '/root', word);
}

/** What could stand at the cursor. `tty`: the terminal whose shell is asked for its directory. */
export function complete(net: NodeNet, line: string, cursor: number, tty: string | null = null): Completion {
  const before = line.slice(0, cursor);
  const command = /(?:^|[|;&(]|\bdo\b|\bthen\b|\belse\b)\s*([^|;&(]*)$/.exec(before)?.[1] ?? before;
  const words = command.split(/[ \t]+/).filter((word, i, all) => word !== '' || i === all.length - 1);
  const word = (words.at(-1) ?? '').replace(/^(?:\d?>>?|<|[\w-]+=)(?=\S)/, '');
  const redirected = /[<>]\s*$/.test(before.slice(0, before.length - word.length));
  const shell = shellOf(net, tty);
  const all = redirected ? files(net, shell?.cwd ?? '/root', word) : candidates(net, [...words.slice(0, -1), word], shell);
  const found = [...new Set(all)]
    .filter((one) => one.startsWith(word))
    .sort()
    .slice(0, WORDS_MAX);
  let common = found[0] ?? word;
  for (const one of found) while (!one.startsWith(common)) common = common.slice(0, -1);
  return { from: cursor - word.length, words: found, common };
}
