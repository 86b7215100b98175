/**
 * An iptables line: its command, its chain and the rule it describes.
 * Comes from: iptables.ts, restore.ts.  Goes to: match-parse.ts, target.ts, options.ts.
 * Source: iptables 1.8.9 iptables/xshared.c, do_parse(); iptables/iptables.c, do_command4().
 * Differs: names of hosts are not looked up.
 */
import {
  ANY_SPEC,
  xtChain,
  xtUse,
  type AddrMask,
  type IfaceMatch,
  type XtMatch,
  type XtSpec,
  type XtTableName,
  type XtTarget,
} from '../../../host/index.ts';
import type { NodeNet } from '../../../world/index.ts';
import { notModelled, ToolError } from '../tool-error.ts';
import { readAddress } from './addresses.ts';
import { badParameter, type Speaker } from './complain.ts';
import type { ExtOption, MatchExt } from './match-option.ts';
import { matchExt, MATCHES } from './match-parse.ts';
import { protocolName, protocolNumber } from './names.ts';
import { OptionScanner, type OptionTable } from './options.ts';
import { checkOptions, tableNamed } from './option-check.ts';
import { targetExt, type TargetExt } from './target.ts';

export const COMMANDS = ['A', 'C', 'D', 'R', 'I', 'L', 'S', 'F', 'Z', 'N', 'X', 'E', 'P'] as const;
export type CommandLetter = (typeof COMMANDS)[number];

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
    h: '?',
    o: 1,
    p: 1,
    s: 1,
    d: 1,
    j: 1,
    i: 1,
    f: 0,
    v: 0,
    n: 0,
    t: 1,
    m: 1,
    x: 0,
    c: 1,
    g: 1,
    w: '?',
    W: 1,
    '4': 0,
    '6': 0,
    '0': 0,
    M: 1,
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
    source: 's',
    src: 's',
    destination: 'd',
    dst: 'd',
    protocol: 'p',
    'in-interface': 'i',
    'out-interface': 'o',
    jump: 'j',
    goto: 'g',
    table: 't',
    match: 'm',
    numeric: 'n',
    fragments: 'f',
    verbose: 'v',
    exact: 'x',
    version: 'V',
    help: 'h',
    'line-numbers': '0',
    modprobe: 'M',
    'set-counters': 'c',
    wait: 'w',
    'wait-interval': 'W',
    ipv4: '4',
    ipv6: '6',
  },
};

/** A line read to its end. */
export interface Line {
  table: XtTableName;
  command: CommandLetter | null;
  chain: string | null;
  /** place of a rule, from 1; -I without one is 1 */
  num: number | null;
  /** -E: the new name; -P: the policy */
  second: string | null;
  verbose: number;
  numeric: boolean;
  exact: boolean;
  lineNumbers: boolean;
  counters: { packets: number; bytes: number } | null;
  /** -L or -S together with -Z */
  zero: boolean;
  version: boolean;
  help: boolean;
  /** a source or a destination may be a list: one rule for each pair */
  sources: readonly (AddrMask | null)[];
  destinations: readonly (AddrMask | null)[];
  inIface: IfaceMatch | null;
  outIface: IfaceMatch | null;
  proto: XtSpec['proto'];
  fragment: XtSpec['fragment'];
  matches: readonly XtMatch[];
  target: XtTarget;
}

interface Loaded {
  readonly name: string;
  readonly ext: MatchExt | TargetExt;
  readonly options: ExtOption[];
}

class LineParser {
  private readonly who: Speaker;
  private readonly net: NodeNet;
  private readonly scan: OptionScanner;
  private readonly line: Line;
  private readonly loaded: Loaded[] = [];
  private targetExt: Loaded | null = null;
  private jumpTo: { name: string; goto: boolean } | null = null;
  private not = false;
  /** opened when the line has been read */
  private tableName: string;
  /** addresses are read when the whole line has been: a word that fits nowhere is told first */
  private source: { text: string; not: boolean } | null = null;
  private destination: { text: string; not: boolean } | null = null;
  private waits = false;
  private pause = false;
  private readonly seen = new Set<string>();

  constructor(who: Speaker, net: NodeNet, words: readonly string[], table: XtTableName) {
    this.who = who;
    this.net = net;
    this.tableName = table;
    this.scan = new OptionScanner(who, OPTIONS, words);
    this.scan.loadMore = () => this.loadProtocolMatch();
    this.line = {
      table,
      command: null,
      chain: null,
      num: null,
      second: null,
      verbose: 0,
      numeric: false,
      exact: false,
      lineNumbers: false,
      counters: null,
      zero: false,
      version: false,
      help: false,
      sources: [null],
      destinations: [null],
      inIface: null,
      outIface: null,
      proto: null,
      fragment: null,
      matches: [],
      target: { kind: 'none' },
    };
  }

