/**
 * An ARP rule as arptables prints it: `-j DROP -d 10.0.0.100`, the target first.
 * Comes from: shell/commands/arptables, arp-tables.ts.
 * Source: arptables-nft 1.8.9, as recorded.
 */
import { formatIpv4, formatMac, prefixLenOf, type Ipv4 } from '../../wire/index.ts';
import type { AddrMask, ArpSpec } from './rule.ts';

function addrWords(name: string, want: AddrMask | null): string[] {
  if (want === null) return [];
  const len = prefixLenOf(want.mask as Ipv4);
  const suffix = len === 32 ? '' : `/${len ?? formatIpv4(want.mask)}`;
  return [`${want.not ? '! ' : ''}${name} ${formatIpv4(want.addr)}${suffix}`];
}

function macWords(name: string, want: ArpSpec['srcMac']): string[] {
  if (want === null) return [];
  const mask = want.mask === 0xffffffffffff ? '' : `/${formatMac(want.mask)}`;
  return [`${want.not ? '! ' : ''}${name} ${formatMac(want.mac)}${mask}`];
}

/** Names of ARP operations, by number, as arptables has them. */
export const ARP_OPCODES = [
  '',
  'Request',
  'Reply',
  'Request_Reverse',
  'Reply_Reverse',
  'DRARP_Request',
  'DRARP_Reply',
  'DRARP_Error',
  'InARP_Request',
  'ARP_NAK',
];

/** @param verbose `-v` and `-S` name the interfaces even if any will do */
export function arpRuleText(spec: ArpSpec, verbose = false): string {
  const words: string[] = [];
  const t = spec.target;
  if (t.kind === 'verdict') words.push(`-j ${t.verdict}`);
  else if (t.kind === 'jump') words.push(`-j ${t.chain}`);
  else if (t.kind === 'mangle') words.push('-j mangle');
  if (spec.inIface !== null) words.push(`${spec.inIface.not ? '! ' : ''}-i ${spec.inIface.name}`);
  else if (verbose) words.push('-i *');
  if (spec.outIface !== null) words.push(`${spec.outIface.not ? '! ' : ''}-o ${spec.outIface.name}`);
  else if (verbose) words.push('-o *');
  words.push(
    ...addrWords('-s', spec.src),
    ...macWords('--src-mac', spec.srcMac),
    ...addrWords('-d', spec.dst),
    ...macWords('--dst-mac', spec.dstMac),
  );
  if (spec.opcode !== null) words.push(`${spec.opcode.not ? '! ' : ''}--opcode ${ARP_OPCODES[spec.opcode.op] ?? spec.opcode.op}`);
  if (t.kind === 'mangle') {
    if (t.ipSrc !== null) words.push(`--mangle-ip-s ${formatIpv4(t.ipSrc)}`);
    if (t.ipDst !== null) words.push(`--mangle-ip-d ${formatIpv4(t.ipDst)}`);
    if (t.macSrc !== null) words.push(`--mangle-mac-s ${formatMac(t.macSrc)}`);
    if (t.macDst !== null) words.push(`--mangle-mac-d ${formatMac(t.macDst)}`);
    if (t.mangleTarget !== 'ACCEPT') words.push(`--mangle-target ${t.mangleTarget}`);
  }
  return words.join(' ');
}
