/**
 * Compares what the lab did with what Linux did, and tells the differences in plain words.
 * Comes from: play.ts, a fixture.  Goes to: the command line, tests.
 */
import { isPureAck, type Canonical, type CanonicalValue } from '../../capture/index.ts';
import type { Case, CaseStep, Played, SeenPacket, Truth } from './case.ts';
import { normaliseOutput, splitLines } from './normalise.ts';

export interface Difference {
  /** 'step 3 (client: ping …)', 'client:eth0, frame 5' */
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  /** the first thing that is not the same, in a few words */
  readonly what: string;
}

export function compareCase(item: Case, truth: Truth, played: Played): Difference[] {
  const differences: Difference[] = [];
  item.steps.forEach((step, index) => {
    if (!truth.unstable_steps?.includes(index)) differences.push(...compareStep(item, step, index, truth, played));
  });
  for (const capture of item.capture ?? []) {
    if (truth.unstable_captures?.includes(capture)) continue;
    const expected = comparable(truth.packets[capture] ?? [], truth);
    const got = comparable(played.packets[capture] ?? [], truth);
    const difference = compareFrames(capture, expected, got);
    if (difference !== null) differences.push(difference);
  }
  return differences;
}

/** The command that a step's output belongs to. */
export function commandOf(item: Case, step: CaseStep): string {
  if ('run' in step) return step.run;
  const id = 'wait' in step ? step.wait : 'stop' in step ? step.stop : null;
  const started = item.steps.find((other) => 'run' in other && other.bg === id);
  return started !== undefined && 'run' in started ? started.run : '';
}

function nodeOf(item: Case, step: CaseStep): string {
  if ('at' in step) return step.at;
  const id = 'wait' in step ? step.wait : 'stop' in step ? step.stop : null;
  const started = item.steps.find((other) => 'run' in other && other.bg === id);
  return started !== undefined && 'at' in started ? started.at : '';
}

function compareStep(item: Case, step: CaseStep, index: number, truth: Truth, played: Played): Difference[] {
  const expected = truth.steps[index] ?? {};
  const got = played.steps[index] ?? {};
  const command = commandOf(item, step);
  const where = `step ${index} (${nodeOf(item, step)}: ${command})`;
  const differences: Difference[] = [];
  // lines are sorted only where a step itself runs the listing, as in the comparison of the recordings
  const [wanted, printed] = [expected.out ?? '', got.out ?? ''].map((out) => normaliseOutput('run' in step ? command : '', out)) as [
    string,
    string,
  ];
  if (wanted !== printed) differences.push(outputDifference(where, wanted, printed));
  if ((expected.rc ?? 0) !== (got.rc ?? 0))
    differences.push({
      where,
      expected: `exit code ${expected.rc ?? 0}`,
      got: `exit code ${got.rc ?? 0}`,
      what: 'exit code',
    });
  return differences;
}

function outputDifference(where: string, wanted: string, printed: string): Difference {
  const [expected, got] = [splitLines(wanted), splitLines(printed)];
  let line = 0;
  while (line < expected.length && line < got.length && expected[line] === got[line]) line++;
  const told = (text: string | undefined): string => (text === undefined ? 'no such line' : JSON.stringify(text));
  return { where, expected: told(expected[line]), got: told(got[line]), what: `output, line ${line + 1}` };
}

/** Frames that count: no IGMP reports, and no bare acknowledgements where Linux varies in them. */
function comparable(packets: readonly SeenPacket[], truth: Truth): SeenPacket[] {
  return packets.filter(({ summary }) => {
    const ip = summary['ip'] as Canonical | undefined;
    return ip?.['proto'] !== 2 && !(truth.pure_acks_vary === true && isPureAck(summary));
  });
}

function compareFrames(capture: string, expected: readonly SeenPacket[], got: readonly SeenPacket[]): Difference | null {
  let at = 0;
  while (at < expected.length && at < got.length && sameFrame(expected[at] as SeenPacket, got[at] as SeenPacket)) at++;
  if (at === expected.length && at === got.length) return null;
  const [wanted, seen] = [expected[at], got[at]];
  return {
    where: `${capture}, frame ${at + 1} of ${expected.length}`,
    expected: wanted === undefined ? 'no further frame' : frameText(wanted),
    got: seen === undefined ? 'no further frame' : frameText(seen),
    what: frameWord(expected, got, at),
  };
}

function sameFrame(a: SeenPacket, b: SeenPacket): boolean {
  return a.dir === b.dir && sameValue(a.summary, b.summary);
}

function sameValue(a: CanonicalValue | undefined, b: CanonicalValue | undefined): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  const [x, y] = [a as Canonical, b as Canonical];
  const keys = Object.keys(x);
  return keys.length === Object.keys(y).length && keys.every((key) => sameValue(x[key], y[key]));
}

/** Whether a frame is missing, is too many, or differs, and in what. */
function frameWord(expected: readonly SeenPacket[], got: readonly SeenPacket[], at: number): string {
  const [wanted, seen] = [expected[at], got[at]];
  if (wanted === undefined) return 'a frame too many';
  if (seen === undefined) return 'a frame is missing';
  const next = got[at + 1];
  if (next !== undefined && sameFrame(wanted, next)) return 'a frame too many';
  const later = expected[at + 1];
  if (later !== undefined && sameFrame(later, seen)) return 'a frame is missing';
  const fields = wanted.dir === seen.dir ? differingFields(wanted.summary, seen.summary, '') : ['direction'];
  return fields.length <= 3 ? fields.join('; ') : 'another frame';
}

function differingFields(a: Canonical, b: Canonical, prefix: string): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key): string[] => {
    const [x, y] = [a[key], b[key]];
    if (sameValue(x, y)) return [];
    if (isRecord(x) && isRecord(y)) return differingFields(x, y, `${prefix}${key}.`);
    return [`${prefix}${key} ${JSON.stringify(x ?? null)} became ${JSON.stringify(y ?? null)}`];
  });
}

function isRecord(value: CanonicalValue | undefined): value is Canonical {
  return typeof value === 'object' && !Array.isArray(value);
}

/** A canonical frame in one line. */
export function frameText({ dir, summary }: SeenPacket): string {
  const eth = summary['eth'] as Record<string, string> | undefined;
  const link = eth === undefined ? '' : `${eth['src']} > ${eth['dst']} `;
  const arp = summary['arp'] as Canonical | undefined;
  if (arp !== undefined) {
    const { op, sha, spa, tha, tpa } = arp as Record<string, string>;
    return `${dir} ${link}ARP ${op} ${spa} (${sha}) to ${tpa} (${tha})`;
  }
  const ip = summary['ip'] as Canonical | undefined;
  return ip === undefined ? `${dir} ${link}type ${eth?.['type']}` : `${dir} ${link}${ipText(ip)}`;
}

function ipText(ip: Canonical): string {
  const { src, dst, proto, ttl, len, df, tos } = ip as Record<string, string | number>;
  const frag = ip['frag'] === undefined ? '' : ` frag ${JSON.stringify(ip['frag'])}`;
  const head = `IP ${src} > ${dst} ttl ${ttl} len ${len}${df ? ' DF' : ''}${tos === undefined ? '' : ` tos ${tos}`}${frag}`;
  if (ip['inner'] !== undefined) return `${head} [${ipText(ip['inner'] as Canonical)}]`;
  for (const name of ['tcp', 'udp', 'icmp', 'vrrp']) {
    if (ip[name] !== undefined) return `${head} ${name} ${JSON.stringify(ip[name]).replaceAll('"', '')}`;
  }
  return `${head} proto ${proto}`;
}
