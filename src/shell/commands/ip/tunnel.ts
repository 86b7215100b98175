/**
 * `ip tunnel`: show, add, change, delete; IP in IP only.
 * Comes from: index.ts, link-add.ts.  Goes to: host/tunnel tunnelAdd, host/dev devDel.
 * Source: iproute2 6.1.0 ip/iptunnel.c (parse_args, do_add, do_show), ip/tunnel.c; Linux 6.1 net/ipv4/ip_tunnel.c,
 *   ip_tunnel_ctl().
 * Differs: gre, sit and vti, keys, sequence numbers and 6rd are not modelled.
 */
import { formatIpv4, type Ipv4 } from '../../../wire/index.ts';
import {
  devByName,
  devDel,
  devGet,
  devSetMtu,
  tunnelAdd,
  tunnelMtu,
  type Dev,
  type IfIndex,
  type TunnelParms,
} from '../../../host/index.ts';
import { errnoText, notModelled, ToolError } from '../tool-error.ts';
import { addrOrAny, duplicate, matches, matchesAny, rtnetlink, tosOf, ttlOf, type Args } from './args.ts';
import { setMtu } from './link-set.ts';
import type { Printer } from './printer.ts';
import { allDevs, findDev, printerOf, usage, usageError, type IpRun } from './run.ts';
import { TUNNEL_USAGE } from './usage-objects.ts';

export const TUNNEL_SYNOPSIS = [
  'ip tunnel [show [NAME] [remote ADDR] [local ADDR]]',
  'ip tunnel {add|change} NAME [mode ipip] [local ADDR] [remote ADDR] [dev DEV] [ttl N] [tos N] [[no]pmtudisc]',
  'ip tunnel del NAME',
] as const;

export interface TunnelWords {
  name: string | null;
  local: Ipv4 | null;
  remote: Ipv4 | null;
  /** the interface it is bound to, or null */
  link: IfIndex | null;
  ttl: number;
  tos: number;
  pmtuDisc: boolean;
}

interface CommandWords extends TunnelWords {
  mode: 'ipip' | 'other' | null;
  key: boolean;
}

type Verb = 'add' | 'change' | 'del' | 'show';

export function ipTunnel(run: IpRun, args: Args): number {
  if (args.done) return show(run, args);
  const word = args.take();
  if (matches(word, 'add')) return add(run, args);
  if (matches(word, 'change')) return change(run, args);
  if (matches(word, 'delete')) return remove(run, args);
  if (matchesAny(word, 'show', 'list') || word === 'lst' || word === 'ls') return show(run, args);
  if (matches(word, 'prl') || word === '6rd') return otherKinds(word, args);
  if (matches(word, 'help')) return usage(run, TUNNEL_USAGE);
  throw new ToolError(`Command "${word}" is unknown, try "ip tunnel help"\n`, 255);
}

function otherKinds(word: string, args: Args): never {
  if (args.done) throw new ToolError('Must specify device\n', 255);
  throw notModelled('ip', `tunnel ${word}`);
}

const UNMODELLED = ['seq', 'iseq', 'oseq', 'csum', 'icsum', 'ocsum', 'external'];
const NO_MODE = 'cannot determine tunnel mode (ipip, gre, vti or sit)\n';
const KEYS = ['key', 'ikey', 'okey'];

function parse(run: IpRun, args: Args, verb: Verb): CommandWords {
  const words: CommandWords = {
    name: null,
    local: null,
    remote: null,
    link: null,
    ttl: 0,
    tos: 0,
    pmtuDisc: true,
    mode: null,
    key: false,
  };
  let bound: string | null = null;
  for (let count = 0; !args.done; count++) {
    const word = args.take();
    if (word === 'mode') words.mode = modeOf(args.value());
    else if (word === 'remote') words.remote = addrOrAny(args.value());
    else if (word === 'local') words.local = addrOrAny(args.value());
    else if (word === 'ttl' || word === 'hoplimit' || word === 'hlim') words.ttl = ttlOf(args.value());
    else if (word === 'tos' || word === 'tclass' || matches(word, 'dsfield')) words.tos = tosOf(args.value());
    else if (word === 'nopmtudisc') words.pmtuDisc = false;
    else if (word === 'pmtudisc') words.pmtuDisc = true;
    else if (word === 'dev') bound = args.value();
    else if (KEYS.includes(word)) {
      args.value();
      words.key = true;
    } else if (UNMODELLED.includes(word)) throw notModelled('ip', `tunnel ${word}`);
    else {
      if (word !== 'name' && matches(word, 'help')) throw usageError(TUNNEL_USAGE);
      const name = word === 'name' ? args.value() : word;
      if (words.name !== null) throw duplicate('name', name);
      words.name = name;
      // what is not said stays as it was
      if (verb === 'change' && count === 0) Object.assign(words, tunnelByName(run, name, 'get').tunnel);
    }
  }
  if (words.mode === null && words.name?.startsWith('ipip') === true) words.mode = 'ipip';
  if (words.key) throw new ToolError('Keys are not allowed with ipip and sit tunnels\n', 1);
  if (bound !== null) words.link = linkOf(run, bound, 1);
  return words;
}

