/**
 * What `ss` is asked for behind its options: states, and an expression of addresses and ports.
 * Comes from: ss.ts.  Goes to: rows.ts.
 * Source: iproute2 6.1.0 misc/ssfilter.y, misc/ss.c (scan_state, parse_hostcond).
 * Differs: fwmark and cgroup are unknown; addresses of IPv6 match nothing.
 */
import { related, type Relation } from '../../../capture/index.ts';
import { maskOf, type Ipv4 } from '../../../wire/index.ts';
import { parseLooseIpv4 } from '../ip/args.ts';
import { servicePort } from '../iptables/names.ts';
import { ToolError } from '../tool-error.ts';
import type { SocketRow, SocketState } from './rows.ts';

const CONNECTED: readonly SocketState[] = [
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'TIME_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'CLOSING',
];
const ALL: readonly SocketState[] = [...CONNECTED, 'LISTEN', 'CLOSE'];

/** Words behind `state` and `exclude`. */
const STATES: Readonly<Record<string, readonly SocketState[]>> = {
  all: ALL,
  connected: CONNECTED,
  synchronized: CONNECTED.filter((state) => state !== 'SYN_SENT'),
  bucket: ['SYN_RECV', 'TIME_WAIT'],
  big: ALL.filter((state) => state !== 'SYN_RECV' && state !== 'TIME_WAIT'),
  established: ['ESTABLISHED'],
  'syn-sent': ['SYN_SENT'],
  'syn-recv': ['SYN_RECV'],
  'fin-wait-1': ['FIN_WAIT1'],
  'fin-wait-2': ['FIN_WAIT2'],
  'time-wait': ['TIME_WAIT'],
  unconnected: ['CLOSE'],
  closed: ['CLOSE'],
  'close-wait': ['CLOSE_WAIT'],
  'last-ack': ['LAST_ACK'],
  listening: ['LISTEN'],
  closing: ['CLOSING'],
};

export { ALL as ALL_STATES, CONNECTED as CONNECTED_STATES };

export type SsFilter =
  | { readonly kind: 'and' | 'or'; readonly left: SsFilter; readonly right: SsFilter }
  | { readonly kind: 'not'; readonly of: SsFilter }
  | { readonly kind: 'port'; readonly local: boolean; readonly compare: Relation; readonly port: number }
  | { readonly kind: 'host'; readonly local: boolean; readonly addr: Ipv4; readonly len: number; readonly port: number | null }
  | { readonly kind: 'dev'; readonly ifindex: number }
  | { readonly kind: 'never' };

/** The message of a filter that is not understood; usage follows it. */
export const SYNTAX_ERROR = 'ss: bison bellows (while parsing filter): "syntax error!" Sorry.\n';

/** Takes `state X` and `exclude X` from the front of the words. @returns null when none stands there */
export function takeStates(words: string[]): readonly SocketState[] | null {
  let states: Set<SocketState> | null = null;
  for (let word = words[0] ?? ''; word === 'state' || (word.length >= 2 && 'exclude'.startsWith(word)); word = words[0] ?? '') {
    const name = words[1];
    if (name === undefined) throw new ToolError('Command line is not complete. Try option "help"\n', 255);
    const found = Object.hasOwn(STATES, name.toLowerCase()) ? STATES[name.toLowerCase()] : undefined;
    if (found === undefined) throw new ToolError(`ss: wrong state name: ${name}\n`, 255);
    words.splice(0, 2);
    if (word === 'state') states = new Set([...(states ?? []), ...found]);
    else states = new Set([...(states ?? ALL)].filter((state) => !found.includes(state)));
  }
  return states === null ? null : ALL.filter((state) => states.has(state));
}

const COMPARES: Readonly<Record<string, Relation>> = {
  '=': '=',
  '==': '=',
  eq: '=',
  '!=': '!=',
  ne: '!=',
  neq: '!=',
  '<': '<',
  lt: '<',
  '>': '>',
  gt: '>',
  '<=': '<=',
  le: '<=',
  leq: '<=',
  '>=': '>=',
  ge: '>=',
  geq: '>=',
};

function cannotParse(text: string): ToolError {
  return new ToolError(`${text}Cannot parse dst/src address.\n`, 1);
}

function portOf(text: string): number {
  const port = /^\d+$/.test(text) && Number(text) <= 0xffff ? Number(text) : servicePort(text);
  if (port === null) throw cannotParse(`Error: "${text}" does not look like a port.\n`);
  return port;
}

/** Reads words one after the other; a bracket is one only where it stands alone. */
class Reader {
  private readonly words: readonly string[];
  private readonly ifindexOf: (name: string) => number | null;
  private at = 0;

  constructor(words: readonly string[], ifindexOf: (name: string) => number | null) {
    this.words = words;
    this.ifindexOf = ifindexOf;
  }

  read(): SsFilter {
    const filter = this.either();
    if (this.at < this.words.length) throw new SyntaxError(SYNTAX_ERROR);
    return filter;
  }

