/**
 * `arping`: reads the options and finds device and source; the program goes on.
 * Comes from: the shell.  Goes to: programs/arping.ts.
 * Source: iputils 20221126 arping.c (main, guess_device).
 */
import { nanos, NS_PER_S } from '../../engine/index.ts';
import {
  addrFlow,
  devByName,
  devGet,
  fibLookup,
  inetAddrType,
  LO_IF,
  ipRouteOutput,
  strerror,
  toErrno,
  type Dev,
} from '../../host/index.ts';
import { formatIpv4, parseIpv4, type Ipv4 } from '../../wire/index.ts';
import type { Command, CommandContext, GoOn } from '../command.ts';
import { newArpingMemory, type ArpingState } from '../programs/arping.ts';
import { resolveHost } from '../programs/net-text.ts';
import { shortOptions, wholeNumber } from './net-args.ts';
import { ARPING_USAGE } from './net-usage.ts';

interface ArpingWords {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly target: string;
}

function fail(ctx: CommandContext, text: string, code = 2): number {
  ctx.err(`arping: ${text}\n`);
  return code;
}

function readWords(ctx: CommandContext): ArpingWords | number {
  const options = shortOptions('arping', 'fqbDUAVhc:w:i:I:s:', ctx.argv.slice(1));
  if (options.error !== null) {
    ctx.err(`${options.error}\n${ARPING_USAGE}`);
    return 2;
  }
  const flags = new Set<string>();
  const values = new Map<string, string>();
  for (const { name, value } of options.found) {
    if (value === '') flags.add(name);
    else values.set(name, value);
  }
  if (flags.has('V')) {
    ctx.out('arping from iputils 20221126\nlibcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes\n');
    return 0;
  }
  const target = options.rest[0];
  if (options.rest.length !== 1 || target === undefined || flags.has('h')) {
    ctx.err(ARPING_USAGE);
    return 2;
  }
  return { flags, values, target };
}

/** The device named, or the one that the route to the destination leaves by. */
function deviceOf(ctx: CommandContext, named: string | undefined, dst: Ipv4, dad: boolean): Dev | number {
  const usable = (dev: Dev): boolean => dev.kind === 'ethernet' && !dev.noarp;
  const found = named === undefined ? fibLookup(ctx.net, addrFlow(dst)) : null;
  if (found?.kind === 'error') return fail(ctx, 'NETLINK_ROUTE unexpected iov element', 1);
  const own = named === undefined && inetAddrType(ctx.net.host, dst) === 'local';
  const hop = own ? LO_IF : (found?.nexthop?.dev ?? null);
  const name = named ?? (hop === null ? '' : (devGet(ctx.net.host, hop)?.name ?? ''));
  const dev = devByName(ctx.net.host, name);
  if (dev === null) return fail(ctx, `Device ${name} not available.`);
  if (!dev.up) {
    ctx.err(`Interface "${name}" is down\n`);
    return 2;
  }
  if (!usable(dev)) {
    if (!ctx.argv.some((word) => /^-[a-zA-Z]*q/.test(word))) ctx.err(`Interface "${name}" is not ARPable\n`);
    return dad ? 0 : 2;
  }
  return dev;
}

/** Source address: given, the destination itself when announcing, none when probing, else the route's. */
function sourceOf(ctx: CommandContext, words: ArpingWords, dst: Ipv4, dev: Dev): number | { src: Ipv4 } {
  const text = words.values.get('s');
  const dad = words.flags.has('D');
  const announces = words.flags.has('U') || words.flags.has('A');
  let src = 0 as Ipv4;
  if (text !== undefined) {
    const given = parseIpv4(text);
    if (given === null) return fail(ctx, `invalid source ${text}`);
    src = given;
  } else if (dad) return { src };
  else if (announces) src = dst;
  if (src !== 0) {
    if (inetAddrType(ctx.net.host, src) !== 'local') return fail(ctx, 'bind: Cannot assign requested address');
    return { src };
  }
  if (inetAddrType(ctx.net.host, dst) === 'broadcast') return fail(ctx, 'connect: Permission denied');
  const route = ipRouteOutput(ctx.net, { dst, oif: dev.ifindex });
  return 'error' in route ? fail(ctx, `connect: ${strerror(toErrno(route.error))}`) : { src: route.src };
}

function run(ctx: CommandContext): number | GoOn {
  const words = readWords(ctx);
  if (typeof words === 'number') return words;
  const { flags, values } = words;
  const whole = (letter: string, min: number): number | null => {
    const text = values.get(letter);
    if (text === undefined) return 0;
    const value = wholeNumber(text, min, 0x7fffffff);
    if (value === null) {
      const range = /^-?\d+$/.test(text) ? `: out of range: ${min} <= value <= 2147483647` : '';
      fail(ctx, `invalid argument: '${text}'${range}`);
    }
    return value;
  };
  const [count, deadline, interval] = [whole('c', 1), whole('w', 0), whole('i', 0)];
  if (count === null || deadline === null || interval === null) return 1;
  if (interval === 0 && values.has('i')) return fail(ctx, 'not modelled in this lab: -i 0', 1);
  const dst = resolveHost(ctx.net, words.target);
  if (dst === null) return fail(ctx, `${words.target}: Name or service not known`);
  const dev = deviceOf(ctx, values.get('I'), dst, flags.has('D'));
  if (typeof dev === 'number') return dev;
  const source = sourceOf(ctx, words, dst, dev);
  if (typeof source === 'number') return source;
  // with the interface named, a host without any address connects all the same
  if (source.src === 0 && !flags.has('D')) {
    if (!flags.has('q')) ctx.out(`ARPING ${formatIpv4(dst)} from 0.0.0.0 ${dev.name}\n`);
    return fail(ctx, 'no source address in not-DAD mode');
  }
  const state: ArpingState = {
    dst,
    src: source.src,
    dev: dev.ifindex,
    devName: dev.name,
    count,
    deadline: nanos(deadline * NS_PER_S),
    interval: nanos((interval === 0 ? 1 : interval) * NS_PER_S),
    unsolicited: flags.has('U') || flags.has('A'),
    advert: flags.has('A'),
    dad: flags.has('D'),
    quitOnReply: flags.has('f') || flags.has('D'),
    broadcastOnly: flags.has('b'),
    quiet: flags.has('q'),
    ...newArpingMemory(),
  };
  return { program: 'arping', state };
}

export const arpingCommand: Command = {
  name: 'arping',
  man: {
    en: 'sends ARP requests to a neighbour; gratuitous ARP (-U, -A); duplicate address detection (-D)',
    zh: '向邻居发送 ARP 请求；发送免费 ARP（-U、-A）；检测地址冲突（-D）',
    synopsis: ['arping [-AbDfqU] [-c COUNT] [-w SECONDS] [-i SECONDS] [-I DEV] [-s SOURCE] ADDR'],
    notModelled: [],
    source: 'iputils 20221126',
  },
  run,
};
