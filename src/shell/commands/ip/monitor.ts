/**
 * `ip monitor`: what is to be told, and the lines that tell it.
 * Comes from: index.ts.  Goes to: programs/ip-monitor.ts, which listens; the printers of the other objects.
 * Source: iproute2 6.1.0 ip/ipmonitor.c, do_ipmonitor(), accept_msg(); lib/utils.c, print_timestamp().
 * Differs: objects that the lab has nothing of (mroute, prefix, netconf, nexthop, nsid, stats) are never told of;
 *   -json is passed over; a file of recorded messages is not read.
 */
import { devByName, devGet, type IfIndex, type RtEvent } from '../../../host/index.ts';
import type { NodeNet } from '../../../world/index.ts';
import type { GoOn } from '../../command.ts';
import { formatDate } from '../system-commands.ts';
import { notModelled, ToolError } from '../tool-error.ts';
import { printAddr } from './addr-show.ts';
import { invArg, matches, type Args, type IpOptions } from './args.ts';
import { printLink } from './link-print.ts';
import { printNeigh } from './neigh-show.ts';
import { Printer } from './printer.ts';
import { NOTHING_HIDDEN, printRoute } from './route-print.ts';
import { printRule } from './rule.ts';
import { usage, type IpRun } from './run.ts';

export interface IpMonitorMemory {
  readonly opts: IpOptions;
  /** kinds of events to tell of */
  readonly kinds: readonly RtEvent['kind'][];
  /** each line begins with its kind */
  readonly label: boolean;
  readonly dev: IfIndex | null;
  sock: number;
  /** labels and times of events that the choice of an interface left out: written with the next one that it takes, or when the buffer is full */
  pending: string;
}

const USAGE = [
  'Usage: ip monitor [ all | OBJECTS ] [ FILE ] [ label ] [ all-nsid ]',
  '                  [ dev DEVICE ]',
  'OBJECTS :=  address | link | mroute | neigh | netconf |',
  '            nexthop | nsid | prefix | route | rule | stats',
  'FILE := file FILENAME',
] as const;

/** Characters that the C library keeps back of a line that does not end. */
const BUFFER_MAX = 1024;

/** In the order in which a short word is looked for; null: nothing of it is ever told. */
const OBJECTS: readonly (readonly [string, RtEvent['kind'] | null])[] = [
  ['link', 'link'],
  ['address', 'addr'],
  ['route', 'route'],
  ['mroute', null],
  ['prefix', null],
  ['neigh', 'neigh'],
  ['netconf', null],
  ['rule', 'rule'],
  ['nsid', null],
  ['nexthop', null],
  ['stats', null],
];
const ALL: readonly RtEvent['kind'][] = ['link', 'addr', 'route', 'neigh', 'rule'];

export const MONITOR_SYNOPSIS = ['ip [-o] [-t|-ts] monitor [all] [link] [address] [route] [neigh] [rule] [label] [dev DEV]'] as const;

export function ipMonitor(run: IpRun, args: Args): number | GoOn {
  const kinds: RtEvent['kind'][] = [];
  let [label, some] = [false, false];
  let dev: IfIndex | null = null;
  while (!args.done) {
    const word = args.take();
    if (matches(word, 'file')) refuseFile(run, args.value());
    else if (matches(word, 'label') || word === 'all') label = true;
    else if (matches(word, 'all-nsid')) continue;
    else if (matches(word, 'help')) return usage(run, USAGE);
    else if (word === 'dev') dev = devIndex(run.net, args.value());
    else {
      const object = OBJECTS.find(([name]) => matches(word, name));
      if (object === undefined) throw new ToolError(`Argument "${word}" is unknown, try "ip monitor help".\n`, 255);
      some = true;
      if (object[1] !== null) kinds.push(object[1]);
    }
  }
  const memory: IpMonitorMemory = { opts: { ...run.opts, json: false }, kinds: some ? kinds : ALL, label, dev, sock: 0, pending: '' };
  return { program: 'ip-monitor', state: memory };
}

function refuseFile(run: IpRun, name: string): never {
  if (run.file(name) === null) throw new ToolError('Cannot fopen: No such file or directory\n', 255);
  throw notModelled('ip', 'monitor file');
}

function devIndex(net: NodeNet, name: string): IfIndex {
  const dev = devByName(net.host, name);
  if (dev === null) throw invArg('Device does not exist\n', name);
  return dev.ifindex;
}

function isOn(event: RtEvent, dev: IfIndex): boolean {
  switch (event.kind) {
    case 'link':
      return event.dev.ifindex === dev;
    case 'addr':
      return event.dev === dev;
    case 'neigh':
      return event.neigh.ifindex === dev;
    case 'route':
      return event.route.nexthops.some((hop) => hop.dev === dev);
    default:
      return true;
  }
}

const LABELS: Readonly<Record<RtEvent['kind'], string>> = {
  link: '[LINK]',
  addr: '[ADDR]',
  route: '[ROUTE]',
  neigh: '[NEIGH]',
  rule: '[RULE]',
};

function stampOf(now: number, stamp: IpOptions['stamp']): string {
  const micros = String(Math.floor((now % 1_000_000_000) / 1000)).padStart(6, '0');
  if (stamp === 'short') return `[${formatDate(now, '%FT%T')}.${micros}] `;
  return stamp === 'long' ? `Timestamp: ${formatDate(now, '%a %b %e %T %Y')} ${Number(micros)} usec\n` : '';
}

/** What is said of an event; nothing when it was not asked for. */
export function monitorText(net: NodeNet, event: RtEvent, memory: IpMonitorMemory): string {
  const { opts, dev } = memory;
  if (!memory.kinds.includes(event.kind)) return '';
  memory.pending += `${stampOf(net.now, opts.stamp)}${memory.label ? LABELS[event.kind] : ''}`;
  const told = dev === null || isOn(event, dev);
  if (!told && memory.pending.length < BUFFER_MAX) return '';
  let text = memory.pending;
  memory.pending = '';
  if (!told) return text;
  if (event.gone) text += 'Deleted ';
  const out = (piece: string): void => void (text += piece);
  const run: IpRun = { net, opts, out, err: out, stdin: null, file: () => null };
  printEvent(new Printer(out, opts), run, event, dev !== null);
  return text;
}

function printEvent(p: Printer, run: IpRun, event: RtEvent, devKnown: boolean): void {
  switch (event.kind) {
    case 'link':
      printLink(p, event.dev, run, { mode: false, lladdr: true, told: true });
      p.say('\n');
      return;
    case 'addr': {
      const dev = devGet(run.net.host, event.dev);
      if (dev !== null) printAddr(run, p, dev, event.ifa, true);
      return;
    }
    case 'route':
      printRoute(p, run, event.route, { ...NOTHING_HIDDEN, dev: devKnown });
      p.say('\n');
      return;
    case 'neigh':
      printNeigh(p, run, event.neigh, false);
      return;
    case 'rule':
      printRule(p, run, event.rule);
      p.say('\n');
      return;
    default:
  }
}
