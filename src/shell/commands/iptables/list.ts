/**
 * `iptables -L`: chains and rules as a table.
 * Comes from: iptables.ts.
 * Source: iptables 1.8.9 iptables/iptables.c (print_header, print_firewall), libxtables (xtables_print_num).
 * Differs: addresses are not turned into names.
 */
import { formatIpv4 } from '../../../wire/index.ts';
import { xtReferences, type AddrMask, type IfaceMatch, type XtChain, type XtRule, type XtSpec, type XtTable } from '../../../host/index.ts';
import { listMatch } from './match-print.ts';
import { protocolName } from './names.ts';
import { addressText } from './addresses.ts';
import { listTarget, targetName } from './target.ts';

export interface ListFormat {
  readonly verbose: boolean;
  readonly numeric: boolean;
  readonly exact: boolean;
  readonly lineNumbers: boolean;
}

/** Thousands as K, millions as M, once a number has more than five digits. */
export function countText(value: number, exact: boolean): string {
  if (exact || value <= 99_999) return String(value);
  let rest = Math.floor((value + 500) / 1000);
  for (const unit of ['K', 'M', 'G']) {
    if (rest <= 9_999) return `${rest}${unit}`;
    rest = Math.floor((rest + 500) / 1000);
  }
  return `${rest}T`;
}

export function printChain(table: XtTable, chain: XtChain, format: ListFormat): string {
  const counts = format.verbose ? ` ${countText(chain.packets, format.exact)} packets, ${countText(chain.bytes, format.exact)} bytes` : '';
  const state = chain.policy === null ? `${xtReferences(table, chain.name)} references` : `policy ${chain.policy}${counts}`;
  return `Chain ${chain.name} (${state})\n${columnNames(format)}\n${chain.rules.map((rule, i) => printRow(rule, i + 1, format)).join('')}`;
}

function columnNames(format: ListFormat): string {
  let text = format.lineNumbers ? 'num  ' : '';
  if (format.verbose)
    text += format.exact ? `${'pkts'.padStart(8)} ${'bytes'.padStart(10)} ` : `${'pkts'.padStart(5)} ${'bytes'.padStart(5)} `;
  text += `${'target'.padEnd(9)}  prot opt`;
  if (format.verbose) text += ` ${'in'.padEnd(6)} ${'out'.padEnd(6)} `;
  return `${text} ${'source'.padEnd(19)}  ${'destination'.padEnd(19)} `;
}

function protoCell(spec: XtSpec, numeric: boolean): string {
  const proto = spec.proto?.proto ?? 0;
  return `${spec.proto?.not === true ? '!' : ' '}${(numeric ? String(proto) : protocolName(proto)).padEnd(4)}`;
}

function optCell(spec: XtSpec): string {
  if (spec.fragment === null) return '--';
  return spec.fragment.not ? '!f' : '-f';
}

function ifaceCell(iface: IfaceMatch | null, numeric: boolean): string {
  if (iface === null) return numeric ? '*' : 'any';
  return `${iface.not ? '!' : ''}${iface.name}`;
}

function addrCell(want: AddrMask | null, numeric: boolean): string {
  if (want === null || (want.mask === 0 && !want.not)) return numeric ? ' 0.0.0.0/0' : ' anywhere';
  return `${want.not ? '!' : ' '}${addressText(want, formatIpv4)}`;
}

function conditions(spec: XtSpec, numeric: boolean): string {
  const matches = spec.matches.map((match) => listMatch(match, numeric, spec.proto?.proto ?? 0)).join('');
  return matches + listTarget(spec.target, numeric);
}

export function printRow(rule: XtRule, num: number, format: ListFormat): string {
  const { spec } = rule;
  let text = format.lineNumbers ? `${String(num).padEnd(4)} ` : '';
  if (format.verbose) {
    const width = format.exact ? 8 : 5;
    text += `${countText(rule.packets, format.exact).padStart(width)} ${countText(rule.bytes, format.exact).padStart(width)} `;
  }
  text += `${targetName(spec.target).padEnd(9)} ${protoCell(spec, format.numeric)} ${optCell(spec)} `;
  if (format.verbose)
    text += ` ${ifaceCell(spec.inIface, format.numeric).padEnd(6)} ${ifaceCell(spec.outIface, format.numeric).padEnd(6)} `;
  return `${text}${addrCell(spec.src, format.numeric).padEnd(20)} ${addrCell(spec.dst, format.numeric).padEnd(20)} ${conditions(spec, format.numeric)}\n`;
}

/** What -v says of a rule that it adds or deletes: one line without columns. */
export function printRule(spec: XtSpec): string {
  const all = '0.0.0.0/0';
  const addr = (want: AddrMask | null): string => (want === null ? ` ${all}` : addrCell(want, true));
  const iface = (want: IfaceMatch | null): string => ifaceCell(want, true);
  const name = targetName(spec.target);
  return `${name} ${protoCell(spec, false).trimEnd()} opt ${optCell(spec)} in ${iface(spec.inIface)} out ${iface(spec.outIface)} ${addr(spec.src)}  ->${addr(spec.dst)}  ${conditions(spec, true)}\n`;
}
