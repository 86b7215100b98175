/**
 * arptables: rules for ARP packets, and the configuration calls for the command.
 * Comes from: hooks.ts (ARP_IN, ARP_OUT), shell/commands/arptables.
 * Source: Linux 6.1 net/ipv4/netfilter/arp_tables.c, arpt_do_table(), arp_packet_match(); arpt_mangle.c.
 * Differs: the command is the one built on nf_tables, whose counters of OUTPUT include the Ethernet header.
 */
import { ARP_LEN, ETH_HLEN, makeArp, type ArpHdr, type Mac } from '../../wire/index.ts';
import { devGet } from '../dev/get.ts';
import type { Net } from '../net.ts';
import { nfNeedHooks } from './nf-hook.ts';
import { NO_IF, type IfIndex, type Skb } from '../skb.ts';
import type { HookVerdict } from './hook-table.ts';
import { matchAddr, matchIface } from './match.ts';
import type { ArpChain, ArpRule, ArpSpec, ArpTarget, XtPolicy } from './rule.ts';
import { arpRuleText } from './arp-rule-text.ts';

export type ArpErrno = 'ENOENT' | 'EEXIST' | 'E2BIG' | 'EINVAL' | 'EBUSY' | 'ELOOP';

function builtinChains(): ArpChain[] {
  return [newArpChain('INPUT', 'ACCEPT'), newArpChain('OUTPUT', 'ACCEPT')];
}

/** The chains, made by the first change. */
function arptUse(net: Net): ArpChain[] {
  const { nf } = net.host;
  if (nf.arp === null) {
    nf.arp = builtinChains();
    nfNeedHooks(net, 1);
  }
  return nf.arp;
}

/** The chains as a listing shows them, whether they are made yet or not. */
export function arptChains(net: Net): readonly ArpChain[] {
  return net.host.nf.arp ?? builtinChains();
}

function newArpChain(name: string, policy: XtPolicy | null): ArpChain {
  return { name, policy, counts: false, packets: 0, bytes: 0, rules: [] };
}

export function arptChain(net: Net, name: string): ArpChain | null {
  return arptChains(net).find((chain) => chain.name === name) ?? null;
}

/** A chain that is going to be changed. */
function chainToChange(net: Net, name: string): ArpChain {
  return arptUse(net).find((chain) => chain.name === name) as ArpChain;
}

function knownTarget(net: Net, spec: ArpSpec): boolean {
  if (spec.target.kind !== 'jump') return true;
  const chain = arptChain(net, spec.target.chain);
  return chain !== null && chain.policy === null;
}

export function arptAppend(net: Net, chainName: string, spec: ArpSpec): ArpErrno | null {
  return arptInsert(net, chainName, null, spec);
}

/** @param num the place the rule will have, from 1; null is the end */
export function arptInsert(net: Net, chainName: string, num: number | null, spec: ArpSpec): ArpErrno | null {
  const chain = arptChain(net, chainName);
  if (chain === null || !knownTarget(net, spec)) return 'ENOENT';
  const at = num === null ? chain.rules.length : num - 1;
  if (at < 0 || at > chain.rules.length) return 'E2BIG';
  chainToChange(net, chainName).rules.splice(at, 0, { spec, packets: 0, bytes: 0 });
  return null;
}

/** The tool compares addresses, interfaces and target; neither the operation nor hardware addresses (nft_arp_is_same). */
export function arptSameRule(a: ArpSpec, b: ArpSpec): boolean {
  const compared = (spec: ArpSpec): string => arpRuleText({ ...spec, opcode: null, srcMac: null, dstMac: null });
  return compared(a) === compared(b);
}

/** @param which a rule's place from 1, or what it asks and does */
export function arptDelete(net: Net, chainName: string, which: number | ArpSpec): ArpErrno | null {
  const chain = arptChain(net, chainName);
  if (chain === null) return 'ENOENT';
  const at = typeof which === 'number' ? which - 1 : chain.rules.findIndex((rule) => arptSameRule(rule.spec, which));
  if (at < 0 || at >= chain.rules.length) return typeof which === 'number' ? 'E2BIG' : 'ENOENT';
  chain.rules.splice(at, 1);
  return null;
}

export function arptFlush(net: Net, chainName: string | null): ArpErrno | null {
  if (chainName !== null && arptChain(net, chainName) === null) return 'ENOENT';
  for (const chain of net.host.nf.arp ?? []) if (chainName === null || chain.name === chainName) chain.rules = [];
  return null;
}

export function arptZero(net: Net, chainName: string | null): ArpErrno | null {
  if (chainName !== null && arptChain(net, chainName) === null) return 'ENOENT';
  for (const chain of net.host.nf.arp ?? []) {
    if (chainName !== null && chain.name !== chainName) continue;
    for (const counted of [chain, ...chain.rules]) {
      counted.packets = 0;
      counted.bytes = 0;
    }
  }
  return null;
}

export function arptPolicy(net: Net, chainName: string, policy: XtPolicy): ArpErrno | null {
  if ((arptChain(net, chainName)?.policy ?? null) === null) return 'ENOENT';
  const chain = chainToChange(net, chainName);
  chain.policy = policy;
  chain.counts = true;
  return null;
}

export function arptNewChain(net: Net, name: string): ArpErrno | null {
  if (arptChain(net, name) !== null) return 'EEXIST';
  arptUse(net).push(newArpChain(name, null));
  return null;
}