  parse(): Line {
    while (!this.scan.done) {
      const word = this.nextWord();
      if (word === null) continue;
      this.option(word.name, word.value);
      this.not = false;
    }
    this.finish();
    return this.line;
  }

  /** An unknown option behind -p loads the protocol's own match, as iptables does. */
  private nextWord(): { name: string; value: string | null } | null {
    const word = this.scan.next();
    if (word.kind === 'option') return word;
    if (word.text === '!') {
      if (this.not) throw badParameter(this.who, 'multiple consecutive ! not allowed');
      this.not = true;
      return null;
    }
    throw new ToolError(`Bad argument \`${word.text}'\nTry \`${this.who.name} -h' or '${this.who.name} --help' for more information.\n`, 2);
  }

  private once(letter: string): void {
    if (this.seen.has(letter)) throw badParameter(this.who, `multiple -${letter} flags not allowed`);
    this.seen.add(letter);
  }

  private noNot(letter: string): void {
    if (this.not) throw badParameter(this.who, `cannot have ! before -${letter}`);
  }

  private option(name: string, value: string | null): void {
    if (name.startsWith('--')) return this.extOption(name.slice(2), value);
    if ((COMMANDS as readonly string[]).includes(name)) return this.command(name as CommandLetter, value);
    switch (name) {
      case 'p':
        this.once('p');
        this.line.proto = this.protocol(value ?? '');
        return;
      case 's':
        this.once('s');
        this.source = { text: value ?? '', not: this.not };
        return;
      case 'd':
        this.once('d');
        this.destination = { text: value ?? '', not: this.not };
        return;
      case 'i':
        this.once('i');
        this.line.inIface = this.iface(value ?? '');
        return;
      case 'o':
        this.once('o');
        this.line.outIface = this.iface(value ?? '');
        return;
      case 'j':
      case 'g':
        this.noNot(name);
        this.once('j');
        return this.jump(value ?? '', name === 'g');
      case 'f':
        this.once('f');
        this.line.fragment = { not: this.not };
        return;
      case 'm':
        this.noNot(name);
        this.load(value ?? '');
        return;
      case 't':
        this.tableName = value ?? '';
        return;
      default:
        this.flag(name, value);
    }
  }

  private flag(name: string, value: string | null): void {
    const { line } = this;
    if ('nx0c'.includes(name)) this.once(name);
    if (name === 'v') line.verbose++;
    else if (name === 'n') line.numeric = true;
    else if (name === 'x') line.exact = true;
    else if (name === '0') line.lineNumbers = true;
    else if (name === 'V') line.version = true;
    else if (name === 'h') line.help = true;
    else if (name === 'w') this.waitFor(value);
    else if (name === 'W') this.pause = true;
    else if (name === 'c') line.counters = this.counters(value ?? '');
    else if (name === '6') throw new ToolError(`Try \`${this.who.name} -h' or '${this.who.name} --help' for more information.\n`, 2);
  }

  private waitFor(value: string | null): void {
    this.waits = true;
    if (value !== null && !/^-?\d+$/.test(value)) throw badParameter(this.who, 'wait seconds not numeric');
  }

  private counters(first: string): { packets: number; bytes: number } {
    const comma = first.indexOf(',');
    const second = comma < 0 ? this.scan.optional() : first.slice(comma + 1);
    const packets = Number(comma < 0 ? first : first.slice(0, comma));
    if (second === null) throw badParameter(this.who, '-c requires packet and byte counter');
    if (!Number.isSafeInteger(packets)) throw badParameter(this.who, '-c packet counter not numeric');
    if (!/^\d+$/.test(second)) throw badParameter(this.who, '-c byte counter not numeric');
    return { packets, bytes: Number(second) };
  }

