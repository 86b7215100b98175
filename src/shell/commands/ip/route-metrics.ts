/**
 * What a route says about the paths it leads to: read from words, and printed.
 * Comes from: route-words.ts, route-print.ts.
 * Source: iproute2 6.1.0 ip/iproute.c, iproute_modify(), print_rta_metrics(); lib/utils.c, get_time_rtt();
 *   Linux 6.1 net/ipv4/metrics.c, ip_metrics_convert() (the largest values).
 * Differs: nothing known.
 */
import type { Route, RouteMetricName } from '../../../host/index.ts';
import { ToolError } from '../tool-error.ts';
import { getUnsigned, invArg, matches, type Args } from './args.ts';
import type { Printer } from './printer.ts';

export type MetricName = RouteMetricName | 'mtu';

interface MetricRow {
  readonly name: MetricName;
  /** how much of the word must be typed: all of it, or a beginning */
  readonly short: boolean;
  /** its name in the message about a bad value */
  readonly said: string;
  readonly kind: 'number' | 'time' | 'bool' | 'features' | 'name';
  /** larger values are taken as this one */
  readonly max: number | null;
}

const row = (
  name: MetricName,
  short: boolean,
  kind: MetricRow['kind'] = 'number',
  max: number | null = null,
  said: string = name,
): MetricRow => ({
  name,
  short,
  said,
  kind,
  max,
});

/** In the order in which a word is looked for. */
const ROWS: readonly MetricRow[] = [
  row('mtu', false, 'number', 65520),
  row('hoplimit', false),
  row('advmss', false, 'number', 65495, 'mss'),
  row('reordering', true),
  row('rtt', false, 'time'),
  row('rto_min', false, 'time'),
  row('window', true),
  row('cwnd', true),
  row('initcwnd', true),
  row('initrwnd', true),
  row('features', true, 'features'),
  row('quickack', true, 'bool'),
  row('congctl', true, 'name'),
  row('rttvar', true, 'time'),
  row('ssthresh', true),
  row('fastopen_no_cookie', true, 'bool'),
];

/** In the order of their numbers (RTAX_…): so they are printed. */
const PRINTED: readonly MetricName[] = [
  'mtu',
  'window',
  'rtt',
  'rttvar',
  'ssthresh',
  'cwnd',
  'advmss',
  'reordering',
  'hoplimit',
  'initcwnd',
  'features',
  'rto_min',
  'initrwnd',
  'quickack',
  'congctl',
  'fastopen_no_cookie',
];

export interface MetricWords {
  mtu: number | null;
  values: Partial<Record<RouteMetricName, number | string>>;
  locked: MetricName[];
}

export function noMetrics(): MetricWords {
  return { mtu: null, values: {}, locked: [] };
}

/** The two congestion algorithms of a kernel without further modules. */
const ALGORITHMS = ['cubic', 'reno'];

/** Times in milliseconds; the kernel keeps rtt in eighths and rttvar in quarters, of which a bare number is one. */
function timeValue(name: MetricName, text: string): number {
  const found = /^(\d+(?:\.\d*)?|\.\d+)(s|sec|secs|ms|msec|msecs)?$/i.exec(text);
  if (found === null) throw invArg(`"${name}" value is invalid\n`, text);
  const unit = (found[2] ?? '').toLowerCase();
  const ms = Number(found[1]) * (unit.startsWith('s') ? 1000 : 1);
  if (unit !== '') return Math.floor(ms);
  return Math.floor(ms / (name === 'rtt' ? 8 : name === 'rttvar' ? 4 : 1));
}

function numberValue(metric: MetricRow, text: string): number {
  const complaint = `"${metric.said}" value is invalid\n`;
  const value = getUnsigned(text, complaint);
  if (metric.name === 'hoplimit' && value > 255) throw invArg(complaint, text);
  if (metric.kind === 'bool' && value > 1) throw invArg(`"${metric.name}" value should be 0 or 1\n`, text);
  return metric.max === null ? value : Math.min(value, metric.max);
}

/** @returns false if the word is no metric */
export function takeMetric(metrics: MetricWords, word: string, args: Args): boolean {
  const metric = ROWS.find((one) => (one.short ? matches(word, one.name) : word === one.name));
  if (metric === undefined) return false;
  let text = args.value();
  if (text === 'lock' && metric.kind !== 'features' && metric.kind !== 'bool' && metric.name !== 'rto_min') {
    metrics.locked.push(metric.name);
    text = args.value();
  }
  if (metric.name === 'rto_min') metrics.locked.push('rto_min');
  if (metric.kind === 'features') {
    if (text !== 'ecn') throw invArg('"features" value not valid\n', text);
    metrics.values.features = 1;
  } else if (metric.kind === 'name') metrics.values.congctl = text;
  else {
    const value = metric.kind === 'time' ? timeValue(metric.name, text) : numberValue(metric, text);
    if (metric.name === 'mtu') metrics.mtu = value === 0 ? null : value;
    else if (value !== 0) metrics.values[metric.name] = value;
  }
  return true;
}

/** What the kernel refuses of them. */
export function checkMetrics(metrics: MetricWords): void {
  const { congctl } = metrics.values;
  if (congctl !== undefined && !ALGORITHMS.includes(String(congctl))) throw new ToolError('Error: Unknown tcp congestion algorithm.\n', 2);
}

/** Milliseconds, or seconds from 1000 on, to six digits. */
function timeText(ms: number): string {
  return ms >= 1000 ? `${Number((ms / 1000).toPrecision(6))}s` : `${ms}ms`;
}

export function printMetrics(
  p: Printer,
  route: { readonly mtu: number | null; readonly metrics?: Route['metrics']; readonly locked?: Route['locked'] },
): void {
  const of = (name: MetricName): number | string | null => (name === 'mtu' ? route.mtu : (route.metrics?.[name] ?? null));
  const shown = PRINTED.filter((name) => of(name) !== null || route.locked?.includes(name) === true);
  if (shown.length === 0) return;
  p.openList('metrics');
  p.openObject();
  for (const name of shown) {
    const value = of(name) ?? 0;
    const lock = route.locked?.includes(name) === true ? 'lock ' : '';
    if (name === 'features') p.field('ecn', null, `${name} ${lock}ecn `);
    else if (typeof value === 'string') p.field('congestion', value, `${name} ${lock}${value} `);
    else if (name === 'rtt' || name === 'rttvar' || name === 'rto_min') p.field(name, value, `${name} ${lock}${timeText(value)} `);
    else p.field(name, value, `${name} ${lock}${value} `);
  }
  p.closeObject();
  p.closeList();
}
