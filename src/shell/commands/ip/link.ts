/**
 * `ip link`: show, set, add, delete.
 * Comes from: index.ts.  Goes to: host/dev devSetUp, devSetMtu, devSetLladdr, devRename, devAdd, devDel; host/tunnel tunnelAdd.
 * Source: iproute2 6.1.0 ip/iplink.c; Linux 6.1 net/core/rtnetlink.c, do_setlink() (order of the changes),
 *   net/core/dev.c, dev_change_name() (only while down).
 * Differs: kinds are dummy and ipip; masters, groups, name spaces, VLANs, bridges and XDP are not modelled.
 */
import { isGroupMac, parseMac, type Mac } from '../../../wire/index.ts';
import { devAdd, devByName, devDel, devRename, devSetLladdr, devSetMtu, devSetNoarp, devSetUp, type Dev } from '../../../host/index.ts';
import { errnoText, notModelled, ToolError } from '../tool-error.ts';
import {
  addrOrAny,
  duplicate,
  getUnsigned,
  invArg,
  matches,
  matchesAny,
  rtnetlink,
  tosOf,
  ttlOf,
  unknownCommand,
  type Args,
} from './args.ts';
import { linkKind } from './addr.ts';
import { printBriefLink, printLink, printStats } from './link-print.ts';
import { allDevs, devOrFail, findDev, usage, type IpRun } from './run.ts';
import { addTunnel, type TunnelWords } from './tunnel.ts';

export const LINK_SYNOPSIS = [
  'ip link [show [dev] DEV] [up] [type KIND]',
  'ip link set [dev] DEV [up|down] [mtu N] [address MAC] [name NAME] [arp on|off] [promisc on|off] [txqueuelen N]',
  'ip link add [name] NAME [address MAC] [mtu N] type {dummy|ipip [local ADDR] [remote ADDR] [ttl N] [[no]pmtudisc]}',
  'ip link delete [dev] DEV',
] as const;

export function ipLink(run: IpRun, args: Args): number {
  if (args.done) return show(run, args);
  const word = args.take();
  if (matches(word, 'add')) return add(run, args, true);
  if (matchesAny(word, 'set', 'change')) return set(run, args);
  if (matches(word, 'replace')) return add(run, args, false);
  if (matches(word, 'delete')) return remove(run, args);
  if (matchesAny(word, 'show', 'list') || word === 'lst') return show(run, args);
  if (matchesAny(word, 'xstats', 'afstats', 'property')) throw notModelled('ip', `link ${word}`);
  if (matches(word, 'help')) return usage(run, LINK_SYNOPSIS);
  throw unknownCommand(word, 'link');
}

function show(run: IpRun, args: Args): number {
  let one: Dev | null = null;
  let up = false;
  let type: string | null = null;
  while (!args.done) {
    const word = args.take();
    if (word === 'up') up = true;
    else if (word === 'type') type = args.value();
    else if (word === 'group' || word === 'master' || word === 'vrf' || word === 'nomaster') throw notModelled('ip', `link show ${word}`);
    else {
      if (matches(word, 'help') && word !== 'dev') return usage(run, LINK_SYNOPSIS);
      const name = word === 'dev' ? args.value() : word;
      if (one !== null) throw duplicate('dev', name);
      one = findDev(run.net, name);
      if (one === null) throw new ToolError(`Device "${name}" does not exist.\n`, 1);
    }
  }
  for (const dev of one === null ? allDevs(run.net) : [one]) {
    if ((up && !dev.up) || (type !== null && linkKind(dev) !== type)) continue;
    run.out(run.opts.brief ? printBriefLink(dev, run.opts) : printFull(run, dev));
  }
  return 0;
}

function printFull(run: IpRun, dev: Dev): string {
  const text = printLink(dev, run.opts, { mode: true, lladdr: true });
  if (run.opts.stats === 0) return `${text}\n`;
  return `${text}${run.opts.oneline ? '\\' : '\n'}${printStats(dev, run.opts)}\n`;
}

interface Changes {
  dev: string | null;
  up: boolean | null;
  mtu: number | null;
  address: string | null;
  name: string | null;
  arp: boolean | null;
  promisc: boolean | null;
  multicast: boolean | null;
  txQueueLen: number | null;
}

function onOff(key: string, text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on';
  throw new ToolError(`Error: argument of "${key}" must be "on" or "off", not "${text}"\n`, 1);
}

