/**
 * What a row of a reason table is. Each protocol folder has its own `reasons.ts`; `reasons.ts` of a
 * room joins them; the world joins the rooms. The learner's glossary and docs/fidelity.md are made
 * from these rows.
 */

/**
 * How much a reason matters to somebody who steps through a run:
 * 3 - the point of the story: a drop, a refusal, a choice between servers
 * 2 - a step worth standing at: an ARP answer, a rewritten header, a table that changed
 * 1 - told on request: passed a hook, was delivered to a socket
 * 0 - bookkeeping
 */
export type Notability = 0 | 1 | 2 | 3;

export interface ReasonRow {
  /**
   * The sentence in English. `{name}` inserts an argument as it is, `{name:ip}` as an address,
   * `{name:mac}` as a MAC, `{name:span}` as a span of time; `{node}` and `{dev}` are always there.
   * `a|b` choices are not supported: write a second reason.
   */
  readonly en: string;
  /** The same in simplified Chinese. */
  readonly zh: string;
  /** RFC section, or kernel file and version, that says so. */
  readonly source: string;
  readonly notability: Notability;
  /** Setting or table that decided: 'net.ipv4.conf.*.arp_ignore', 'neighbour table', 'route table main'. */
  readonly decidedBy?: string;
  /** Linux' own name for the drop (enum skb_drop_reason) or counter, where there is one. */
  readonly kernel?: string;
}

export type ReasonTable = Readonly<Record<string, ReasonRow>>;
