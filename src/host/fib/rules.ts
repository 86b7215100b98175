/**
 * Policy routing rules.
 * Comes from: the command ip rule, init.ts.  Goes to: FibState.rules.
 * Source: Linux 6.1 net/core/fib_rules.c, fib_nl_newrule(), fib_nl_delrule(), rule_find(), fib_default_rule_pref();
 *   net/ipv4/fib_rules.c, fib4_rule_compare().
 * Differs: realms, tunnel identifiers and VRFs play no part.
 */
import type { Net } from '../net.ts';
import { RT_TABLE_DEFAULT, RT_TABLE_LOCAL, RT_TABLE_MAIN, type FibRule, type NumberRange } from './state.ts';
import { fibChanged } from './table.ts';

export type RuleSpec = Omit<FibRule, 'pref'> & { readonly pref: number | null };

/** What a rule to be found has; what is null, 0 or left out may be anything. */
export type RuleWant = Partial<Omit<RuleSpec, 'not' | 'action'>> & { readonly action?: FibRule['action'] | null };

export type RuleErrno = 'EEXIST' | 'EINVAL';

/** A rule for every packet. */
export function plainRule(pref: number, table: number): FibRule {
  return {
    pref,
    from: null,
    to: null,
    iif: null,
    oif: null,
    fwmark: null,
    tos: 0,
    not: false,
    proto: 'kernel',
    action: { kind: 'lookup', table },
  };
}

/** The three rules every host starts with. */
export function defaultRules(): FibRule[] {
  return [plainRule(0, RT_TABLE_LOCAL), plainRule(32766, RT_TABLE_MAIN), plainRule(32767, RT_TABLE_DEFAULT)];
}

/** Without a priority a rule goes before the second one of the list. */
function freePref(rules: readonly FibRule[]): number {
  const second = rules[1];
  return second !== undefined && second.pref > 0 ? second.pref - 1 : 0;
}

function samePrefix(rule: FibRule['from'], want: FibRule['from'] | undefined): boolean {
  return want === null || want === undefined || (rule !== null && rule.addr === want.addr && rule.len === want.len);
}

function sameRange(rule: NumberRange | undefined, want: NumberRange | undefined): boolean {
  return want === undefined || (rule !== undefined && rule.from === want.from && rule.to === want.to);
}

/** The mark is compared where it is not 0, and the mask where it is not 0. */
function sameMark(rule: FibRule['fwmark'], want: FibRule['fwmark'] | undefined): boolean {
  if (want === null || want === undefined) return true;
  if (want.value !== 0 && (rule?.value ?? 0) !== want.value) return false;
  return want.mask === 0 || (rule?.mask ?? 0) === want.mask;
}

/** The place a `goto` leads to is not compared. */
function sameAction(rule: FibRule['action'], want: FibRule['action'] | null | undefined): boolean {
  if (want === null || want === undefined) return true;
  if (rule.kind !== want.kind) return false;
  return rule.kind !== 'lookup' || want.kind !== 'lookup' || want.table === 0 || rule.table === want.table;
}

/**
 * The first rule that has all that is wanted: `not` is not compared, and a rule that is narrower than the
 * wanted one is found as well (rule_find).
 */
function ruleFind(rules: readonly FibRule[], want: RuleWant): FibRule | null {
  const given = <T>(rule: T | null | undefined, wanted: T | null | undefined): boolean =>
    wanted === null || wanted === undefined || rule === wanted;
  return (
    rules.find(
      (rule) =>
        given(rule.pref, want.pref) &&
        sameAction(rule.action, want.action) &&
        given(rule.iif, want.iif) &&
        given(rule.oif, want.oif) &&
        sameMark(rule.fwmark, want.fwmark) &&
        given(rule.suppressPrefixLen, want.suppressPrefixLen) &&
        given(rule.suppressGroup, want.suppressGroup) &&
        sameRange(rule.uids, want.uids) &&
        given(rule.ipProto, want.ipProto) &&
        given(rule.proto, want.proto) &&
        sameRange(rule.sport, want.sport) &&
        sameRange(rule.dport, want.dport) &&
        (want.tos === undefined || want.tos === 0 || rule.tos === want.tos) &&
        samePrefix(rule.from, want.from) &&
        samePrefix(rule.to, want.to),
    ) ?? null
  );
}

/**
 * Whether there is such a rule already: all but the prefixes and the TOS is the same, and the new rule's
 * prefixes, where it has any, are. The target of a `goto` and `not` are not compared (rule_exists).
 */
function ruleExists(rules: readonly FibRule[], rule: FibRule): boolean {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
  const action = ({ action: { kind, ...rest } }: FibRule): unknown => [kind, kind === 'goto' ? null : rest];
  return rules.some(
    (other) =>
      other.pref === rule.pref &&
      same(action(other), action(rule)) &&
      other.iif === rule.iif &&
      other.oif === rule.oif &&
      same(other.fwmark, rule.fwmark) &&
      same(other.suppressPrefixLen, rule.suppressPrefixLen) &&
      same(other.suppressGroup, rule.suppressGroup) &&
      same(other.uids, rule.uids) &&
      same(other.ipProto, rule.ipProto) &&
      same(other.proto, rule.proto) &&
      same(other.sport, rule.sport) &&
      same(other.dport, rule.dport) &&
      (rule.tos === 0 || other.tos === rule.tos) &&
      samePrefix(other.from, rule.from) &&
      samePrefix(other.to, rule.to),
  );
}

/** @returns 'EEXIST' if such a rule is there already, 'EINVAL' for a jump backwards */
export function ruleAdd(net: Net, spec: RuleSpec): RuleErrno | null {
  const fib = net.host.fib;
  const rule: FibRule = { ...spec, pref: spec.pref ?? freePref(fib.rules) };
  if (rule.action.kind === 'goto' && rule.action.pref <= rule.pref) return 'EINVAL';
  if (ruleExists(fib.rules, rule)) return 'EEXIST';
  let at = fib.rules.findIndex((other) => other.pref > rule.pref);
  if (at < 0) at = fib.rules.length;
  fib.rules.splice(at, 0, rule);
  rulesChanged(net, rule, false);
  return null;
}

/** Deletes the first rule that has all that is given. */
export function ruleDel(net: Net, want: RuleWant): 'ENOENT' | null {
  const fib = net.host.fib;
  const rule = ruleFind(fib.rules, want);
  if (rule === null) return 'ENOENT';
  fib.rules.splice(fib.rules.indexOf(rule), 1);
  rulesChanged(net, rule, true);
  return null;
}

function asksPorts({ ipProto, sport, dport }: FibRule): boolean {
  return ipProto !== undefined || sport !== undefined || dport !== undefined;
}

function rulesChanged(net: Net, rule: FibRule, gone: boolean): void {
  const reason = gone ? 'fib.rule-deleted' : 'fib.rule-added';
  net.host.fib.customRules = true;
  net.host.fib.rulesAskPorts = net.host.fib.rules.some(asksPorts);
  fibChanged(net.host.fib);
  const table = rule.action.kind === 'lookup' ? rule.action.table : rule.action.kind;
  net.trace('fib', 'state', reason, null, net.tracing ? { pref: rule.pref, table } : null);
  if (net.host.sockets.rtListeners.length > 0) net.tables.calls.rtTell(net, { kind: 'rule', rule, gone });
}
