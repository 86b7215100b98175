/**
 * `ip link set`: changes to an interface, or to all of a group.
 * Comes from: link.ts.  Goes to: host/dev devSetUp, devSetMtu, devSetLladdr, devRename, devSetNoarp.
 * Source: iproute2 6.1.0 ip/iplink.c, iplink_modify(); Linux 6.1 net/core/rtnetlink.c, do_setlink() (order of the
 *   changes), net/core/dev.c, dev_set_mtu_ext(), dev_change_name().
 * Differs: nothing known for the words it takes.
 */
import { isGroupMac, type Mac } from '../../../wire/index.ts';
import { devByName, devRename, devSetLladdr, devSetMtu, devSetNoarp, devSetUp, tellLink, type Dev } from '../../../host/index.ts';
import { errnoText, notModelled, ToolError } from '../tool-error.ts';
import { linkKind } from './addr-show.ts';
import { rtnetlink, type Args } from './args.ts';
import { mtuLimits } from './link-print.ts';
import { parseLink, type LinkWords } from './link-words.ts';
import { allDevs, devOrFail, type IpRun } from './run.ts';

export function setLink(run: IpRun, args: Args): number {
  const words = parseLink(run, args);
  if (words.dev === null && words.group !== null) {
    const { group, ...changes } = words;
    for (const dev of allDevs(run.net)) if (dev.group === group) apply(run, dev, { ...changes, group: null });
    return 0;
  }
  if (words.dev === null) throw new ToolError('Not enough information: "dev" argument is required.\n', 255);
  if (words.name === null || words.name !== words.dev) checkAddressLen(run, words);
  const dev = devOrFail(run, words.dev);
  if (words.type !== null) refuseKindChange(dev, words.type, args);
  apply(run, dev, words);
  return 0;
}

/** Said before the interface is looked for. */
function checkAddressLen(run: IpRun, words: LinkWords): void {
  const dev = words.dev === null ? null : devByName(run.net.host, words.dev);
  if (dev === null || words.address === null) return;
  const want = dev.kind === 'ipip' ? 4 : 6;
  const got = words.address.length;
  if (got !== want) throw new ToolError(`Invalid address length ${got} - must be ${want} bytes\n`, 1);
}

/** Naming the kind it has already changes nothing; a tunnel is changed by `ip tunnel change`. */
function refuseKindChange(dev: Dev, kind: string, args: Args): void {
  if (linkKind(dev) !== kind) throw rtnetlink(errnoText('EOPNOTSUPP'));
  if (!args.done) throw notModelled('ip', `link set type ${kind} ${args.word}`, kind === 'ipip' ? 'use ip tunnel change' : undefined);
}

/** In the kernel's order; what was changed before a refusal stays changed, as there. */
function apply(run: IpRun, dev: Dev, words: LinkWords): void {
  const { net } = run;
  if (words.unmodelled !== null) throw notModelled('ip', `link set ${words.unmodelled}`);
  if (words.address !== null) setLladdr(run, dev, words.address);
  if (words.mtu !== null) setMtu(run, dev, words.mtu);
  const quiet = { ...dev };
  if (words.group !== null) dev.group = words.group;
  if (words.name !== null && words.name !== dev.name) rename(run, dev, words.name);
  if (words.alias !== null) dev.alias = words.alias === '' ? null : words.alias;
  if (words.arp !== null) devSetNoarp(net, dev, !words.arp);
  if (words.multicast !== null) dev.nomulticast = !words.multicast;
  if (words.allmulti !== null) dev.allmulti = words.allmulti;
  if (words.promisc !== null) dev.promisc = words.promisc;
  if (words.up !== null && words.up !== dev.up) devSetUp(net, dev, words.up);
  if (words.txQueueLen !== null) dev.txQueueLen = words.txQueueLen;
  if (changedQuietly(quiet, dev)) tellLink(net, dev, false);
  if (words.refused !== null) refuse(dev, words.refused);
}

/** Whether something changed that none of the host's own calls tells of. */
function changedQuietly(before: Dev, dev: Dev): boolean {
  return (['group', 'alias', 'nomulticast', 'allmulti', 'promisc', 'txQueueLen'] as const).some((key) => before[key] !== dev[key]);
}

/** The drivers of virtual interfaces know nothing of these. */
function refuse(dev: Dev, what: 'carrier' | 'protodown' | 'vf'): never {
  if (what === 'protodown') throw new ToolError('Error: Protodown not supported by device.\n', 2);
  if (what === 'carrier' && dev.kind === 'dummy') throw notModelled('ip', 'link carrier');
  throw rtnetlink(errnoText('EOPNOTSUPP'));
}

export function macOf(bytes: readonly number[]): Mac {
  return bytes.reduce((value, byte) => value * 256 + byte, 0) as Mac;
}

export function setLladdr(run: IpRun, dev: Dev, bytes: readonly number[]): void {
  if (dev.kind === 'ipip') throw notModelled('ip', 'link set address of a tunnel', 'use ip tunnel change');
  const mac = macOf(bytes);
  if (isGroupMac(mac) || mac === 0) throw rtnetlink(errnoText('EADDRNOTAVAIL'));
  devSetLladdr(run.net, dev, mac);
}

export function setMtu(run: IpRun, dev: Dev, mtu: number): void {
  if (mtu === dev.mtu) return;
  const [min, max] = mtuLimits(dev);
  if (mtu < min || mtu < 0) throw new ToolError('Error: mtu less than device minimum.\n', 2);
  if (max > 0 && mtu > max) throw new ToolError('Error: mtu greater than device maximum.\n', 2);
  if (mtu < 68) throw notModelled('ip', `link set mtu ${mtu}`, 'below 68 an interface has no IPv4 at all');
  const errno = devSetMtu(run.net, dev, mtu);
  if (typeof errno === 'string') throw rtnetlink(errnoText(errno));
}

function rename(run: IpRun, dev: Dev, name: string): void {
  if (dev.up) throw rtnetlink(errnoText('EBUSY'));
  if (devByName(run.net.host, name) !== null) throw rtnetlink(errnoText('EEXIST'));
  const errno = devRename(run.net, dev, name);
  if (typeof errno === 'string') throw rtnetlink(errnoText(errno));
}
