/**
 * Reads a filter expression.
 * Comes from: text behind a tcpdump command.  Goes to: filter.ts.
 * Source: libpcap 1.10 pcap-filter(7), grammar.y: `and` and `or` have the same precedence and go
 *   from left to right, `not` binds tighter; a bare address or port takes the words before the last one.
 */
import { parseIpv4, parseMac, type Ipv4 } from '../wire/index.ts';
import { Failure, lex, type FilterError, type Token } from './filter-lex.ts';
import { rejectsAll } from './filter-reject.ts';
import type { FilterDir, FilterExpr, FilterNumber, LoadBase, Relation } from './filter.ts';

/** Words that stand before an address or port and hold for the next bare one too. */
interface Qualifiers {
  proto: string | null;
  dir: FilterDir;
  type: 'host' | 'net' | 'port' | 'portrange' | 'proto' | null;
}

/** Longer expressions are refused: they could nest deeper than the parser can follow. */
const TOKENS_MAX = 500;

/** @param resolve looks a host name up; without it only addresses are understood */
export function parseFilter(
  text: string,
  resolve: (name: string) => Ipv4 | null = () => null,
): { readonly ok: true; readonly expr: FilterExpr } | { readonly ok: false; readonly error: FilterError } {
  try {
    const tokens = lex(text);
    if (tokens.length > TOKENS_MAX)
      return {
        ok: false,
        error: {
          message: "can't parse filter expression: memory exhausted",
          at: 0,
          found: '',
          expected: `at most ${TOKENS_MAX} words`,
        },
      };
    if (tokens[0]?.kind === 'end') return { ok: true, expr: { op: 'all' } };
    const parser = new Parser(tokens, resolve);
    const expr = parser.whole();
    if (!rejectsAll(expr)) return { ok: true, expr };
    return {
      ok: false,
      error: { message: 'expression rejects all packets', at: 0, found: '', expected: 'conditions that can hold together' },
    };
  } catch (error) {
    if (error instanceof Failure) return { ok: false, error: error.detail };
    throw error;
  }
}

/** Those behind ip6 never come on a link of the lab, and are understood all the same. */
const ETHER_TYPES: Readonly<Record<string, number>> = {
  ip: 0x0800,
  arp: 0x0806,
  rarp: 0x8035,
  ip6: 0x86dd,
  icmp6: 0x86dd,
  vlan: 0x8100,
  mpls: 0x8847,
  pppoes: 0x8864,
  atalk: 0x809b,
  decnet: 0x6003,
};
const IP_PROTOS: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  vrrp: 112,
  sctp: 132,
  esp: 50,
  ah: 51,
  pim: 103,
  carp: 112,
  ipip: 4,
};
const PROTO_WORDS: readonly string[] = ['ether', 'link', ...Object.keys(ETHER_TYPES), ...Object.keys(IP_PROTOS)];
const TYPE_WORDS = ['host', 'net', 'port', 'portrange', 'proto'] as const;
const SERVICES: Readonly<Record<string, number>> = {
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  domain: 53,
  http: 80,
  pop3: 110,
  ntp: 123,
  https: 443,
  mysql: 3306,
};

/** Names for offsets and values inside brackets and relations. */
const CONSTANTS: Readonly<Record<string, number>> = {
  tcpflags: 13,
  'tcp-fin': 1,
  'tcp-syn': 2,
  'tcp-rst': 4,
  'tcp-push': 8,
  'tcp-ack': 16,
  'tcp-urg': 32,
  'tcp-ece': 64,
  'tcp-cwr': 128,
  icmptype: 0,
  icmpcode: 1,
  'icmp-echoreply': 0,
  'icmp-unreach': 3,
  'icmp-sourcequench': 4,
  'icmp-redirect': 5,
  'icmp-echo': 8,
  'icmp-timxceed': 11,
  'icmp-paramprob': 12,
};

const RELATIONS: Readonly<Record<string, Relation>> = {
  '=': '=',
  '==': '=',
  '!=': '!=',
  '<': '<',
  '>': '>',
  '<=': '<=',
  '>=': '>=',
};

/** Words that are never the name of a host, a net, a port or a protocol. */
const KEYWORDS: ReadonlySet<string> = new Set([
  ...PROTO_WORDS,
  ...TYPE_WORDS,
  ...Object.keys(CONSTANTS),
  'and',
  'or',
  'not',
  'src',
  'dst',
  'len',
  'less',
  'greater',
  'mask',
  'broadcast',
  'multicast',
  'inbound',
  'outbound',
]);

