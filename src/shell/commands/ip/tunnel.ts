/**
 * `ip tunnel`: show, add, change, delete; IP in IP only.
 * Comes from: index.ts, link.ts.  Goes to: host/tunnel tunnelAdd, host/dev devDel.
 * Source: iproute2 6.1.0 ip/iptunnel.c; Linux 6.1 net/ipv4/ipip.c, ip_tunnel.c.
 * Differs: gre, sit and vti, keys, sequence numbers and 6rd are not modelled.
 */
import { formatIpv4, type Ipv4 } from '../../../wire/index.ts';
import { devByName, devDel, devSetMtu, tunnelAdd, type Dev, type TunnelParms } from '../../../host/index.ts';
import { errnoText, notModelled, ToolError } from '../tool-error.ts';
import { addrOrAny, duplicate, matches, matchesAny, rtnetlink, tosOf, ttlOf, type Args } from './args.ts';
import { allDevs, findDev, usage, type IpRun } from './run.ts';

export const TUNNEL_SYNOPSIS = [
  'ip tunnel [show [NAME]]',
  'ip tunnel {add|change} NAME [mode ipip] [local ADDR] [remote ADDR] [ttl N] [tos N] [[no]pmtudisc]',
  'ip tunnel del NAME',
] as const;

export interface TunnelWords {
  name: string | null;
  local: Ipv4 | null;
  remote: Ipv4 | null;
  ttl: number;
  tos: number;
  pmtuDisc: boolean;
}

export function ipTunnel(run: IpRun, args: Args): number {
  if (args.done) return show(run, args);
  const word = args.take();
  if (matches(word, 'add')) return add(run, args);
  if (matches(word, 'change')) return change(run, args);
  if (matches(word, 'delete')) return remove(run, args);
  if (matchesAny(word, 'show', 'list') || word === 'lst') return show(run, args);
  if (matchesAny(word, 'prl', '6rd')) throw notModelled('ip', `tunnel ${word}`);
  if (matches(word, 'help')) return usage(run, TUNNEL_SYNOPSIS);
  throw new ToolError(`Command "${word}" is unknown, try "ip tunnel help"\n`, 255);
}

function parse(args: Args): TunnelWords & { mode: string | null } {
  const words: TunnelWords & { mode: string | null } = {
    name: null,
    local: null,
    remote: null,
    ttl: 0,
    tos: 0,
    pmtuDisc: true,
    mode: null,
  };
  while (!args.done) {
    const word = args.take();
    if (word === 'mode') words.mode = modeOf(args.value());
    else if (word === 'remote') words.remote = addrOrAny(args.value());
    else if (word === 'local') words.local = addrOrAny(args.value());
    else if (word === 'ttl' || word === 'hoplimit' || word === 'hlim') words.ttl = ttlOf(args.value());
    else if (word === 'tos' || word === 'tclass' || matches(word, 'dsfield')) words.tos = tosOf(args.value());
    else if (word === 'nopmtudisc') words.pmtuDisc = false;
    else if (word === 'pmtudisc') words.pmtuDisc = true;
    else if (['key', 'ikey', 'okey', 'seq', 'iseq', 'oseq', 'csum', 'icsum', 'ocsum', 'dev', 'external'].includes(word))
      throw notModelled('ip', `tunnel ${word}`);
    else {
      const name = word === 'name' ? args.value() : word;
      if (words.name !== null) throw duplicate('name', name);
      words.name = name;
    }
  }
  return words;
}

function modeOf(text: string): string {
  if (text === 'ipip' || text === 'ip/ip' || text === 'any') return 'ipip';
  if (['gre', 'gre/ip', 'sit', 'ipv6/ip', 'vti', 'isatap'].includes(text)) throw notModelled('ip', `tunnel mode ${text}`);
  throw new ToolError(`Unknown tunnel mode "${text}"\n`, 255);
}

