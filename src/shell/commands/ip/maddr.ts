/**
 * `ip maddress`: the multicast groups that an interface listens to.
 * Source: iproute2 6.1.0 ip/ipmaddr.c.
 * Differs: shows 224.0.0.1, which every host joins; groups joined by programs are not listed.
 */
import { formatMac, ipv4, multicastMac } from '../../../wire/index.ts';
import { notModelled, ToolError } from '../tool-error.ts';
import { matches, matchesAny, unknownCommand, type Args } from './args.ts';
import { hasIpv6 } from './link-print.ts';
import { allDevs, findDev, type IpRun } from './run.ts';

export const MADDR_SYNOPSIS = ['ip maddress [show] [dev DEV]'] as const;

export function ipMaddr(run: IpRun, args: Args): number {
  const word = args.done ? 'show' : args.take();
  if (matchesAny(word, 'add', 'delete')) throw notModelled('ip', `maddress ${word}`);
  if (!matchesAny(word, 'show', 'list') && word !== 'lst') throw unknownCommand(word, 'maddress');
  let name: string | null = null;
  while (!args.done) {
    const text = args.take();
    name = matches(text, 'dev') ? args.value() : text;
  }
  if (name !== null && findDev(run.net, name) === null) throw new ToolError(`Cannot find device "${name}"\n`, 1);
  const group = ipv4(224, 0, 0, 1);
  const { family } = run.opts;
  for (const dev of allDevs(run.net)) {
    if (name !== null && dev.name !== name) continue;
    run.out(`${dev.ifindex}:\t${dev.name}\n`);
    const hasLink = dev.kind === 'ethernet' || dev.kind === 'dummy';
    if (hasLink && family !== 'inet' && family !== 'inet6') {
      // the first is IPv6's group of all nodes, joined whether the interface is up or not
      if (hasIpv6(dev)) run.out('\tlink  33:33:00:00:00:01\n');
      if (dev.up) run.out(`\tlink  ${formatMac(multicastMac(group))}\n`);
    }
    if (dev.up && family !== 'link' && family !== 'inet6') run.out('\tinet  224.0.0.1\n');
    if (hasIpv6(dev) && family !== 'link' && family !== 'inet') run.out('\tinet6 ff02::1\n\tinet6 ff01::1\n');
  }
  return 0;
}
