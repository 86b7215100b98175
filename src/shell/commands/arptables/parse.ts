/**
 * An arptables line: its command, its chain and the rule it describes.
 * Comes from: arptables.ts.  Goes to: host/netfilter's ArpSpec.
 * Source: iptables 1.8.9 iptables/xtables-arp.c, extensions/libarpt_mangle.c (arptables on nf_tables).
 * Differs: --h-type, --h-length, --proto-type, MARK and CLASSIFY are not modelled.
 */
import { parseMac, type Mac } from '../../../wire/index.ts';
import { ANY_ARP_SPEC, ARP_OPCODES, arptChain, type AddrMask, type ArpSpec, type ArpTarget, type IfaceMatch } from '../../../host/index.ts';
import type { NodeNet } from '../../../world/index.ts';
import { notModelled, ToolError } from '../tool-error.ts';
import { ARPTABLES, badParameter } from '../iptables/complain.ts';
import { OptionScanner, type OptionTable } from '../iptables/options.ts';
import { readAddress } from '../iptables/addresses.ts';
import { parseUnsigned } from '../ip/args.ts';

const OPTIONS: OptionTable = {
  short: {
    A: 1,
    C: 1,
    D: 1,
    R: 1,
    I: 1,
    L: '?',
    S: '?',
    F: '?',
    Z: '?',
    N: 1,
    X: '?',
    E: 1,
    P: 1,
    V: 0,
    h: 0,
    o: 1,
    i: 1,
    s: 1,
    d: 1,
    j: 1,
    l: 1,
    v: 0,
    n: 0,
    t: 1,
    c: 1,
    x: 0,
    '0': 0,
    p: 1,
    '2': 1,
    '3': 1,
    '4': 1,
    '5': 1,
    '6': 1,
  },
  long: {
    append: 'A',
    check: 'C',
    delete: 'D',
    replace: 'R',
    insert: 'I',
    list: 'L',
    'list-rules': 'S',
    flush: 'F',
    zero: 'Z',
    'new-chain': 'N',
    'delete-chain': 'X',
    'rename-chain': 'E',
    policy: 'P',
    'source-ip': 's',
    'src-ip': 's',
    source: 's',
    'destination-ip': 'd',
    'dst-ip': 'd',
    destination: 'd',
    'source-mac': '2',
    'src-mac': '2',
    'destination-mac': '3',
    'dst-mac': '3',
    'in-interface': 'i',
    'out-interface': 'o',
    jump: 'j',
    table: 't',
    numeric: 'n',
    verbose: 'v',
    exact: 'x',
    version: 'V',
    help: 'h',
    'line-numbers': '0',
    opcode: '4',
    'h-type': '5',
    'proto-type': '6',
    'h-length': 'l',
    'set-counters': 'c',
  },
};

const MANGLE: Readonly<Record<string, number>> = {
  'mangle-ip-s': 1,
  'mangle-ip-d': 1,
  'mangle-mac-s': 1,
  'mangle-mac-d': 1,
  'mangle-target': 1,
};

export interface ArpLine {
  command: string | null;
  chain: string | null;
  num: number | null;
  second: string | null;
  verbose: boolean;
  numeric: boolean;
  lineNumbers: boolean;
  version: boolean;
  help: boolean;
  src: AddrMask | null;
  dst: AddrMask | null;
  srcMac: ArpSpec['srcMac'];
  dstMac: ArpSpec['dstMac'];
  inIface: IfaceMatch | null;
  outIface: IfaceMatch | null;
  opcode: ArpSpec['opcode'];
  target: string | null;
  mangle: Record<string, string>;
  /** `!` stood behind its option */
  oldNegation: boolean;
}

