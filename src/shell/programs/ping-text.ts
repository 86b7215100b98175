/**
 * What ping prints: lines for answers and errors, times, the closing statistics.
 * Comes from: ping.ts.  Goes to: the terminal.
 * Source: iputils 20221126 ping/ping_common.c (finish, gather_statistics), ping/ping.c (pr_icmph).
 */
import {
  formatIpv4,
  ICMP_DEST_UNREACH,
  ICMP_FRAG_NEEDED,
  ICMP_PARAMETERPROB,
  ICMP_REDIRECT,
  ICMP_SOURCE_QUENCH,
  ICMP_TIME_EXCEEDED,
  type Ipv4,
} from '../../wire/index.ts';
import { msText } from './net-text.ts';

const UNREACHABLE = [
  'Destination Net Unreachable',
  'Destination Host Unreachable',
  'Destination Protocol Unreachable',
  'Destination Port Unreachable',
  '',
  'Source Route Failed',
  'Destination Net Unknown',
  'Destination Host Unknown',
  'Source Host Isolated',
  'Destination Net Prohibited',
  'Destination Host Prohibited',
  'Destination Net Unreachable for Type of Service',
  'Destination Host Unreachable for Type of Service',
  'Packet filtered',
  'Precedence Violation',
  'Precedence Cutoff',
] as const;

const REDIRECTS = [
  'Redirect Network',
  'Redirect Host',
  'Redirect Type of Service and Network',
  'Redirect Type of Service and Host',
] as const;

/** The words for an ICMP error. @param info MTU or gateway */
export function icmpWords(type: number, code: number, info: number): string {
  switch (type) {
    case ICMP_DEST_UNREACH:
      if (code === ICMP_FRAG_NEEDED) return `Frag needed and DF set (mtu = ${info})`;
      return UNREACHABLE[code] ?? `Dest Unreachable, Bad Code: ${code}`;
    case ICMP_SOURCE_QUENCH:
      return 'Source Quench';
    case ICMP_REDIRECT:
      return `${REDIRECTS[code] ?? `Redirect, Bad Code: ${code}`}(New nexthop: ${formatIpv4(info as Ipv4)})`;
    case ICMP_TIME_EXCEEDED:
      return code === 0 ? 'Time to live exceeded' : code === 1 ? 'Frag reassembly time exceeded' : `Time exceeded, Bad Code: ${code}`;
    case ICMP_PARAMETERPROB:
      return `Parameter problem: pointer = ${info >>> 24}`;
    default:
      return `Bad ICMP type: ${type}`;
  }
}

/** ` time=0.118 ms`: fewer digits for longer times. */
export function timeWords(us: number): string {
  if (us >= 100000 - 50) return ` time=${Math.floor((us + 500) / 1000)} ms`;
  if (us >= 10000 - 5) return ` time=${Math.floor((us + 50) / 1000)}.${Math.floor(((us + 50) % 1000) / 100)} ms`;
  if (us >= 1000) return ` time=${Math.floor((us + 5) / 1000)}.${String(Math.floor(((us + 5) % 1000) / 10)).padStart(2, '0')} ms`;
  return ` time=${msText(us)} ms`;
}

export interface PingCounts {
  transmitted: number;
  received: number;
  repeats: number;
  errors: number;
  /** microseconds */
  min: number;
  max: number;
  sum: number;
  sum2: number;
  /** eight times the moving average of the round trip */
  ewma8: number;
  /** most packets under way at once, counted when one is acknowledged */
  pipe: number;
}

/** Whole part of the square root. */
function isqrt(value: number): number {
  let low = 0;
  let high = 94906265;
  while (low < high) {
    const middle = Math.floor((low + high + 1) / 2);
    if (middle * middle <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Percentage as printf's %g shows it: six significant digits. */
function percent(part: number, whole: number): string {
  return String(Number(((part * 100) / whole).toPrecision(6)));
}

/**
 * @param elapsedUs between the first and the last request
 * @param paced the answers set the pace: tell it
 */
export function pingStatistics(name: string, counts: PingCounts, elapsedUs: number, timing: boolean, paced: boolean): string {
  let out = `\n--- ${name} ping statistics ---\n${counts.transmitted} packets transmitted, ${counts.received} received`;
  if (counts.repeats > 0) out += `, +${counts.repeats} duplicates`;
  if (counts.errors > 0) out += `, +${counts.errors} errors`;
  if (counts.transmitted > 0)
    out += `, ${percent(counts.transmitted - counts.received, counts.transmitted)}% packet loss, time ${Math.floor((elapsedUs + 500) / 1000)}ms`;
  out += '\n';
  let comma = '';
  if (counts.received > 0 && timing) {
    const total = counts.received + counts.repeats;
    const average = Math.floor(counts.sum / total);
    const variance = Math.max(0, Math.floor((counts.sum2 - Math.floor((counts.sum * counts.sum) / total)) / total));
    out += `rtt min/avg/max/mdev = ${msText(counts.min)}/${msText(average)}/${msText(counts.max)}/${msText(isqrt(variance))} ms`;
    comma = ', ';
  }
  if (counts.pipe > 1) {
    out += `${comma}pipe ${counts.pipe}`;
    comma = ', ';
  }
  if (counts.received > 0 && timing && paced && counts.transmitted > 1)
    out += `${comma}ipg/ewma ${msText(Math.floor(elapsedUs / (counts.transmitted - 1)))}/${msText(Math.floor(counts.ewma8 / 8))} ms`;
  return `${out}\n`;
}
