/**
 * How `ip link` and `ip addr` print an interface: flags, state, link-layer address, counters.
 * Comes from: link.ts, addr.ts.
 * Source: iproute2 6.1.0 ip/ipaddress.c (print_linkinfo, print_link_flags, print_stats64),
 *   ip/iplink.c, ip/link_iptnl.c.
 * Differs: the queueing discipline is always noqueue (noop before the first `up`), as with virtual
 *   Ethernet; queue and segmentation limits of `-d` are those of such an interface.
 */
import { formatIpv4, formatMac } from '../../../wire/index.ts';
import type { Dev } from '../../../host/index.ts';
import type { IpOptions } from './args.ts';
import { paint } from './names.ts';

/** Flags in the order in which ip prints them. */
export function flagNames(dev: Dev): string[] {
  const tunnel = dev.kind === 'ipip';
  const flags: string[] = [];
  if (dev.up && !dev.carrier) flags.push('NO-CARRIER');
  if (dev.kind === 'loopback') flags.push('LOOPBACK');
  if (dev.kind === 'ethernet' || dev.kind === 'dummy') flags.push('BROADCAST');
  if (tunnel && (dev.tunnel?.remote ?? null) !== null) flags.push('POINTOPOINT');
  if (dev.kind === 'ethernet' && !dev.nomulticast) flags.push('MULTICAST');
  if (dev.noarp || tunnel || dev.kind === 'dummy') flags.push('NOARP');
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

/** `tunl0@NONE`: a tunnel is bound to no other interface. */
export function shownName(dev: Dev): string {
  return dev.kind === 'ipip' ? `${dev.name}@NONE` : dev.name;
}

function linkAddress(dev: Dev): { type: string; address: string; broadcast: string; peer: boolean } {
  switch (dev.kind) {
    case 'loopback':
      return { type: 'loopback', address: '00:00:00:00:00:00', broadcast: '00:00:00:00:00:00', peer: false };
    case 'ipip': {
      const { local, remote } = dev.tunnel ?? { local: null, remote: null };
      const text = (addr: typeof local): string => (addr === null ? '0.0.0.0' : formatIpv4(addr));
      return { type: 'ipip', address: text(local), broadcast: text(remote), peer: remote !== null };
    }
    case 'ethernet':
    case 'dummy':
      return { type: 'ether', address: formatMac(dev.lladdr), broadcast: 'ff:ff:ff:ff:ff:ff', peer: false };
  }
}

/**
 * Columns of -br. The name's column is 16 wide; an Ethernet interface of the lab is a virtual one whose
 * name ip shows with the number of its other end (`eth0@if7`), which is left out here with its width.
 */
const BRIEF_NAME = 16;
const PEER_SUFFIX = '@if0'.length;

function briefHead(dev: Dev, opts: IpOptions): string {
  const name = shownName(dev).padEnd(dev.kind === 'ethernet' ? BRIEF_NAME - PEER_SUFFIX : BRIEF_NAME);
  const state = operState(dev);
  return `${paint(opts.color, 36, `${name} `)}${paintState(opts, state, state.padEnd(14))} `;
}

function paintState(opts: IpOptions, state: string, text: string): string {
  if (state === 'UP') return paint(opts.color, 32, text);
  return state === 'DOWN' ? paint(opts.color, 31, text) : text;
}

/** `ip -br link`: one line. `ip -br addr` goes on with addresses behind `briefHead`. */
export function printBriefLink(dev: Dev, opts: IpOptions): string {
  return `${briefHead(dev, opts)}${paint(opts.color, 33, linkAddress(dev).address)} <${flagNames(dev).join(',')}> \n`;
}

export function printBriefHead(dev: Dev, opts: IpOptions): string {
  return briefHead(dev, opts);
}

/** The first line or two of an interface. `mode`: ip link adds `mode DEFAULT`. `lladdr`: with the link line. */
export function printLink(dev: Dev, opts: IpOptions, show: { mode: boolean; lladdr: boolean }): string {
  const nl = opts.oneline ? '\\' : '\n';
  const state = operState(dev);
  let text = `${dev.ifindex}: ${paint(opts.color, 36, `${shownName(dev)}: `)}<${flagNames(dev).join(',')}> mtu ${dev.mtu} `;
  text += `qdisc ${dev.everUp ? 'noqueue' : 'noop'} state ${paintState(opts, state, `${state} `)}`;
  if (show.mode) text += 'mode DEFAULT ';
  text += `group default qlen ${dev.txQueueLen}`;
  if (show.lladdr) {
    const link = linkAddress(dev);
    text += `${nl}    link/${link.type} ${paint(opts.color, 33, link.address)} ${link.peer ? 'peer' : 'brd'} ${paint(opts.color, 33, link.broadcast)}`;
  }
  if (opts.details) text += details(dev, nl);
  return text;
}

/** What -d adds: limits of the interface and its kind's own settings. */
function details(dev: Dev, nl: string): string {
  const [min, max] = dev.kind === 'ethernet' ? [68, 65535] : [0, 0];
  let text = ` promiscuity ${dev.promisc ? 1 : 0}  allmulti 0 minmtu ${min} maxmtu ${max} `;
  if (dev.kind !== 'loopback') text += `${nl}    `;
  if (dev.kind === 'ethernet') text += 'veth ';
  if (dev.kind === 'dummy') text += 'dummy ';
  if (dev.kind === 'ipip') text += tunnelDetails(dev);
  // a virtual cable sets no limit of its own: 8 times 65535
  const tso = dev.kind === 'ethernet' ? 524280 : 65536;
  const ipv6 = hasIpv6(dev) ? 'addrgenmode eui64 ' : '';
  return `${text}${ipv6}numtxqueues 1 numrxqueues 1 gso_max_size 65536 gso_max_segs 65535 tso_max_size ${tso} tso_max_segs 65535 gro_max_size 65536 `;
}

/** IPv6 takes part in an interface that carries 1280 bytes; tunnels are made without a length, so only from their first `up` on. */
export function hasIpv6(dev: Dev): boolean {
  return dev.mtu >= 1280 && (dev.kind !== 'ipip' || dev.everUp);
}

function tunnelDetails(dev: Dev): string {
  const parms = dev.tunnel;
  if (parms === null) return '';
  const text = (addr: typeof parms.local): string => (addr === null ? 'any' : formatIpv4(addr));
  const ttl = parms.ttl === 0 ? 'inherit' : String(parms.ttl);
  const tos = parms.tos === 0 ? '' : `tos ${parms.tos === 1 ? 'inherit' : `0x${parms.tos.toString(16)}`} `;
  return `ipip ${parms.fallback ? 'any' : 'ipip'} remote ${text(parms.remote)} local ${text(parms.local)} ttl ${ttl} ${tos}${parms.pmtuDisc ? 'pmtudisc' : 'nopmtudisc'} `;
}

/** Widths of the counter columns: headings, or the widest number. */
function columns(rows: readonly (readonly number[])[]): number[] {
  const widths = [10, 7, 6, 7, 7, 7];
  for (const row of rows) row.forEach((value, i) => (widths[i] = Math.max(widths[i] ?? 0, String(value).length)));
  return widths;
}

function header(widths: readonly number[], label: string, names: readonly string[]): string {
  const cells = names.map((name, i) => name.padStart((widths[i] ?? 0) - (i === 0 ? label.length + 2 : 0)));
  return `    ${label}: ${cells.join(' ')} ${''.padStart(10)}`;
}

function errorHeader(widths: readonly number[], label: string, names: readonly string[]): string {
  return `    ${label}:${['', ...names].map((name, i) => name.padStart(i === 0 ? (widths[0] ?? 0) - label.length - 1 : (widths[i] ?? 0))).join(' ')}`;
}

function numbers(widths: readonly number[], row: readonly number[]): string {
  return `    ${row.map((value, i) => `${String(value).padStart(widths[i] ?? 0)} `).join('')}`;
}

/** What -s adds, and -s -s: lines without a newline at the end. */
export function printStats(dev: Dev, opts: IpOptions): string {
  const nl = opts.oneline ? '\\' : '\n';
  const s = dev.stats;
  const rx = [s.rxBytes, s.rxPackets, 0, s.rxDropped, 0, 0];
  const tx = [s.txBytes, s.txPackets, 0, s.txDropped, 0, 0];
  const widths = columns([rx, tx]);
  const lines = [header(widths, 'RX', ['bytes', 'packets', 'errors', 'dropped', 'missed', 'mcast']), numbers(widths, rx)];
  const none = (count: number): string =>
    `    ${''.padStart(widths[0] ?? 0)} ${widths
      .slice(1, 1 + count)
      .map((w) => `${'0'.padStart(w)} `)
      .join('')}`;
  if (opts.stats > 1) lines.push(errorHeader(widths, 'RX errors', ['length', 'crc', 'frame', 'fifo', 'overrun']), none(5));
  lines.push(header(widths, 'TX', ['bytes', 'packets', 'errors', 'dropped', 'carrier', 'collsns']), numbers(widths, tx));
  if (opts.stats > 1) lines.push(errorHeader(widths, 'TX errors', ['aborted', 'fifo', 'window', 'heartbt', 'transns']), none(5));
  return lines.join(nl);
}
