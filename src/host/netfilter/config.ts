/**
 * Changing the tables of iptables, with the refusals of the kernel.
 * Comes from: shell/commands/iptables.  Goes to: state.ts.
 * Source: Linux 6.1 net/ipv4/netfilter/ip_tables.c, translate_table(), mark_source_chains();
 *   iptable_filter.c, iptable_nat.c, … (which hooks a table has); iptables 1.8.9 libiptc/libiptc.c for
 *   the errno of each refusal.
 */
import type { Net } from '../net.ts';
import { nfNeedHooks } from './nf-hook.ts';
import {
  createXtRule,
  type XtChain,
  type XtHook,
  type XtPolicy,
  type XtRule,
  type XtSpec,
  type XtTable,
  type XtTableName,
} from './rule.ts';
import { xtChain, xtTable } from './xtables.ts';

/** Errno names as libiptc returns them; the command has the sentences. */
export type XtErrno = 'ENOENT' | 'EEXIST' | 'E2BIG' | 'EINVAL' | 'ELOOP' | 'ENOTEMPTY' | 'EMLINK';

const HOOKS: Readonly<Record<XtTableName, readonly XtHook[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
};

export function isXtTableName(name: string): name is XtTableName {
  return Object.hasOwn(HOOKS, name);
}

/** The table, made with empty chains if this is its first use: even listing does that. */
export function xtUse(net: Net, name: XtTableName): XtTable {
  const known = xtTable(net, name);
  if (known !== null) return known;
  const table: XtTable = { name, chains: HOOKS[name].map((hook) => newChain(hook, 'ACCEPT')) };
  net.host.nf.tables.push(table);
  nfNeedHooks(net, 1);
  return table;
}

function newChain(name: string, policy: XtPolicy | null): XtChain {
  return { name, policy, packets: 0, bytes: 0, rules: [] };
}

/** Which tables and, within nat, hooks a target may stand in; those not named may stand anywhere. */
const ALLOWED: Readonly<Record<string, { readonly table: XtTableName; readonly hooks: readonly XtHook[] | null }>> = {
  REJECT: { table: 'filter', hooks: ['INPUT', 'FORWARD', 'OUTPUT'] },
  MASQUERADE: { table: 'nat', hooks: ['POSTROUTING'] },
  SNAT: { table: 'nat', hooks: ['POSTROUTING', 'INPUT'] },
  DNAT: { table: 'nat', hooks: ['PREROUTING', 'OUTPUT'] },
  REDIRECT: { table: 'nat', hooks: ['PREROUTING', 'OUTPUT'] },
  CT: { table: 'raw', hooks: null },
  TOS: { table: 'mangle', hooks: null },
  DSCP: { table: 'mangle', hooks: null },
  TTL: { table: 'mangle', hooks: null },
};

/** Walks from each built-in chain: every rule must be allowed where it can be reached, and no way may lead back. */
function check(table: XtTable): XtErrno | null {
  for (const chain of table.chains) {
    if (chain.policy === null) continue;
    const trouble = checkFrom(table, chain, chain.name as XtHook, []);
    if (trouble !== null) return trouble;
  }
  // chains that nobody jumps to yet
  for (const chain of table.chains) {
    const trouble = chain.policy === null ? checkFrom(table, chain, null, []) : null;
    if (trouble !== null) return trouble;
  }
  return null;
}

function checkFrom(table: XtTable, chain: XtChain, hook: XtHook | null, path: readonly string[]): XtErrno | null {
  if (path.includes(chain.name)) return 'ELOOP';
  for (const rule of chain.rules) {
    const target = rule.spec.target;
    const allowed = ALLOWED[target.kind];
    if (
      allowed !== undefined &&
      (allowed.table !== table.name || (hook !== null && allowed.hooks !== null && !allowed.hooks.includes(hook)))
    )
      return 'EINVAL';
    if (target.kind === 'REJECT' && target.with === 'tcp-reset' && (rule.spec.proto?.proto !== 6 || rule.spec.proto.not)) return 'EINVAL';
    if (target.kind !== 'jump') continue;
    const next = xtChain(table, target.chain);
    if (next === null || next.policy !== null) return 'ENOENT';
    const trouble = checkFrom(table, next, hook, [...path, chain.name]);
    if (trouble !== null) return trouble;
  }
  return null;
}

