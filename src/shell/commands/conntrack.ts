/**
 * The command conntrack: lists, counts and flushes tracked connections.
 * Comes from: config-commands.ts.  Goes to: host/netfilter ctEntries, ctFlush.
 * Read first: conntrack-filter.ts.
 * Source: conntrack-tools 1.4.7 src/conntrack.c.
 * Differs: -I, -U, -E, -G and -S, the formats xml and id, zones and labels are not modelled; entries are told
 *   before the sum of them, as a terminal shows it.
 */
import { formatIpv4 } from '../../wire/index.ts';
import { ctEntries, ctFlush, ctLine } from '../../host/index.ts';
import type { Command, CommandContext } from '../command.ts';
import { ADDRESSES, bad, BANNER, markTest, natTest, protoOption, statusTest, type Test } from './conntrack-filter.ts';
import { notModelled, runTool } from './tool-error.ts';
import { protocolNumber } from './iptables/names.ts';
import { entryOf } from '../entry-of.ts';

const SYNOPSIS = [
  'conntrack -L [-p PROTO [--sport N] [--dport N] [--state STATE]] [-s ADDR] [-d ADDR] [-r ADDR] [-q ADDR] [-n|-g|-j [ADDR]]',
  'conntrack -L [-u STATUS] [-m MARK] [-o extended]',
  'conntrack -D [-p PROTO] [-s ADDR] [-d ADDR]',
  'conntrack -F',
  'conntrack -C',
] as const;

const LONG: Readonly<Record<string, string>> = {
  '--dump': '-L',
  '--delete': '-D',
  '--flush': '-F',
  '--count': '-C',
  '--src': '-s',
  '--orig-src': '-s',
  '--dst': '-d',
  '--orig-dst': '-d',
  '--reply-src': '-r',
  '--reply-dst': '-q',
  '--proto': '-p',
  '--protonum': '-p',
  '--status': '-u',
  '--mark': '-m',
  '--src-nat': '-n',
  '--dst-nat': '-g',
  '--any-nat': '-j',
  '--version': '-V',
  '--help': '-h',
  '--family': '-f',
  '--output': '-o',
};

/** Names by which options are told. */
const NAMES: Readonly<Record<string, string>> = {
  '-s': '--src',
  '-d': '--dst',
  '-r': '--reply-src',
  '-q': '--reply-dst',
  '-p': '--protonum',
  '-u': '--status',
  '-m': '--mark',
  '-n': '--src-nat',
  '-g': '--dst-nat',
  '-j': '--any-nat',
  '-o': '--output',
};

const COMMANDS = ['-L', '-D', '-F', '-C', '-V', '-h'];
const TABLES = ['conntrack', 'expect', 'dying', 'unconfirmed'];
const OUTPUTS = ['extended', 'timestamp', 'ktimestamp'];

interface Asked {
  command: string | null;
  table: string;
  tests: Test[];
  proto: number | null;
  extended: boolean;
  /** the first option that is a filter */
  filter: string | null;
}

function parse(words: readonly string[]): Asked {
  const asked: Asked = { command: null, table: 'conntrack', tests: [], proto: null, extended: false, filter: null };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const option = entryOf(LONG, word) ?? word;
    const value = (): string => {
      const next = words[++i];
      if (next === undefined) throw bad(`option \`${word}' requires an argument`);
      return next;
    };
    if (COMMANDS.includes(option)) {
      if (asked.command !== null) throw bad('Invalid commands combination');
      asked.command = option;
      const table = words[i + 1];
      if (table !== undefined && !table.startsWith('-')) asked.table = tableOf(words[++i] ?? '');
    } else if (option === '-n' || option === '-g' || option === '-j') {
      const next = words[i + 1];
      asked.tests.push(natTest(option, next === undefined || next.startsWith('-') ? null : (words[++i] ?? '')));
    } else takeOption(asked, option, word, value);
    if (asked.filter === null && entryOf(NAMES, option) !== undefined) asked.filter = option;
  }
  return asked;
}

function tableOf(word: string): string {
  if (!TABLES.includes(word)) throw bad(`unknown type \`${word}'`);
  return word;
}

