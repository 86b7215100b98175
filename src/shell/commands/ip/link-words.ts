/**
 * The words behind `ip link set` and `ip link add`, read into one record.
 * Comes from: link-set.ts, link-add.ts.
 * Source: iproute2 6.1.0 ip/iplink.c, iplink_parse(); lib/ll_addr.c, ll_addr_a2n(); lib/utils.c, check_ifname().
 * Differs: words for what no interface of the lab has are refused by name.
 */
import { parseIpv4 } from '../../../wire/index.ts';
import { notModelled, ToolError } from '../tool-error.ts';
import { groupValue, refuseMaster } from './addr-show.ts';
import { duplicate, invArg, matches, matchesAny, parseUnsigned, secondValue, type Args } from './args.ts';
import { usageError, type IpRun } from './run.ts';
import { LINK_FORMS } from './usage-link.ts';
import { LINK_KINDS_USAGE } from './usage-objects.ts';

export interface LinkWords {
  dev: string | null;
  name: string | null;
  up: boolean | null;
  mtu: number | null;
  /** bytes of a link-layer address, as many as were written */
  address: readonly number[] | null;
  arp: boolean | null;
  promisc: boolean | null;
  multicast: boolean | null;
  allmulti: boolean | null;
  txQueueLen: number | null;
  alias: string | null;
  group: number | null;
  /** `link DEV`: what the new interface sits on; kinds of the lab sit on none */
  link: string | null;
  /** what no interface of the lab's kinds can do; the kernel says so when it gets there */
  refused: 'carrier' | 'protodown' | 'vf' | null;
  /** a word the lab has nothing for: said when the rest of the line is right */
  unmodelled: string | null;
  /** `type KIND`; what follows is left to the kind */
  type: string | null;
}

/** Not modelled, and why it would not change a packet's way here. */
const UNMODELLED = [
  'trailers',
  'dynamic',
  'broadcast',
  'brd',
  'xdpgeneric',
  'xdpdrv',
  'xdpoffload',
  'addrgenmode',
  'protodown_reason',
  'gso_max_size',
  'gso_max_segs',
  'gro_max_size',
  'link-netns',
  'link-netnsid',
  'mode',
  'state',
  'index',
  'numtxqueues',
  'numrxqueues',
  'parentdev',
  'parentbus',
];

function onOff(key: string, text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on';
  throw new ToolError(`Error: argument of "${key}" must be "on" or "off", not "${text}"\n`, 1);
}

/** A number that may be negative, as get_integer() reads it. */
function integer(text: string, complaint: string): number {
  const negative = text.startsWith('-');
  const value = parseUnsigned(negative ? text.slice(1) : text);
  if (value === null || value > 0x7fffffff) throw invArg(complaint, text);
  return negative ? -value : value;
}

/** @param long alternative names may have up to 127 characters: the kernel refuses those that an interface cannot have */
function checkName(key: 'dev' | 'name', name: string, long: boolean): string {
  if (name === '' || name.length > (long ? 127 : 15) || /[/\s]/.test(name)) throw invArg(`"${key}" not a valid ifname`, name);
  return name;
}

/** Hexadecimal bytes with colons between them, or an IPv4 address; what follows the digits of a byte is passed over. */
export function parseLladdr(text: string): number[] {
  if (text.includes('.')) {
    const addr = parseIpv4(text);
    if (addr === null) throw new ToolError(`"${text}" is invalid lladdr.\n`, 1);
    return [addr >>> 24, (addr >>> 16) & 255, (addr >>> 8) & 255, addr & 255];
  }
  return text.split(':').map((byte) => {
    const digits = /^\s*(?:0[xX])?([0-9a-fA-F]+)/.exec(byte)?.[1];
    const value = digits === undefined ? 256 : Number.parseInt(digits, 16);
    if (value > 255) throw new ToolError(`"${byte}" is invalid lladdr.\n`, 1);
    return value;
  });
}

export function parseLink(run: IpRun, args: Args): LinkWords {
  const words: LinkWords = {
    dev: null,
    name: null,
    up: null,
    mtu: null,
    address: null,
    arp: null,
    promisc: null,
    multicast: null,
    allmulti: null,
    txQueueLen: null,
    alias: null,
    group: null,
    link: null,
    refused: null,
    unmodelled: null,
    type: null,
  };
  while (!args.done && words.type === null) {
    const word = args.take();
    if (!takeFlag(words, word, args) && !takeValue(run, words, word, args)) takeDev(words, word, args);
  }
  return words;
}

function takeFlag(words: LinkWords, word: string, args: Args): boolean {
  if (word === 'up' || word === 'down') words.up = word === 'up';
  else if (word === 'arp') words.arp = onOff(word, args.value());
  else if (word === 'multicast') words.multicast = onOff(word, args.value());
  else if (word === 'allmulticast') words.allmulti = onOff(word, args.value());
  else if (word === 'promisc') words.promisc = onOff(word, args.value());
  else if (word === 'carrier' || word === 'protodown') {
    onOff(word, args.value());
    words.refused = word;
  } else return false;
  return true;
}

function takeValue(run: IpRun, words: LinkWords, word: string, args: Args): boolean {
  if (word === 'name') {
    const name = args.value();
    if (words.name !== null) throw secondValue('name', name);
    words.name = checkName('name', name, false);
    words.dev ??= name;
  } else if (word === 'vf') takeVf(words, args);
  else if (word === 'netns') refuseNetns(args.value());
  else if (word === 'xdp') takeXdp(args.value());
  else if (UNMODELLED.includes(word)) {
    args.value();
    words.unmodelled ??= word;
  } else if (matches(word, 'link')) words.link = args.value();
  else if (matches(word, 'address')) words.address = parseLladdr(args.value());
  else if (matchesAny(word, 'txqueuelen', 'txqlen') || word === 'qlen') {
    const text = args.value();
    if (words.txQueueLen !== null) throw secondValue('txqueuelen', text);
    words.txQueueLen = integer(text, 'Invalid "txqueuelen" value\n');
  } else if (word === 'mtu') {
    const text = args.value();
    if (words.mtu !== null) throw secondValue('mtu', text);
    words.mtu = integer(text, 'Invalid "mtu" value\n');
  } else if (matches(word, 'master')) {
    const name = args.value();
    refuseMaster(run, name);
    throw notModelled('ip', `link master ${name}`);
  } else if (word === 'vrf') throw invArg('Not a valid VRF name\n', args.value());
  else if (matches(word, 'nomaster')) return true;
  else if (matches(word, 'type')) words.type = args.value();
  else if (matches(word, 'alias')) words.alias = args.value();
  else if (word === 'group') {
    const text = args.value();
    if (words.group !== null) throw secondValue('group', text);
    words.group = groupValue(text);
  } else return false;
  return true;
}

/** A card's virtual functions: all words up to the end are theirs. */
function takeVf(words: LinkWords, args: Args): void {
  words.refused = 'vf';
  while (!args.done) args.take();
}

function refuseNetns(name: string): never {
  if (parseUnsigned(name) === null) throw invArg('Invalid "netns" value\n', name);
  throw notModelled('ip', `link netns ${name}`);
}

/** There is no program to take off. */
function takeXdp(what: string): void {
  if (what !== 'off') throw notModelled('ip', `link xdp ${what}`);
}

function takeDev(words: LinkWords, first: string, args: Args): void {
  if (matches(first, 'help')) throw usageError(LINK_FORMS, LINK_KINDS_USAGE);
  const name = first === 'dev' ? args.value() : first;
  if (words.dev !== words.name) throw duplicate('dev', name);
  words.dev = checkName('dev', name, true);
}