/** Lowest first, as in C. */
const PRECEDENCE: readonly (readonly string[])[] = [['|'], ['^'], ['&'], ['<<', '>>'], ['+', '-'], ['*', '/', '%']];

class Parser {
  private readonly tokens: readonly Token[];
  private readonly resolve: (name: string) => Ipv4 | null;
  private at = 0;
  private last: Qualifiers | null = null;

  constructor(tokens: readonly Token[], resolve: (name: string) => Ipv4 | null) {
    this.tokens = tokens;
    this.resolve = resolve;
  }

  whole(): FilterExpr {
    const expr = this.expression();
    if (this.peek.kind !== 'end') throw this.syntax('and, or, or the end');
    return expr;
  }

  private get peek(): Token {
    return this.tokens[this.at] as Token;
  }

  /** Takes a word; the end is never passed. */
  private next(): Token {
    return this.tokens[this.at < this.tokens.length - 1 ? this.at++ : this.at] as Token;
  }

  private accept(...texts: readonly string[]): boolean {
    if (this.peek.kind === 'end' || !texts.includes(this.peek.text)) return false;
    this.at++;
    return true;
  }

  private syntax(expected: string): Failure {
    return this.failure("can't parse filter expression: syntax error", expected);
  }

  private failure(message: string, expected: string, token = this.peek): Failure {
    return new Failure({ message, at: token.at, found: token.text, expected });
  }

  private expression(): FilterExpr {
    let left = this.term();
    for (;;) {
      if (this.accept('and', '&&')) left = { op: 'and', a: left, b: this.term() };
      else if (this.accept('or', '||')) left = { op: 'or', a: left, b: this.term() };
      else return left;
    }
  }

  private term(): FilterExpr {
    if (this.accept('not', '!')) return { op: 'not', a: this.term() };
    const relation = this.relation();
    if (relation !== null) return relation;
    if (this.accept('(')) {
      const inner = this.expression();
      if (!this.accept(')')) throw this.syntax(')');
      return inner;
    }
    return this.primitive();
  }

  /** Tries `number relation number`; goes back where it was when that is not what stands there. */
  private relation(): FilterExpr | null {
    const start = this.at;
    const a = this.arithmetic(0);
    const relation = a === null ? undefined : own(RELATIONS, this.peek.text);
    if (a === null || relation === undefined) {
      this.at = start;
      return null;
    }
    this.at++;
    const b = this.arithmetic(0);
    if (b === null) throw this.syntax('a number');
    return { op: 'relation', relation, a, b };
  }

  private arithmetic(level: number): FilterNumber | null {
    const ops = PRECEDENCE[level];
    if (ops === undefined) return this.operand();
    let left = this.arithmetic(level + 1);
    while (left !== null && this.peek.kind === 'op' && ops.includes(this.peek.text)) {
      const op = this.next().text as '+';
      const right = this.arithmetic(level + 1);
      if (right === null) return null;
      left = { op, a: left, b: right };
    }
    return left;
  }

  private operand(): FilterNumber | null {
    const token = this.peek;
    if (token.kind === 'number' && !token.text.includes('.')) {
      this.at++;
      return { op: 'number', value: Number(token.text) };
    }
    if (this.accept('len')) return { op: 'len' };
    const constant = own(CONSTANTS, token.text);
    if (token.kind === 'word' && constant !== undefined) {
      this.at++;
      return { op: 'number', value: constant };
    }
    if (this.accept('(')) {
      const inner = this.arithmetic(0);
      return inner !== null && this.accept(')') ? inner : null;
    }
    const base = ['ether', 'ip', 'arp', 'tcp', 'udp', 'icmp'].find((name) => name === token.text);
    return base !== undefined && this.tokens[this.at + 1]?.text === '[' ? this.load(base as LoadBase) : null;
  }

  private load(base: LoadBase): FilterNumber {
    this.at += 2;
    const offset = this.arithmetic(0);
    if (offset === null) throw this.syntax('an offset');
    let size = 1;
    if (this.accept(':')) {
      size = Number(this.peek.text);
      if (size !== 1 && size !== 2 && size !== 4) throw this.failure('data size must be 1, 2, or 4', '1, 2 or 4');
      this.at++;
    }
    if (!this.accept(']')) throw this.syntax(']');
    return { op: 'load', base, offset, size };
  }

