/**
 * How `ip link` and `ip addr` print an interface: flags, state, link-layer address, details.
 * Comes from: link.ts, addr.ts.  Goes to: printer.ts.
 * Source: iproute2 6.1.0 ip/ipaddress.c (print_linkinfo, print_link_flags, print_linkinfo_brief),
 *   ip/link_iptnl.c (iptunnel_print_opt).
 * Differs: the queueing discipline is always noqueue (noop before the first `up`), as with virtual
 *   Ethernet; queue and segmentation limits of `-d` are those of such an interface.
 */
import { formatIpv4, formatMac } from '../../../wire/index.ts';
import { devGet, type Dev } from '../../../host/index.ts';
import type { IpOptions } from './args.ts';
import { paint } from './names.ts';
import type { Printer } from './printer.ts';
import type { IpRun } from './run.ts';

/** Flags in the order in which ip prints them. */
export function flagNames(dev: Dev): string[] {
  const tunnel = dev.kind === 'ipip';
  const flags: string[] = [];
  if (dev.up && !dev.carrier) flags.push('NO-CARRIER');
  if (dev.kind === 'loopback') flags.push('LOOPBACK');
  if (dev.kind === 'ethernet' || dev.kind === 'dummy') flags.push('BROADCAST');
  if (tunnel && (dev.tunnel?.remote ?? null) !== null) flags.push('POINTOPOINT');
  if (!dev.nomulticast) flags.push('MULTICAST');
  if (dev.noarp) flags.push('NOARP');
  if (dev.allmulti) flags.push('ALLMULTI');
  if (dev.promisc) flags.push('PROMISC');
  if (dev.up) flags.push('UP');
  if (dev.up && dev.carrier) flags.push('LOWER_UP');
  return flags;
}

/** RFC 2863 operational state: only Ethernet knows whether it is up. */
export function operState(dev: Dev): 'UP' | 'DOWN' | 'UNKNOWN' {
  if (!dev.up || !dev.carrier) return 'DOWN';
  return dev.kind === 'ethernet' ? 'UP' : 'UNKNOWN';
}

interface LinkAddress {
  readonly type: string;
  /** ARPHRD_…, which -N shows */
  readonly number: number;
  readonly address: string;
  readonly broadcast: string;
  readonly peer: boolean;
}

function linkAddress(dev: Dev): LinkAddress {
  switch (dev.kind) {
    case 'loopback':
      return { type: 'loopback', number: 772, address: formatMac(dev.lladdr), broadcast: '00:00:00:00:00:00', peer: false };
    case 'ipip': {
      const { local, remote } = dev.tunnel ?? { local: null, remote: null };
      const text = (addr: typeof local): string => (addr === null ? '0.0.0.0' : formatIpv4(addr));
      return { type: 'ipip', number: 768, address: text(local), broadcast: text(remote), peer: remote !== null };
    }
    case 'ethernet':
    case 'dummy':
      return { type: 'ether', number: 1, address: formatMac(dev.lladdr), broadcast: 'ff:ff:ff:ff:ff:ff', peer: false };
  }
}

/**
 * Columns of -br. The name's column is 16 wide; an Ethernet interface of the lab is a virtual one whose
 * name ip shows with the number of its other end (`eth0@if7`), which is left out here with its width.
 */
const BRIEF_NAME = 16;
const PEER_SUFFIX = '@if0'.length;

function printName(p: Printer, dev: Dev, run: IpRun, text: string): void {
  if (dev.kind === 'ipip') p.data('link', boundTo(run, dev)?.name ?? null);
  p.field('ifname', dev.name, text);
}

/** The interface that a tunnel's packets must leave by, or null. */
function boundTo(run: IpRun, { tunnel }: Dev): Dev | null {
  return tunnel === null || tunnel.link === null ? null : devGet(run.net.host, tunnel.link);
}

/** `tunl0@NONE`: a tunnel that is bound to no other interface. */
function shownName(dev: Dev, run: IpRun): string {
  return dev.kind === 'ipip' ? `${dev.name}@${boundTo(run, dev)?.name ?? 'NONE'}` : dev.name;
}

