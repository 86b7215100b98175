/**
 * Options of iptables' match `ipvs`, from words to rule data.
 * Comes from: match-parse.ts.  Goes to: host/netfilter's IpvsMatch.
 * Source: iptables 1.8.9 extensions/libxt_ipvs.c.
 */
import type { AddrMask, IpvsMatch } from '../../../host/index.ts';
import { hostAndMask } from './addresses.ts';
import { badParameter, type Speaker } from './complain.ts';
import { find, first, type ExtOption, type MatchExt } from './match-option.ts';
import { protocolNumber, servicePort } from './names.ts';

const METHODS = ['GATE', 'IPIP', 'MASQ'] as const;
const DIRECTIONS = ['ORIGINAL', 'REPLY'] as const;

/** A number too large loses its upper bits, as in the look-up of names. */
function portOf(who: Speaker, option: ExtOption | undefined): { port: number; not: boolean } | null {
  if (option === undefined) return null;
  const text = first(option);
  const port = /^\d+$/.test(text) ? Number(text) % 65536 : servicePort(text);
  if (port === null) throw badParameter(who, `Port "${first(option)}" does not resolve to anything.\n`);
  return { port, not: option.not };
}

function addrOf(who: Speaker, option: ExtOption | undefined): AddrMask | null {
  return option === undefined ? null : { ...hostAndMask(who, first(option)), not: option.not };
}

function protoOf(who: Speaker, option: ExtOption | undefined): IpvsMatch['proto'] {
  if (option === undefined) return null;
  const proto = protocolNumber(first(option));
  if (proto === null) throw badParameter(who, `unknown protocol "${first(option)}" specified`);
  return { proto, not: option.not };
}

function wordOf<Word extends string>(who: Speaker, option: ExtOption, words: readonly Word[]): Word {
  const word = words.find((one) => one === first(option).toUpperCase());
  if (word === undefined) throw badParameter(who, `ipvs: Bad value for "--${option.name}" option: "${first(option)}"`);
  return word;
}

function buildIpvs(who: Speaker, options: readonly ExtOption[]): IpvsMatch {
  if (options.length === 0) throw badParameter(who, 'IPVS: At least one option is required');
  const property = find(options, 'ipvs');
  const dir = find(options, 'vdir');
  const method = find(options, 'vmethod');
  return {
    kind: 'ipvs',
    property: property === undefined ? null : { not: property.not },
    proto: protoOf(who, find(options, 'vproto')),
    vaddr: addrOf(who, find(options, 'vaddr')),
    vport: portOf(who, find(options, 'vport')),
    dir: dir === undefined ? null : wordOf(who, dir, DIRECTIONS),
    method: method === undefined ? null : { method: wordOf(who, method, METHODS), not: method.not },
    vportctl: portOf(who, find(options, 'vportctl')),
  };
}

/** What is refused before the words behind it are read. */
function checkLast(who: Speaker, options: readonly ExtOption[]): void {
  const last = options[options.length - 1];
  if (last === undefined) return;
  if (find(options, last.name) !== last) throw badParameter(who, `ipvs: option "--${last.name}" can only be used once.\n`);
  if (last.name === 'vdir' && last.not) throw badParameter(who, 'ipvs: option "--vdir" cannot be inverted.\n');
  if (last.name === 'vaddr') addrOf(who, last);
}

export const IPVS_MATCH: MatchExt = {
  options: { ipvs: 0, vproto: 1, vaddr: 1, vport: 1, vdir: 1, vmethod: 1, vportctl: 1 },
  check: checkLast,
  build: buildIpvs,
};