export function linkOf(run: IpRun, name: string, status: number): IfIndex {
  const dev = findDev(run.net, name);
  if (dev === null) throw new ToolError(`Cannot find device "${name}"\n`, status);
  return dev.ifindex;
}

function modeOf(text: string): 'ipip' | 'other' {
  if (text === 'ipip' || text === 'ip/ip') return 'ipip';
  if (['gre', 'gre/ip', 'sit', 'ipv6/ip', 'vti', 'isatap'].includes(text)) throw notModelled('ip', `tunnel mode ${text}`);
  throw new ToolError(`Unknown tunnel mode "${text}"\n`, 255);
}

function add(run: IpRun, args: Args): number {
  const words = parse(run, args, 'add');
  if (words.ttl !== 0 && !words.pmtuDisc) throw new ToolError('ttl != 0 and nopmtudisc are incompatible\n', 1);
  if (words.mode !== 'ipip') throw new ToolError(NO_MODE, 1);
  run.net.modprobe('ipip');
  const errno = refusal(run, words, null);
  if (errno !== null) throw new ToolError(`add tunnel "tunl0" failed: ${errnoText(errno)}\n`, 1);
  make(run, words, { anyProto: false, bounded: true });
  return 0;
}

/** The tunnel with these ends, if there is one (ip_tunnel_find). */
function tunnelWith(run: IpRun, { local, remote, link }: TunnelWords, self: Dev | null): Dev | null {
  const same = ({ tunnel }: Dev): boolean => tunnel !== null && tunnel.local === local && tunnel.remote === remote && tunnel.link === link;
  return allDevs(run.net).find((dev) => dev !== self && same(dev)) ?? null;
}

/** Why there cannot be such a tunnel; the kernel has only one of the same two ends. */
function refusal(run: IpRun, words: TunnelWords, self: Dev | null): 'EEXIST' | null {
  if (tunnelWith(run, words, self) !== null) return 'EEXIST';
  return self === null && words.name !== null && devByName(run.net.host, words.name) !== null ? 'EEXIST' : null;
}

/** How a tunnel came into being shows in its details. */
interface Making {
  readonly anyProto: boolean;
  readonly bounded: boolean;
}

function parmsOf(words: TunnelWords, { anyProto, bounded }: Making, firstLocal = words.local): TunnelParms {
  const { local, remote, link, ttl, tos, pmtuDisc } = words;
  return { local, remote, link, ttl, tos, pmtuDisc, fallback: false, firstLocal, anyProto, bounded };
}

function make(run: IpRun, words: TunnelWords, making: Making): Dev {
  let { name } = words;
  for (let number = 0; name === null; number++) {
    if (devByName(run.net.host, `ipip${number}`) === null) name = `ipip${number}`;
  }
  const made = tunnelAdd(run.net, name, parmsOf(words, making));
  if (typeof made === 'string') throw rtnetlink(errnoText(made));
  return made;
}

/** `ip link add … type ipip`: the same, with rtnetlink's way of refusing. */
export function addTunnel(run: IpRun, words: TunnelWords & { readonly anyProto: boolean }, mtu: number | null): Dev {
  const errno = refusal(run, words, null);
  if (errno !== null) throw rtnetlink(errnoText(errno));
  const made = make(run, words, { anyProto: words.anyProto, bounded: false });
  if (mtu !== null) setMtu(run, made, mtu);
  return made;
}

function tunnelByName(run: IpRun, name: string, verb: string): Dev & { tunnel: TunnelParms } {
  const dev = findDev(run.net, name);
  if (dev === null || dev.tunnel === null) throw new ToolError(`${verb} tunnel "${name}" failed: ${errnoText('ENODEV')}\n`, 1);
  return dev as Dev & { tunnel: TunnelParms };
}

