/**
 * `nc`: reads the options; the program goes on.
 * Comes from: the shell.  Goes to: programs/nc.ts.
 * Source: OpenBSD netcat 1.219 netcat.c (main).
 */
import { nanos } from '../../engine/index.ts';
import { parseIpv4 } from '../../wire/index.ts';
import type { Command, CommandContext, GoOn } from '../command.ts';
import type { NcState } from '../programs/nc.ts';
import { parseSeconds, resolveHost } from '../programs/net-text.ts';
import { shortOptions, wholeNumber } from './net-args.ts';

const USAGE = 'usage: nc [-klNnuvz] [-p source_port] [-s sourceaddr] [-w timeout] [destination] [port]\n';

function run(ctx: CommandContext): number | GoOn {
  const options = shortOptions('nc', 'zvw:lp:us:nkN4', ctx.argv.slice(1));
  if (options.error !== null) {
    ctx.err(`${options.error}\n${USAGE}`);
    return 1;
  }
  const value = (name: string): string | undefined => options.found.filter((option) => option.name === name).at(-1)?.value;
  const flag = (name: string): boolean => options.found.some((option) => option.name === name);
  const listen = flag('l');
  const words = [...options.rest];
  const portText = listen ? (words.length > 0 ? words.pop() : value('p')) : words[1];
  const host = words[0];
  if (portText === undefined || (!listen && host === undefined) || options.rest.length > 2) {
    ctx.err(USAGE);
    return 1;
  }
  const port = wholeNumber(portText, 1, 65535);
  if (port === null) {
    ctx.err(`nc: port number invalid: ${portText}\n`);
    return 1;
  }
  const dst = host === undefined ? null : resolveHost(ctx.net, host);
  if (host !== undefined && dst === null) {
    ctx.err(`nc: getaddrinfo for host "${host}" port ${portText}: Name or service not known\n`);
    return 1;
  }
  const source = value('s');
  const state: NcState = {
    dst: listen ? null : dst,
    port,
    listen,
    keep: flag('k'),
    udp: flag('u'),
    scan: flag('z'),
    verbose: flag('v'),
    shutdownAtEof: flag('N'),
    src: source === undefined ? (listen ? dst : null) : parseIpv4(source),
    sport: listen ? 0 : (wholeNumber(value('p') ?? '0', 0, 65535) ?? 0),
    wait: parseSeconds(value('w') ?? '0') ?? nanos(0),
    input: ctx.stdin,
    listener: 0,
    sock: 0,
    connecting: false,
    activity: 0,
  };
  return { program: 'nc', state };
}

export const ncCommand: Command = {
  name: 'nc',
  man: {
    en: 'connects standard input and output with a TCP or UDP peer, or listens for one',
    zh: '把标准输入输出与 TCP 或 UDP 对端相连，或监听端口',
    synopsis: ['nc [-Nnuvz] [-p PORT] [-s ADDR] [-w SECONDS] HOST PORT', 'nc -l [-kuv] [-s ADDR] PORT'],
    notModelled: ['port ranges', 'proxies, Unix sockets, -e and rarer options'],
    source: 'OpenBSD netcat 1.219',
  },
  run,
};
