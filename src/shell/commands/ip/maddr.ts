/**
 * `ip maddress`: the multicast groups that an interface listens to.
 * Comes from: index.ts.
 * Source: iproute2 6.1.0 ip/ipmaddr.c.
 * Differs: shows 224.0.0.1, which every host joins; groups joined by programs are not listed. Adding and
 *   deleting link-layer groups is not modelled.
 */
import { formatMac, ipv4, multicastMac } from '../../../wire/index.ts';
import type { Dev } from '../../../host/index.ts';
import { notModelled, ToolError } from '../tool-error.ts';
import { matches, matchesAny, secondValue, unknownCommand, type Args } from './args.ts';
import { hasIpv6 } from './link-print.ts';
import type { Printer } from './printer.ts';
import { allDevs, devOrFail, findDev, printerOf, usage, usageError, type IpRun } from './run.ts';
import { MADDR_USAGE } from './usage-objects.ts';

export const MADDR_SYNOPSIS = ['ip maddress [show] [[dev] DEV]'] as const;

export function ipMaddr(run: IpRun, args: Args): number {
  const word = args.done ? 'show' : args.take();
  if (matches(word, 'add')) return refuseChange(run, args, 'add');
  if (matches(word, 'delete')) return refuseChange(run, args, 'delete');
  if (matches(word, 'help')) return usage(run, MADDR_USAGE);
  if (!matchesAny(word, 'show', 'list') && word !== 'lst' && word !== 'ls') throw unknownCommand(word, 'maddr');
  return show(run, args);
}

function refuseChange(run: IpRun, args: Args, verb: string): never {
  let dev: string | null = null;
  while (!args.done) if (args.take() === 'dev') dev = args.value();
  if (dev === null) throw new ToolError('Not enough information: "dev" argument is required.\n', 255);
  devOrFail(run, dev);
  throw notModelled('ip', `maddress ${verb}`);
}

/** A name that is no interface matches nothing. */
function show(run: IpRun, args: Args): number {
  let name: string | null = null;
  while (!args.done) {
    const word = args.take();
    if (matches(word, 'help') && word !== 'dev') throw usageError(MADDR_USAGE);
    const text = word === 'dev' ? args.value() : word;
    if (name !== null) throw secondValue('dev', text);
    name = text;
  }
  if (name !== null) findDev(run.net, name);
  const p = printerOf(run);
  for (const dev of allDevs(run.net)) {
    if (name === null || dev.name === name) printDev(p, run, dev);
  }
  p.end();
  return 0;
}

function printDev(p: Printer, run: IpRun, dev: Dev): void {
  const { family } = run.opts;
  const group = ipv4(224, 0, 0, 1);
  const link: string[] = [];
  // the first is IPv6's group of all nodes, joined whether the interface is up or not
  if (hasLink(dev) && hasIpv6(dev)) link.push('33:33:00:00:00:01');
  if (hasLink(dev) && dev.up) link.push(formatMac(multicastMac(group)));
  const inet = dev.up && (family === 'any' || family === 'inet');
  const inet6 = hasIpv6(dev) && (family === 'any' || family === 'inet6');
  const links = family === 'any' || family === 'link' ? link : [];
  // an interface without any group is not listed
  if (links.length === 0 && !inet && !inet6) return;
  p.openObject();
  p.field('ifindex', dev.ifindex, `${dev.ifindex}:`);
  p.field('ifname', dev.name, `\t${dev.name}\n`);
  p.openList('maddr');
  for (const address of links) entry(p, () => p.field('link', address, `\tlink  ${address}\n`));
  if (inet) familyEntry(p, 'inet', '224.0.0.1');
  if (inet6) for (const address of ['ff02::1', 'ff01::1']) familyEntry(p, 'inet6', address);
  p.closeList();
  p.closeObject();
}

function hasLink(dev: Dev): boolean {
  return dev.kind === 'ethernet' || dev.kind === 'dummy';
}

function entry(p: Printer, write: () => void): void {
  p.openObject();
  write();
  p.closeObject();
}

function familyEntry(p: Printer, family: string, address: string): void {
  entry(p, () => {
    p.field('family', family, `\t${family.padEnd(5)} `);
    p.field('address', address, `${address}\n`);
  });
}
