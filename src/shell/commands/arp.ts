/**
 * The command arp: the neighbour table the old way.
 * Comes from: config-commands.ts.  Goes to: host/neigh neighAdminSet, neighAdminDel, neighProxyAdd.
 * Source: net-tools 2.10 arp.c; Linux 6.1 net/ipv4/arp.c, arp_ioctl(), arp_req_set(), arp_req_delete().
 * Differs: entries are listed by interface and address; hardware types other than ether, and -f, are not modelled.
 */
import { formatIpv4, formatMac, parseMac, type Ipv4 } from '../../wire/index.ts';
import {
  addrFlow,
  devByName,
  devGet,
  fibLookup,
  inetAddrType,
  NO_IF,
  RT_SCOPE_LINK,
  neighAdminDel,
  neighAdminSet,
  neighLookup,
  neighProxyAdd,
  neighProxyDel,
  type Dev,
  type IfIndex,
  type Neigh,
  type Nud,
} from '../../host/index.ts';
import type { Command, CommandContext } from '../command.ts';
import { sortedNeighbours } from './ip/neigh.ts';
import { inetAton, unknownHost } from './net-tools.ts';
import { errnoText, notModelled, runTool, ToolError } from './tool-error.ts';
import { entryOf } from '../entry-of.ts';

const SYNOPSIS = [
  'arp [-n] [-v] [-i DEV] [-a] [ADDR]',
  'arp [-i DEV] -s ADDR MAC [temp]',
  'arp -i DEV -s ADDR MAC pub, arp -i DEV -Ds ADDR DEV pub',
  'arp [-i DEV] -d ADDR [pub]',
] as const;

interface Options {
  mode: 'show' | 'set' | 'delete';
  bsd: boolean;
  verbose: boolean;
  useDevice: boolean;
  dev: string | null;
}

function usage(before: string): ToolError {
  return new ToolError(`${before}Usage:\n${SYNOPSIS.map((line) => `  ${line}\n`).join('')}`, 3);
}

const LONG: Readonly<Record<string, string>> = {
  '--set': '-s',
  '--delete': '-d',
  '--verbose': '-v',
  '--numeric': '-n',
  '--device': '-i',
  '--use-device': '-D',
  '--file': '-f',
  '--version': '-V',
  '--help': '-h',
};

function readOptions(argv: readonly string[]): { options: Options; words: string[]; version: boolean } {
  const options: Options = { mode: 'show', bsd: false, verbose: false, useDevice: false, dev: null };
  const words: string[] = [];
  let version = false;
  const queue = argv.slice(1);
  for (let raw = queue.shift(); raw !== undefined; raw = queue.shift()) {
    const word = entryOf(LONG, raw) ?? raw;
    if (!word.startsWith('-')) {
      words.push(word);
      continue;
    }
    for (const letter of word.slice(1)) {
      if (letter === 'i') options.dev = queue.shift() ?? null;
      else if (letter === 'V') version = true;
      else if (letter === 'H' || letter === 't' || letter === 'A' || letter === 'p') {
        const type = queue.shift() ?? '';
        if (type !== 'ether' && type !== 'inet') throw new ToolError(`arp: ${type}: unknown hardware type.\n`, 255);
      } else takeLetter(options, letter);
    }
  }
  return { options, words, version };
}

function takeLetter(options: Options, letter: string): void {
  if (letter === 's') options.mode = 'set';
  else if (letter === 'd') options.mode = 'delete';
  else if (letter === 'a') options.bsd = true;
  else if (letter === 'e') options.bsd = false;
  else if (letter === 'v') options.verbose = true;
  else if (letter === 'D') options.useDevice = true;
  else if (letter === 'f') throw notModelled('arp', '-f');
  else if (letter !== 'n') throw usage(letter === 'h' ? '' : `arp: invalid option -- '${letter}'\n`);
}

function resolve(text: string): Ipv4 {
  const addr = inetAton(text);
  if (addr === null) throw new ToolError(unknownHost(text), 255);
  return addr;
}

