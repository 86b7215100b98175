/**
 * The command arp: the neighbour table the old way.
 * Comes from: config-commands.ts.  Goes to: host/neigh neighAdminSet, neighAdminDel, neighProxyAdd.
 * Source: net-tools 2.10 arp.c; Linux 6.1 net/ipv4/arp.c, arp_ioctl(), arp_req_set(), arp_req_delete().
 * Differs: entries are listed by interface and address; hardware types other than ether have no entries.
 */
import { formatIpv4, formatMac, type Ipv4, type Mac } from '../../wire/index.ts';
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
import { readFile, resolvePath } from '../fs/files.ts';
import { longOptions, type LongNames } from './net-args.ts';
import { inetAton, looseMac, netToolsVersion, unknownHost } from './net-tools.ts';
import { ARP_USAGE } from './net-tools-usage.ts';
import { errnoText, runTool, ToolError } from './tool-error.ts';

const SYNOPSIS = [
  'arp [-n] [-v] [-i DEV] [-a] [ADDR]',
  'arp [-i DEV] -s ADDR MAC [temp]',
  'arp -i DEV -s ADDR MAC pub, arp -i DEV -Ds ADDR DEV pub',
  'arp [-i DEV] -d ADDR [pub]',
  'arp [-i DEV] -f [FILE]',
] as const;

interface Options {
  mode: 'show' | 'set' | 'delete' | 'file';
  bsd: boolean;
  verbose: boolean;
  useDevice: boolean;
  dev: string | null;
  /** a hardware type was named: whether it is Ethernet */
  ether: boolean | null;
}

function usage(before: string): ToolError {
  return new ToolError(before + ARP_USAGE, 3);
}

const LONG: LongNames = {
  version: 'V',
  verbose: 'v',
  all: 'a',
  delete: 'd',
  file: 'f',
  numeric: 'n',
  set: 's',
  protocol: 'A:',
  'hw-type': 'H:',
  device: 'i:',
  'use-device': 'D',
  symbolic: 'N',
  help: 'h',
};

/** Hardware types that have a form of ARP. */
const HARDWARE = ['ash', 'ether', 'ax25', 'netrom', 'rose', 'arcnet', 'dlci', 'fddi', 'hippi', 'irda', 'x25', 'eui64'];

function complaint(text: string): ToolError {
  return new ToolError(`arp: ${text}\n`, 255);
}

/** @returns null after help or version */
function readOptions(ctx: CommandContext): { options: Options; words: readonly string[] } | null {
  const options: Options = { mode: 'show', bsd: false, verbose: false, useDevice: false, dev: null, ether: null };
  const read = longOptions('arp', 'A:H:adfp:nsei:t:vhDNV', LONG, ctx.argv.slice(1));
  if (read.error !== null) throw usage(`${read.error}\n`);
  for (const { name, value } of read.found) {
    if (name === 'h') ctx.out(ARP_USAGE);
    else if (name === 'V') ctx.out(netToolsVersion('arp'));
    else if (name === 'A' || name === 'p') checkFamily(value);
    else if (name === 'H' || name === 't') {
      if (!HARDWARE.includes(value)) throw complaint(`${value}: unknown hardware type.`);
      options.ether = value === 'ether';
    } else takeLetter(options, name, value);
    if (name === 'h' || name === 'V') return null;
  }
  return { options, words: read.rest };
}

function checkFamily(name: string): void {
  if (name === 'inet') return;
  if (['unix', 'inet6', 'ax25', 'netrom', 'rose', 'ipx', 'ddp', 'x25'].includes(name))
    throw complaint(`${name}: kernel only supports 'inet'.`);
  throw complaint(`${name}: unknown address family.`);
}

