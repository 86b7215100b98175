/**
 * What people type and hand in by mistake: mutated command lines, scenario files, capture filters.
 * FUZZ_COUNT and FUZZ_SEED change how many and which; `npm run -s lab -- fuzz` tries more lines.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { matchesFilter, parseFilter } from '../../capture/index.ts';
import { nextBelow, seedPrng, type FrameId, type PrngState } from '../../engine/index.ts';
import { loadScenario } from '../../scenario/index.ts';
import type { Case } from '../conform/case.ts';
import { shipped } from '../desk.test-kit.ts';
import { fromScenario } from '../from-scenario.ts';
import { createRun } from '../run.ts';
import { corpusOf, fuzzCommands } from './fuzz.ts';
import { mutate } from './mutate.ts';

const COUNT = Number(process.env['FUZZ_COUNT'] ?? 2000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
const KERNEL = join(import.meta.dirname, '../conform/fixtures/kernel');
const SCENARIOS = join(import.meta.dirname, '../../../scenarios');

function recordedLines(): string[] {
  return readdirSync(KERNEL).flatMap((file) => {
    const item = (JSON.parse(readFileSync(join(KERNEL, file), 'utf8')) as { case: Case }).case;
    return [...item.nodes.flatMap((node) => node.setup ?? []), ...item.steps.flatMap((step) => ('run' in step ? [step.run] : []))];
  });
}

describe('mutated command lines at a real host', () => {
  it('never crash or hang; they end with a code, say why they fail, and then have changed nothing', { timeout: 3_600_000 }, () => {
    const report = fuzzCommands(fromScenario(shipped('dr-lab')), corpusOf(recordedLines()), COUNT, SEED);
    expect(report.troubles).toEqual([]);
    expect(report.succeeded).toBeGreaterThan(COUNT / 20);
    expect(report.compared).toBeGreaterThan(COUNT / 5);
  });
});

const YAML_PIECES: readonly string[] = [
  '\t',
  ':',
  '- ',
  '*a',
  '&a ',
  '!!js',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '|',
  '>',
  '#',
  '\n',
  '  ',
  'null',
  '-1',
  '1e999',
  '.nan',
  '99999999999s',
  '1ns',
  '0x',
  '~',
  '? ',
  '<<: *a',
  '名',
  '\u0000',
  '%YAML 9',
  '---\n',
  '...\n',
  'nodes:',
  'links:',
  'ends: [a, b]',
  'switch',
  '0.0.0.0',
  ',',
];

function mutateText(prng: PrngState, text: string, pieces: readonly string[]): string {
  let mutated = text;
  for (let i = nextBelow(prng, 4); i >= 0; i--) {
    const at = nextBelow(prng, mutated.length + 1);
    const piece = pieces[nextBelow(prng, pieces.length)] as string;
    const length = nextBelow(prng, 3) === 0 ? nextBelow(prng, 200) : nextBelow(prng, 6);
    const lines = mutated.split('\n');
    switch (nextBelow(prng, 5)) {
      case 0:
        mutated = mutated.slice(0, at) + piece + mutated.slice(at);
        break;
      case 1:
        mutated = mutated.slice(0, at) + mutated.slice(at + length);
        break;
      case 2:
        mutated = mutated.slice(0, at) + piece + mutated.slice(at + length);
        break;
      case 3:
        lines.splice(nextBelow(prng, lines.length), 1);
        mutated = lines.join('\n');
        break;
      default:
        lines.splice(nextBelow(prng, lines.length), 0, lines[nextBelow(prng, lines.length)] as string);
        mutated = lines.join('\n');
    }
  }
  return mutated;
}

describe('mutated scenario files', () => {
  it('load and run, or are refused with a place and a sentence in both languages', { timeout: 120_000 }, () => {
    const prng = seedPrng(SEED);
    const texts = readdirSync(SCENARIOS).flatMap((name) => (name.endsWith('.yaml') ? [readFileSync(join(SCENARIOS, name), 'utf8')] : []));
    let loads = 0;
    for (let i = 0; i < COUNT / 10; i++) {
      const text = mutateText(prng, texts[nextBelow(prng, texts.length)] as string, YAML_PIECES);
      const loaded = loadScenario(text);
      if (loaded.ok) {
        loads++;
        if (loads % 5 !== 0) continue;
        createRun(fromScenario(loaded.scenario)).advance(3000);
        continue;
      }
      expect(loaded.problems.length).toBeGreaterThan(0);
      for (const { line, column, message } of loaded.problems) {
        expect(line >= 1 && column >= 1 && line <= text.split('\n').length + 1, text).toBe(true);
        expect(message.en !== '' && message.zh !== '').toBe(true);
      }
    }
    expect(loads).toBeGreaterThan(10);
  });
});

const FILTERS: readonly string[] = [
  'arp',
  'icmp',
  'tcp port 80',
  'host 172.18.20.128 and not arp',
  'src host 10.0.0.10',
  'dst net 172.18.20.0/24',
  'net 10.0.0.0 mask 255.0.0.0',
  'portrange 1-1024',
  'ether host 02:00:0a:00:00:0a',
  'ether broadcast',
  'ether[0] & 1 = 1',
  'tcp[tcpflags] & (tcp-syn|tcp-fin) != 0',
  'tcp[13] & 2 != 0',
  'ip[8] < 5',
  'ip proto 4',
  'proto ipip',
  'icmp[icmptype] = icmp-echo',
  'udp and (port 53 or port 67)',
  'less 100',
  'greater 1000',
  'len > 60',
  'not (host a or host b)',
  'ip multicast',
  'tcp[12:1] & 0xf0 >> 2 = 20',
  'vlan',
  'ip6',
  'port http',
  'tcp src port 80 and dst host 10.0.0.10',
];

describe('mutated capture filters', () => {
  it('compile and answer, or are refused with a message', () => {
    const prng = seedPrng(SEED);
    const run = createRun(fromScenario(shipped('dr-lab')));
    run.finish();
    const frames = Array.from({ length: 20 }, (_, i) => run.trace.frame((i * 5) as FrameId).layers).filter(
      (layers) => layers[0]?.kind === 'eth',
    );
    const refusedSilently: string[] = [];
    let compiled = 0;
    for (let i = 0; i < COUNT * 5; i++) {
      const text = mutate(prng, FILTERS);
      const filter = parseFilter(text);
      if (!filter.ok) {
        if (filter.error.message === '') refusedSilently.push(text);
        continue;
      }
      compiled++;
      for (const layers of frames) matchesFilter(filter.expr, { layers, dir: 'out' });
    }
    expect(refusedSilently).toEqual([]);
    expect(compiled).toBeGreaterThan(COUNT / 2);
  });

  it.each(['( ', 'not ', 'ip[ ', 'len + ', 'arp or '])('refuse to nest without end: %s', (start) => {
    expect(parseFilter(`${start.repeat(50_000)}arp`).ok).toBe(false);
    expect(parseFilter(`${start.repeat(200)}constructor`).ok).toBe(false);
  });
});
