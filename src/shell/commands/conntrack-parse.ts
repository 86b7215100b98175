/**
 * The words of the command conntrack.
 * Comes from: conntrack.ts, programs/conntrack-events.ts (which reads its words again for each event).
 * Goes to: conntrack-filter.ts.
 * Source: conntrack-tools 1.4.7 src/conntrack.c.
 */
import { entryOf } from '../entry-of.ts';
import { ADDRESSES, bad, BANNER, markTest, natTest, protoOption, statusTest, type Test } from './conntrack-filter.ts';
import { protocolNumber } from './iptables/names.ts';
import { notModelled, ToolError } from './tool-error.ts';

const LONG: Readonly<Record<string, string>> = {
  '--dump': '-L',
  '--delete': '-D',
  '--flush': '-F',
  '--count': '-C',
  '--event': '-E',
  '--get': '-G',
  '--update': '-U',
  '--stats': '-S',
  '--create': '-I',
  '--event-mask': '-e',
  '--timeout': '-t',
  '--zero': '-z',
  '--zone': '-w',
  '--buffer-size': '-b',
  '--src': '-s',
  '--orig-src': '-s',
  '--dst': '-d',
  '--orig-dst': '-d',
  '--reply-src': '-r',
  '--reply-dst': '-q',
  '--proto': '-p',
  '--protonum': '-p',
  '--status': '-u',
  '--mark': '-m',
  '--src-nat': '-n',
  '--dst-nat': '-g',
  '--any-nat': '-j',
  '--version': '-V',
  '--help': '-h',
  '--family': '-f',
  '--output': '-o',
};

/** Names by which options are told. */
export const NAMES: Readonly<Record<string, string>> = {
  '-s': '--src',
  '-d': '--dst',
  '-r': '--reply-src',
  '-q': '--reply-dst',
  '-p': '--protonum',
  '-u': '--status',
  '-m': '--mark',
  '-n': '--src-nat',
  '-g': '--dst-nat',
  '-j': '--any-nat',
  '-o': '--output',
};

const COMMANDS = ['-L', '-D', '-F', '-C', '-E', '-G', '-U', '-S', '-V', '-h'];
const EVENTS: Readonly<Record<string, readonly EventName[]>> = {
  ALL: ['NEW', 'UPDATE', 'DESTROY'],
  NEW: ['NEW'],
  UPDATES: ['UPDATE'],
  DESTROY: ['DESTROY'],
};

type EventName = 'NEW' | 'UPDATE' | 'DESTROY';
const TABLES = ['conntrack', 'expect', 'dying', 'unconfirmed'];
const OUTPUTS = ['extended', 'timestamp', 'ktimestamp', 'id'];

export interface Asked {
  command: string | null;
  table: string;
  tests: Test[];
  /** what -U would set, and others ask for */
  values: Test[];
  /** words of -u that another option stands for, as warnings */
  warnings: string[];
  proto: number | null;
  extended: boolean;
  /** the entry's number behind it */
  id: boolean;
  /** the counters are set to 0 once they are shown */
  zero: boolean;
  /** which events; null: not said */
  events: EventName[] | null;
  /** options that were given, in short form */
  given: string[];
  /** the first option that is a filter */
  filter: string | null;
}

export function parse(words: readonly string[]): Asked {
  const asked: Asked = {
    command: null,
    table: 'conntrack',
    tests: [],
    values: [],
    warnings: [],
    proto: null,
    extended: false,
    id: false,
    zero: false,
    events: null,
    given: [],
    filter: null,
  };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const option = entryOf(LONG, word) ?? word;
    asked.given.push(option);
    const value = (): string => {
      const next = words[++i];
      if (next === undefined) throw bad(`option \`${word}' requires an argument`);
      return next;
    };
    if (COMMANDS.includes(option)) {
      if (asked.command !== null) throw bad('Invalid commands combination');
      asked.command = option;
      const table = words[i + 1];
      if (table !== undefined && !table.startsWith('-')) asked.table = tableOf(words[++i] ?? '');
    } else if (option === '-n' || option === '-g' || option === '-j') {
      const next = words[i + 1];
      asked.tests.push(natTest(option, next === undefined || next.startsWith('-') ? null : (words[++i] ?? '')));
    } else takeOption(asked, option, word, value);
    if (asked.filter === null && entryOf(NAMES, option) !== undefined) asked.filter = option;
  }
  if (asked.command !== '-U') asked.tests.push(...asked.values);
  return asked;
}

function tableOf(word: string): string {
  if (!TABLES.includes(word)) throw bad(`unknown type \`${word}'`);
  return word;
}

function takeOption(asked: Asked, option: string, word: string, value: () => string): void {
  const address = entryOf(ADDRESSES, option);
  const ofProto = protoOption(asked.proto, option);
  if (address !== undefined) asked.tests.push(address(value()));
  else if (ofProto !== undefined) asked.tests.push(ofProto(value()));
  else if (option === '-p') takeProto(asked, value());
  else if (option === '-u') takeStatus(asked, value());
  else if (option === '-m') asked.values.push(markTest(value()));
  else if (option === '-f') takeFamily(asked, value());
  else if (option === '-o') takeOutput(asked, value());
  else if (option === '-e') takeEvents(asked, value());
  else if (option === '-z') asked.zero = true;
  else if (option === '-t' || option === '-b') value();
  else if (option === '-w') takeZone(asked, value());
  else if (/^-[IARlc]$/.test(option)) throw notModelled('conntrack', option);
  else throw bad(option.startsWith('-') ? `unknown option \`${word}'` : `unknown argument \`${word}'`);
}

function takeProto(asked: Asked, text: string): void {
  const proto = protocolNumber(text);
  if (proto === null) throw bad(`\`${text}' unsupported protocol`);
  asked.proto = proto;
  asked.tests.push((entry) => entry.orig.proto === proto);
}

function takeFamily(asked: Asked, text: string): void {
  if (text === 'ipv6') asked.tests.push(() => false);
  else if (text !== 'ipv4') throw bad(`\`${text}' unsupported protocol`);
}

const NAT_STATUS: Readonly<Record<string, string>> = { SRC_NAT: '--src-nat', DST_NAT: '--dst-nat' };

function takeStatus(asked: Asked, text: string): void {
  const words = text.split(',');
  for (const word of words) {
    const instead = entryOf(NAT_STATUS, word);
    if (instead !== undefined) asked.warnings.push(`WARNING: ignoring ${word}, use ${instead} instead\n`);
  }
  const rest = words.filter((word) => entryOf(NAT_STATUS, word) === undefined);
  if (rest.length === 0) throw new ToolError(`${asked.warnings.join('')}${BANNER}: Operation failed: invalid parameters\n`, 1);
  asked.values.push(statusTest(rest.join(',')));
}

/** All connections of the lab are in the zone 0. */
function takeZone(asked: Asked, text: string): void {
  const zone = Number(text);
  asked.tests.push(() => zone === 0);
}

function takeEvents(asked: Asked, text: string): void {
  asked.events ??= [];
  for (const word of text.split(',')) {
    const events = entryOf(EVENTS, word);
    if (events === undefined) throw bad(`Bad parameter \`${word}'`);
    asked.events.push(...events);
  }
}

function takeOutput(asked: Asked, text: string): void {
  for (const word of text.split(',')) {
    if (['xml', 'save', 'userspace', 'labels'].includes(word)) throw notModelled('conntrack', `-o ${word}`);
    if (!OUTPUTS.includes(word)) throw bad(`Bad parameter \`${word}'`);
    asked.extended ||= word === 'extended';
    asked.id ||= word === 'id';
  }
}