function takeOption(asked: Asked, option: string, word: string, value: () => string): void {
  const address = entryOf(ADDRESSES, option);
  const ofProto = protoOption(asked.proto, option);
  if (address !== undefined) asked.tests.push(address(value()));
  else if (ofProto !== undefined) asked.tests.push(ofProto(value()));
  else if (option === '-p') takeProto(asked, value());
  else if (option === '-u') asked.tests.push(statusTest(value()));
  else if (option === '-m') asked.tests.push(markTest(value()));
  else if (option === '-f') takeFamily(asked, value());
  else if (option === '-o') takeOutput(asked, value());
  else if (/^-[GIUEARSwltcz]$/.test(option)) throw notModelled('conntrack', option);
  else throw bad(option.startsWith('-') ? `unknown option \`${word}'` : `unknown argument \`${word}'`);
}

function takeProto(asked: Asked, text: string): void {
  const proto = protocolNumber(text);
  if (proto === null) throw bad(`\`${text}' unsupported protocol`);
  asked.proto = proto;
  asked.tests.push((entry) => entry.orig.proto === proto);
}

function takeFamily(asked: Asked, text: string): void {
  if (text === 'ipv6') asked.tests.push(() => false);
  else if (text !== 'ipv4') throw bad(`\`${text}' unsupported protocol`);
}

function takeOutput(asked: Asked, text: string): void {
  for (const word of text.split(',')) {
    if (['xml', 'id', 'save', 'userspace', 'labels'].includes(word)) throw notModelled('conntrack', `-o ${word}`);
    if (!OUTPUTS.includes(word)) throw bad(`Bad parameter \`${word}'`);
    asked.extended ||= word === 'extended';
  }
}

function run(ctx: CommandContext): number {
  const asked = parse(ctx.argv.slice(1));
  const { command, filter } = asked;
  if (filter !== null && (command === null || command === '-C' || command === '-F'))
    throw bad(`Illegal option \`${entryOf(NAMES, filter)}' with this command`);
  if (command === '-V') {
    ctx.out(`${BANNER}\n`);
    return 0;
  }
  if (command === null || command === '-h') {
    ctx.out(
      `Command line interface for the connection tracking system. Version 1.4.7\n${SYNOPSIS.map((one, i) => `${i === 0 ? 'Usage: ' : '       '}${one}`).join('\n')}\n`,
    );
    return 0;
  }
  return asked.table === 'expect' ? expectations(ctx, command) : carryOut(ctx, asked);
}

/** Nothing in the lab expects connections. */
function expectations(ctx: CommandContext, command: string): number {
  if (command === '-C') ctx.out('0\n');
  else if (command === '-F') ctx.err(`${BANNER}: expectation table has been emptied.\n`);
  else ctx.err(`${BANNER}: 0 expectations have been ${command === '-D' ? 'deleted' : 'shown'}.\n`);
  return 0;
}

function carryOut(ctx: CommandContext, { command, table, tests, extended }: Asked): number {
  const test: Test = (entry) => table === 'conntrack' && tests.every((one) => one(entry));
  const picked = ctEntries(ctx.net).filter(test);
  if (command === '-C') {
    ctx.out(`${picked.length}\n`);
    return 0;
  }
  if (command === '-F') {
    ctFlush(ctx.net);
    ctx.err(`${BANNER}: connection tracking table has been emptied.\n`);
    return 0;
  }
  for (const entry of picked) ctx.out(`${extended ? 'ipv4     2 ' : ''}${ctLine(ctx.net, entry)}\n`);
  if (command === '-D') ctFlush(ctx.net, test);
  ctx.err(`${BANNER}: ${picked.length} flow entries have been ${command === '-D' ? 'deleted' : 'shown'}.\n`);
  return command === '-D' && picked.length === 0 ? 1 : 0;
}

export const conntrack: Command = {
  name: 'conntrack',
  man: {
    en: 'lists and flushes the table of tracked connections',
    zh: '列出和清空连接跟踪表',
    synopsis: SYNOPSIS,
    notModelled: ['-I, -U, -E, -G, -S', 'expectations', 'zones and labels', 'xml and id as output'],
    source: 'conntrack 1.4.7',
  },
  run: (ctx) => runTool(ctx, () => run(ctx)),
  complete: (net, words) => {
    const typed = words.at(-1) ?? '';
    const addrs = ctEntries(net).flatMap((entry) => [formatIpv4(entry.orig.src), formatIpv4(entry.orig.dst)]);
    const last = words.at(-2) ?? '';
    return (/^-[sdrq]$/.test(last) ? [...new Set(addrs)] : ['-L', '-F', '-C', '-D', '-p', '-s', '-d', '--sport', '--dport']).filter((one) =>
      one.startsWith(typed),
    );
  },
};
