/** `lab run`: a scenario from start to end; its trace, its terminals, its frames. */
import { writeFileSync } from 'node:fs';
import { writePcapng, type CaptureInterface, type CapturePacket } from '../capture/index.ts';
import { formatSeconds, parseSpan, type JournalEntry, type Nanos, type NodeId, type TraceId } from '../engine/index.ts';
import type { Scenario } from '../scenario/index.ts';
import { createRun, fromScenario, MAIN_TTY, namesOf, setupFailures, traceLines, type Run, type RunInput } from '../sim/index.ts';
import type { What } from '../world/index.ts';
import { parseArgs, UsageError, type Args } from './args.ts';
import { print, printError } from './print.ts';
import { loadOrTell } from './scenario-file.ts';

const OPTIONS = { flags: ['trace', 'hash', 'terminal'], values: ['do', 'until', 'seed', 'pcap'] };

export function run(words: readonly string[]): number {
  const args = parseArgs(words, OPTIONS);
  const [name, ...more] = args.operands;
  if (name === undefined || more.length > 0) throw new UsageError('run needs one file');
  const scenario = loadOrTell(name);
  if (scenario === null) return 1;
  const played = createRun(inputOf(scenario, args));
  const end = played.finish();
  const failures = setupFailures(scenario, played);
  for (const { line, node, command, code } of failures)
    printError(`${name}:${line}: setup of ${node} failed with exit code ${code}: ${command}\n`);
  if (args.has('trace')) for (const line of traceLines(played.trace, namesOf(played.worldAt(played.head).nodes))) print(line);
  const other = args.has('trace') || args.has('hash') || args.value('pcap') !== null;
  if (args.has('terminal') || !other) printTerminals(played);
  if (args.has('hash')) print(`${played.hash()}\n`);
  const file = args.value('pcap');
  if (file !== null) writeFileSync(file, pcapngOf(played));
  if (end === 'event-limit' || end === 'trace-limit') {
    printError(`lab: stopped at ${formatSeconds(played.trace.timeOf(played.head - 1))} s: too many events; packets go round for ever?\n`);
    return 1;
  }
  return failures.length === 0 ? 0 : 1;
}

function inputOf(scenario: Scenario, args: Args): RunInput {
  const seed = args.value('seed');
  if (seed !== null && !/^\d{1,10}$/.test(seed)) throw new UsageError(`not a seed: ${seed}`);
  const input = fromScenario(scenario, seed === null ? undefined : Number(seed));
  const typed = args.values('do').map((text) => typedEntry(scenario, text));
  const last = Math.max(input.until, ...typed.map((entry) => entry.at + 1_000_000_000));
  const until = args.value('until');
  return {
    ...input,
    journal: [...input.journal, ...typed],
    until: until === null ? (last as Nanos) : spanOf(until),
  };
}

function spanOf(text: string): Nanos {
  const span = parseSpan(text);
  if (span === null) throw new UsageError(`not a time: ${text}`);
  return span;
}

/** `1.5s client: ping -c1 10.0.0.1` */
function typedEntry(scenario: Scenario, text: string): JournalEntry<What> {
  const match = /^\s*(\S+)\s+([\w-]+)\s*:\s*(.+)$/s.exec(text);
  if (match === null) throw new UsageError(`--do wants 'TIME NODE: COMMAND', not '${text}'`);
  const [, time = '', name = '', command = ''] = match;
  const node = scenario.nodes.findIndex((each) => each.name === name && each.kind === 'linux');
  if (node < 0) throw new UsageError(`no host ${name} in the scenario`);
  return {
    after: 0,
    at: spanOf(time),
    node: node as NodeId,
    what: { kind: 'stimulus', stimulus: { kind: 'exec', tty: MAIN_TTY, text: command } },
  };
}

/** What was typed and printed at the terminals, in order of time. */
function printTerminals(played: Run): void {
  for (let id = 0; id < played.trace.length; id++) {
    const { stage, node, at, args } = played.trace.get(id as TraceId);
    if (args?.['tty'] !== MAIN_TTY) continue;
    if (stage === 'sh:start') print(`[${formatSeconds(at)} ${played.nodeName(node)}]# ${String(args['line'])}\n`);
    else if (stage === 'tty') print(String(args['text']));
  }
}

/** Every frame put on a cable, at the moment its first bit leaves. */
function pcapngOf(played: Run): Uint8Array {
  const names = namesOf(played.worldAt(played.head).nodes);
  const interfaces: CaptureInterface[] = [];
  const numbers = new Map<string, number>();
  const packets: CapturePacket[] = [];
  for (let id = 0; id < played.trace.length; id++) {
    const { stage, node, dev, frame, at, verdict } = played.trace.get(id as TraceId);
    if (stage !== 'link:tx') continue;
    const name = `${names.node(node)}:${names.dev(node, dev)}`;
    const known = numbers.get(name);
    const iface = known ?? interfaces.push({ name, link: 'ethernet' }) - 1;
    if (known === undefined) numbers.set(name, iface);
    packets.push({
      at,
      iface,
      layers: played.trace.frame(frame).layers,
      dir: 'out',
      ...(verdict === 'drop' ? { comment: 'lost' } : {}),
    });
  }
  return writePcapng(interfaces, packets);
}