function change(run: IpRun, args: Args): number {
  const words = parse(run, args, 'change');
  const dev = tunnelByName(run, words.name ?? 'tunl0', 'get');
  if (words.ttl !== 0 && !words.pmtuDisc) throw new ToolError('ttl != 0 and nopmtudisc are incompatible\n', 1);
  const failed = (errno: string): ToolError => new ToolError(`add tunnel "${dev.name}" failed: ${errnoText(errno)}\n`, 1);
  if (dev.tunnel.anyProto && words.mode === null) throw new ToolError(NO_MODE, 1);
  if (dev.tunnel.fallback) {
    // tunl0 stands for whichever tunnel has these ends; it has none itself
    const meant = tunnelWith(run, words, null);
    if (meant === null || meant.tunnel === null) throw failed('ENOENT');
    const { ttl, tos, pmtuDisc } = words;
    meant.tunnel = { ...meant.tunnel, ttl, tos, pmtuDisc };
    return 0;
  }
  if (refusal(run, words, dev) !== null) throw failed('EEXIST');
  // a tunnel with a far end is point to point, and stays so
  if ((words.remote === null) !== (dev.tunnel.remote === null)) throw failed('EINVAL');
  const isMoved = words.link !== dev.tunnel.link;
  dev.tunnel = parmsOf(words, { anyProto: dev.tunnel.anyProto, bounded: dev.tunnel.bounded }, dev.tunnel.firstLocal);
  // bound to another interface, it carries what that carries
  if (isMoved) devSetMtu(run.net, dev, tunnelMtu(run.net, dev.tunnel));
  return 0;
}

function remove(run: IpRun, args: Args): number {
  const words = parse(run, args, 'del');
  const dev = tunnelByName(run, words.name ?? '', 'delete');
  // by the name of tunl0 the tunnel with the given ends is meant
  const meant = dev.tunnel.fallback ? tunnelWith(run, words, null) : dev;
  if (meant === null || meant.tunnel?.fallback === true)
    throw new ToolError(`delete tunnel "${dev.name}" failed: ${errnoText(meant === null ? 'ENOENT' : 'EPERM')}\n`, 1);
  devDel(run.net, meant);
  return 0;
}

function show(run: IpRun, args: Args): number {
  const words = parse(run, args, 'show');
  const p = printerOf(run);
  for (const dev of allDevs(run.net)) {
    const parms = dev.tunnel;
    if (parms === null || (words.link !== null && words.link !== parms.link)) continue;
    if (words.name !== null && words.name !== dev.name) continue;
    if (words.remote !== null && words.remote !== parms.remote) continue;
    if (words.local !== null && words.local !== parms.local) continue;
    p.openObject();
    printTunnel(run, p, dev, parms);
    p.closeObject();
    p.lineEnd();
    if (run.opts.stats > 0) printCounters(run, dev);
  }
  p.end();
  return 0;
}

function printTunnel(run: IpRun, p: Printer, dev: Dev, parms: TunnelParms): void {
  const text = (addr: Ipv4 | null): string => (addr === null ? 'any' : formatIpv4(addr));
  const json = (addr: Ipv4 | null): string => formatIpv4(addr ?? (0 as Ipv4));
  const mode = `${parms.anyProto ? 'any' : 'ip'}/ip`;
  p.field('ifname', dev.name, `${dev.name}: `);
  p.field('mode', mode, `${mode} `);
  p.field('remote', json(parms.remote), `remote ${text(parms.remote)} `);
  p.field('local', json(parms.local), `local ${text(parms.local)}`);
  const bound = parms.link === null ? null : devGet(run.net.host, parms.link);
  if (bound !== null) p.field('dev', bound.name, ` dev ${bound.name}`);
  if (parms.ttl === 0) p.say(' ttl inherit');
  else p.field('ttl', parms.ttl, ` ttl ${parms.ttl}`);
  if (parms.tos !== 0) {
    const tos = parms.tos === 1 ? 'inherit' : `0x${parms.tos.toString(16)}`;
    p.field('tos', tos, ` tos ${tos}`);
  }
  if (!parms.pmtuDisc) p.field('nopmtudisc', null, ' nopmtudisc');
}

function printCounters(run: IpRun, dev: Dev): void {
  const row = (values: readonly number[], widths: readonly number[]): string =>
    `    ${values.map((value, i) => String(value).padEnd(widths[i] ?? 0)).join(' ')}\n`;
  run.out('RX: Packets    Bytes        Errors CsumErrs OutOfSeq Mcasts\n');
  run.out(row([dev.rxPackets, dev.rxBytes, 0, 0, 0, 0], [10, 12, 6, 8, 8, 8]));
  run.out('TX: Packets    Bytes        Errors DeadLoop NoRoute  NoBufs\n');
  run.out(row([dev.txPackets, dev.txBytes, dev.txErrors, 0, 0, 0], [10, 12, 6, 8, 8, 6]));
}