export function parseArpLine(words: readonly string[]): ArpLine {
  const line: ArpLine = {
    command: null,
    chain: null,
    num: null,
    second: null,
    verbose: false,
    numeric: false,
    lineNumbers: false,
    version: false,
    help: false,
    src: null,
    dst: null,
    srcMac: null,
    dstMac: null,
    inIface: null,
    outIface: null,
    opcode: null,
    target: null,
    mangle: {},
    oldNegation: false,
  };
  // the old place of `!`, behind the option
  const moved = [...words];
  for (let i = 1; i < moved.length; i++) {
    if (moved[i] === '!' && moved[i - 1]?.startsWith('-') === true && !/^-[A-Z]/.test(moved[i - 1] ?? '') && i >= 1) {
      const option = moved[i - 1] ?? '';
      moved[i - 1] = '!';
      moved[i] = option;
      line.oldNegation = true;
    }
  }
  const scan = new OptionScanner(ARPTABLES, OPTIONS, moved);
  let not = false;
  const seen = new Set<string>();
  while (!scan.done) {
    const word = scan.next();
    if (word.kind === 'plain') {
      if (word.text !== '!')
        throw new ToolError(`Bad argument \`${word.text}'\nTry \`arptables -h' or 'arptables --help' for more information.\n`, 2);
      not = true;
      continue;
    }
    if (not && (word.name === 'j' || /^[A-Z]$/.test(word.name))) throw badParameter(ARPTABLES, `cannot have ! before -${word.name}`);
    if (ONLY_ONCE.has(word.name) && seen.has(word.name)) throw badParameter(ARPTABLES, `multiple -${word.name} flags not allowed`);
    seen.add(word.name);
    take(line, scan, word.name, word.value, not);
    not = false;
  }
  if (line.command === null && !line.version && !line.help) throw badParameter(ARPTABLES, 'no command specified');
  return line;
}

/** Options that may not be given twice. */
const ONLY_ONCE: ReadonlySet<string> = new Set(['s', 'd', 'i', 'o', 'j', 'n']);

function take(line: ArpLine, scan: OptionScanner, name: string, value: string | null, not: boolean): void {
  const text = value ?? '';
  if (/^[ACDRILSFZNXEP]$/.test(name)) return takeCommand(line, scan, name, value);
  if (name.startsWith('--')) line.mangle[name.slice(2)] = value ?? scan.value(name);
  else if (name === 's') line.src = readAddress(ARPTABLES, text, not);
  else if (name === 'd') line.dst = readAddress(ARPTABLES, text, not);
  else if (name === '2') line.srcMac = macMask(text, not, 'source');
  else if (name === '3') line.dstMac = macMask(text, not, 'destination');
  else if (name === 'i') line.inIface = { name: text, not };
  else if (name === 'o') line.outIface = { name: text, not };
  else if (name === '4') line.opcode = { op: opcodeOf(text), not };
  else if (name === 'j') {
    if (text === 'MARK' || text === 'CLASSIFY') throw notModelled('arptables', `-j ${text}`);
    line.target = text;
    if (text === 'mangle') for (const [option, count] of Object.entries(MANGLE)) scan.extra.set(option, count);
  } else if (name === 't') checkTable(text);
  else if (name === 'v') line.verbose = true;
  else if (name === 'n') line.numeric = true;
  else if (name === '0') line.lineNumbers = true;
  else if (name === 'V') line.version = true;
  else if (name === 'h') line.help = true;
  else if (name !== 'x')
    throw notModelled('arptables', `-${name} ${text}`.replace('-5', '--h-type').replace('-6', '--proto-type').replace('-l', '--h-length'));
}

function takeCommand(line: ArpLine, scan: OptionScanner, name: string, value: string | null): void {
  if (line.command !== null) throw badParameter(ARPTABLES, `Cannot use -${name} with -${line.command}`);
  line.command = name;
  line.chain = value;
  if (name === 'N' && ['ACCEPT', 'DROP', 'RETURN', 'QUEUE', 'mangle', 'CLASSIFY', 'MARK'].includes(value ?? ''))
    throw badParameter(ARPTABLES, 'chain name may not clash with target name');
  if ('DRI'.includes(name) || ('LS'.includes(name) && value !== null)) {
    const num = scan.optional();
    if (num !== null) {
      if (!/^\d+$/.test(num) || Number(num) === 0) throw badParameter(ARPTABLES, `Invalid rule number \`${num}'`);
      line.num = Number(num);
    } else if (name === 'R') throw badParameter(ARPTABLES, '-R requires a rule number');
  }
  if (name !== 'P' && name !== 'E') return;
  line.second = scan.optional();
  if (line.second === null)
    throw badParameter(ARPTABLES, name === 'P' ? '-P requires a chain and a policy' : '-E requires old-chain-name and new-chain-name');
}

