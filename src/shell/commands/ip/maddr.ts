/**
 * `ip maddress`: the multicast groups that an interface listens to.
 * Source: iproute2 6.1.0 ip/ipmaddr.c.
 * Differs: shows 224.0.0.1, which every host joins; groups joined by programs are not listed.
 */
import { formatMac, ipv4, multicastMac } from '../../../wire/index.ts';
import { devByName } from '../../../host/index.ts';
import { notModelled, ToolError } from '../tool-error.ts';
import { matches, matchesAny, unknownCommand, type Args } from './args.ts';
import { allDevs, type IpRun } from './run.ts';

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
  if (name !== null && devByName(run.net.host, name) === null) throw new ToolError(`Cannot find device "${name}"\n`, 1);
  const group = ipv4(224, 0, 0, 1);
  for (const dev of allDevs(run.net)) {
    if (name !== null && dev.name !== name) continue;
    run.out(`${dev.ifindex}:\t${dev.name}\n`);
    if (dev.kind === 'ethernet' && dev.up && run.opts.family !== 'inet') run.out(`\tlink  ${formatMac(multicastMac(group))}\n`);
    if (dev.up && run.opts.family !== 'link') run.out('\tinet  224.0.0.1\n');
  }
  return 0;
}
