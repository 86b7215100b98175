/**
 * /sys/class/net: what an interface says of itself in files, and the few that can be written.
 * Comes from: fs/files.ts.  Goes to: host/dev devSetMtu.
 * Source: Linux 6.1 net/core/net-sysfs.c (net_class_attrs, netstat_show, operstate_show).
 * Differs: queues, power and the driver's own files are left out; speed and duplex are those of a virtual cable.
 */
import { devSetMtu, type Dev, type DevStats } from '../../host/index.ts';
import { formatIpv4, formatMac, type Ipv4 } from '../../wire/index.ts';
import type { NodeNet } from '../../world/index.ts';

/** null: the file is there and cannot be read now */
type Attribute = (dev: Dev) => string | null;

/** IFF_…, as far as they follow from what the lab keeps. */
function flagBits(dev: Dev): number {
  let bits = 0;
  if (dev.up) bits |= 0x1;
  if (dev.kind === 'ethernet' || dev.kind === 'dummy') bits |= 0x2;
  if (dev.kind === 'loopback') bits |= 0x8;
  if (dev.tunnel !== null && dev.tunnel.remote !== null) bits |= 0x10;
  if (dev.noarp) bits |= 0x80;
  if (dev.promisc) bits |= 0x100;
  if (dev.allmulti) bits |= 0x200;
  if (!dev.nomulticast) bits |= 0x1000;
  return bits;
}

/** ARPHRD_… */
const TYPES: Readonly<Record<Dev['kind'], number>> = { ethernet: 1, dummy: 1, loopback: 772, ipip: 768 };

function operState(dev: Dev): string {
  if (!dev.up || !dev.carrier) return 'down';
  return dev.kind === 'ethernet' ? 'up' : 'unknown';
}

function endText(addr: Ipv4 | null | undefined): string {
  return formatIpv4(addr ?? (0 as Ipv4));
}

const ATTRIBUTES: Readonly<Record<string, Attribute>> = {
  addr_len: (dev) => (dev.kind === 'ipip' ? '4' : '6'),
  address: (dev) => (dev.kind === 'ipip' ? endText(dev.tunnel?.local) : formatMac(dev.lladdr)),
  broadcast: (dev) =>
    dev.kind === 'ipip' ? endText(dev.tunnel?.remote) : dev.kind === 'loopback' ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff',
  // an interface that is down does not know
  carrier: (dev) => (dev.up ? (dev.carrier ? '1' : '0') : null),
  carrier_changes: (dev) => String(dev.carrierChanges),
  dev_id: () => '0x0',
  dormant: (dev) => (dev.up ? '0' : null),
  duplex: (dev) => (dev.kind === 'ethernet' && dev.up ? 'full' : null),
  flags: (dev) => `0x${flagBits(dev).toString(16)}`,
  ifalias: (dev) => dev.alias ?? '',
  ifindex: (dev) => String(dev.ifindex),
  iflink: (dev) => (dev.kind === 'ipip' ? '0' : String(dev.ifindex)),
  mtu: (dev) => String(dev.mtu),
  netdev_group: (dev) => String(dev.group),
  operstate: operState,
  speed: (dev) => (dev.kind === 'ethernet' && dev.up ? '10000' : null),
  tx_queue_len: (dev) => String(dev.txQueueLen),
  type: (dev) => String(TYPES[dev.kind]),
};

const COUNTERS: Readonly<Record<string, keyof DevStats>> = {
  rx_bytes: 'rxBytes',
  rx_dropped: 'rxDropped',
  rx_packets: 'rxPackets',
  tx_bytes: 'txBytes',
  tx_dropped: 'txDropped',
  tx_errors: 'txErrors',
  tx_packets: 'txPackets',
};
/** Counters of trouble that no interface of the lab has. */
const ZERO = ['collisions', 'multicast', 'rx_crc_errors', 'rx_errors', 'rx_fifo_errors', 'rx_frame_errors', 'rx_length_errors'];
const MORE_ZERO = ['rx_missed_errors', 'rx_over_errors', 'tx_aborted_errors', 'tx_carrier_errors', 'tx_fifo_errors'];

interface Place {
  readonly dev: Dev | null;
  readonly file: string;
  readonly counter: string;
}

function placeOf(net: NodeNet, path: string): Place {
  const [, , , , iface = '', file = '', counter = ''] = path.split('/');
  return { dev: net.host.devs.find((one) => one?.name === iface) ?? null, file, counter };
}

export function sysNetKind(net: NodeNet, path: string): 'file' | 'dir' | null {
  if (path === '/sys/class/net') return 'dir';
  const { dev, file, counter } = placeOf(net, path);
  if (dev === null) return null;
  if (file === '') return 'dir';
  if (file !== 'statistics') return counter === '' && Object.hasOwn(ATTRIBUTES, file) ? 'file' : null;
  if (counter === '') return 'dir';
  return Object.hasOwn(COUNTERS, counter) || ZERO.includes(counter) || MORE_ZERO.includes(counter) ? 'file' : null;
}

/** @returns null for a file that refuses to be read now */
export function sysNetText(net: NodeNet, path: string): string | null {
  const { dev, file, counter } = placeOf(net, path);
  if (dev === null) return '';
  if (file === 'statistics') {
    const name = COUNTERS[counter];
    return `${name === undefined ? 0 : dev[name]}\n`;
  }
  const text = ATTRIBUTES[file]?.(dev) ?? null;
  // an alias that is not set is an empty file
  return text === '' ? '' : text === null ? null : `${text}\n`;
}

export function sysNetList(net: NodeNet, dir: string): string[] {
  if (dir === '/sys/class/net') return net.host.devs.flatMap((dev) => (dev === null ? [] : [dev.name]));
  const { dev, file } = placeOf(net, dir);
  if (dev === null) return [];
  return file === 'statistics' ? [...Object.keys(COUNTERS), ...ZERO, ...MORE_ZERO] : [...Object.keys(ATTRIBUTES), 'statistics'];
}

const EINVAL = 'Invalid argument';

/** @returns an error message, or null */
export function sysNetWrite(net: NodeNet, path: string, text: string): string | null {
  const { dev, file } = placeOf(net, path);
  const word = text.trim();
  const number = /^(0x[0-9a-fA-F]+|\d+)$/.test(word) ? Number(word) : null;
  if (dev === null) return 'No such file or directory';
  // opening it for writing writes nothing yet
  if (text === '') return null;
  if (file === 'ifalias') dev.alias = word === '' ? null : word;
  else if (file === 'mtu') return number === null || devSetMtu(net, dev, number) !== null ? EINVAL : null;
  else if (file === 'tx_queue_len' && number !== null) dev.txQueueLen = number;
  else if (file === 'netdev_group' && number !== null) dev.group = number;
  else return file === 'tx_queue_len' || file === 'netdev_group' ? EINVAL : 'Permission denied';
  return null;
}
