/** Public names of netfilter/. */
export * from './arp-tables.ts';
export { ARP_OPCODES, arpRuleText } from './arp-rule-text.ts';
export * from './config.ts';
export { ctActive, ctAlterReply, ctFind, ctHold, ctKill, ctOf, ctRelease, nfConntrackConfirm, type CtFound } from './conntrack.ts';
export * from './ct-match.ts';
export { ctEventRecv, ctListen } from './ct-events.ts';
export { ctEntries, ctEventLine, ctFlush, ctLine } from './ct-list.ts';
export { ctEntriesOf, ctEntryOf } from './ct-table.ts';
export * from './hook-table.ts';
export { hostHooks } from './hooks.ts';
export { nfHook, nfNeedHooks } from './nf-hook.ts';
export * from './rule.ts';
export * from './rule-text.ts';
export { silenceAddr, unsilenceAddr } from './silent.ts';
export type { CtEntry, CtEvent, CtShown, CtTcpState, CtTuple, NetfilterState } from './state.ts';
export { xtChain, xtTable } from './xtables.ts';
