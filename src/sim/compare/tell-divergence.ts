/**
 * Where two futures part, as a sentence in both languages.
 * Comes from: divergence.ts.  Goes to: the page, the command line.
 */
import { formatIpv4, type Ipv4 } from '../../wire/index.ts';
import { formatSpan, type Nanos, type TraceRecord } from '../../engine/index.ts';
import { tell, type Lang, type Names } from '../tell.ts';
import type { Divergence } from './divergence.ts';

/** @param names how nodes and interfaces are called in each future */
export function tellDivergence({ at, a, b, later }: Divergence, names: { readonly a: Names; readonly b: Names }, lang: Lang): string {
  const en = lang === 'en';
  const start = en ? 'From here the two futures part: ' : '从这里开始，两个未来分道扬镳：';
  if (a !== null && b !== null)
    return (
      start + (arpPair(a, b, names.b, lang) ?? hopPair(a, b, names.b, lang) ?? both(tell(b, names.b, lang), tell(a, names.a, lang), en))
    );
  const record = (b ?? a) as TraceRecord;
  const said = trimmed(tell(record, b === null ? names.a : names.b, lang));
  const here = b === null ? (en ? 'without the change' : '不做改动时') : en ? 'with the change' : '做了改动后';
  const there = b === null ? (en ? 'with the change' : '做了改动后') : en ? 'without the change' : '不做改动时';
  if (later !== null && later > at) {
    const span = formatSpan((later - at) as typeof at);
    return (
      start + (en ? `${here}, ${said}; ${there}, the same comes ${span} later.` : `${here}，${said}；${there}，这件事晚 ${span} 才发生。`)
    );
  }
  return start + (en ? `${here}, ${said}; ${there}, this does not happen.` : `${here}，${said}；${there}，这件事不会发生。`);
}

function both(now: string, before: string, en: boolean): string {
  return en ? `${trimmed(now)} — before: ${trimmed(before)}.` : `${trimmed(now)} —— 改动前：${trimmed(before)}。`;
}

function trimmed(sentence: string): string {
  return sentence.replace(/[.。]$/, '');
}

/** One frame that takes another time on its cable. */
function hopPair(a: TraceRecord, b: TraceRecord, names: Names, lang: Lang): string | null {
  if (a.reason !== 'link.sent' || b.reason !== 'link.sent') return null;
  const said = trimmed(tell(b, names, lang));
  const span = Number(b.args?.['until'] ?? 0) - Number(a.args?.['until'] ?? 0);
  if (said !== trimmed(tell(a, names, lang)) || span === 0) return null;
  const size = formatSpan(Math.abs(span) as Nanos);
  if (lang === 'en') return `${said}, and it arrives ${size} ${span > 0 ? 'later' : 'earlier'} than before.`;
  return `${said}，比改动前${span > 0 ? '晚' : '早'} ${size} 到达。`;
}

const ANSWERED: ReadonlySet<string> = new Set(['arp.answered', 'arp.answered-other-interface']);

/** The pair that lessons on direct routing turn on: one answers for an address, the other stays silent. */
function arpPair(a: TraceRecord, b: TraceRecord, names: Names, lang: Lang): string | null {
  const answers = ANSWERED.has(b.reason);
  const silent = (answers ? a : b).reason.startsWith('arp.ignored');
  if (!silent || !(answers || ANSWERED.has(a.reason)) || a.node !== b.node) return null;
  const name = names.node(b.node);
  const ip = formatIpv4(Number(b.args?.['tpa'] ?? 0) as Ipv4);
  const now = Number(b.args?.['value'] ?? 0);
  const before = Number(a.args?.['value'] ?? 0);
  if (lang === 'en') {
    return answers
      ? `${name} answers for ${ip} (arp_ignore ${now}) — before, it stayed silent (arp_ignore ${before}).`
      : `${name} stays silent about ${ip} (arp_ignore ${now}) — before, it answered (arp_ignore ${before}).`;
  }
  return answers
    ? `${name} 替 ${ip} 应答 ARP（arp_ignore 为 ${now}）——改动前它保持沉默（arp_ignore 为 ${before}）。`
    : `${name} 不再应答 ${ip} 的 ARP（arp_ignore 为 ${now}）——改动前它会应答（arp_ignore 为 ${before}）。`;
}
