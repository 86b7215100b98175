/**
 * `traceroute`: reads the options; the program goes on.
 * Comes from: the shell.  Goes to: programs/traceroute.ts.
 * Source: traceroute 2.1.2 traceroute.c (main).
 */
import { nanos, NS_PER_S } from '../../engine/index.ts';
import { devByName, NO_IF } from '../../host/index.ts';
import { formatIpv4, IPV4_LOOPBACK, type Ipv4 } from '../../wire/index.ts';
import type { Command, CommandContext, GoOn } from '../command.ts';
import { resolveHost } from '../programs/net-text.ts';
import type { TracerouteState } from '../programs/traceroute.ts';

const LETTERS: Readonly<Record<string, string>> = {
  icmp: 'I',
  'dont-fragment': 'F',
  first: 'f:',
  'max-hops': 'm:',
  'sim-queries': 'N:',
  port: 'p:',
  tos: 't:',
  wait: 'w:',
  queries: 'q:',
  source: 's:',
  debug: 'd',
  extensions: 'e',
  version: 'V',
  interface: 'i:',
};
/** Letters that are followed by a value, and those that stand alone. */
const VALUED = 'fmNptwqsi';
const PLAIN = '4FInVde';
/** What the real one has and the lab has not. */
const NOT_MODELLED =
  /^(?:-[6TUDrAglMOPz]|--(?:tcp|udp|dccp|mtu|back|sport|fwmark|gateway|module|options|sendwait|protocol|as-path-lookups|flowlabel)(?:=.*)?)/;

interface Words {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, { readonly text: string; readonly argc: number; readonly option: string }>;
  readonly args: readonly { readonly text: string; readonly argc: number }[];
}

/** A message, or what was read: this tool has a reader of its own, which counts words. */
function readWords(argv: readonly string[]): Words | string {
  const flags = new Set<string>();
  const values = new Map<string, { text: string; argc: number; option: string }>();
  const args: { text: string; argc: number }[] = [];
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i] as string;
    if (!/^-./.test(word)) {
      args.push({ text: word, argc: i });
      continue;
    }
    if (NOT_MODELLED.test(word)) return `traceroute: not modelled in this lab: ${word.replace(/=.*/, '')}`;
    if (word.startsWith('--')) {
      const [name = '', text] = word.slice(2).split('=', 2);
      const meaning = Object.hasOwn(LETTERS, name) ? (LETTERS[name] as string) : null;
      if (meaning === null) return `Bad option \`${word}' (argc ${i})`;
      if (!meaning.endsWith(':')) flags.add(meaning);
      else if (text === undefined) return `Option \`--${name}' (argc ${i}) requires an argument: \`--${name}=value'`;
      else values.set(meaning.slice(0, -1), { text, argc: i, option: `--${name}` });
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word[at] as string;
      if (PLAIN.includes(letter)) flags.add(letter);
      else if (!VALUED.includes(letter)) return `Bad option \`-${letter}' (argc ${i})`;
      else {
        const text = at + 1 < word.length ? word.slice(at + 1) : argv[++i];
        if (text === undefined) return `Option \`-${letter}' (argc ${i - 1}) requires an argument: \`-${letter} value'`;
        values.set(letter, { text, argc: i, option: `-${letter}` });
        break;
      }
    }
  }
  return { flags, values, args };
}

const NUMBERS: readonly (readonly [string, number])[] = [
  ['f', 1],
  ['m', 30],
  ['N', 16],
  ['p', 33434],
  ['t', 0],
  ['q', 3],
];

/** Values that are no numbers are complained of before anything else. */
function numbersOf(words: Words): Readonly<Record<string, number>> | string {
  const found: Record<string, number> = { w: 5 };
  for (const [letter, otherwise] of NUMBERS) {
    const given = words.values.get(letter);
    if (given !== undefined && !/^(?:\d+|0x[\da-f]+)$/i.test(given.text))
      return `Cannot handle \`${given.option}' option with arg \`${given.text}' (argc ${given.argc})`;
    found[letter] = given === undefined ? otherwise : Number(given.text);
  }
  const wait = words.values.get('w');
  if (wait !== undefined) {
    if (!/^\d+(?:\.\d*)?$/.test(wait.text)) {
      if (/^[\d.]+(?:,[\d.]+)+$/.test(wait.text)) return 'traceroute: not modelled in this lab: -w with three values';
      return `Cannot handle \`-w' option with arg \`${wait.text}' (argc ${wait.argc})`;
    }
    found['w'] = Number(wait.text);
  }
  return found;
}

