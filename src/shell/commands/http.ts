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
import { parseSeconds, resolveHost, toBytes } from '../programs/net-text.ts';
import { canWrite, fileKind } from '../fs/files.ts';
import { notModelled, runTool } from './tool-error.ts';
import { leadingInt, shortOptions, wholeNumber } from './net-args.ts';
import { entryOf } from '../entry-of.ts';

interface Url {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

function parseUrl(text: string): Url | string {
  const match = /^(?:(\w+):\/\/)?(?:[^@/]*@)?([^/:?#@[\]\s]+)(?::(\d+))?([/?][^#\s]*)?(?:#\S*)?$/.exec(text);
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
  '--referer': 'e:',
  '--cookie': 'b:',
  '--user': 'u:',
  '--get': 'G',
  '--http1.0': '0',
  '--range': 'r:',
  '--compressed': 'compressed',
  '--remote-name': 'O',
  '--dump-header': 'D:',
  '--url': 'url:',
  '--insecure': 'k',
  '--globoff': 'g',
  '--data-raw': 'd:',
  '--location': 'L',
  '--retry': 'retry:',
  '--retry-delay': 'retry-delay:',
  '--tcp-nodelay': 'N',
  '--version': 'V',
};
const CURL_SHORT = 'sSvIifo:w:m:H:X:d:4A:VNe:b:u:G0r:OD:kgjqL';
/** Letters and names that curl knows and the lab does not. */
const CURL_LEFT = 'aBcCEFhJKlmMnpPQtTUxyYzZ#:6';
const CURL_LEFT_LONG =
  /^--(?:proxy|resolve|connect-to|form|upload-file|cookie-jar|config|next|parallel|progress-bar|help|manual|ipv6|unix-socket|dns-servers|data-binary|data-urlencode|limit-rate|cacert|cert|key|tlsv1.*|http2.*|http3.*|digest|ntlm|negotiate|trace.*|remote-header-name|location-trusted|max-redirs|fail-with-body|keepalive-time|no-keepalive|tcp-fastopen|json|oauth2-bearer|request-target|speed-.*|socks.*|stderr|time-cond|xattr)$/;

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
    else if (name === 'url') urls.push(value);
    else if (name === 'd' && values.has('d')) values.set('d', `${values.get('d')}&${value}`);
    else values.set(name, value);
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg.startsWith('--')) {
      const begins = Object.keys(CURL_LONG).filter((name) => name.startsWith(arg));
      const meaning = entryOf(CURL_LONG, arg) ?? (begins.length === 1 ? CURL_LONG[begins[0] as string] : undefined);
      if (meaning === undefined && CURL_LEFT_LONG.test(arg)) throw notModelled('curl', arg);
      if (meaning === undefined) return `option ${arg}: is ${begins.length > 1 ? 'ambiguous' : 'unknown'}`;
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
      if (where < 0 && CURL_LEFT.includes(letter)) throw notModelled('curl', `-${letter}`);
      if (where < 0) return `option ${arg.startsWith('--') ? arg : `-${letter}`}: is unknown`;
      if (CURL_SHORT[where + 1] !== ':') {
        flags.add(letter);
        continue;
      }
      const value = at + 1 < arg.length ? arg.slice(at + 1) : args[++i];
      if (value === undefined) return `option ${arg}: requires parameter`;
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
  if (flags.has('L')) throw notModelled('curl', '-L');
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
  const localPort = values.get('local-port') ?? '0';
  if (!/^\d+(?:-\d+)?$/.test(localPort)) {
    ctx.err(`curl: option --local-port: is badly used here\n${hint}`);
    return 2;
  }
  const connectTimeout = parseSeconds(values.get('connect-timeout') ?? '300');
  const maxTime = parseSeconds(values.get('m') ?? '0');
  if (connectTimeout === null || maxTime === null) {
    const wrong = connectTimeout === null ? (['--connect-timeout', 'connect-timeout'] as const) : (['-m', 'm'] as const);
    const positive = values.get(wrong[1])?.startsWith('-') === true ? 'positive' : 'proper';
    ctx.err(`curl: option ${wrong[0]}: expected a ${positive} numerical parameter\n${hint}`);
    return 2;
  }
  const given = values.get('d') ?? '';
  const query = flags.has('G') && given !== '' ? `${url.path.includes('?') ? '&' : '?'}${given}` : '';
  const data = flags.has('G') ? '' : given;
  const remote = flags.has('O') ? url.path.replace(/\?.*/, '').replace(/^.*\//, '') : null;
  if (remote === '') {
    if (!silent) ctx.err('curl: Remote file name has no length!\n');
    return fail(ctx, 23, 'Failed writing received data to disk/application', silent);
  }
  const output = values.get('o') ?? remote ?? undefined;
  const lack = output === undefined || output === '-' ? null : canWrite(ctx.net, fileName(ctx, output));
  if (lack !== null && output !== '/dev/null') return fail(ctx, 23, 'Failure writing output to destination', silent);
  const agent = values.get('A');
  return {
    program: 'http-get',
    state: newState({ ...url, path: url.path + query }, dst, {
      tool: 'curl',
      url: /^\w+:\/\//.test(text) ? text : `http://${text}${text.includes('/') ? '' : '/'}`,
      method: values.get('X') ?? (flags.has('I') ? 'HEAD' : data === '' ? 'GET' : 'POST'),
      body: data,
      headers: [...extraHeaders(words), ...(agent === undefined ? words.headers : [...words.headers, `User-Agent: ${agent}`])],
      version: flags.has('0') ? '1.0' : '1.1',
      report: 'full',
      spider: false,
      showHead: false,
      dumpHead: values.get('D') ?? null,
      src,
      oif: dev === null ? (0 as IfIndex) : dev.ifindex,
      sport: leadingInt(localPort),
      connectTimeout: connectTimeout === 0 ? nanos(300 * NS_PER_S) : connectTimeout,
      maxTime,
      silent,
      verbose: flags.has('v'),
      include: flags.has('i'),
      failOnError: flags.has('f'),
      http09: flags.has('http0.9'),
      output: output === undefined ? null : output === '-' ? '-' : fileName(ctx, output),
      writeOut: values.get('w') ?? '',
      shownAs: '',
    }),
  };
}

/** Headers that options stand for, in curl's order. */
function extraHeaders({ flags, values }: CurlWords): string[] {
  const user = values.get('u');
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ['Authorization', user === undefined ? undefined : `Basic ${base64(user)}`],
    ['Range', values.has('r') ? `bytes=${values.get('r')}` : undefined],
    ['Referer', values.get('e')],
    ['Cookie', values.get('b')],
    ['Accept-Encoding', flags.has('compressed') ? 'deflate, gzip, br, zstd' : undefined],
  ];
  return pairs.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64(text: string): string {
  const bytes = toBytes(text);
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3);
    const bits = a * 65536 + b * 256 + c;
    const left = bytes.length - i;
    out += [18, 12, 6, 0].map((shift, k) => (k > left ? '=' : BASE64.charAt((bits >> shift) & 63))).join('');
  }
  return out;
}

type Choices = Omit<
  HttpGetState,
  'host' | 'dst' | 'port' | 'path' | 'maxTries' | 'tries' | 'phase' | 'sock' | 'startedAt' | 'connectedAt' | 'got'
>;

function newState(url: Url, dst: Ipv4, choices: Choices, tries = 1): HttpGetState {
  return {
    ...choices,
    host: url.host,
    dst,
    port: url.port,
    path: url.path,
    maxTries: tries,
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
  '--server-response': '-S',
  '--no-verbose': '-nv',
  '--verbose': '-v',
  '--inet4-only': '-4',
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
    else if (name === '--user-agent') args.push('-U', value ?? '');
    else if (name === '--directory-prefix') args.push('-P', value ?? '');
    else if (name === '--spider') args.push('-Y');
    else args.push(entryOf(WGET_LONG, arg) ?? arg);
  }
  const unknown = args.find((arg) => arg.startsWith('--'));
  if (unknown !== undefined) {
    ctx.err(`wget: unrecognized option '${unknown}'\nUsage: wget [OPTION]... [URL]...\n\nTry \`wget --help' for more options.\n`);
    return 2;
  }
  const options = shortOptions('wget', 'qO:T:t:H:B:n:SvU:P:4Y', args);
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
    ctx.err(`${text}: ${url === 'bad' ? 'Invalid host name' : `Unsupported scheme '${url}'`}.\n`);
    return 1;
  }
  const quiet = options.found.some(({ name }) => name === 'q');
  const full = `http://${url.host}${url.port === 80 ? '' : `:${url.port}`}${url.path}`;
  const dst = resolveHost(ctx.net, url.host);
  const flag = (name: string): boolean => options.found.some((option) => option.name === name);
  const terse = options.found.some((option) => option.name === 'n' && option.value === 'v');
  const spider = flag('Y');
  if (value('T') !== undefined && parseSeconds(value('T') as string) === null) {
    ctx.err(`wget: --timeout: Invalid time period '${value('T')}'\n`);
    return 2;
  }
  if (spider && !quiet) ctx.err('Spider mode enabled. Check if remote file exists.\n');
  if (!quiet && !terse) ctx.err(`--${stamp(ctx.net)}--  ${full}\n`);
  if (dst === null) {
    if (!quiet)
      ctx.err(
        `Resolving ${url.host} (${url.host})... failed: Name or service not known.\nwget: unable to resolve host address '${url.host}'\n`,
      );
    return 4;
  }
  if (!quiet && formatIpv4(dst) !== url.host) ctx.err(`Resolving ${url.host} (${url.host})... ${formatIpv4(dst)}\n`);
  const timeout = parseSeconds(value('T') ?? '0') ?? nanos(0);
  const tries = wholeNumber(value('t') ?? '20', 0, 1000) ?? 20;
  const output = value('O');
  const name =
    output ?? freeName(ctx, `${value('P') === undefined ? '' : `${value('P')}/`}${url.path.replace(/^.*\//, '') || 'index.html'}`);
  const bind = value('B');
  const state = newState(
    url,
    dst,
    {
      tool: 'wget',
      url: full,
      method: spider ? 'HEAD' : 'GET',
      body: '',
      headers: [
        ...options.found.filter(({ name }) => name === 'H').map((option) => option.value),
        ...(value('U') === undefined ? [] : [`User-Agent: ${value('U')}`]),
      ],
      version: '1.1',
      report: terse ? 'line' : 'full',
      spider,
      showHead: flag('S'),
      dumpHead: null,
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
      output: output === '-' ? '-' : fileName(ctx, name),
      writeOut: '',
      shownAs: name,
    },
    tries === 0 ? 1000 : tries,
  );
  return { program: 'http-get', state };
}