/** The interface named, or the one the route to the address leaves by. */
function devFor(ctx: CommandContext, options: Options, addr: Ipv4, ioctl: string): Dev {
  const { net } = ctx;
  if (options.dev !== null) {
    const dev = devByName(net.host, options.dev);
    if (dev === null) throw new ToolError(`${ioctl}: ${errnoText('ENODEV')}\n`, 255);
    return dev;
  }
  // only routes without a gateway count (RTO_ONLINK): what is behind one is nobody's neighbour
  const found = fibLookup(net, addrFlow(addr, NO_IF, RT_SCOPE_LINK));
  if (found.kind === 'error') throw new ToolError(`${ioctl}: ${errnoText(found.errno)}\n`, 255);
  const dev = found.nexthop === null ? null : devGet(net.host, found.nexthop.dev);
  if (dev === null) throw new ToolError(`${ioctl}: ${errnoText('EINVAL')}\n`, 255);
  if (dev.kind === 'loopback') throw new ToolError(`${ioctl}: ${errnoText('EINVAL')}\n`, 255);
  return dev;
}

function set(ctx: CommandContext, options: Options, words: readonly string[]): number {
  const [host, hw, ...rest] = words;
  if (host === undefined) throw new ToolError('arp: need host name\n', 255);
  const addr = resolve(host);
  if (hw === undefined) throw new ToolError('arp: need hardware address\n', 255);
  if (rest.includes('pub')) return publish(ctx, options, addr, options.useDevice ? hw : null);
  const mac = options.useDevice ? (devByName(ctx.net.host, hw)?.lladdr ?? null) : parseMac(hw);
  if (mac === null) throw new ToolError('arp: invalid hardware address\n', 255);
  const dev = devFor(ctx, options, addr, 'SIOCSARP');
  const nud: Nud = rest.includes('temp') ? 'STALE' : 'PERMANENT';
  const errno = neighAdminSet(ctx.net, { ifindex: dev.ifindex, addr, lladdr: mac, nud, mode: 'replace' });
  if (errno !== null) throw new ToolError(`SIOCSARP: ${errnoText(errno)}\n`, 255);
  return 0;
}

/** Without an interface the kernel looks for one that has the MAC. */
function publish(ctx: CommandContext, options: Options, addr: Ipv4, owner: string | null): number {
  const name = options.dev ?? owner;
  const dev = name === null ? null : devByName(ctx.net.host, name);
  if (dev === null) throw new ToolError(`SIOCSARP: ${errnoText('ENODEV')}\n`, 255);
  neighProxyAdd(ctx.net, dev.ifindex, addr);
  return 0;
}

function remove(ctx: CommandContext, options: Options, words: readonly string[]): number {
  const [host, ...rest] = words;
  if (host === undefined) throw new ToolError('arp: need host name\n', 255);
  const addr = resolve(host);
  const absent = new ToolError(`No ARP entry for ${host}\n`, 255);
  if (rest.includes('pub')) {
    const dev = options.dev === null ? null : devByName(ctx.net.host, options.dev);
    if (neighProxyDel(ctx.net, dev?.ifindex ?? (0 as IfIndex), addr) !== null) throw absent;
    return 0;
  }
  // an address of this host is found at lo, which keeps no such entries
  if (options.dev === null && inetAddrType(ctx.net.host, addr) === 'local') throw absent;
  const dev = devFor(ctx, options, addr, 'SIOCDARP(dontpub)');
  const known = neighLookup(ctx.net.host, dev.ifindex, addr);
  if (known === null || known.nud === 'NOARP') throw absent;
  neighAdminDel(ctx.net, dev.ifindex, addr);
  return 0;
}

/** Flags of /proc/net/arp: complete (C) unless the address is unknown, permanent (M), published (P). */
function isComplete(neigh: Neigh): boolean {
  return neigh.lladdr !== null && !['NONE', 'INCOMPLETE', 'FAILED'].includes(neigh.nud);
}

