/**
 * The command conntrack: lists, counts and flushes tracked connections.
 * Comes from: config-commands.ts.  Goes to: host/netfilter ctEntries, ctFlush.
 * Source: conntrack-tools 1.4.7 src/conntrack.c.
 * Differs: of the filters only -s, -d, -r, -q, -p, --sport and --dport; -I, -U, -E and -S are not modelled.
 */
import { formatIpv4, parseIpv4 } from '../../wire/index.ts';
import { ctEntries, ctFlush, ctLine, type CtEntry } from '../../host/index.ts';
import type { Command, CommandContext } from '../command.ts';
import { notModelled, runTool, ToolError } from './tool-error.ts';
import { protocolNumber } from './iptables/names.ts';
import { entryOf } from '../entry-of.ts';

const BANNER = 'conntrack v1.4.7 (conntrack-tools)';
const SYNOPSIS = [
  'conntrack -L [-p PROTO] [-s ADDR] [-d ADDR] [--sport N] [--dport N]',
  'conntrack -D [-p PROTO] [-s ADDR] [-d ADDR]',
  'conntrack -F',
  'conntrack -C',
] as const;

function bad(text: string): ToolError {
  return new ToolError(`${BANNER}: ${text}\nTry \`conntrack -h' or 'conntrack --help' for more information.\n`, 2);
}

type Test = (entry: CtEntry) => boolean;

function addrTest(text: string, pick: (entry: CtEntry) => number): Test {
  const addr = parseIpv4(text);
  if (addr === null) throw bad(`Invalid IP address \`${text}'`);
  return (entry) => pick(entry) === addr;
}

function portTest(text: string, pick: (entry: CtEntry) => number): Test {
  const port = Number(text);
  return (entry) => pick(entry) === port;
}

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
  '--orig-port-src': '--sport',
  '--orig-port-dst': '--dport',
  '--version': '-V',
  '--help': '-h',
  '--family': '-f',
  '--output': '-o',
};

function filterOf(option: string, text: string): Test {
  switch (option) {
    case '-s':
      return addrTest(text, (entry) => entry.orig.src);
    case '-d':
      return addrTest(text, (entry) => entry.orig.dst);
    case '-r':
      return addrTest(text, (entry) => entry.reply.src);
    case '-q':
      return addrTest(text, (entry) => entry.reply.dst);
    case '--sport':
      return portTest(text, (entry) => entry.orig.sport);
    case '--dport':
      return portTest(text, (entry) => entry.orig.dport);
    default: {
      const proto = protocolNumber(text);
      if (proto === null) throw bad(`\`${text}' unsupported protocol`);
      return (entry) => entry.orig.proto === proto;
    }
  }
}

function run(ctx: CommandContext): number {
  const tests: Test[] = [];
  let command: string | null = null;
  const words = ctx.argv.slice(1);
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const option = entryOf(LONG, word) ?? word;
    if (['-L', '-D', '-F', '-C', '-V', '-h'].includes(option)) command = option;
    else if (['-s', '-d', '-r', '-q', '-p', '--sport', '--dport'].includes(option)) tests.push(filterOf(option, words[++i] ?? ''));
    else if (option === 'conntrack' || option === '-n') continue;
    else if (/^-[GIUEARSfowlmuztgjcez]$/.test(option)) throw notModelled('conntrack', option);
    else throw bad(`unknown argument \`${word}'`);
  }
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
  return carryOut(ctx, command, (entry) => tests.every((test) => test(entry)));
}

function carryOut(ctx: CommandContext, command: string, test: Test): number {
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
  for (const entry of picked) ctx.out(`${ctLine(ctx.net, entry)}\n`);
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
    notModelled: ['-I, -U, -E, -G, -S', 'expectations', 'output formats'],
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