/** wget overwrites nothing that it was not told to: a number is put behind the name. */
function freeName(ctx: CommandContext, name: string): string {
  let free = name;
  for (let i = 1; fileKind(ctx.net, fileName(ctx, free)) !== null; i++) free = `${name}.${i}`;
  return free;
}

/** A tool that gives up deep in its options. */
function orRefused(ctx: CommandContext, body: (ctx: CommandContext) => number | GoOn): number | GoOn {
  let result: number | GoOn = 0;
  const code = runTool(ctx, () => {
    result = body(ctx);
    return 0;
  });
  return code === 0 ? result : code;
}

export const httpCommands: readonly Command[] = [
  {
    name: 'curl',
    man: {
      en: 'fetches a page by HTTP and prints it',
      zh: '通过 HTTP 取得页面并显示',
      synopsis: [
        'curl [-0fgGiIkNOsSv] [-o FILE] [-D FILE] [-A AGENT] [-b COOKIE] [-e REFERER] [-u USER:PASSWORD] [-r RANGE] [-w FORMAT] [-H HEADER] [-X METHOD] [-d DATA] [-m SECONDS] [--connect-timeout SECONDS] [--interface ADDR|DEV] [--local-port PORT] URL',
      ],
      notModelled: ['HTTPS and other protocols', 'redirects (-L), forms and uploads, proxies, the progress meter', 'several URLs at once'],
      source: 'curl 7.88.1',
    },
    run: (ctx) => orRefused(ctx, runCurl),
  },
  {
    name: 'wget',
    man: {
      en: 'fetches a page by HTTP into a file',
      zh: '通过 HTTP 把页面保存到文件',
      synopsis: [
        'wget [-q] [-nv] [-S] [--spider] [-O FILE|-] [-P DIR] [-U AGENT] [-T SECONDS] [-t TRIES] [--header=HEADER] [--bind-address=ADDR] URL',
      ],
      notModelled: ['HTTPS, FTP, recursive fetching', 'the progress bar'],
      source: 'GNU Wget 1.21.3',
    },
    run: (ctx) => orRefused(ctx, runWget),
  },
];