/** Rules that jump to the chain go on doing so. */
export function arptRenameChain(net: Net, from: string, to: string): ArpErrno | null {
  if (arptChain(net, to) !== null) return 'EEXIST';
  const chain = arptChain(net, from);
  if (chain === null || chain.policy !== null) return 'ENOENT';
  chain.name = to;
  for (const each of arptUse(net))
    for (const rule of each.rules) {
      const { target } = rule.spec;
      if (target.kind === 'jump' && target.chain === from) rule.spec = { ...rule.spec, target: { ...target, chain: to } };
    }
  return null;
}

export function arptDeleteChain(net: Net, name: string): ArpErrno | null {
  const chain = arptChain(net, name);
  if (chain === null) return 'ENOENT';
  const chains = arptUse(net);
  if (chain.policy !== null) return 'EINVAL';
  const isUsed = chains.some((each) => each.rules.some((r) => r.spec.target.kind === 'jump' && r.spec.target.chain === name));
  if (chain.rules.length > 0 || isUsed) return 'EBUSY';
  chains.splice(chains.indexOf(chain), 1);
  return null;
}

function matchMac(want: ArpSpec['srcMac'], mac: Mac): boolean {
  if (want === null) return true;
  // 48 bits do not fit the bit operators: compare the upper and the lower half
  const hit =
    (((Math.floor(mac / 0x1000000) ^ Math.floor(want.mac / 0x1000000)) & Math.floor(want.mask / 0x1000000)) |
      (((mac % 0x1000000) ^ (want.mac % 0x1000000)) & (want.mask % 0x1000000))) ===
    0;
  return hit !== want.not;
}

function arpMatches(spec: ArpSpec, arp: ArpHdr, inName: string, outName: string): boolean {
  return (
    matchAddr(spec.src, arp.spa) &&
    matchAddr(spec.dst, arp.tpa) &&
    matchIface(spec.inIface, inName) &&
    matchIface(spec.outIface, outName) &&
    matchMac(spec.srcMac, arp.sha) &&
    matchMac(spec.dstMac, arp.tha) &&
    (spec.opcode === null || (arp.op === spec.opcode.op) !== spec.opcode.not)
  );
}

/** Walks the ARP rules; a drop is recorded here. */
export function arptDoTable(net: Net, skb: Skb, hook: 'ARP_IN' | 'ARP_OUT', indev: IfIndex, outdev: IfIndex): HookVerdict {
  const chain = arptChain(net, hook === 'ARP_IN' ? 'INPUT' : 'OUTPUT');
  if (chain === null) return 'accept';
  const name = (dev: IfIndex): string => (dev === NO_IF ? '' : (devGet(net.host, dev)?.name ?? ''));
  const bytes = hook === 'ARP_IN' ? ARP_LEN : ARP_LEN + ETH_HLEN;
  const verdict = walkArp(net, chain, skb, hook, name(indev), name(outdev), bytes, 0);
  if (verdict !== null) return verdict;
  // nf_tables keeps no counter for a policy that nobody has set
  if (chain.counts) {
    chain.packets++;
    chain.bytes += bytes;
  }
  if (chain.policy !== 'DROP') return 'accept';
  net.trace(`nf:${hook}`, 'drop', 'netfilter.arp-dropped-by-policy', skb, { chain: chain.name });
  return 'drop';
}

function walkArp(
  net: Net,
  chain: ArpChain,
  skb: Skb,
  hook: 'ARP_IN' | 'ARP_OUT',
  inName: string,
  outName: string,
  bytes: number,
  depth: number,
): HookVerdict | null {
  for (let i = 0; i < chain.rules.length && depth < 16; i++) {
    const rule = chain.rules[i] as ArpRule;
    const arp = skb.layers[0] as ArpHdr;
    if (!arpMatches(rule.spec, arp, inName, outName)) continue;
    rule.packets++;
    rule.bytes += bytes;
    const target = rule.spec.target;
    if (target.kind === 'jump') {
      const next = arptChain(net, target.chain);
      const verdict = next === null ? null : walkArp(net, next, skb, hook, inName, outName, bytes, depth + 1);
      if (verdict !== null) return verdict;
    } else if (target.kind === 'verdict') {
      if (target.verdict === 'RETURN') return null;
      return decideArp(net, chain, i, rule, skb, hook, target.verdict);
    } else if (target.kind === 'mangle') {
      mangleArp(net, skb, hook, arp, target);
      if (target.mangleTarget !== 'CONTINUE') return decideArp(net, chain, i, rule, skb, hook, target.mangleTarget);
    }
  }
  return null;
}

function decideArp(
  net: Net,
  chain: ArpChain,
  index: number,
  rule: ArpRule,
  skb: Skb,
  hook: 'ARP_IN' | 'ARP_OUT',
  verdict: 'ACCEPT' | 'DROP',
): HookVerdict {
  if (verdict === 'ACCEPT') return 'accept';
  net.trace(`nf:${hook}`, 'drop', 'netfilter.arp-dropped-by-rule', skb, {
    chain: chain.name,
    num: index + 1,
    rule: arpRuleText(rule.spec),
  });
  return 'drop';
}

function mangleArp(net: Net, skb: Skb, hook: 'ARP_IN' | 'ARP_OUT', arp: ArpHdr, t: ArpTarget & { kind: 'mangle' }): void {
  const changed = makeArp(arp.op, t.macSrc ?? arp.sha, t.ipSrc ?? arp.spa, t.macDst ?? arp.tha, t.ipDst ?? arp.tpa);
  skb.layers = [changed, ...skb.layers.slice(1)];
  net.traceMangle(`nf:${hook}`, 'netfilter.arp-mangled', skb, {
    from: arp.spa,
    to: changed.spa,
    tpaFrom: arp.tpa,
    tpaTo: changed.tpa,
  });
}