  private primitive(): FilterExpr {
    const token = this.peek;
    if (token.kind === 'end' || token.kind === 'op') throw this.syntax('an expression');
    if (this.accept('less')) return { op: 'relation', relation: '<=', a: { op: 'len' }, b: { op: 'number', value: this.count() } };
    if (this.accept('greater')) return { op: 'relation', relation: '>=', a: { op: 'len' }, b: { op: 'number', value: this.count() } };
    if (this.accept('inbound')) return { op: 'towards', dir: 'in' };
    if (this.accept('outbound')) return { op: 'towards', dir: 'out' };
    const qualifiers = this.qualifiers();
    if (this.peek.text === 'broadcast' || this.peek.text === 'multicast') {
      const what = this.next().text as 'broadcast' | 'multicast';
      if (qualifiers !== null && !['ether', 'ip', 'link'].includes(qualifiers.proto ?? 'ether'))
        throw this.failure(`only link-layer/IP ${what} filters supported`, 'ether or ip', token);
      return { op: 'group', of: qualifiers?.proto === 'ip' ? 'ip' : 'ether', what };
    }
    if (qualifiers === null) {
      if (token.text === 'gateway') throw this.failure("'gateway' not supported in this configuration", 'host', token);
      // a bare address or port takes the qualifiers of the one before
      if (this.last === null || KEYWORDS.has(token.text)) throw this.syntax('host, net, port or a protocol');
      return this.id(this.last);
    }
    if (qualifiers.proto === 'vlan' && this.peek.kind === 'number') this.at++;
    if (this.bare(qualifiers)) return this.protocol(qualifiers.proto as string, token);
    // a protocol alone says nothing about what comes next
    if (KEYWORDS.has(this.peek.text) || (qualifiers.type === null && qualifiers.dir === 'either')) throw this.syntax('host, net or port');
    this.last = qualifiers;
    return this.id(qualifiers);
  }

  /** Only a protocol's name: `tcp`, `arp`. */
  private bare(qualifiers: Qualifiers): boolean {
    if (qualifiers.proto === null || qualifiers.type !== null || qualifiers.dir !== 'either') return false;
    const { kind, text } = this.peek;
    return kind === 'end' || kind === 'op' || text === 'and' || text === 'or';
  }

  private count(): number {
    const token = this.next();
    if (token.kind !== 'number') throw this.failure("can't parse filter expression: syntax error", 'a number of bytes', token);
    return Number(token.text);
  }

  private qualifiers(): Qualifiers | null {
    const found: Qualifiers = { proto: null, dir: 'either', type: null };
    const start = this.at;
    if (PROTO_WORDS.includes(this.peek.text)) found.proto = this.next().text;
    const dir = this.direction();
    if (dir !== null) found.dir = dir;
    const type = TYPE_WORDS.find((word) => word === this.peek.text);
    if (type !== undefined) {
      found.type = type;
      this.at++;
    }
    return this.at === start ? null : found;
  }

  private direction(): FilterDir | null {
    const [first, joint, second] = [this.peek.text, this.tokens[this.at + 1]?.text, this.tokens[this.at + 2]?.text];
    if (first !== 'src' && first !== 'dst') return null;
    const other = first === 'src' ? 'dst' : 'src';
    if ((joint === 'or' || joint === 'and' || joint === '||' || joint === '&&') && second === other) {
      this.at += 3;
      return joint === 'or' || joint === '||' ? 'either' : 'both';
    }
    this.at++;
    return first;
  }

  private protocol(name: string, token: Token): FilterExpr {
    const type = own(ETHER_TYPES, name);
    if (type !== undefined) return { op: 'ether-type', type };
    const proto = own(IP_PROTOS, name);
    if (proto !== undefined) return { op: 'ip-proto', proto };
    throw this.failure("can't parse filter expression: syntax error", 'host, src or dst', token);
  }

  /** The address, port or number that qualifiers are about. */
  private id(q: Qualifiers): FilterExpr {
    if (q.type === 'port' || q.type === 'portrange') return this.port(q);
    if (q.type === 'proto') return this.protoNumber(q);
    const token = this.next();
    if (token.kind === 'mac' || q.proto === 'ether' || q.proto === 'link') {
      const mac = parseMac(token.text);
      if (mac === null)
        throw this.failure(
          token.kind === 'number' ? 'illegal link layer address' : `unknown ether host '${token.text}'`,
          'a MAC address',
          token,
        );
      return { op: 'mac', dir: q.dir, mac };
    }
    if (q.proto !== null && own(ETHER_TYPES, q.proto) === undefined)
      throw this.failure(`'${q.proto}' modifier applied to host`, 'ip or arp', token);
    const of = q.proto === 'ip' || q.proto === 'arp' ? q.proto : 'any';
    if (token.kind === 'end' || token.kind === 'op') throw this.failure("can't parse filter expression: syntax error", 'an address', token);
    if (q.type === 'net') return this.net(q, of, token);
    const addr = parseIpv4(token.text) ?? this.resolve(token.text);
    if (addr === null) {
      // an unqualified word that is no host is most often a misspelt keyword
      throw this.failure(
        token.kind === 'number' ? `invalid IPv4 address '${token.text}'` : `unknown host '${token.text}'`,
        'an address',
        token,
      );
    }
    // `src 10.0.0.0/8` means a net
    if (q.type === null && this.peek.text === '/') return this.net(q, of, token);
    if (this.peek.text === '/') throw this.failure('Mask syntax for networks only', 'and, or, or the end');
    return { op: 'net', of, dir: q.dir, addr, mask: 0xffffffff };
  }

