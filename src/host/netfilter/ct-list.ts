/**
 * The connection table as `conntrack -L` prints it.
 * Comes from: shell/commands/conntrack.
 * Source: conntrack-tools 1.4.7; libnetfilter_conntrack src/conntrack/snprintf_default.c.
 * Differs: newest first; the kernel's order is that of a randomly seeded hash.
 */
import { NS_PER_S } from '../../engine/index.ts';
import { formatIpv4, IPPROTO_ICMP } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import { ctKill, ctSweep } from './conntrack.ts';
import { ctEntriesOf } from './ct-table.ts';
import { protoName } from './rule-text.ts';
import type { CtEntry, CtEvent, CtShown, CtTuple } from './state.ts';

/** Entries that are in the table now. */
export function ctEntries(net: Net): CtEntry[] {
  ctSweep(net);
  return [...ctEntriesOf(net.host.nf.conns)].filter((entry) => entry.confirmed).reverse();
}

/** Throws all entries out; @returns how many there were */
export function ctFlush(net: Net, test: (entry: CtEntry) => boolean = () => true, by: number | null = null): number {
  const entries = ctEntries(net).filter(test);
  for (const entry of entries) ctKill(net, entry, by);
  return entries.length;
}

function tupleText(t: CtTuple): string {
  const addrs = `src=${formatIpv4(t.src)} dst=${formatIpv4(t.dst)}`;
  if (t.proto === IPPROTO_ICMP) return `${addrs} type=${t.dport >>> 8} code=${t.dport & 255} id=${t.sport}`;
  return t.proto === 6 || t.proto === 17 ? `${addrs} sport=${t.sport} dport=${t.dport}` : addrs;
}

/** Packets of a connection that wait for a neighbour: each holds its entry. */
function waiting(net: Net, id: number): number {
  let count = 0;
  for (const neigh of net.host.neigh.entries.values()) for (const skb of neigh.queue) if (skb.ct?.id === id) count++;
  return count;
}

/** What has gone one way, as far as anybody wanted to know. */
function figures(entry: CtShown, way: 0 | 1): string[] {
  return entry.counted ? [`packets=${entry.packets[way]} bytes=${entry.bytes[way]}`] : [];
}

/** `tcp      6` */
function protoText(entry: CtShown): string {
  const proto = entry.orig.proto;
  const name = proto === 1 || proto === 6 || proto === 17 || proto === 132 ? protoName(proto) : 'unknown';
  return `${name.padEnd(8)} ${proto}`;
}

/** One line, without newline. @param holders who holds the entry while it is told, beside the table and packets that wait */
export function ctLine(net: Net, entry: CtEntry, holders = 0): string {
  const left = Math.max(0, Math.floor((entry.expires - net.now) / NS_PER_S));
  const words = [`${protoText(entry)} ${left}`];
  if (entry.tcp !== null) words.push(entry.tcp.state);
  words.push(tupleText(entry.orig), ...figures(entry, 0));
  if (!entry.seenReply) words.push('[UNREPLIED]');
  words.push(tupleText(entry.reply), ...figures(entry, 1));
  if (entry.assured) words.push('[ASSURED]');
  words.push(`mark=${entry.mark}`, `use=${1 + holders + waiting(net, entry.id)}`);
  return words.join(' ');
}

/** What a listener is told, as a line without newline. @param extended with the layers' names and numbers */
export function ctEventLine({ what, entry, leftS, by }: CtEvent, extended: boolean): string {
  const ended = what === 'DESTROY';
  const words = [`[${what}]`.padStart(9)];
  if (extended) words.push('ipv4     2');
  words.push(protoText(entry));
  if (!ended || leftS > 0) words.push(String(leftS));
  if (entry.tcp !== null) words.push(entry.tcp.state);
  words.push(tupleText(entry.orig), ...(ended ? figures(entry, 0) : []));
  if (!entry.seenReply) words.push('[UNREPLIED]');
  words.push(tupleText(entry.reply), ...(ended ? figures(entry, 1) : []));
  if (entry.assured) words.push('[ASSURED]');
  if (entry.mark !== 0) words.push(`mark=${entry.mark}`);
  if (by !== null) words.push(`[USERSPACE] portid=${by} progname=conntrack`);
  return words.join(' ');
}