const UNMODELLED_SET = [
  'netns',
  'allmulticast',
  'trailers',
  'carrier',
  'dynamic',
  'vf',
  'master',
  'vrf',
  'nomaster',
  'group',
  'alias',
  'broadcast',
  'brd',
  'xdp',
  'xdpgeneric',
  'xdpdrv',
  'xdpoffload',
  'addrgenmode',
  'protodown',
  'gso_max_size',
  'gso_max_segs',
  'gro_max_size',
  'type',
  'link-netns',
  'mode',
  'state',
  'index',
];

function set(run: IpRun, args: Args): number {
  const changes: Changes = {
    dev: null,
    up: null,
    mtu: null,
    address: null,
    name: null,
    arp: null,
    promisc: null,
    multicast: null,
    txQueueLen: null,
  };
  while (!args.done) {
    const word = args.take();
    if (word === 'up') changes.up = true;
    else if (word === 'down') changes.up = false;
    else if (word === 'name') changes.name = args.value();
    else if (word === 'mtu') changes.mtu = getUnsigned(args.value(), 'Invalid "mtu" value\n');
    else if (word === 'arp') changes.arp = onOff('arp', args.value());
    else if (word === 'multicast') changes.multicast = onOff('multicast', args.value());
    else if (word === 'promisc') changes.promisc = onOff('promisc', args.value());
    else if (matches(word, 'txqueuelen') || word === 'qlen' || word === 'txqlen')
      changes.txQueueLen = getUnsigned(args.value(), 'Invalid "txqueuelen" value\n');
    else if (UNMODELLED_SET.includes(word)) throw notModelled('ip', `link set ${word}`);
    else if (matches(word, 'address')) changes.address = args.value();
    else {
      if (matches(word, 'help') && word !== 'dev') return usage(run, LINK_SYNOPSIS);
      const name = word === 'dev' ? args.value() : word;
      if (changes.dev !== null) throw duplicate('dev', name);
      changes.dev = name;
    }
  }
  if (changes.dev === null) throw new ToolError('Not enough information: "dev" argument is required.\n', 255);
  apply(run, devOrFail(run, changes.dev), changes);
  return 0;
}

/** In the kernel's order; what was changed before a refusal stays changed, as there. */
function apply(run: IpRun, dev: Dev, changes: Changes): void {
  const lladdr = changes.address === null ? null : readLladdr(dev, changes.address);
  if (lladdr !== null) devSetLladdr(run.net, dev, lladdr);
  if (changes.mtu !== null) setMtu(run, dev, changes.mtu);
  if (changes.name !== null && changes.name !== dev.name) rename(run, dev, changes.name);
  if (changes.arp !== null) devSetNoarp(run.net, dev, !changes.arp);
  if (changes.multicast !== null) dev.nomulticast = !changes.multicast;
  if (changes.promisc !== null) dev.promisc = changes.promisc;
  if (changes.up !== null && changes.up !== dev.up) devSetUp(run.net, dev, changes.up);
  if (changes.txQueueLen !== null) dev.txQueueLen = changes.txQueueLen;
}

function readLladdr(dev: Dev, text: string): Mac {
  if (dev.kind === 'ipip') throw notModelled('ip', 'link set address of a tunnel', 'use ip tunnel change');
  if (dev.kind === 'loopback') throw rtnetlink(errnoText('EOPNOTSUPP'));
  const bytes = text.split(':');
  if (bytes.length !== 6) throw new ToolError(`Invalid address length ${bytes.length} - must be 6 bytes\n`, 1);
  const mac = parseMac(text);
  if (mac === null) throw new ToolError(`"${bytes.find((byte) => !/^[0-9a-fA-F]{1,2}$/.test(byte)) ?? text}" is invalid lladdr.\n`, 1);
  if (isGroupMac(mac) || mac === 0) throw rtnetlink(errnoText('EADDRNOTAVAIL'));
  return mac;
}

/** Limits of the kinds' drivers (dev->min_mtu, max_mtu). */
function setMtu(run: IpRun, dev: Dev, mtu: number): void {
  const min = dev.kind === 'ethernet' ? 68 : 0;
  if (mtu < min) throw new ToolError('Error: mtu less than device minimum.\n', 2);
  if (dev.kind === 'ethernet' && mtu > 65535) throw new ToolError('Error: mtu greater than device maximum.\n', 2);
  const errno = devSetMtu(run.net, dev, mtu);
  if (typeof errno === 'string') throw rtnetlink(errnoText(errno));
}

function checkName(name: string): void {
  if (name === '' || name.length > 15 || /[/\s]/.test(name) || name === '.' || name === '..')
    throw invArg('"name" not a valid ifname', name);
}

function rename(run: IpRun, dev: Dev, name: string): void {
  checkName(name);
  if (dev.up) throw rtnetlink(errnoText('EBUSY'));
  if (devByName(run.net.host, name) !== null) throw rtnetlink(errnoText('EEXIST'));
  const errno = devRename(run.net, dev, name);
  if (typeof errno === 'string') throw rtnetlink(errnoText(errno));
}