  private net(q: Qualifiers, of: 'any' | 'ip' | 'arp', token: Token): FilterExpr {
    const parts = token.text.split('.');
    const padded = [...parts, '0', '0', '0'].slice(0, 4).join('.');
    const addr = parseIpv4(padded);
    if (addr === null)
      throw this.failure(
        token.kind === 'number' ? `invalid IPv4 address '${token.text}'` : `unknown network '${token.text}'`,
        'a network',
        token,
      );
    let typed = token.text;
    let mask = parts.length >= 4 ? 0xffffffff : (0xffffffff << (32 - 8 * parts.length)) >>> 0;
    if (this.accept('/')) {
      const length = this.count();
      if (length > 32) throw this.failure('mask length must be <= 32', '0 to 32', this.tokens[this.at - 1]);
      typed += `/${length}`;
      mask = length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
    } else if (this.accept('mask')) {
      const given = parseIpv4(this.peek.text);
      if (given === null) throw this.syntax('a netmask');
      typed += ` mask ${this.next().text}`;
      mask = given;
    }
    if ((addr & ~mask) >>> 0 !== 0)
      throw this.failure(`non-network bits set in "${typed}"`, 'an address with zeros behind the mask', token);
    return { op: 'net', of, dir: q.dir, addr, mask };
  }

  private port(q: Qualifiers): FilterExpr {
    const token = this.next();
    if (token.kind === 'end' || token.kind === 'op' || KEYWORDS.has(token.text))
      throw this.failure("can't parse filter expression: syntax error", 'a port', token);
    const proto = q.proto === null || q.proto === 'ip' ? null : (own(IP_PROTOS, q.proto) ?? -1);
    if (proto !== null && proto !== 6 && proto !== 17 && proto !== 132)
      throw this.failure("illegal qualifier of 'port'", 'tcp or udp', token);
    let low = portNumber(token.text);
    let high = low;
    const range = /^(\d+)-(\d+)$/.exec(token.text);
    if (range !== null && q.type === 'portrange') [low, high] = [Number(range[1]), Number(range[2])];
    else if (q.type === 'portrange' && this.accept('-')) high = portNumber(this.next().text);
    if (q.type === 'port' && this.peek.text === '-')
      throw this.failure(`unknown port '${token.text}-${this.tokens[this.at + 1]?.text ?? ''}'`, 'a port', token);
    if (low === null || high === null)
      throw this.failure(
        q.type === 'portrange' ? `unknown port in range '${token.text}'` : `unknown port '${token.text}'`,
        'a port',
        token,
      );
    if (low > 65_535 || high > 65_535) throw this.failure(`illegal port number ${Math.max(low, high)} > 65535`, '0 to 65535', token);
    return { op: 'port', proto, dir: q.dir, low: Math.min(low, high), high: Math.max(low, high) };
  }

  private protoNumber(q: Qualifiers): FilterExpr {
    const token = this.next();
    // a keyword is a protocol here only behind a backslash
    if (token.kind === 'end' || token.kind === 'op' || KEYWORDS.has(token.text))
      throw this.failure("can't parse filter expression: syntax error", 'a number or \\name', token);
    const name = token.text.replace(/^\\/, '');
    const names = q.proto === 'ether' ? ETHER_TYPES : IP_PROTOS;
    const value = token.kind === 'number' ? Number(token.text) : own(names, name);
    if (value === undefined || Number.isNaN(value))
      throw this.failure(`unknown ${q.proto === 'ether' ? 'ether' : 'ip'} proto '${token.text}'`, 'a protocol', token);
    return q.proto === 'ether' ? { op: 'ether-type', type: value } : { op: 'ip-proto', proto: value };
  }
}

function portNumber(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : (own(SERVICES, text) ?? null);
}

/** The entry of a table by a word that somebody typed, which may be 'constructor'. */
function own<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
