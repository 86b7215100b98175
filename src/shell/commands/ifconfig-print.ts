/**
 * How ifconfig prints interfaces.
 * Comes from: ifconfig.ts.
 * Source: net-tools 2.10 lib/interface.c (ife_print_long, ife_print_short), lib/nstrcmp.c (the order of names).
 * Differs: allmulti cannot be switched.
 */
import { formatIpv4, formatMac, maskOf, type Ipv4 } from '../../wire/index.ts';
import type { Dev, IfAddr } from '../../host/index.ts';
import type { NodeNet } from '../../world/index.ts';

/** Flags in the order of ifconfig, with their bits (IFF_…) and letters of -s. */
function flagsOf(dev: Dev): readonly (readonly [string, number, string])[] {
  const link = dev.kind === 'ethernet' || dev.kind === 'dummy';
  const all: readonly (readonly [boolean, string, number, string])[] = [
    [dev.up, 'UP', 0x1, ''],
    [link, 'BROADCAST', 0x2, 'B'],
    [dev.kind === 'loopback', 'LOOPBACK', 0x8, 'L'],
    [dev.kind === 'ipip' && (dev.tunnel?.remote ?? null) !== null, 'POINTOPOINT', 0x10, 'P'],
    [dev.up && dev.carrier, 'RUNNING', 0x40, 'R'],
    [dev.noarp || dev.kind === 'ipip' || dev.kind === 'dummy', 'NOARP', 0x80, 'O'],
    [dev.promisc, 'PROMISC', 0x100, 'p'],
    [dev.kind === 'ethernet' && !dev.nomulticast, 'MULTICAST', 0x1000, 'M'],
  ];
  return all.filter(([on]) => on).map(([, name, bit, letter]) => [name, bit, letter]);
}

/** Bytes with one decimal, cut: 4.3 KiB. */
function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 'B';
  for (const [size, name] of [
    [1_099_511_627_776, 'TiB'],
    [1_073_741_824, 'GiB'],
    [1_048_576, 'MiB'],
    [1024, 'KiB'],
  ] as const) {
    if (bytes <= size) continue;
    value = Math.floor((bytes * 10) / size);
    unit = name;
    return `${Math.floor(value / 10)}.${value % 10} ${unit}`;
  }
  return `${value}.0 ${unit}`;
}

function addrOf(dev: Dev, label: string): IfAddr | undefined {
  return dev.addrs.find((ifa) => ifa.label === label.slice(0, 15));
}

const HARDWARE = {
  loopback: ['loop', 'Local Loopback'],
  ethernet: ['ether', 'Ethernet'],
  dummy: ['ether', 'Ethernet'],
  ipip: ['tunnel', 'IPIP Tunnel'],
} as const;

function longForm(dev: Dev, label: string, counted = true): string {
  const flags = flagsOf(dev);
  const bits = flags.reduce((sum, [, bit]) => sum + bit, 0);
  const ifa = addrOf(dev, label);
  const [type, title] = HARDWARE[dev.kind];
  let text = `${label}: flags=${bits}<${flags.map(([name]) => name).join(',')}>  mtu ${dev.mtu}\n`;
  if (ifa !== undefined) text += inetLine(dev, ifa);
  // tunnels print their address too, which is empty, and one blank behind it
  const hw = type === 'ether' ? ` ${formatMac(dev.lladdr)}` : type === 'tunnel' ? ' ' : '';
  text += `        ${type}${hw}  txqueuelen ${dev.txQueueLen}  (${title})\n`;
  return `${text}${label.includes(':') || !counted ? '' : statistics(dev)}\n`;
}

function inetLine(dev: Dev, ifa: IfAddr): string {
  let text = `        inet ${formatIpv4(ifa.local)}  netmask ${formatIpv4(maskOf(ifa.prefixLen))}`;
  if (dev.kind === 'ethernet' || dev.kind === 'dummy') text += `  broadcast ${formatIpv4(ifa.broadcast ?? (0 as Ipv4))}`;
  if (dev.kind === 'ipip' && (dev.tunnel?.remote ?? null) !== null) text += `  destination ${formatIpv4(ifa.address)}`;
  return `${text}\n`;
}

function statistics(dev: Dev): string {
  return (
    `        RX packets ${dev.rxPackets}  bytes ${dev.rxBytes} (${sizeText(dev.rxBytes)})\n        RX errors 0  dropped ${dev.rxDropped}  overruns 0  frame 0\n` +
    `        TX packets ${dev.txPackets}  bytes ${dev.txBytes} (${sizeText(dev.txBytes)})\n        TX errors ${dev.txErrors}  dropped ${dev.txDropped} overruns 0  carrier 0  collisions 0\n`
  );
}

export const SHORT_HEAD = 'Iface      MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n';

function shortForm(dev: Dev, label: string): string {
  const letters =
    flagsOf(dev)
      .map(([, , letter]) => letter)
      .join('') + (dev.up ? 'U' : '');
  // L M R U: letters stand in the order of the flags of -s
  const order = ['B', 'L', 'M', 'p', 'O', 'P', 'R', 'U']
    .filter((letter) => letters.includes(letter))
    .join('')
    .toUpperCase();
  const head = `${label.padEnd(16)}${String(dev.mtu).padStart(5)} `;
  if (label.includes(':')) return `${head}     - no statistics available -                        ${order}\n`;
  const rx = `${String(dev.rxPackets).padStart(8)} ${'0'.padStart(6)} ${String(dev.rxDropped).padStart(6)} ${'0'.padEnd(6)}`;
  const tx = `${String(dev.txPackets).padStart(8)} ${String(dev.txErrors).padStart(6)} ${String(dev.txDropped).padStart(6)} ${'0'.padStart(6)}`;
  return `${head}${rx} ${tx} ${order}\n`;
}

/** @param counted whether /proc/net/dev, where the counters are read, had the interface when it was asked for */
export function printInterface(dev: Dev, label: string, short: boolean, counted: boolean): string {
  return short ? SHORT_HEAD + shortForm(dev, label) : longForm(dev, label, counted);
}

interface NameParts {
  readonly stem: string;
  readonly number: number;
  readonly alias: number;
}

/** A number behind a colon counts by itself, then one at the end of the name; an alias with letters is all stem. */
function nameParts(label: string): NameParts {
  const match = /^(.*?)(\d*)(?::(\d+))?$/.exec(label);
  const numberOf = (text: string | undefined): number => (text === undefined || text === '' ? -1 : Number(text));
  return { stem: match?.[1] ?? label, number: numberOf(match?.[2]), alias: numberOf(match?.[3]) };
}

/** eth2 before eth10, eth0:1 between eth0 and eth1, eth0:web behind all of these. */
function byName(a: NameParts, b: NameParts): number {
  if (a.stem !== b.stem) return a.stem < b.stem ? -1 : 1;
  return a.number - b.number || a.alias - b.alias;
}

/** All interfaces, or those that are up, and their aliases. */
export function listInterfaces(net: NodeNet, all: boolean, short: boolean): string {
  const rows = net.host.devs.flatMap((dev) => {
    if (dev === null || (!all && !dev.up)) return [];
    const aliases = dev.addrs.map((ifa) => ifa.label).filter((label) => label !== dev.name && label.includes(':'));
    return [dev.name, ...new Set(aliases)].map((label) => ({ dev, label, parts: nameParts(label) }));
  });
  rows.sort((a, b) => byName(a.parts, b.parts));
  let text = short ? SHORT_HEAD : '';
  for (const { dev, label } of rows) text += short ? shortForm(dev, label) : longForm(dev, label);
  return text;
}
