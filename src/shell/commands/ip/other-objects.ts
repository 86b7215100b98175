/**
 * Objects of `ip` that the lab has nothing of: their lists are empty, as on a host where nobody made any,
 * and making some is refused.
 * Comes from: index.ts.
 * Source: iproute2 6.1.0 ip/ipnetns.c, ipnexthop.c, iptuntap.c, ipmroute.c, tcp_metrics.c, ipvrf.c, xfrm.c.
 * Differs: what such an object's help says is left out.
 */
import { notModelled, ToolError } from '../tool-error.ts';
import { matchesAny, unknownCommand, type Args } from './args.ts';
import { printerOf, type IpRun } from './run.ts';

interface Other {
  readonly name: string;
  /** as its messages call it */
  readonly said: string;
  /** words that list it, besides none at all */
  readonly lists: readonly string[];
  /** verbs that would change something */
  readonly verbs: readonly string[];
  /** what an empty list says */
  readonly text: string;
}

const SHOW = ['show', 'list', 'lst'];

const OTHERS: readonly Other[] = [
  {
    name: 'netns',
    said: 'netns',
    lists: SHOW,
    verbs: ['add', 'set', 'delete', 'identify', 'pids', 'exec', 'monitor', 'attach', 'list-id'],
    text: '',
  },
  { name: 'nexthop', said: 'nexthop', lists: [...SHOW, 'flush'], verbs: ['add', 'replace', 'delete', 'get', 'bucket'], text: '' },
  { name: 'tuntap', said: 'tuntap', lists: SHOW, verbs: ['add', 'delete'], text: '' },
  {
    name: 'mrule',
    said: 'rule',
    lists: SHOW,
    verbs: ['add', 'delete', 'flush', 'save', 'restore'],
    text: '32767:\tfrom all lookup default\n',
  },
  { name: 'mroute', said: 'mroute', lists: SHOW, verbs: ['add', 'delete', 'get'], text: '' },
  { name: 'tcpmetrics', said: 'tcp_metrics', lists: [...SHOW, 'flush'], verbs: ['delete'], text: '' },
  { name: 'tcp_metrics', said: 'tcp_metrics', lists: [...SHOW, 'flush'], verbs: ['delete'], text: '' },
  {
    name: 'vrf',
    said: 'vrf',
    lists: SHOW,
    verbs: ['identify', 'pids', 'exec'],
    text: 'Name              Table\n-----------------------\nNo VRF has been configured\n',
  },
];

const XFRM_USAGE = 'Usage: ip xfrm XFRM-OBJECT { COMMAND | help }\nwhere  XFRM-OBJECT := state | policy | monitor\n';

/** Objects of modules that no host of the lab has loaded. */
const MODULES = ['l2tp', 'fou', 'ila', 'macsec'];

export function runOther(run: IpRun, name: string, args: Args): number {
  const word = args.done ? null : args.take();
  if (word !== null && MODULES.includes(name) && !matchesAny(word, 'help'))
    throw new ToolError('RTNETLINK answers: No such file or directory\nError talking to the kernel\n', 1);
  if (name === 'xfrm' && (word === 'state' || word === 'policy') && (args.done || matchesAny(args.word, ...SHOW))) return 0;
  if (name === 'xfrm' && word === null) throw new ToolError(XFRM_USAGE, 255);
  if ((name === 'mptcp' && word === 'endpoint') || (name === 'ioam' && word === 'namespace')) if (args.word === 'show') return 0;
  const object = OTHERS.find((one) => one.name === name);
  if (object === undefined || (word !== null && matchesAny(word, 'help', ...object.verbs) && !matchesAny(word, ...object.lists)))
    throw notModelled('ip', word === null ? name : `${name} ${word}`);
  if (word !== null && !matchesAny(word, ...object.lists)) throw unknownCommand(word, object.said);
  const p = printerOf(run);
  p.say(object.text);
  p.end();
  return 0;
}
