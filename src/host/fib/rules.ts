/**
 * Policy routing rules.
 * Comes from: the command ip rule, init.ts.  Goes to: FibState.rules.
 * Source: Linux 6.1 net/core/fib_rules.c, fib_nl_newrule(), fib_nl_delrule(), fib_default_rule_pref().
 * Differs: rules by port, protocol, user and goto are not modelled.
 */
import type { Net } from '../net.ts';
import { RT_TABLE_DEFAULT, RT_TABLE_LOCAL, RT_TABLE_MAIN, type FibRule } from './state.ts';
import { fibChanged, routeList } from './table.ts';

export type RuleSpec = Omit<FibRule, 'pref'> & { readonly pref: number | null };

function plainRule(pref: number, table: number): FibRule {
  return {
    pref,
    from: null,
    to: null,
    iif: null,
    oif: null,
    fwmark: null,
    tos: 0,
    not: false,
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

function sameText(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** @returns 'EEXIST' if the same rule is there already */
export function ruleAdd(net: Net, spec: RuleSpec): 'EEXIST' | null {
  const fib = net.host.fib;
  const rule: FibRule = { ...spec, pref: spec.pref ?? freePref(fib.rules) };
  if (spec.pref !== null && fib.rules.some((other) => sameText(sorted(other), sorted(rule)))) return 'EEXIST';
  let at = fib.rules.findIndex((other) => other.pref > rule.pref);
  if (at < 0) at = fib.rules.length;
  fib.rules.splice(at, 0, rule);
  if (rule.action.kind === 'lookup') routeList(fib, rule.action.table);
  rulesChanged(net, 'fib.rule-added', rule);
  return null;
}

/** Fields in one order, so that two rules can be compared as text. */
function sorted(rule: FibRule): unknown {
  return [rule.pref, rule.from, rule.to, rule.iif, rule.oif, rule.fwmark, rule.tos, rule.not, rule.action];
}

/** Deletes the first rule that has all that is given; null means "not given". */
export function ruleDel(net: Net, want: Partial<RuleSpec>): 'ENOENT' | null {
  const fib = net.host.fib;
  const at = fib.rules.findIndex((rule) =>
    (Object.keys(want) as (keyof RuleSpec)[]).every(
      (key) => want[key] === null || want[key] === undefined || sameText(want[key], rule[key]),
    ),
  );
  const rule = fib.rules[at];
  if (rule === undefined) return 'ENOENT';
  fib.rules.splice(at, 1);
  rulesChanged(net, 'fib.rule-deleted', rule);
  return null;
}

/** `ip rule flush` keeps the rule for table local. */
export function ruleFlush(net: Net): void {
  const fib = net.host.fib;
  fib.rules = fib.rules.filter((rule) => rule.pref === 0);
  fib.customRules = true;
  fibChanged(fib);
}

function rulesChanged(net: Net, reason: string, rule: FibRule): void {
  net.host.fib.customRules = true;
  fibChanged(net.host.fib);
  const table = rule.action.kind === 'lookup' ? rule.action.table : rule.action.kind;
  net.trace('fib', 'state', reason, null, net.tracing ? { pref: rule.pref, table } : null);
}