function add(run: IpRun, args: Args): number {
  const words = parse(args);
  if (words.mode === null && !(words.name ?? '').startsWith('tunl')) {
    if (words.name === null || !words.name.startsWith('ipip'))
      throw new ToolError('cannot determine tunnel mode (ipip, gre, vti or sit)\n', 1);
  }
  run.net.modprobe('ipip');
  const errno = makeTunnel(run, words, null);
  if (errno !== null) throw new ToolError(`add tunnel "tunl0" failed: ${errnoText(errno)}\n`, 1);
  return 0;
}

/** A tunnel with the same two ends: the kernel has only one of each. */
function twin(run: IpRun, words: TunnelWords, self: Dev | null): Dev | undefined {
  return allDevs(run.net).find(
    (dev) => dev !== self && dev.tunnel !== null && dev.tunnel.local === words.local && dev.tunnel.remote === words.remote,
  );
}

/** `ip link add … type ipip`: the same, with rtnetlink's way of refusing. */
export function addTunnel(run: IpRun, words: TunnelWords, mtu: number | null): void {
  const errno = makeTunnel(run, words, mtu);
  if (errno !== null) throw rtnetlink(errnoText(errno));
}

function parmsOf(words: TunnelWords): TunnelParms {
  return {
    local: words.local,
    remote: words.remote,
    ttl: words.ttl,
    tos: words.tos,
    pmtuDisc: words.pmtuDisc,
    fallback: false,
  };
}

function makeTunnel(run: IpRun, words: TunnelWords, mtu: number | null): 'EEXIST' | 'EINVAL' | null {
  if (twin(run, words, null) !== undefined) return 'EEXIST';
  let name = words.name;
  for (let number = 0; name === null; number++) {
    if (devByName(run.net.host, `tunl${number}`) === null) name = `tunl${number}`;
  }
  const made = tunnelAdd(run.net, name, parmsOf(words));
  if (typeof made === 'string') return made;
  if (mtu !== null) devSetMtu(run.net, made, mtu);
  return null;
}

function tunnelByName(run: IpRun, name: string, verb: string): Dev & { tunnel: TunnelParms } {
  const dev = findDev(run.net, name);
  if (dev === null || dev.tunnel === null) throw new ToolError(`${verb} tunnel "${name}" failed: ${errnoText('ENODEV')}\n`, 1);
  return dev as Dev & { tunnel: TunnelParms };
}

function change(run: IpRun, args: Args): number {
  const words = parse(args);
  const dev = tunnelByName(run, words.name ?? 'tunl0', 'get');
  if (dev.tunnel.fallback) throw new ToolError(`change tunnel "${dev.name}" failed: ${errnoText('EINVAL')}\n`, 1);
  if (twin(run, words, dev) !== undefined) throw new ToolError(`change tunnel "${dev.name}" failed: ${errnoText('EEXIST')}\n`, 1);
  dev.tunnel = parmsOf(words);
  return 0;
}

function remove(run: IpRun, args: Args): number {
  const dev = tunnelByName(run, parse(args).name ?? 'tunl0', 'delete');
  if (dev.tunnel.fallback) throw new ToolError(`delete tunnel "${dev.name}" failed: ${errnoText('EPERM')}\n`, 1);
  devDel(run.net, dev);
  return 0;
}

function show(run: IpRun, args: Args): number {
  const words = parse(args);
  for (const dev of allDevs(run.net)) {
    if (dev.tunnel !== null && (words.name === null || words.name === dev.name)) run.out(`${printTunnel(dev, dev.tunnel)}\n`);
  }
  return 0;
}

function printTunnel(dev: Dev, parms: TunnelParms): string {
  const text = (addr: Ipv4 | null): string => (addr === null ? 'any' : formatIpv4(addr));
  const tos = parms.tos === 0 ? '' : ` tos ${parms.tos === 1 ? 'inherit' : `0x${parms.tos.toString(16)}`}`;
  const pmtu = parms.pmtuDisc || parms.ttl !== 0 ? '' : ' nopmtudisc';
  return `${dev.name}: ${parms.fallback ? 'any' : 'ip'}/ip remote ${text(parms.remote)} local ${text(parms.local)} ttl ${parms.ttl === 0 ? 'inherit' : parms.ttl}${tos}${pmtu}`;
}