  private command(letter: CommandLetter, value: string | null): void {
    const { line } = this;
    this.noNot(letter);
    // -L -Z and -S -Z may stand together
    if (line.command !== null && !(line.command === 'Z' && 'LS'.includes(letter)) && letter !== 'Z')
      throw badParameter(this.who, `Cannot use -${letter} with -${line.command}`);
    line.zero ||= letter === 'Z' ? line.command !== null : line.command === 'Z';
    if (line.command === null || line.command === 'Z') line.command = letter;
    if (value !== null) line.chain = value;
    if ('DRILSZ'.includes(letter) && value !== null) {
      const num = this.scan.optional();
      if (num !== null) line.num = this.ruleNumber(num);
      else if (letter === 'R') throw badParameter(this.who, '-R requires a rule number');
    }
    if (letter === 'P' || letter === 'E') {
      line.second = this.scan.optional();
      if (line.second === null)
        throw badParameter(this.who, letter === 'P' ? '-P requires a chain and a policy' : '-E requires old-chain-name and new-chain-name');
    }
    if (letter === 'N' && value !== null) this.checkChainName(value);
  }

  private ruleNumber(text: string): number {
    if (!/^\d+$/.test(text) || Number(text) === 0) throw badParameter(this.who, `Invalid rule number \`${text}'`);
    return Number(text);
  }

  private checkChainName(name: string): void {
    if (name.length >= 29) throw badParameter(this.who, `chain name \`${name}' too long (must be under 29 chars)`);
    if (name.startsWith('-') || name.startsWith('!'))
      throw badParameter(this.who, `chain name not allowed to start with \`${name.slice(0, 1)}'`);
    if (name === '' || targetExt(this.who, name) !== null) throw badParameter(this.who, 'chain name may not clash with target name');
    if (/\s/.test(name)) throw badParameter(this.who, `Invalid chain name \`${name}'`);
  }

  private protocol(text: string): XtSpec['proto'] {
    const proto = protocolNumber(text);
    if (proto === null) throw badParameter(this.who, `unknown protocol "${text.toLowerCase()}" specified`);
    if (proto !== 0) return { proto, not: this.not };
    if (this.not) throw badParameter(this.who, 'rule would never match protocol');
    return null;
  }

  /** The protocol's own match is loaded when an option is met that nothing else knows. */
  private loadProtocolMatch(): boolean {
    const own = this.protocolMatch();
    if (own === null || this.loaded.some((one) => one.name === own.name)) return false;
    const names = Object.keys(own.ext.options);
    if (names.every((name) => this.scan.extra.has(name))) return false;
    this.offer(own.ext);
    return true;
  }

  private protocolMatch(): { name: string; ext: MatchExt } | null {
    if (this.line.proto === null) return null;
    const name = protocolName(this.line.proto.proto);
    const ext = ['tcp', 'udp', 'icmp'].includes(name) ? MATCHES[name] : undefined;
    return ext === undefined ? null : { name, ext };
  }

  private offer(ext: MatchExt | TargetExt): void {
    for (const [option, count] of Object.entries(ext.options)) this.scan.extra.set(option, count);
    for (const [alias, option] of Object.entries(ext.aliases ?? {})) this.scan.extra.set(alias, ext.options[option] ?? 0);
    for (const option of ext.unmodelled ?? []) this.scan.extra.set(option, 1);
  }

  private load(name: string): Loaded {
    const made: Loaded = { name, ext: matchExt(this.who, name), options: [] };
    this.loaded.push(made);
    this.offer(made.ext);
    return made;
  }

  /** An option of a match or target: the one loaded last that has it. */
  private extOption(name: string, inline: string | null): void {
    const owner = this.ownerOf(name);
    if (owner === null) throw badParameter(this.who, `unknown option "--${name}"`);
    if (owner.ext.unmodelled?.includes(name) === true) throw notModelled(this.who.name, `--${name} of ${owner.name}`);
    const canonical = owner.ext.aliases?.[name] ?? name;
    if (owner.options.some((option) => option.name === canonical) && !('check' in owner.ext))
      throw badParameter(this.who, `${owner.name}: option "--${canonical}" can only be used once.\n`);
    const values: string[] = inline === null ? [] : [inline];
    const count = owner.ext.options[canonical] ?? 0;
    if (count > 0 && inline === null && name === 'icmp-type' && this.scan.done)
      throw badParameter(this.who, `option "--${name}" requires an argument`);
    while (values.length < count) values.push(this.scan.value(`--${name}`));
    owner.options.push({ name: canonical, values, not: this.not });
    if ('check' in owner.ext) owner.ext.check?.(this.who, owner.options);
  }