function stateText(opts: IpOptions, state: string, text: string): string {
  if (state === 'UP') return paint(opts.color, 32, text);
  return state === 'DOWN' ? paint(opts.color, 31, text) : text;
}

/** Name and state, as every line of -br begins. */
export function printBriefHead(p: Printer, dev: Dev, run: IpRun): void {
  const { opts } = run;
  const name = shownName(dev, run).padEnd(dev.kind === 'ethernet' ? BRIEF_NAME - PEER_SUFFIX : BRIEF_NAME);
  printName(p, dev, run, paint(opts.color, 36, `${name} `));
  const state = operState(dev);
  p.field('operstate', state, stateText(opts, state, `${state.padEnd(14)} `));
}

/** `ip -br link`: one line. `ip -br addr` goes on with addresses behind the head. */
export function printBriefLink(p: Printer, dev: Dev, run: IpRun): void {
  printBriefHead(p, dev, run);
  const { address } = linkAddress(dev);
  p.field('address', address, paint(run.opts.color, 33, `${address} `));
  printFlags(p, dev);
}

function printFlags(p: Printer, dev: Dev): void {
  const flags = flagNames(dev);
  p.openList('flags');
  p.say('<');
  flags.forEach((flag, i) => p.field(null, flag, i === 0 ? flag : `,${flag}`));
  p.closeList();
  p.say('> ');
}

/** Groups have numbers; 0 is called default. */
export function groupName(group: number, numeric: boolean): string {
  return group === 0 && !numeric ? 'default' : String(group);
}

export interface LinkShow {
  /** ip link: with the link mode */
  readonly mode: boolean;
  /** with the line of the link-layer address */
  readonly lladdr: boolean;
  /** ip monitor: without the length of the queue */
  readonly told?: boolean;
}

/** The first line or two of an interface, and what -d adds. */
export function printLink(p: Printer, dev: Dev, run: IpRun, show: LinkShow): void {
  const { opts } = run;
  const nl = opts.oneline ? '\\' : '\n';
  const state = operState(dev);
  p.field('ifindex', dev.ifindex, `${dev.ifindex}: `);
  printName(p, dev, run, paint(opts.color, 36, `${shownName(dev, run)}: `));
  printFlags(p, dev);
  p.field('mtu', dev.mtu, `mtu ${dev.mtu} `);
  const qdisc = dev.everUp ? 'noqueue' : 'noop';
  p.field('qdisc', qdisc, `qdisc ${qdisc} `);
  p.field('operstate', state, `state ${stateText(opts, state, `${state} `)}`);
  if (show.mode) p.field('linkmode', 'DEFAULT', 'mode DEFAULT ');
  const group = groupName(dev.group, opts.numeric);
  p.field('group', group, `group ${group} `);
  if (dev.txQueueLen > 0 && show.told !== true) p.field('txqlen', dev.txQueueLen, `qlen ${dev.txQueueLen}`);
  if (show.lladdr) printLladdr(p, dev, opts, nl);
  if (opts.details) printDetails(p, dev, run, show, nl);
  if (dev.alias !== null && (show.mode || opts.details)) {
    p.say(`${nl}    `);
    p.field('ifalias', dev.alias, `alias ${dev.alias}`);
  }
}

function printLladdr(p: Printer, dev: Dev, opts: IpOptions, nl: string): void {
  const link = linkAddress(dev);
  const type = opts.numeric ? `[${link.number}]` : link.type;
  p.field('link_type', type, `${nl}    link/${type} `);
  p.field('address', link.address, paint(opts.color, 33, link.address));
  if (link.peer) p.data('link_pointtopoint', true);
  const first = dev.tunnel?.firstLocal ?? null;
  const permanent = first !== null && first !== dev.tunnel?.local ? formatIpv4(first) : null;
  p.field('broadcast', link.broadcast, ` ${link.peer ? 'peer' : 'brd'} ${paint(opts.color, 33, link.broadcast)}`);
  if (permanent !== null) p.field('permaddr', permanent, ` permaddr ${paint(opts.color, 33, permanent)}`);
}

