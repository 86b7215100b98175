/**
 * The command conntrack: lists, counts, watches and flushes tracked connections.
 * Comes from: config-commands.ts.  Goes to: host/netfilter ctEntries, ctFlush; programs/conntrack-events.ts.
 * Read first: conntrack-parse.ts, conntrack-filter.ts.
 * Source: conntrack-tools 1.4.7 src/conntrack.c.
 * Differs: -I, the formats xml and save, zones and labels are not modelled; -S counts what is INVALID only;
 *   entries are told before the sum of them, as a terminal shows it.
 */
import { formatIpv4 } from '../../wire/index.ts';
import { ctEntries, ctFlush, ctLine, type CtEntry } from '../../host/index.ts';
import type { Command, CommandContext, GoOn } from '../command.ts';
import { entryOf } from '../entry-of.ts';
import type { ConntrackMemory } from '../programs/conntrack-events.ts';
import { bad, BANNER, type Test } from './conntrack-filter.ts';
import { NAMES, parse, type Asked } from './conntrack-parse.ts';
import { runTool, ToolError } from './tool-error.ts';

const SYNOPSIS = [
  'conntrack -L [-p PROTO [--sport N] [--dport N] [--state STATE]] [-s ADDR] [-d ADDR] [-r ADDR] [-q ADDR] [-n|-g|-j [ADDR]]',
  'conntrack -L [-u STATUS] [-m MARK] [-o extended]',
  'conntrack -D [-p PROTO] [-s ADDR] [-d ADDR]',
  'conntrack -E [-e NEW|UPDATES|DESTROY] [-p PROTO] [-s ADDR] [-d ADDR] [-o extended]',
  'conntrack -G -p PROTO -s ADDR -d ADDR [--sport N] [--dport N]',
  'conntrack -F',
  'conntrack -C',
  'conntrack -S',
] as const;

/** Commands that take no filter. */
const WITHOUT_FILTER = ['-C', '-F', '-S'];

function run(ctx: CommandContext): number | GoOn {
  const asked = parse(ctx.argv.slice(1));
  const { command, filter } = asked;
  for (const warning of asked.warnings) ctx.err(warning);
  if (asked.zero && command === '-L' && asked.tests.length > 0) throw bad("Can't use -z with filtering parameters");
  if (filter !== null && (command === null || WITHOUT_FILTER.includes(command)))
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
  if (command === '-S') {
    ctx.out(statisticsText(ctx));
    return 0;
  }
  if (command === '-E') {
    const memory: ConntrackMemory = { words: ctx.argv.slice(1), sock: 0, shown: 0 };
    return { program: 'conntrack-events', state: memory };
  }
  if (command === '-G' || command === '-U') return one(ctx, asked);
  return asked.table === 'expect' ? expectations(ctx, command) : carryOut(ctx, asked);
}

/** One processor; the table's own troubles do not exist in the lab. */
function statisticsText(ctx: CommandContext): string {
  const { ctInvalid } = ctx.net.host.nf;
  return `cpu=0   \tfound=0 invalid=${ctInvalid} insert=0 insert_failed=0 drop=0 early_drop=0 error=0 search_restart=0 clash_resolve=0 chaintoolong=0 \n`;
}

/** `-G` shows the one entry that is named in full; `-U` would change entries, which the kernel does not let the tool do. */
function one(ctx: CommandContext, asked: Asked): number {
  const { given, proto, tests } = asked;
  const picked = ctEntries(ctx.net).filter((entry) => tests.every((test) => test(entry)));
  if (asked.command === '-U') {
    if (picked.length > 0)
      throw new ToolError(`Operation failed: Operation not supported\n${BANNER}: Operation failed: Operation not supported\n`, 1);
    ctx.err(`${BANNER}: 0 flow entries have been updated.\n`);
    return 1;
  }
  if (proto === null) throw bad("You need to supply the `--protonum' option for this command");
  if (!given.includes('-s') || !given.includes('-d')) throw bad("you have to specify `--src' and `--dst'");
  const found = picked[0];
  if (found === undefined) throw new ToolError(`${BANNER}: Operation failed: such conntrack doesn't exist\n`, 1);
  // whoever asks for one entry holds it meanwhile
  ctx.out(lineOf(ctx, asked, found, 1));
  ctx.err(`${BANNER}: 1 flow entries have been shown.\n`);
  return 0;
}

/** Numbers of entries are a hash in the kernel; here of the order in which they came. */
function idOf(entry: CtEntry): number {
  return Math.imul(entry.id, 0x9e3779b1) >>> 0;
}

function lineOf(ctx: CommandContext, asked: Asked, entry: CtEntry, holders = 0): string {
  return `${asked.extended ? 'ipv4     2 ' : ''}${ctLine(ctx.net, entry, holders)}${asked.id ? ` id=${idOf(entry)}` : ''}\n`;
}

/** Nothing in the lab expects connections. */
function expectations(ctx: CommandContext, command: string): number {
  if (command === '-C') ctx.out('0\n');
  else if (command === '-F') ctx.err(`${BANNER}: expectation table has been emptied.\n`);
  else ctx.err(`${BANNER}: 0 expectations have been ${command === '-D' ? 'deleted' : 'shown'}.\n`);
  return 0;
}

function carryOut(ctx: CommandContext, asked: Asked): number {
  const { command, table, tests } = asked;
  const test: Test = (entry) => table === 'conntrack' && tests.every((one) => one(entry));
  const picked = ctEntries(ctx.net).filter(test);
  if (command === '-C') {
    ctx.out(`${picked.length}\n`);
    return 0;
  }
  if (command === '-F') {
    ctFlush(ctx.net, () => true, ctx.net.user.nextPid);
    ctx.err(`${BANNER}: connection tracking table has been emptied.\n`);
    return 0;
  }
  for (const entry of picked) {
    ctx.out(lineOf(ctx, asked, entry));
    if (asked.zero) entry.packets = entry.bytes = [0, 0];
  }
  if (command === '-D') ctFlush(ctx.net, test, ctx.net.user.nextPid);
  ctx.err(`${BANNER}: ${picked.length} flow entries have been ${command === '-D' ? 'deleted' : 'shown'}.\n`);
  return command === '-D' && picked.length === 0 ? 1 : 0;
}

export const conntrack: Command = {
  name: 'conntrack',
  man: {
    en: 'lists, watches and flushes the table of tracked connections',
    zh: '列出、监视和清空连接跟踪表',
    synopsis: SYNOPSIS,
    notModelled: ['-I', 'expectations', 'zones and labels', 'xml and save as output'],
    source: 'conntrack 1.4.7',
  },
  run: (ctx) => runTool(ctx, () => run(ctx)),
  complete: (net, words) => {
    const typed = words.at(-1) ?? '';
    const addrs = ctEntries(net).flatMap((entry) => [formatIpv4(entry.orig.src), formatIpv4(entry.orig.dst)]);
    const last = words.at(-2) ?? '';
    return (/^-[sdrq]$/.test(last) ? [...new Set(addrs)] : ['-L', '-E', '-F', '-C', '-D', '-p', '-s', '-d', '--sport', '--dport']).filter(
      (one) => one.startsWith(typed),
    );
  },
};
