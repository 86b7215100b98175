/**
 * `ip link add`: new interfaces of the kinds dummy and ipip.
 * Comes from: link.ts.  Goes to: host/dev devAdd; tunnel.ts addTunnel.
 * Source: iproute2 6.1.0 ip/iplink.c, iplink_modify(), ip/link_iptnl.c, iptunnel_parse_opt();
 *   Linux 6.1 net/core/rtnetlink.c, rtnl_newlink().
 * Differs: other kinds, and encapsulation of a tunnel by FOU, GUE or a flow's key, are not modelled.
 */
import { devAdd, devByName, devSetNoarp, devSetUp, type Dev } from '../../../host/index.ts';
import { errnoText, notModelled, ToolError } from '../tool-error.ts';
import { getAddrOfFamily, matches, noDevice, rtnetlink, tosOf, ttlOf, type Args } from './args.ts';
import { setLladdr, setMtu } from './link-set.ts';
import { parseLink, type LinkWords } from './link-words.ts';
import { findDev, usageError, type IpRun } from './run.ts';
import { addTunnel, linkOf, type TunnelWords } from './tunnel.ts';
import { IPIP_USAGE, LINK_FORMS } from './usage-link.ts';
import { LINK_KINDS_USAGE } from './usage-objects.ts';

/** What the kernel could make, with the help of its modules. */
const OTHER_KINDS = [
  'veth',
  'bridge',
  'vlan',
  'macvlan',
  'macvtap',
  'ipvlan',
  'bond',
  'vxlan',
  'gre',
  'gretap',
  'sit',
  'vti',
  'ip6tnl',
  'ifb',
  'tun',
  'tap',
  'vrf',
  'geneve',
  'team',
  'wireguard',
  'nlmon',
  'xfrm',
  'can',
  'vcan',
];

export function addLink(run: IpRun, args: Args, exclusive: boolean): number {
  if (args.done) throw new ToolError('Not enough information: "type" argument is required\n', 1);
  const words = parseLink(run, args);
  if (words.name !== null && words.dev !== null && words.name !== words.dev)
    throw new ToolError('both "name" and "dev" cannot be used when creating devices.\n', 255);
  if (words.link !== null && findDev(run.net, words.link) === null) throw noDevice(words.link);
  if (words.type === null) throw new ToolError('Not enough information: "type" argument is required\n', 1);
  if (words.unmodelled !== null) throw notModelled('ip', `link add ${words.unmodelled}`);
  const tunnel = words.type === 'ipip' ? parseIpip(run, args, words.dev) : null;
  const { dev: name } = words;
  const isTaken = (): boolean => name !== null && devByName(run.net.host, name) !== null;
  if (tunnel === null && words.type !== 'dummy') refuseKind(words.type, args, exclusive && isTaken());
  if (name !== null && name.length > 15) throw new ToolError('Error: Attribute failed policy validation.\n', 2);
  if (words.address !== null && words.address.length !== (tunnel === null ? 6 : 4)) throw rtnetlink(errnoText('EINVAL'));
  // The kernel loads the module that makes such devices, and looks for the name once more: tunl0 comes with its module.
  if (!isTaken()) run.net.modprobe(words.type);
  if (isTaken()) {
    if (!exclusive) return 0;
    throw rtnetlink(errnoText('EEXIST'));
  }
  finish(run, tunnel === null ? addDummy(run, words) : addTunnel(run, tunnel, words.mtu), words);
  return 0;
}

/** @param taken the kernel looks for the name before it looks for the kind */
function refuseKind(kind: string, args: Args, taken: boolean): never {
  if (OTHER_KINDS.includes(kind)) throw notModelled('ip', `link add type ${kind}`);
  if (!args.done && matches(args.word, 'help')) throw usageError(LINK_FORMS, LINK_KINDS_USAGE);
  if (!args.done) throw new ToolError(`Garbage instead of arguments "${args.word} ...". Try "ip link help".\n`, 1);
  if (taken) throw rtnetlink(errnoText('EEXIST'));
  throw new ToolError('Error: Unknown device type.\n', 2);
}

function addDummy(run: IpRun, words: LinkWords): Dev {
  const name = words.dev ?? freeName(run, 'dummy');
  if (words.mtu !== null && words.mtu < 68)
    throw notModelled('ip', `link add mtu ${words.mtu}`, 'below 68 an interface has no IPv4 at all');
  const dev = devAdd(run.net, { name, kind: 'dummy' });
  if (words.mtu !== null) setMtu(run, dev, words.mtu);
  if (words.address !== null) setLladdr(run, dev, words.address);
  return dev;
}

function freeName(run: IpRun, stem: string): string {
  let number = 0;
  while (devByName(run.net.host, `${stem}${number}`) !== null) number++;
  return `${stem}${number}`;
}

/** What is said of the interface besides its kind. */
function finish(run: IpRun, dev: Dev, words: LinkWords): void {
  if (words.group !== null) dev.group = words.group;
  if (words.txQueueLen !== null) dev.txQueueLen = words.txQueueLen;
  if (words.alias !== null) dev.alias = words.alias;
  if (words.arp !== null) devSetNoarp(run.net, dev, !words.arp);
  if (words.multicast !== null) dev.nomulticast = !words.multicast;
  if (words.allmulti !== null) dev.allmulti = words.allmulti;
  if (words.promisc !== null) dev.promisc = words.promisc;
  if (words.up === true) devSetUp(run.net, dev, true);
}

function emptyTunnel(name: string | null): TunnelWords {
  return { name, local: null, remote: null, link: null, ttl: 0, tos: 0, pmtuDisc: true };
}

const ENCAPSULATION = ['encap', 'noencap', 'external', 'fwmark', '6rd-prefix', '6rd-relay_prefix', '6rd-reset', 'isatap'];

function parseIpip(run: IpRun, args: Args, name: string | null): TunnelWords & { anyProto: boolean } {
  const words = { ...emptyTunnel(name), anyProto: true };
  const end = (text: string): TunnelWords['local'] => {
    const addr = getAddrOfFamily(text, 'inet');
    return addr === 0 ? null : addr;
  };
  while (!args.done) {
    const word = args.take();
    if (word === 'remote') words.remote = end(args.value());
    else if (word === 'local') words.local = end(args.value());
    else if (word === 'ttl' || word === 'hoplimit' || word === 'hlim') words.ttl = ttlOf(args.value());
    else if (word === 'tos' || word === 'tclass' || matches(word, 'dsfield')) words.tos = tosOf(args.value());
    else if (word === 'nopmtudisc') words.pmtuDisc = false;
    else if (word === 'pmtudisc') words.pmtuDisc = true;
    else if (word === 'dev') words.link = linkOf(run, args.value(), 255);
    else if (word === 'mode') words.anyProto = takeMode(args.value());
    else if (ENCAPSULATION.includes(word)) throw notModelled('ip', `link add type ipip ${word}`);
    else throw new ToolError(IPIP_USAGE.map((line) => `${line}\n`).join(''), 1);
  }
  if (words.ttl !== 0 && !words.pmtuDisc) throw new ToolError('ttl != 0 and nopmtudisc are incompatible\n', 255);
  return words;
}

/** @returns whether it would carry anything */
function takeMode(mode: string): boolean {
  if (mode === 'any' || mode === 'any/ipv4') return true;
  if (mode === 'ipip' || mode === 'ip/ip' || mode === 'ip4ip4') return false;
  throw notModelled('ip', `link add type ipip mode ${mode}`);
}