function takeLetter(options: Options, letter: string, value: string): void {
  if (letter === 's') options.mode = 'set';
  else if (letter === 'd') options.mode = 'delete';
  else if (letter === 'f') options.mode = 'file';
  else if (letter === 'a') options.bsd = true;
  else if (letter === 'e') options.bsd = false;
  else if (letter === 'v') options.verbose = true;
  else if (letter === 'D') options.useDevice = true;
  else if (letter === 'i') options.dev = value;
}

function resolve(text: string): Ipv4 {
  const addr = inetAton(text);
  if (addr === null) throw new ToolError(unknownHost(text), 255);
  return addr;
}

/** The interface named, or the one the route to the address leaves by. */
function devFor(ctx: CommandContext, name: string | null, addr: Ipv4, ioctl: string): Dev {
  const { net } = ctx;
  if (name !== null) {
    const dev = devByName(net.host, name);
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

/** What stands behind the two addresses. */
interface Wishes {
  temp: boolean;
  pub: boolean;
  /** never to be published: the kernel knows that only with a mask */
  dontPub: boolean;
  /** a mask other than that of one host */
  masked: boolean;
  dev: string | null;
}

function readWishes(words: readonly string[], dev: string | null): Wishes {
  const wishes: Wishes = { temp: false, pub: false, dontPub: false, masked: false, dev };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (word === 'temp') wishes.temp = true;
    else if (word === 'pub' || word === 'priv') wishes.pub = word === 'pub';
    else if (word === 'dontpub') wishes.dontPub = true;
    else if (word === 'netmask' || word === 'dev') {
      const value = words[++i];
      if (value === undefined) throw usage('');
      if (word === 'dev') wishes.dev = value;
      else if (value !== '255.255.255.255') wishes.masked = resolve(value) !== 0xffffffff;
    } else if (word !== 'trail' && word !== 'auto') throw usage('');
  }
  return wishes;
}

function set(ctx: CommandContext, options: Options, words: readonly string[]): number {
  const [host, hw, ...rest] = words;
  if (host === undefined) throw complaint('need host name');
  const addr = resolve(host);
  if (hw === undefined) throw complaint('need hardware address');
  const mac = options.useDevice ? (devByName(ctx.net.host, hw)?.lladdr ?? null) : looseMac(hw);
  if (mac === null) throw complaint(options.useDevice ? `cant get HW-Address for \`${hw}': No such device.` : 'invalid hardware address');
  const wishes = readWishes(rest, options.dev);
  if (options.verbose) ctx.err('arp: SIOCSARP()\n');
  // masks belong to published entries, and only that of one host is left of them
  if (wishes.masked || wishes.dontPub) throw new ToolError(`SIOCSARP: ${errnoText('EINVAL')}\n`, 255);
  if (wishes.pub) return publish(ctx, wishes.dev, addr, mac);
  if (wishes.dev === null && (addr === 0 || inetAddrType(ctx.net.host, addr) === 'local'))
    throw new ToolError(`SIOCSARP: ${errnoText('EINVAL')}\n`, 255);
  const dev = devFor(ctx, wishes.dev, addr, 'SIOCSARP');
  const nud: Nud = wishes.temp ? 'STALE' : 'PERMANENT';
  const errno = neighAdminSet(ctx.net, { ifindex: dev.ifindex, addr, lladdr: mac, nud, mode: 'replace' });
  if (errno !== null) throw new ToolError(`SIOCSARP: ${errnoText(errno)}\n`, 255);
  return 0;
}

/** Without an interface the kernel looks for one that has the MAC. */
function publish(ctx: CommandContext, name: string | null, addr: Ipv4, mac: Mac): number {
  const { host } = ctx.net;
  const dev = name === null ? (host.devs.find((one) => one?.kind === 'ethernet' && one.lladdr === mac) ?? null) : devByName(host, name);
  if (dev === null) throw new ToolError(`SIOCSARP: ${errnoText('ENODEV')}\n`, 255);
  neighProxyAdd(ctx.net, dev.ifindex, addr);
  return 0;
}

/** -f: an entry on each line, as behind -s; a line that fails is told and left out. */
function setFromFile(ctx: CommandContext, options: Options, words: readonly string[]): number {
  const name = words[0] ?? '/etc/ethers';
  const read = readFile(ctx.net, resolvePath(ctx.cwd, name));
  if ('error' in read) throw complaint(`cannot open etherfile ${name} !`);
  read.text.split('\n').forEach((line, i) => {
    const parts = line.trim().split(/\s+/);
    if (line.trim() === '' || line.startsWith('#')) return;
    if (parts.length < 2) return ctx.err(`arp: format error on line ${i + 1} of etherfile ${name} !\n`);
    if (runTool(ctx, () => set(ctx, options, parts)) !== 0) ctx.err(`arp: cannot set entry on line ${i + 1} of etherfile ${name} !\n`);
  });
  return 0;
}

function remove(ctx: CommandContext, options: Options, words: readonly string[]): number {
  const [host, ...rest] = words;
  if (host === undefined) throw complaint('need host name');
  const addr = resolve(host);
  const absent = new ToolError(`No ARP entry for ${host}\n`, 255);
  const wishes = readWishes(rest, options.dev);
  const say = (text: string): void => {
    if (options.verbose) ctx.err(`arp: ${text}\n`);
  };
  const onlyPublished = (): number => {
    say('SIOCDARP(pub)');
    const dev = wishes.dev === null ? null : devByName(ctx.net.host, wishes.dev);
    if (neighProxyDel(ctx.net, dev?.ifindex ?? (0 as IfIndex), addr) !== null) throw absent;
    return 0;
  };
  if (wishes.pub) return onlyPublished();
  say('SIOCDARP(dontpub)');
  if (wishes.dontPub || wishes.masked) throw new ToolError(`SIOCDARP(dontpub): ${errnoText('EINVAL')}\n`, 255);
  // an address of this host is found at lo, which keeps no such entries
  if (wishes.dev === null && inetAddrType(ctx.net.host, addr) === 'local') return onlyPublished();
  const dev = devFor(ctx, wishes.dev, addr, 'SIOCDARP(dontpub)');
  const known = neighLookup(ctx.net.host, dev.ifindex, addr);
  if (known === null || known.nud === 'NOARP') {
    if (!options.verbose) throw absent;
    return onlyPublished();
  }
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
  const picked = every.filter(
    (neigh) => options.ether !== false && (addr === null || neigh.addr === addr) && (options.dev === null || name(neigh) === options.dev),
  );
  if (picked.length > 0 && !options.bsd) ctx.out('Address                  HWtype  HWaddress           Flags Mask            Iface\n');
  for (const neigh of picked) ctx.out(`${options.bsd ? bsdRow(neigh, name(neigh)) : linuxRow(neigh, name(neigh))}\n`);
  if (options.verbose) ctx.out(`Entries: ${every.length}\tSkipped: ${every.length - picked.length}\tFound: ${picked.length}\n`);
  if (picked.length > 0) return 0;
  if (host !== undefined && !options.bsd) ctx.out(`${host} (${host}) -- no entry\n`);
  else if (host !== undefined || options.dev !== null || options.ether !== null)
    ctx.out(`arp: in ${every.length} entries no match found.\n`);
  return 0;
}

function run(ctx: CommandContext): number {
  const read = readOptions(ctx);
  if (read === null) return 0;
  const { options, words } = read;
  if (options.mode === 'set') return set(ctx, options, words);
  if (options.mode === 'file') return setFromFile(ctx, options, words);
  return options.mode === 'delete' ? remove(ctx, options, words) : show(ctx, options, words);
}

export const arp: Command = {
  name: 'arp',
  man: {
    en: 'shows and changes the neighbour table (ARP cache)',
    zh: '查看和修改邻居表（ARP 缓存）',
    synopsis: SYNOPSIS,
    notModelled: ['hardware types other than ether', 'names of hosts'],
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
