/**
 * `traceroute`: reads the options; the program goes on.
 * Comes from: the shell.  Goes to: programs/traceroute.ts.
 * Source: traceroute 2.1.2 traceroute.c (main).
 */
import { nanos, NS_PER_S } from '../../engine/index.ts';
import { formatIpv4, parseIpv4 } from '../../wire/index.ts';
import type { Command, CommandContext, GoOn } from '../command.ts';
import { parseSeconds, resolveHost } from '../programs/net-text.ts';
import type { TracerouteState } from '../programs/traceroute.ts';
import { shortOptions, wholeNumber } from './net-args.ts';

function fail(ctx: CommandContext, text: string): number {
  ctx.err(`${text}\n`);
  return 2;
}

function run(ctx: CommandContext): number | GoOn {
  const options = shortOptions('traceroute', 'nIm:q:w:f:p:s:4', ctx.argv.slice(1));
  if (options.error !== null) {
    const letter = /'(.)'$/.exec(options.error)?.[1] ?? '';
    if ('TUFdegiNPrtlzADMSVh'.includes(letter)) return fail(ctx, `traceroute: option -${letter} is not modelled by the lab`);
    return fail(ctx, `Bad option \`-${letter}' (argc 1)`);
  }
  const value = (name: string): string | undefined => options.found.filter((option) => option.name === name).at(-1)?.value;
  const flag = (name: string): boolean => options.found.some((option) => option.name === name);
  const [host, size] = options.rest;
  if (host === undefined)
    return fail(
      ctx,
      'Usage:\n  traceroute [ -In ] [ -f first_ttl ] [ -m max_ttl ] [ -p port ] [ -w wait ] [ -q nqueries ] [ -s src_addr ] host [ packetlen ]',
    );
  const dst = resolveHost(ctx.net, host);
  if (dst === null)
    return fail(ctx, `${host}: Name or service not known\nCannot handle "host" cmdline arg \`${host}' on position 1 (argc 1)`);
  const maxTtl = wholeNumber(value('m') ?? '30', 1, 255);
  const probesPerHop = wholeNumber(value('q') ?? '3', 1, 10);
  const ttl = wholeNumber(value('f') ?? '1', 1, 255);
  const port = wholeNumber(value('p') ?? '33434', 1, 65535);
  const length = wholeNumber(size ?? '60', 28, 65000);
  const wait = parseSeconds(value('w') ?? '5');
  if (maxTtl === null) return fail(ctx, 'max hops cannot be more than 255');
  if (probesPerHop === null) return fail(ctx, 'no more than 10 probes per hop');
  if (ttl === null || ttl > maxTtl) return fail(ctx, 'first hop out of range');
  if (port === null || length === null || wait === null) return fail(ctx, 'traceroute: bad number');
  const src = value('s') === undefined ? null : parseIpv4(value('s') as string);
  const state: TracerouteState = {
    header: `traceroute to ${host} (${formatIpv4(dst)}), ${maxTtl} hops max, ${length} byte packets\n`,
    dst,
    icmp: flag('I'),
    numeric: flag('n'),
    maxTtl,
    probesPerHop,
    wait: wait === 0 ? nanos(5 * NS_PER_S) : wait,
    port,
    payload: length - 28,
    src,
    ttl,
    sent: 0,
    probes: [],
  };
  return { program: 'traceroute', state };
}

export const tracerouteCommand: Command = {
  name: 'traceroute',
  man: {
    en: 'shows the routers on the way to a host',
    zh: '显示到达主机途经的路由器',
    synopsis: ['traceroute [-In] [-f FIRST_TTL] [-m MAX_TTL] [-q PROBES] [-w SECONDS] [-p PORT] [-s ADDR] HOST [LENGTH]'],
    notModelled: ['-T and other probe methods than UDP and ICMP', 'names of the routers'],
    source: 'traceroute 2.1.2',
  },
  run,
};