  private ownerOf(name: string): Loaded | null {
    const knows = (one: Loaded): boolean =>
      name in one.ext.options || name in (one.ext.aliases ?? {}) || one.ext.unmodelled?.includes(name) === true;
    if (this.targetExt !== null && knows(this.targetExt)) return this.targetExt;
    const match = this.loaded.findLast(knows);
    if (match !== undefined) return match;
    const own = this.protocolMatch();
    if (own === null || this.loaded.some((one) => one.name === own.name)) return null;
    const made: Loaded = { ...own, options: [] };
    if (!knows(made)) return null;
    this.loaded.push(made);
    return made;
  }

  private jump(name: string, goto: boolean): void {
    if (this.jumpTo !== null) throw badParameter(this.who, `multiple -${goto ? 'g' : 'j'} flags not allowed`);
    this.jumpTo = { name, goto };
    if (goto) return;
    const ext = targetExt(this.who, name);
    if (ext === null) return;
    this.targetExt = { name, ext, options: [] };
    this.offer(ext);
  }

  private iface(name: string): IfaceMatch | null {
    if (name === '') throw badParameter(this.who, 'Empty interface is likely to be undesired');
    if (name.length > 15) throw badParameter(this.who, `interface name \`${name}' must be shorter than IFNAMSIZ (15)`);
    if (name === '+' && !this.not) return null;
    return { name, not: this.not };
  }

  private addresses(given: { text: string; not: boolean } | null): (AddrMask | null)[] {
    if (given === null) return [null];
    const parts = given.text.split(',');
    if (parts.length > 1 && given.not) throw badParameter(this.who, '! not allowed with multiple source or destination IP addresses');
    return parts.map((part) => readAddress(this.who, part, given.not));
  }

  private finish(): void {
    const { line } = this;
    if (line.version || line.help) return;
    if (this.pause && !this.waits)
      throw new ToolError(
        `Ignoring deprecated --wait-interval option.\n${badParameter(this.who, '--wait-interval only makes sense with --wait\n').message}`,
        2,
      );
    if (this.tableName === 'nat' && this.targetExt?.name === 'DROP')
      throw badParameter(this.who, '\nThe "nat" table is not intended for filtering, the use of DROP is therefore inhibited.\n\n');
    const proto = line.proto === null || line.proto.not ? null : line.proto.proto;
    line.matches = this.loaded.map((one) => (one.ext as MatchExt).build(this.who, one.options, proto));
    const { targetExt: ext } = this;
    if (ext !== null) line.target = (ext.ext as TargetExt).build(this.who, ext.options, proto);
    if (line.command === null) throw badParameter(this.who, 'no command specified');
    if (this.not) throw badParameter(this.who, 'nothing appropriate following !');
    line.sources = this.addresses(this.source);
    line.destinations = this.addresses(this.destination);
    checkOptions(this.who, line.command, line.num !== null, this.seen);
    if (line.chain !== null && 'ACDRI'.includes(line.command)) this.checkInterfaces(line.chain);
    line.table = tableNamed(this.who, this.tableName);
    if (ext === null && this.jumpTo !== null) line.target = this.chainNamed(this.jumpTo);
  }

  private chainNamed({ name, goto }: { name: string; goto: boolean }): XtTarget {
    const chain = xtChain(xtUse(this.net, this.line.table), name);
    if (chain === null || chain.policy !== null) {
      if (goto) throw badParameter(this.who, `goto '${name}' is not a chain`);
      throw badParameter(this.who, `Couldn't load target \`${name}':No such file or directory\n`);
    }
    return { kind: 'jump', chain: name, goto };
  }

  private checkInterfaces(chain: string): void {
    const { line } = this;
    if (line.outIface !== null && (chain === 'PREROUTING' || chain === 'INPUT'))
      throw badParameter(this.who, `Can't use -o with ${chain}\n`);
    if (line.inIface !== null && (chain === 'POSTROUTING' || chain === 'OUTPUT'))
      throw badParameter(this.who, `Can't use -i with ${chain}\n`);
  }
}

export function parseLine(who: Speaker, net: NodeNet, words: readonly string[], table: XtTableName = 'filter'): Line {
  return new LineParser(who, net, words, table).parse();
}

/** The rules a line describes: one for each pair of source and destination. */
export function specsOf(line: Line): XtSpec[] {
  const rest = {
    inIface: line.inIface,
    outIface: line.outIface,
    proto: line.proto,
    fragment: line.fragment,
    matches: line.matches,
    target: line.target,
  };
  return line.sources.flatMap((src) => line.destinations.map((dst): XtSpec => ({ ...ANY_SPEC, ...rest, src, dst })));
}