function run(ctx: CommandContext): number | GoOn {
  const fail = (text: string): number => {
    ctx.err(`${text}\n`);
    return 2;
  };
  const words = readWords(ctx.argv);
  if (typeof words === 'string') return fail(words);
  if (words.flags.has('V')) {
    ctx.out('Modern traceroute for Linux, version 2.1.2\nCopyright (c) 2016  Dmitry Butskoy,   License: GPL v2 or any later\n');
    return 0;
  }
  const numbers = numbersOf(words);
  if (typeof numbers === 'string') return fail(numbers);
  const [host, size, extra] = words.args;
  if (host === undefined)
    return fail(
      'Usage:\n  traceroute [ -4FIn ] [ -f first_ttl ] [ -m max_ttl ] [ -N squeries ] [ -p port ] [ -t tos ] [ -w MAX ] [ -q nqueries ] [ -s src_addr ] host [ packetlen ]',
    );
  const dst = resolveHost(ctx.net, host.text);
  if (dst === null)
    return fail(
      `${host.text}: Name or service not known\nCannot handle "host" cmdline arg \`${host.text}' on position 1 (argc ${host.argc})`,
    );
  if (size !== undefined && !/^\d+$/.test(size.text))
    return fail(`Cannot handle "packetlen" cmdline arg \`${size.text}' on position 2 (argc ${size.argc})`);
  if (extra !== undefined) return fail(`Extra arg \`${extra.text}' (position 3, argc ${extra.argc})`);
  const source = words.values.get('s');
  const src = source === undefined ? null : resolveHost(ctx.net, source.text);
  if (source !== undefined && src === null)
    return fail(
      `${source.text}: Name or service not known\nCannot handle \`${source.option}' option with arg \`${source.text}' (argc ${source.argc})`,
    );
  return begin(ctx, words, numbers, { name: host.text, dst, src, length: size === undefined ? 60 : Number(size.text) });
}

function begin(
  ctx: CommandContext,
  { flags, values }: Words,
  numbers: Readonly<Record<string, number>>,
  to: { readonly name: string; readonly dst: Ipv4; readonly src: Ipv4 | null; readonly length: number },
): number | GoOn {
  const { f: ttl = 1, m: maxTtl = 30, q: probesPerHop = 3, N: together = 16, p: port = 33434, t: tos = 0, w: wait = 5 } = numbers;
  const wrong =
    ttl < 1 || ttl > maxTtl
      ? 'first hop out of range'
      : maxTtl > 255
        ? 'max hops cannot be more than 255'
        : probesPerHop < 1 || probesPerHop > 10
          ? 'no more than 10 probes per hop'
          : to.length > 65000
            ? `too big packetlen ${to.length} specified`
            : null;
  const length = Math.max(28, to.length);
  const header = `traceroute to ${to.name} (${formatIpv4(to.dst)}), ${maxTtl} hops max, ${length} byte packets\n`;
  const device = values.get('i');
  if (wrong !== null || (device !== undefined && devByName(ctx.net.host, device.text) === null)) {
    ctx.err(wrong === null ? `${header}setsockopt SO_BINDTODEVICE: No such device\n` : `${wrong}\n`);
    return wrong === null ? 1 : 2;
  }
  const state: TracerouteState = {
    header,
    dst: to.dst === 0 ? IPV4_LOOPBACK : to.dst,
    icmp: flags.has('I'),
    numeric: flags.has('n'),
    dontFragment: flags.has('F'),
    maxTtl,
    probesPerHop,
    together: Math.max(1, together),
    wait: nanos(Math.round(wait * NS_PER_S)),
    port,
    tos,
    oif: device === undefined ? NO_IF : (devByName(ctx.net.host, device.text)?.ifindex ?? NO_IF),
    payload: length - 28,
    src: to.src,
    ttl,
    end: (maxTtl - ttl + 1) * probesPerHop,
    shown: 0,
    beat: 0,
    probes: [],
  };
  return { program: 'traceroute', state };
}

export const tracerouteCommand: Command = {
  name: 'traceroute',
  man: {
    en: 'shows the routers on the way to a host',
    zh: '显示到达主机途经的路由器',
    synopsis: [
      'traceroute [-4FIn] [-f FIRST_TTL] [-m MAX_TTL] [-q PROBES] [-N TOGETHER] [-w SECONDS] [-p PORT] [-t TOS] [-s ADDR] [-i DEV] HOST [LENGTH]',
    ],
    notModelled: ['-T and other probe methods than UDP and ICMP', 'names of routers that /etc/hosts does not have'],
    source: 'traceroute 2.1.2',
  },
  run,
};