/** Limits of the interface and its kind's own settings. */
function printDetails(p: Printer, dev: Dev, run: IpRun, show: LinkShow, nl: string): void {
  const [min, max] = mtuLimits(dev);
  p.field('promiscuity', dev.promisc ? 1 : 0, ` promiscuity ${dev.promisc ? 1 : 0} `);
  p.field('allmulti', dev.allmulti ? 1 : 0, ` allmulti ${dev.allmulti ? 1 : 0} `);
  p.field('min_mtu', min, `minmtu ${min} `);
  p.field('max_mtu', max, `maxmtu ${max} `);
  if (dev.kind !== 'loopback') {
    p.openObject('linkinfo');
    const kind = dev.kind === 'ethernet' ? 'veth' : dev.kind;
    p.field('info_kind', kind, `${nl}    ${kind} `);
    if (dev.kind === 'ipip') printTunnel(p, dev, run);
    p.closeObject();
  }
  if (show.mode && hasIpv6(dev)) p.field('inet6_addr_gen_mode', 'eui64', 'addrgenmode eui64 ');
  p.field('num_tx_queues', 1, 'numtxqueues 1 ');
  p.field('num_rx_queues', 1, 'numrxqueues 1 ');
  p.field('gso_max_size', 65536, 'gso_max_size 65536 ');
  p.field('gso_max_segs', 65535, 'gso_max_segs 65535 ');
  // a virtual cable and the loopback set no limit of their own: 8 times 65535
  const tso = dev.kind === 'ethernet' || dev.kind === 'loopback' ? 524280 : 65536;
  p.field('tso_max_size', tso, `tso_max_size ${tso} `);
  p.field('tso_max_segs', 65535, 'tso_max_segs 65535 ');
  p.field('gro_max_size', 65536, 'gro_max_size 65536 ');
}

/** Limits of the kinds' drivers (dev->min_mtu, max_mtu); 0 is none. Only `ip tunnel add` makes a tunnel with some. */
export function mtuLimits(dev: Dev): readonly [number, number] {
  if (dev.kind === 'ethernet') return [68, 65535];
  return dev.tunnel?.bounded === true ? [68, 65515] : [0, 0];
}

/** IPv6 takes part in an interface that carries 1280 bytes; tunl0 is made without a length, so only from its first `up` on. */
export function hasIpv6(dev: Dev): boolean {
  return dev.mtu >= 1280 && (dev.tunnel?.fallback !== true || dev.everUp);
}

function printTunnel(p: Printer, dev: Dev, run: IpRun): void {
  const { opts } = run;
  const parms = dev.tunnel;
  if (parms === null) return;
  const text = (addr: typeof parms.local): string => (addr === null ? 'any' : formatIpv4(addr));
  const proto = parms.anyProto ? 'any' : 'ipip';
  p.openObject('info_data');
  p.field('proto', proto, `${proto} `);
  p.field('remote', text(parms.remote), `remote ${paintAddr(opts, text(parms.remote))} `);
  p.field('local', text(parms.local), `local ${paintAddr(opts, text(parms.local))} `);
  const bound = boundTo(run, dev);
  if (bound !== null) p.field('link', bound.name, `dev ${bound.name} `);
  p.field('ttl', parms.ttl, `ttl ${parms.ttl === 0 ? 'inherit' : parms.ttl} `);
  if (parms.tos !== 0) {
    const tos = parms.tos === 1 ? 'inherit' : `0x${parms.tos.toString(16)}`;
    p.field('tos', tos, `tos ${tos} `);
  }
  p.field('pmtudisc', parms.pmtuDisc, parms.pmtuDisc ? 'pmtudisc ' : 'nopmtudisc ');
  p.closeObject();
}

function paintAddr(opts: IpOptions, text: string): string {
  return text === 'any' ? text : paint(opts.color, 35, text);
}