function checkTable(name: string): void {
  if (name !== 'filter')
    throw new ToolError(
      `arptables ${ARPTABLES.version}: table '${name}' does not exist\nPerhaps arptables or your kernel needs to be upgraded.\n`,
      3,
    );
}

function macMask(text: string, not: boolean, whose: string): { mac: Mac; mask: Mac; not: boolean } {
  const [mac, mask] = text.split('/');
  const address = parseMac(mac ?? '');
  const bits = mask === undefined ? (0xffffffffffff as Mac) : parseMac(mask);
  if (address === null || bits === null) throw badParameter(ARPTABLES, `Problem with specified ${whose} mac`);
  return { mac: address, mask: bits, not };
}

function opcodeOf(text: string): number {
  const byName = ARP_OPCODES.findIndex((name) => name !== '' && name.toLowerCase() === text.toLowerCase());
  const op = byName > 0 ? byName : parseUnsigned(text);
  if (op === null || op > 0xffff) throw badParameter(ARPTABLES, 'Problem with specified opcode');
  return op;
}

function targetOf(net: NodeNet, line: ArpLine): ArpTarget {
  const name = line.target;
  if (name === null) return { kind: 'none' };
  if (name === 'ACCEPT' || name === 'DROP' || name === 'RETURN') return { kind: 'verdict', verdict: name };
  if (name === 'mangle') return mangleOf(line);
  const chain = arptChain(net, name);
  if (chain === null || chain.policy !== null) throw badParameter(ARPTABLES, `Chain '${name}' does not exist`);
  return { kind: 'jump', chain: name };
}

function mangleOf(line: ArpLine): ArpTarget {
  const given = line.mangle;
  const addr = (text: string | undefined): ReturnType<typeof readAddress> =>
    text === undefined ? null : readAddress(ARPTABLES, text, false);
  const mac = (text: string | undefined): Mac | null => {
    const value = text === undefined ? null : parseMac(text);
    if (text !== undefined && value === null) throw badParameter(ARPTABLES, 'invalid source MAC');
    return value;
  };
  const then = given['mangle-target'] ?? 'ACCEPT';
  if (then !== 'ACCEPT' && then !== 'DROP' && then !== 'CONTINUE') throw badParameter(ARPTABLES, 'bad target for --mangle-target');
  const target: ArpTarget = {
    kind: 'mangle',
    ipSrc: addr(given['mangle-ip-s'])?.addr ?? null,
    ipDst: addr(given['mangle-ip-d'])?.addr ?? null,
    macSrc: mac(given['mangle-mac-s']),
    macDst: mac(given['mangle-mac-d']),
    mangleTarget: then,
  };
  if (Object.keys(given).length === 0)
    throw new ToolError(`arptables ${ARPTABLES.version}:  RULE_APPEND failed (Invalid argument): rule in chain ${line.chain}\n`, 4);
  return target;
}

export function arpSpecOf(net: NodeNet, line: ArpLine): ArpSpec {
  if (line.outIface !== null && line.chain === 'INPUT') throw badParameter(ARPTABLES, "Can't use -o with INPUT\n");
  if (line.inIface !== null && line.chain === 'OUTPUT') throw badParameter(ARPTABLES, "Can't use -i with OUTPUT\n");
  const { src, dst, srcMac, dstMac, inIface, outIface, opcode } = line;
  return {
    ...ANY_ARP_SPEC,
    src,
    dst,
    srcMac,
    dstMac,
    inIface,
    outIface,
    opcode,
    target: targetOf(net, line),
  };
}