/** Whether a rule cannot work without connection tracking. */
function needsTracking(spec: XtSpec): boolean {
  const t = spec.target.kind;
  if (t === 'SNAT' || t === 'DNAT' || t === 'MASQUERADE' || t === 'REDIRECT' || t === 'CONNMARK' || (t === 'CT' && !spec.target.notrack))
    return true;
  return spec.matches.some((m) => m.kind === 'conntrack' || m.kind === 'connmark');
}

/**
 * The command hands the whole table to the kernel anew. The policies' counters are read before and given
 * back as what was added since: nothing. (libiptc iptcc_p_del_policy(), COUNTER_MAP_ZEROED.) Matches that
 * remember begin anew in every rule: limit with a full bucket (limit_mt_check()).
 */
function committed(table: XtTable): void {
  for (const chain of table.chains) {
    for (const rule of chain.rules) rule.memory = {};
    if (chain.policy === null) continue;
    chain.packets = 0;
    chain.bytes = 0;
  }
}

function changed(net: Net, table: XtTable): null {
  committed(table);
  const nf = net.host.nf;
  const before = nf.ctNeeded;
  nf.ctNeeded = nf.tables.some((table) => table.chains.some((chain) => chain.rules.some((rule) => needsTracking(rule.spec))));
  if (before === nf.ctNeeded) return null;
  nfNeedHooks(net, nf.ctNeeded ? 1 : -1);
  net.trace('conntrack', 'state', nf.ctNeeded ? 'netfilter.ct-on' : 'netfilter.ct-off', null, null);
  return null;
}

/** Tries a change of one chain's rules; what the kernel would refuse is taken back. */
function edit(net: Net, table: XtTable, chain: XtChain, rules: XtRule[]): XtErrno | null {
  const before = chain.rules;
  chain.rules = rules;
  const trouble = check(table);
  if (trouble === null) return changed(net, table);
  chain.rules = before;
  return trouble;
}

function find(net: Net, tableName: XtTableName, chainName: string): { table: XtTable; chain: XtChain } | null {
  const table = xtUse(net, tableName);
  const chain = xtChain(table, chainName);
  return chain === null ? null : { table, chain };
}

export function xtAppend(net: Net, tableName: XtTableName, chainName: string, spec: XtSpec): XtErrno | null {
  const at = find(net, tableName, chainName);
  return at === null ? 'ENOENT' : edit(net, at.table, at.chain, [...at.chain.rules, createXtRule(spec)]);
}

/** @param num the place the rule will have, from 1 */
export function xtInsert(net: Net, tableName: XtTableName, chainName: string, num: number, spec: XtSpec): XtErrno | null {
  const at = find(net, tableName, chainName);
  if (at === null) return 'ENOENT';
  if (num < 1 || num > at.chain.rules.length + 1) return 'E2BIG';
  return edit(net, at.table, at.chain, at.chain.rules.toSpliced(num - 1, 0, createXtRule(spec)));
}

export function xtReplace(net: Net, tableName: XtTableName, chainName: string, num: number, spec: XtSpec): XtErrno | null {
  const at = find(net, tableName, chainName);
  if (at === null) return 'ENOENT';
  if (num < 1 || num > at.chain.rules.length) return 'E2BIG';
  return edit(net, at.table, at.chain, at.chain.rules.toSpliced(num - 1, 1, createXtRule(spec)));
}

export function xtDeleteNum(net: Net, tableName: XtTableName, chainName: string, num: number): XtErrno | null {
  const at = find(net, tableName, chainName);
  if (at === null) return 'ENOENT';
  if (num < 1 || num > at.chain.rules.length) return 'E2BIG';
  return edit(net, at.table, at.chain, at.chain.rules.toSpliced(num - 1, 1));
}

/** Place of the first rule that asks and does the same, from 1; null if there is none. */
export function xtFind(net: Net, tableName: XtTableName, chainName: string, spec: XtSpec): number | null {
  const at = find(net, tableName, chainName);
  if (at === null) return null;
  const index = at.chain.rules.findIndex((rule) => sameValue(rule.spec, spec));
  return index < 0 ? null : index + 1;
}