function add(run: IpRun, args: Args, exclusive: boolean): number {
  let name: string | null = null;
  let address: string | null = null;
  let mtu: number | null = null;
  while (!args.done) {
    const word = args.take();
    if (word === 'type') return addType(run, args, args.value(), { name, address, mtu, exclusive });
    if (word === 'name') name = args.value();
    else if (word === 'mtu') mtu = getUnsigned(args.value(), 'Invalid "mtu" value\n');
    else if (word === 'address') address = args.value();
    else if (word === 'link' || word === 'numtxqueues' || word === 'numrxqueues' || UNMODELLED_SET.includes(word))
      throw notModelled('ip', `link add ${word}`);
    else {
      if (matches(word, 'help') && word !== 'dev') return usage(run, LINK_SYNOPSIS);
      const text = word === 'dev' ? args.value() : word;
      if (name !== null) throw duplicate('dev', text);
      name = text;
    }
  }
  throw new ToolError('Not enough information: "type" argument is required\n', 1);
}

interface NewLink {
  readonly name: string | null;
  readonly address: string | null;
  readonly mtu: number | null;
  readonly exclusive: boolean;
}

const OTHER_KINDS = [
  'veth',
  'bridge',
  'vlan',
  'macvlan',
  'ipvlan',
  'bond',
  'vxlan',
  'gre',
  'gretap',
  'sit',
  'ifb',
  'tun',
  'tap',
  'vrf',
  'geneve',
  'team',
  'wireguard',
];

function addType(run: IpRun, args: Args, kind: string, link: NewLink): number {
  if (kind !== 'dummy' && kind !== 'ipip') {
    if (OTHER_KINDS.includes(kind)) throw notModelled('ip', `link add type ${kind}`);
    throw new ToolError('Error: Unknown device type.\n', 2);
  }
  if (link.name !== null) checkName(link.name);
  if (link.name !== null && devByName(run.net.host, link.name) !== null) {
    if (!link.exclusive) return 0;
    throw rtnetlink(errnoText('EEXIST'));
  }
  // The kernel loads the module that makes such devices.
  run.net.modprobe(kind);
  if (kind === 'ipip') return addIpip(run, args, link);
  if (!args.done) throw notModelled('ip', `link add type dummy ${args.word}`);
  const name = link.name ?? freeName(run, 'dummy');
  const dev = devAdd(run.net, { name, kind: 'dummy', mtu: link.mtu ?? 1500 });
  if (link.address !== null) devSetLladdr(run.net, dev, readLladdr(dev, link.address));
  return 0;
}

function freeName(run: IpRun, stem: string): string {
  let number = 0;
  while (devByName(run.net.host, `${stem}${number}`) !== null) number++;
  return `${stem}${number}`;
}

function addIpip(run: IpRun, args: Args, link: NewLink): number {
  const words: TunnelWords = { name: link.name, local: null, remote: null, ttl: 0, tos: 0, pmtuDisc: true };
  while (!args.done) {
    const word = args.take();
    if (word === 'remote') words.remote = addrOrAny(args.value());
    else if (word === 'local') words.local = addrOrAny(args.value());
    else if (word === 'ttl' || word === 'hoplimit') words.ttl = ttlOf(args.value());
    else if (word === 'tos' || matches(word, 'dsfield')) words.tos = tosOf(args.value());
    else if (word === 'nopmtudisc') words.pmtuDisc = false;
    else if (word === 'pmtudisc') words.pmtuDisc = true;
    else if (word === 'mode') args.value();
    else throw notModelled('ip', `link add type ipip ${word}`);
  }
  addTunnel(run, words, link.mtu);
  return 0;
}

function remove(run: IpRun, args: Args): number {
  let name: string | null = null;
  while (!args.done) {
    const word = args.take();
    if (word === 'type') args.value();
    else if (word === 'group') throw notModelled('ip', 'link delete group');
    else {
      const text = word === 'dev' ? args.value() : word;
      if (name !== null) throw duplicate('dev', text);
      name = text;
    }
  }
  if (name === null) throw new ToolError('Not enough information: "dev" argument is required.\n', 255);
  const dev = devOrFail(run, name);
  if (dev.kind === 'loopback' || dev.tunnel?.fallback === true) throw rtnetlink(errnoText('EOPNOTSUPP'));
  if (dev.kind === 'ethernet') throw notModelled('ip', `link delete ${name}`, 'the lab has the cable plugged into it');
  devDel(run.net, dev);
  return 0;
}
