/**
 * The walk of a packet through a table: rule after rule, into chains and back, to a verdict.
 * Comes from: hooks.ts.  Goes to: match.ts, target.ts.
 * Source: Linux 6.1 net/ipv4/netfilter/ip_tables.c, ipt_do_table().
 */
import type { Ipv4Hdr } from '../../wire/index.ts';
import { devGet } from '../dev/get.ts';
import type { Net } from '../net.ts';
import { NO_IF, type IfIndex, type Skb } from '../skb.ts';
import type { HookVerdict, NfHook } from './hook-table.ts';
import { ruleMatches, type XtPacket } from './match.ts';
import { ruleText } from './rule-text.ts';
import type { XtChain, XtHook, XtRule, XtTable, XtTableName } from './rule.ts';
import { runTarget } from './target.ts';

/** A rule that goes round in circles would have been refused; this only keeps a mistake of ours from hanging. */
const DEPTH_MAX = 64;

export const XT_CHAIN_OF: Readonly<Record<Exclude<NfHook, 'ARP_IN' | 'ARP_OUT'>, XtHook>> = {
  PRE_ROUTING: 'PREROUTING',
  LOCAL_IN: 'INPUT',
  FORWARD: 'FORWARD',
  LOCAL_OUT: 'OUTPUT',
  POST_ROUTING: 'POSTROUTING',
};

export function xtTable(net: Net, name: XtTableName): XtTable | null {
  const tables = net.host.nf.tables;
  for (let i = 0; i < tables.length; i++) if (tables[i]?.name === name) return tables[i] as XtTable;
  return null;
}

export function xtChain(table: XtTable, name: string): XtChain | null {
  return table.chains.find((chain) => chain.name === name) ?? null;
}

interface Walk {
  readonly net: Net;
  readonly table: XtTable;
  readonly skb: Skb;
  readonly hook: NfHook;
  readonly indev: IfIndex;
  readonly outdev: IfIndex;
  readonly packet: XtPacket;
}

function nameOf(net: Net, ifindex: IfIndex): string {
  return ifindex === NO_IF ? '' : (devGet(net.host, ifindex)?.name ?? '');
}

/** Walks one table at one hook; a drop is recorded here. */
export function iptDoTable(
  net: Net,
  tableName: XtTableName,
  skb: Skb,
  hook: Exclude<NfHook, 'ARP_IN' | 'ARP_OUT'>,
  indev: IfIndex,
  outdev: IfIndex,
): HookVerdict {
  const table = xtTable(net, tableName);
  const chain = table === null ? null : xtChain(table, XT_CHAIN_OF[hook]);
  if (table === null || chain === null) return 'accept';
  const packet: XtPacket = { inName: nameOf(net, indev), outName: nameOf(net, outdev), hotDrop: false };
  const verdict = walkChain({ net, table, skb, hook, indev, outdev, packet }, chain, 0);
  if (packet.hotDrop) {
    net.trace(`nf:${hook}`, 'drop', 'netfilter.header-cut', skb, { table: tableName });
    return 'drop';
  }
  if (verdict !== null) return verdict;
  // the policy is the chain's last rule
  const bytes = (skb.layers[0] as Ipv4Hdr).totalLen;
  chain.packets++;
  chain.bytes += bytes;
  if (chain.policy === 'DROP') {
    net.trace(`nf:${hook}`, 'drop', 'netfilter.dropped-by-policy', skb, {
      table: tableName,
      chain: chain.name,
    });
    return 'drop';
  }
  if (net.tracing && chain.rules.length > 0)
    net.trace(`nf:${hook}`, 'pass', 'netfilter.passed-by-policy', skb, {
      table: tableName,
      chain: chain.name,
    });
  return 'accept';
}

/** @returns null when the end of the chain (or RETURN) was reached */
function walkChain(walk: Walk, chain: XtChain, depth: number): HookVerdict | null {
  const { net, skb, packet } = walk;
  if (depth > DEPTH_MAX) return null;
  for (let i = 0; i < chain.rules.length; i++) {
    const rule = chain.rules[i] as XtRule;
    if (!ruleMatches(net, rule, skb, packet)) {
      if (packet.hotDrop) return null;
      continue;
    }
    rule.packets++;
    rule.bytes += (skb.layers[0] as Ipv4Hdr).totalLen;
    const target = rule.spec.target;
    if (target.kind === 'none') continue;
    if (target.kind === 'jump') {
      const next = xtChain(walk.table, target.chain);
      const verdict = next === null ? null : walkChain(walk, next, depth + 1);
      if (verdict !== null || packet.hotDrop || target.goto) return verdict;
      continue;
    }
    if (target.kind === 'verdict') {
      if (target.verdict === 'RETURN') return null;
      return decide(walk, chain, i, rule, target.verdict === 'ACCEPT' ? 'accept' : 'drop', null);
    }
    // the record of a rejection comes before the answer it brings
    if (target.kind === 'REJECT') decide(walk, chain, i, rule, 'drop', target.with);
    const verdict = runTarget(net, target, skb, walk.hook, walk.indev, walk.outdev);
    if (verdict !== 'continue') return verdict;
  }
  return null;
}

function decide(
  walk: Walk,
  chain: XtChain,
  index: number,
  rule: XtRule,
  verdict: 'accept' | 'drop',
  rejectWith: string | null,
): HookVerdict {
  const { net, skb, table, hook } = walk;
  if (verdict === 'drop') {
    const reason = rejectWith === null ? 'netfilter.dropped-by-rule' : 'netfilter.rejected-by-rule';
    net.trace(`nf:${hook}`, 'drop', reason, skb, {
      table: table.name,
      chain: chain.name,
      num: index + 1,
      rule: ruleText(chain.name, rule.spec),
      with: rejectWith ?? '',
    });
  } else if (net.tracing) {
    net.trace(`nf:${hook}`, 'pass', 'netfilter.accepted-by-rule', skb, {
      table: table.name,
      chain: chain.name,
      num: index + 1,
      rule: ruleText(chain.name, rule.spec),
    });
  }
  return verdict;
}
