/**
 * The counters of an interface under `ip -s link` and `ip -s -s link`.
 * Comes from: link.ts, addr.ts.  Goes to: printer.ts.
 * Source: iproute2 6.1.0 ip/ipaddress.c (print_stats64, size_columns), lib/utils.c (print_num).
 * Differs: counters of hardware errors, which no interface of the lab has, are 0.
 */
import type { Dev } from '../../../host/index.ts';
import type { IpOptions } from './args.ts';
import type { Printer } from './printer.ts';

const RX = ['bytes', 'packets', 'errors', 'dropped', 'missed', 'mcast'];
const TX = ['bytes', 'packets', 'errors', 'dropped', 'carrier', 'collsns'];
const RX_ERRORS = ['length', 'crc', 'frame', 'fifo', 'overrun'];
const TX_ERRORS = ['aborted', 'fifo', 'window', 'heartbt', 'transns'];

const RX_KEYS = ['bytes', 'packets', 'errors', 'dropped', 'over_errors', 'multicast'];
const TX_KEYS = ['bytes', 'packets', 'errors', 'dropped', 'carrier_errors', 'collisions'];
const RX_ERROR_KEYS = ['length_errors', 'crc_errors', 'frame_errors', 'fifo_errors', 'missed_errors'];
const TX_ERROR_KEYS = ['aborted_errors', 'fifo_errors', 'window_errors', 'heartbeat_errors', 'carrier_changes'];

/** Widths of the counter columns: headings, or the widest number. */
function columns(rows: readonly (readonly number[])[]): number[] {
  const widths = [10, 7, 6, 7, 7, 7];
  for (const row of rows) row.forEach((value, i) => (widths[i] = Math.max(widths[i] ?? 0, String(value).length)));
  return widths;
}

const UNITS = 'kMGTPE';

/** With -h the number in steps of 1000, with -iec of 1024, to three digits. */
export function humanNumber(count: number, opts: IpOptions): string {
  const base = opts.iec ? 1024 : 1000;
  if (!opts.human || count < base) return String(count);
  let power = base;
  let unit = 0;
  while (unit < UNITS.length - 1 && count / base >= power) {
    power *= base;
    unit++;
  }
  let digits = 2;
  for (let limit = 10; digits > 0 && Math.floor(count / power) >= limit; limit *= 10) digits--;
  return `${(count / power).toFixed(digits)}${UNITS[unit] ?? ''}${opts.iec ? 'i' : ''}`;
}

function header(widths: readonly number[], label: string, names: readonly string[]): string {
  const cells = names.map((name, i) => name.padStart((widths[i] ?? 0) - (i === 0 ? label.length + 2 : 0)));
  return `    ${label}: ${cells.join(' ')} ${''.padStart(10)}`;
}

function errorHeader(widths: readonly number[], label: string, names: readonly string[]): string {
  return `    ${label}:${['', ...names].map((name, i) => name.padStart(i === 0 ? (widths[0] ?? 0) - label.length - 1 : (widths[i] ?? 0))).join(' ')}`;
}

/** What -s adds, and -s -s: lines without a newline at the end. */
export function printStats(p: Printer, dev: Dev, opts: IpOptions): void {
  const nl = opts.oneline ? '\\' : '\n';
  const rx = [dev.rxBytes, dev.rxPackets, 0, dev.rxDropped, 0, 0];
  const tx = [dev.txBytes, dev.txPackets, dev.txErrors, dev.txDropped, 0, 0];
  const widths = columns([rx, tx]);
  const cell = (value: number, i: number): string => `${humanNumber(value, opts).padStart(widths[i] ?? 0)} `;
  const group = (label: string, names: readonly string[], keys: readonly string[], row: readonly number[]): void => {
    p.say(`${header(widths, label, names)}${nl}    `);
    row.forEach((value, i) => p.field(keys[i] ?? '', value, cell(value, i)));
  };
  const errors = (label: string, names: readonly string[], keys: readonly string[], last: number): void => {
    if (opts.stats < 2) return;
    p.say(`${nl}${errorHeader(widths, label, names)}${nl}    ${''.padStart(widths[0] ?? 0)} `);
    [0, 0, 0, 0, last].forEach((value, i) => p.field(keys[i] ?? '', value, cell(value, i + 1)));
  };
  p.openObject('stats64');
  p.openObject('rx');
  group('RX', RX, RX_KEYS, rx);
  errors('RX errors', RX_ERRORS, RX_ERROR_KEYS, 0);
  p.closeObject();
  p.say(nl);
  p.openObject('tx');
  group('TX', TX, TX_KEYS, tx);
  errors('TX errors', TX_ERRORS, TX_ERROR_KEYS, dev.carrierChanges);
  p.closeObject();
  p.closeObject();
}
