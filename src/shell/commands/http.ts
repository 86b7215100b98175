/**
 * `curl` and `wget`: read options and URL; the program goes on.
 * Comes from: the shell.  Goes to: programs/http-get.ts.
 * Source: curl 7.88.1 src/tool_getparam.c; GNU Wget 1.21.3 src/main.c.
 */
import { nanos, NS_PER_S } from '../../engine/index.ts';
import { devByName, type IfIndex } from '../../host/index.ts';
import { formatIpv4, parseIpv4, type Ipv4 } from '../../wire/index.ts';
import type { Command, CommandContext, GoOn } from '../command.ts';
import { stamp, type HttpGetState } from '../programs/http-get.ts';
import { parseSeconds, resolveHost } from '../programs/net-text.ts';
import { leadingInt, shortOptions, wholeNumber } from './net-args.ts';
import { entryOf } from '../entry-of.ts';

interface Url {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

function parseUrl(text: string): Url | string {
  const match = /^(?:(\w+):\/\/)?(?:[^@/]*@)?([^/:?#]+)(?::(\d+))?([/?][^#]*)?/.exec(text);
  if (match === null) return 'bad';
  const [, scheme = 'http', host = '', port, path = '/'] = match;
  if (scheme.toLowerCase() !== 'http') return scheme;
  if (port !== undefined && Number(port) > 65535) return 'bad';
  return {
    host,
    port: port === undefined ? 80 : Number(port),
    path: path.startsWith('?') ? `/${path}` : path,
  };
}

/** Long options of curl by name: the short letter they stand for. */
const CURL_LONG: Readonly<Record<string, string>> = {
  '--silent': 's',
  '--show-error': 'S',
  '--verbose': 'v',
  '--head': 'I',
  '--include': 'i',
  '--output': 'o:',
  '--write-out': 'w:',
  '--max-time': 'm:',
  '--connect-timeout': 'connect-timeout:',
  '--interface': 'interface:',
  '--local-port': 'local-port:',
  '--header': 'H:',
  '--request': 'X:',
  '--data': 'd:',
  '--fail': 'f',
  '--http0.9': 'http0.9',
  '--http1.1': 'http1.1',
  '--ipv4': '4',
  '--noproxy': 'noproxy:',
  '--no-progress-meter': 'no-progress-meter',
  '--user-agent': 'A:',
  '--version': 'V',
};
const CURL_SHORT = 'sSvIifo:w:m:H:X:d:4A:VN';

interface CurlWords {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly headers: readonly string[];
  readonly urls: readonly string[];
}

/** @returns an error message without "curl: " */
function readCurl(args: readonly string[]): CurlWords | string {
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const headers: string[] = [];
  const urls: string[] = [];
  const put = (name: string, value: string): void => {
    if (name === 'H') headers.push(value);
    else values.set(name, value);
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg.startsWith('--')) {
      const meaning = entryOf(CURL_LONG, arg);
      if (meaning === undefined) return `option ${arg}: is unknown`;
      if (!meaning.endsWith(':')) flags.add(meaning);
      else if (args[i + 1] === undefined) return `option ${arg}: requires parameter`;
      else put(meaning.slice(0, -1), args[++i] as string);
      continue;
    }
    if (!arg.startsWith('-') || arg === '-') {
      urls.push(arg);
      continue;
    }
    for (let at = 1; at < arg.length; at++) {
      const letter = arg[at] as string;
      const where = letter === ':' ? -1 : CURL_SHORT.indexOf(letter);
      if (where < 0) return `option -${letter}: is unknown`;
      if (CURL_SHORT[where + 1] !== ':') {
        flags.add(letter);
        continue;
      }
      const value = at + 1 < arg.length ? arg.slice(at + 1) : args[++i];
      if (value === undefined) return `option -${letter}: requires parameter`;
      put(letter, value);
      break;
    }
  }
  return { flags, values, headers, urls };
}

function fail(ctx: CommandContext, code: number, text: string, quiet = false): number {
  if (!quiet) ctx.err(`curl: (${code}) ${text}\n`);
  return code;
}

function fileName(ctx: CommandContext, name: string): string {
  return name.startsWith('/') ? name : `${ctx.cwd === '/' ? '' : ctx.cwd}/${name}`;
}

function runCurl(ctx: CommandContext): number | GoOn {
  const words = readCurl(ctx.argv.slice(1));
  const hint = "curl: try 'curl --help' or 'curl --manual' for more information\n";
  if (typeof words === 'string') {
    ctx.err(`curl: ${words}\n${hint}`);
    return 2;
  }
  const { flags, values } = words;
  if (flags.has('V')) {
    ctx.out('curl 7.88.1\nProtocols: http\n');
    return 0;
  }
  const text = words.urls[0];
  if (text === undefined) {
    ctx.err(hint);
    return 2;
  }
  if (words.urls.length > 1) return fail(ctx, 2, 'several URLs at once are not modelled by the lab');
  const silent = flags.has('s') && !flags.has('S');
  const url = parseUrl(text);
  if (url === 'bad') return fail(ctx, 3, 'URL using bad/illegal format or missing URL', silent);
  if (typeof url === 'string') return fail(ctx, 1, `Protocol "${url}" not supported or disabled in libcurl`, silent);
  const dst = resolveHost(ctx.net, url.host);
  if (dst === null) return fail(ctx, 6, `Could not resolve host: ${url.host}`, silent);
  const from = values.get('interface');
  const dev = from === undefined ? null : devByName(ctx.net.host, from);
  const src = from === undefined || dev !== null ? null : parseIpv4(from);
  if (from !== undefined && dev === null && src === null) return fail(ctx, 45, `Couldn't bind to '${from}'`, silent);
  const connectTimeout = parseSeconds(values.get('connect-timeout') ?? '300');
  const maxTime = parseSeconds(values.get('m') ?? '0');
  if (connectTimeout === null || maxTime === null) {
    ctx.err(`curl: option ${connectTimeout === null ? '--connect-timeout' : '-m'}: expected a proper numerical parameter\n${hint}`);
    return 2;
  }
  const data = values.get('d') ?? '';
  const output = values.get('o');
  const agent = values.get('A');
  return {
    program: 'http-get',
    state: newState(url, dst, {
      tool: 'curl',
      url: /^\w+:\/\//.test(text) ? text : `http://${text}${text.includes('/') ? '' : '/'}`,
      method: values.get('X') ?? (flags.has('I') ? 'HEAD' : data === '' ? 'GET' : 'POST'),
      body: data,
      headers: agent === undefined ? words.headers : [...words.headers, `User-Agent: ${agent}`],
      src,
      oif: dev === null ? (0 as IfIndex) : dev.ifindex,
      sport: leadingInt(values.get('local-port') ?? '0'),
      connectTimeout: connectTimeout === 0 ? nanos(300 * NS_PER_S) : connectTimeout,
      maxTime,
      silent,
      verbose: flags.has('v'),
      include: flags.has('i'),
      failOnError: flags.has('f'),
      http09: flags.has('http0.9'),
      output: output === undefined ? null : output === '-' ? '-' : fileName(ctx, output),
      writeOut: values.get('w') ?? '',
    }),
  };
}

type Choices = Omit<HttpGetState, 'host' | 'dst' | 'port' | 'path' | 'tries' | 'phase' | 'sock' | 'startedAt' | 'connectedAt' | 'got'>;

function newState(url: Url, dst: Ipv4, choices: Choices, tries = 1): HttpGetState {
  return {
    ...choices,
    host: url.host,
    dst,
    port: url.port,
    path: url.path,
    tries,
    phase: 'connect',
    sock: 0,
    startedAt: 0,
    connectedAt: 0,
    got: '',
  };
}

const WGET_LONG: Readonly<Record<string, string>> = {
  '--quiet': '-q',
  '--spider': '-S',
  '--server-response': '-S',
  '--no-verbose': '-n',
};

function runWget(ctx: CommandContext): number | GoOn {
  const args: string[] = [];
  for (const arg of ctx.argv.slice(1)) {
    const [name, value] = arg.split('=', 2) as [string, string | undefined];
    if (name === '--timeout' || name === '--connect-timeout') args.push('-T', value ?? '');
    else if (name === '--tries') args.push('-t', value ?? '');
    else if (name === '--output-document') args.push('-O', value ?? '');
    else if (name === '--header') args.push('-H', value ?? '');
    else if (name === '--bind-address') args.push('-B', value ?? '');
    else args.push(entryOf(WGET_LONG, arg) ?? arg);
  }
  const unknown = args.find((arg) => arg.startsWith('--'));
  if (unknown !== undefined) {
    ctx.err(`wget: unrecognized option '${unknown}'\nUsage: wget [OPTION]... [URL]...\n\nTry \`wget --help' for more options.\n`);
    return 2;
  }
  const options = shortOptions('wget', 'qO:T:t:H:B:n', args);
  if (options.error !== null) {
    ctx.err(`${options.error}\nUsage: wget [OPTION]... [URL]...\n\nTry \`wget --help' for more options.\n`);
    return 2;
  }
  const value = (name: string): string | undefined => options.found.filter((option) => option.name === name).at(-1)?.value;
  const text = options.rest[0];
  if (text === undefined) {
    ctx.err("wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n");
    return 1;
  }
  const url = parseUrl(text);
  if (typeof url === 'string') {
    ctx.err(`${text}: ${url === 'bad' ? 'Invalid host name' : `Unsupported scheme ‘${url}’`}.\n`);
    return 1;
  }
  const quiet = options.found.some(({ name }) => name === 'q');
  const full = `http://${url.host}${url.port === 80 ? '' : `:${url.port}`}${url.path}`;
  const dst = resolveHost(ctx.net, url.host);
  if (!quiet) ctx.err(`--${stamp(ctx.net)}--  ${full}\n`);
  if (dst === null) {
    if (!quiet)
      ctx.err(
        `Resolving ${url.host} (${url.host})... failed: Name or service not known.\nwget: unable to resolve host address ‘${url.host}’\n`,
      );
    return 4;
  }
  if (!quiet && formatIpv4(dst) !== url.host) ctx.err(`Resolving ${url.host} (${url.host})... ${formatIpv4(dst)}\n`);
  const timeout = parseSeconds(value('T') ?? '0') ?? nanos(0);
  const tries = wholeNumber(value('t') ?? '20', 0, 1000) ?? 20;
  const output = value('O');
  const bind = value('B');
  const state = newState(
    url,
    dst,
    {
      tool: 'wget',
      url: full,
      method: 'GET',
      body: '',
      headers: options.found.filter(({ name }) => name === 'H').map((option) => option.value),
      src: bind === undefined ? null : parseIpv4(bind),
      oif: 0 as IfIndex,
      sport: 0,
      connectTimeout: timeout,
      maxTime: nanos(0),
      silent: quiet,
      verbose: false,
      include: false,
      failOnError: false,
      http09: false,
      output: output === '-' ? '-' : fileName(ctx, output ?? (url.path.replace(/^.*\//, '') || 'index.html')),
      writeOut: '',
    },
    tries === 0 ? 1000 : tries,
  );
  return { program: 'http-get', state };
}

export const httpCommands: readonly Command[] = [
  {
    name: 'curl',
    man: {
      en: 'fetches a page by HTTP and prints it',
      zh: '通过 HTTP 取得页面并显示',
      synopsis: [
        'curl [-fiIsSv] [-o FILE] [-w FORMAT] [-H HEADER] [-X METHOD] [-d DATA] [-m SECONDS] [--connect-timeout SECONDS] [--interface ADDR|DEV] [--local-port PORT] URL',
      ],
      notModelled: ['HTTPS and other protocols', 'redirects, cookies, the progress meter', 'several URLs at once'],
      source: 'curl 7.88.1',
    },
    run: runCurl,
  },
  {
    name: 'wget',
    man: {
      en: 'fetches a page by HTTP into a file',
      zh: '通过 HTTP 把页面保存到文件',
      synopsis: ['wget [-q] [-O FILE|-] [-T SECONDS] [-t TRIES] [--header=HEADER] [--bind-address=ADDR] URL'],
      notModelled: ['HTTPS, FTP, recursive fetching', 'the progress bar'],
      source: 'GNU Wget 1.21.3',
    },
    run: runWget,
  },
];