/** `-D` with a rule: ENOENT both for an unknown chain and for an unknown rule, as libiptc has it. */
export function xtDelete(net: Net, tableName: XtTableName, chainName: string, spec: XtSpec): XtErrno | null {
  const num = xtFind(net, tableName, chainName, spec);
  return num === null ? 'ENOENT' : xtDeleteNum(net, tableName, chainName, num);
}

/** Structural comparison of plain values. */
function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => Object.hasOwn(right, key) && sameValue(left[key], right[key]));
}

/** @param chainName null: all chains */
export function xtFlush(net: Net, tableName: XtTableName, chainName: string | null): XtErrno | null {
  const table = xtUse(net, tableName);
  if (chainName !== null && xtChain(table, chainName) === null) return 'ENOENT';
  for (const chain of table.chains) if (chainName === null || chain.name === chainName) chain.rules = [];
  return changed(net, table);
}

/** Counters to zero: of all chains, of one chain, or of one rule. */
export function xtZero(net: Net, tableName: XtTableName, chainName: string | null, num: number | null = null): XtErrno | null {
  const table = xtUse(net, tableName);
  if (chainName !== null && xtChain(table, chainName) === null) return 'ENOENT';
  for (const chain of table.chains) {
    if (chainName !== null && chain.name !== chainName) continue;
    if (num !== null && (num < 1 || num > chain.rules.length)) return 'E2BIG';
    chain.rules.forEach((rule, index) => {
      if (num !== null && index !== num - 1) return;
      rule.packets = 0;
      rule.bytes = 0;
    });
    if (num !== null) continue;
    chain.packets = 0;
    chain.bytes = 0;
  }
  committed(table);
  return null;
}

/** The user's own chains stand behind the built-in ones, by name (iptc_insert_chain). */
function insertChain(table: XtTable, chain: XtChain): void {
  const at = table.chains.findIndex((one) => one.policy === null && one.name >= chain.name);
  table.chains.splice(at < 0 ? table.chains.length : at, 0, chain);
}

export function xtNewChain(net: Net, tableName: XtTableName, name: string): XtErrno | null {
  const table = xtUse(net, tableName);
  if (xtChain(table, name) !== null) return 'EEXIST';
  insertChain(table, newChain(name, null));
  committed(table);
  return null;
}

/** How many rules jump to a chain: the "references" of the listing. */
export function xtReferences(table: XtTable, name: string): number {
  return table.chains.reduce(
    (sum, chain) => sum + chain.rules.filter((r) => r.spec.target.kind === 'jump' && r.spec.target.chain === name).length,
    0,
  );
}

/** @param name null: all empty chains of the user's that nothing refers to; the first that cannot go stops it */
export function xtDeleteChain(net: Net, tableName: XtTableName, name: string | null): XtErrno | null {
  const table = xtUse(net, tableName);
  const names = name === null ? table.chains.filter((chain) => chain.policy === null).map((chain) => chain.name) : [name];
  for (const each of names) {
    const chain = xtChain(table, each);
    if (chain === null) return 'ENOENT';
    if (chain.policy !== null) return 'EINVAL';
    if (xtReferences(table, each) > 0) return 'EMLINK';
    if (chain.rules.length > 0) return 'ENOTEMPTY';
    table.chains.splice(table.chains.indexOf(chain), 1);
  }
  committed(table);
  return null;
}

export function xtRenameChain(net: Net, tableName: XtTableName, from: string, to: string): XtErrno | null {
  const table = xtUse(net, tableName);
  const chain = xtChain(table, from);
  if (chain === null || chain.policy !== null) return 'ENOENT';
  if (xtChain(table, to) !== null) return 'EEXIST';
  table.chains.splice(table.chains.indexOf(chain), 1);
  insertChain(table, { ...chain, name: to });
  for (const each of table.chains) {
    each.rules = each.rules.map((rule) => {
      const { target } = rule.spec;
      return target.kind === 'jump' && target.chain === from ? { ...rule, spec: { ...rule.spec, target: { ...target, chain: to } } } : rule;
    });
  }
  committed(table);
  return null;
}

/** Policies belong to built-in chains. */
export function xtPolicy(net: Net, tableName: XtTableName, chainName: string, policy: XtPolicy): XtErrno | null {
  const at = find(net, tableName, chainName);
  if (at === null || at.chain.policy === null) return 'ENOENT';
  at.chain.policy = policy;
  committed(at.table);
  return null;
}