function linuxRow(neigh: Neigh, dev: string): string {
  const addr = formatIpv4(neigh.addr).padEnd(23);
  if (neigh.proxy) return `${addr}  ${'*'.padEnd(8)}${'<from_interface>'.padEnd(20)}${'MP'.padEnd(6)}${''.padEnd(15)} ${dev}`;
  if (!isComplete(neigh) || neigh.lladdr === null)
    return `${addr}  ${''.padEnd(8)}${'(incomplete)'.padEnd(20)}${''.padEnd(6)}${''.padEnd(15)} ${dev}`;
  return `${addr}  ${'ether'.padEnd(8)}${formatMac(neigh.lladdr).padEnd(20)}${(neigh.nud === 'PERMANENT' ? 'CM' : 'C').padEnd(6)}${''.padEnd(15)} ${dev}`;
}

function bsdRow(neigh: Neigh, dev: string): string {
  const addr = `? (${formatIpv4(neigh.addr)}) at`;
  if (neigh.proxy) return `${addr} <from_interface> PERM PUB on ${dev}`;
  if (!isComplete(neigh) || neigh.lladdr === null) return `${addr} <incomplete> on ${dev}`;
  return `${addr} ${formatMac(neigh.lladdr)} [ether]${neigh.nud === 'PERMANENT' ? ' PERM' : ''} on ${dev}`;
}

function show(ctx: CommandContext, options: Options, words: readonly string[]): number {
  const host = words[0];
  const addr = host === undefined ? null : resolve(host);
  const every = [...sortedNeighbours(ctx, false).filter((neigh) => neigh.nud !== 'NOARP'), ...sortedNeighbours(ctx, true)];
  const name = (neigh: Neigh): string => devGet(ctx.net.host, neigh.ifindex)?.name ?? '*';
  const picked = every.filter((neigh) => (addr === null || neigh.addr === addr) && (options.dev === null || name(neigh) === options.dev));
  if (picked.length > 0 && !options.bsd) ctx.out('Address                  HWtype  HWaddress           Flags Mask            Iface\n');
  for (const neigh of picked) ctx.out(`${options.bsd ? bsdRow(neigh, name(neigh)) : linuxRow(neigh, name(neigh))}\n`);
  if (options.verbose) ctx.out(`Entries: ${every.length}\tSkipped: ${every.length - picked.length}\tFound: ${picked.length}\n`);
  if (picked.length > 0) return 0;
  if (host !== undefined && !options.bsd) ctx.out(`${host} (${host}) -- no entry\n`);
  else if (host !== undefined || options.dev !== null) ctx.out(`arp: in ${every.length} entries no match found.\n`);
  return 0;
}

function run(ctx: CommandContext): number {
  const { options, words, version } = readOptions(ctx.argv);
  if (version) {
    ctx.out('net-tools 2.10\n');
    return 0;
  }
  if (options.mode === 'set') return set(ctx, options, words);
  return options.mode === 'delete' ? remove(ctx, options, words) : show(ctx, options, words);
}

export const arp: Command = {
  name: 'arp',
  man: {
    en: 'shows and changes the neighbour table (ARP cache)',
    zh: '查看和修改邻居表（ARP 缓存）',
    synopsis: SYNOPSIS,
    notModelled: ['-f FILE', 'hardware types other than ether', 'names of hosts', 'netmask of published entries'],
    source: 'net-tools 2.10',
  },
  run: (ctx) => runTool(ctx, () => run(ctx)),
  complete: (net, words) => {
    const typed = words.at(-1) ?? '';
    const devs = net.host.devs.flatMap((dev) => (dev === null ? [] : [dev.name]));
    const addrs = sortedNeighbours({ net }, false).map((neigh) => formatIpv4(neigh.addr));
    return (words.at(-2) === '-i' ? devs : ['-n', '-a', '-s', '-d', '-i', ...addrs]).filter((one) => one.startsWith(typed));
  },
};