  private take(...any: readonly string[]): boolean {
    if (!any.includes(this.words[this.at] ?? '')) return false;
    this.at++;
    return true;
  }

  private either(): SsFilter {
    let left = this.both();
    while (this.take('or', '|', '||')) left = { kind: 'or', left, right: this.both() };
    return left;
  }

  /** Conditions side by side hold together, as with `and`. */
  private both(): SsFilter {
    let left = this.one();
    for (;;) {
      const word = this.words[this.at];
      if (word === undefined || word === ')' || word === 'or' || word === '|' || word === '||') return left;
      this.take('and', '&', '&&');
      left = { kind: 'and', left, right: this.one() };
    }
  }

  private one(): SsFilter {
    if (this.take('not', '!')) return { kind: 'not', of: this.one() };
    if (!this.take('(')) return this.condition();
    const inner = this.either();
    if (!this.take(')')) throw new SyntaxError(SYNTAX_ERROR);
    return inner;
  }

  private condition(): SsFilter {
    const word = this.words[this.at++];
    const joins = ['and', 'or', '&', '&&', '|', '||', ')'].includes(word ?? ')');
    if (word === undefined || joins || Object.hasOwn(COMPARES, word)) throw new SyntaxError(SYNTAX_ERROR);
    if (word === 'sport' || word === 'dport') {
      const compare = COMPARES[this.words[this.at++] ?? ''];
      const text = this.words[this.at++];
      if (compare === undefined || text === undefined) throw new SyntaxError(SYNTAX_ERROR);
      return { kind: 'port', local: word === 'sport', compare, port: portOf(text.replace(/^.*:/, '')) };
    }
    if (word === 'src' || word === 'dst') {
      this.take('=', '==', 'eq');
      const text = this.words[this.at++];
      if (text === undefined || Object.hasOwn(COMPARES, text)) throw new SyntaxError(SYNTAX_ERROR);
      return hostFilter(text, word === 'src');
    }
    if (word === 'dev') return this.device();
    if (word === 'autobound') return { kind: 'never' };
    if (word === 'fwmark' || word === 'cgroup') throw new ToolError(`ss: not modelled in this lab: ${word}\n`, 1);
    return hostFilter(word, true);
  }

  private device(): SsFilter {
    const not = this.take('!=', 'ne', 'neq');
    if (!not) this.take('=', '==', 'eq');
    const name = this.words[this.at++];
    if (name === undefined) throw new SyntaxError(SYNTAX_ERROR);
    const ifindex = this.ifindexOf(name);
    if (ifindex === null) throw new ToolError('Cannot parse device.\n', 1);
    return not ? { kind: 'not', of: { kind: 'dev', ifindex } } : { kind: 'dev', ifindex };
  }
}

/** ADDR, ADDR/LEN, ADDR:PORT, :PORT, or `*` and `any` for every address. */
function hostFilter(typed: string, local: boolean): SsFilter {
  const text = typed.replace(/^inet:/, '');
  if (text.startsWith('[') || text.startsWith('inet6:')) return { kind: 'never' };
  const colon = text.lastIndexOf(':');
  const port = colon < 0 || text.slice(colon + 1) === '*' ? null : portOf(text.slice(colon + 1));
  const host = colon < 0 ? text : text.slice(0, colon);
  if (host === '' || host === '*' || host === 'any' || host === 'all') return { kind: 'host', local, addr: 0 as Ipv4, len: 0, port };
  const [name = '', lenText] = host.split('/', 2);
  const addr = parseLooseIpv4(name);
  const len = lenText === undefined ? 32 : /^\d+$/.test(lenText) && Number(lenText) <= 32 ? Number(lenText) : null;
  if (addr === null || len === null) throw cannotParse(`Error: an inet prefix is expected rather than "${host}".\n`);
  return { kind: 'host', local, addr, len, port };
}

/** @throws SyntaxError with ss' message, which usage follows; ToolError for addresses and ports */
export function parseSsFilter(words: readonly string[], ifindexOf: (name: string) => number | null): SsFilter | null {
  const split = words.flatMap((word) => word.split(/\s+/)).filter((word) => word !== '');
  return split.length === 0 ? null : new Reader(split, ifindexOf).read();
}

export function ssMatches(filter: SsFilter, row: SocketRow): boolean {
  switch (filter.kind) {
    case 'and':
      return ssMatches(filter.left, row) && ssMatches(filter.right, row);
    case 'or':
      return ssMatches(filter.left, row) || ssMatches(filter.right, row);
    case 'not':
      return !ssMatches(filter.of, row);
    case 'port':
      return related(filter.compare, filter.local ? row.lport : row.rport, filter.port);
    case 'host': {
      const addr = filter.local ? row.laddr : row.raddr;
      const port = filter.local ? row.lport : row.rport;
      return ((addr ^ filter.addr) & maskOf(filter.len)) === 0 && (filter.port === null || port === filter.port);
    }
    case 'dev':
      return row.oif === filter.ifindex;
    case 'never':
      return false;
  }
}
