/**
 * From a scenario to the input of a run: nodes plugged together, their setups typed at time zero, the
 * timeline's commands at theirs.
 * Comes from: lab/, cli/.  Goes to: run.ts.
 */
import { seconds, type JournalEntry, type Nanos, type NodeId, type TraceId } from '../engine/index.ts';
import type { Scenario, ScenarioNode } from '../scenario/index.ts';
import { BOOT_TTY, type NodeSpec, type What } from '../world/index.ts';
import type { Run, RunInput } from './run.ts';

/** Terminal on which setups are typed, before the story begins. */
export const SETUP_TTY = BOOT_TTY;
/** Terminal on which the timeline's commands are typed: the one a person sees first. */
export const MAIN_TTY = 'tty1';
/** A lab without `until` goes on for this long after its last command. */
const AFTERMATH = seconds(10);

export function fromScenario(scenario: Scenario, seed: number = scenario.seed): RunInput {
  const journal: JournalEntry<What>[] = [];
  const typed = (node: NodeId, at: Nanos, tty: string, text: string): void => {
    journal.push({ after: 0, at, node, what: { kind: 'stimulus', stimulus: { kind: 'exec', tty, text } } });
  };
  const numbers = new Map(scenario.nodes.map((node, index) => [node.name, index as NodeId]));
  for (const node of scenario.nodes) {
    if (node.kind !== 'linux') continue;
    for (const command of node.setup) typed(numbers.get(node.name) as NodeId, 0 as Nanos, SETUP_TTY, command.text);
  }
  let last = 0;
  for (const entry of scenario.timeline) {
    const node = numbers.get(entry.node);
    if (node !== undefined) typed(node, entry.at, MAIN_TTY, entry.run);
    if (entry.at > last) last = entry.at;
  }
  return {
    world: { nodes: scenario.nodes.map(nodeSpec), links: scenario.links, oneKernel: false, seed },
    journal,
    until: scenario.until ?? ((last + AFTERMATH) as Nanos),
  };
}

function nodeSpec(node: ScenarioNode): NodeSpec {
  if (node.kind === 'switch') return { kind: 'switch', name: node.name, role: node.role, ports: node.ports };
  return { kind: 'linux', name: node.name, role: node.role, interfaces: node.interfaces, boot: node.setup.map(({ text }) => text) };
}

/** A command of a setup that did not succeed. */
export interface SetupFailure {
  readonly node: string;
  /** line of the scenario file */
  readonly line: number;
  readonly command: string;
  readonly code: number;
  /** what it printed */
  readonly output: string;
}

/** The setup commands that failed, by what the run's trace says of them. The run must have passed its setups. */
export function setupFailures(scenario: Scenario, run: Run): SetupFailure[] {
  const failures: SetupFailure[] = [];
  const done = new Map<number, number>();
  const printed = new Map<number, string>();
  for (let id = 0; id < run.trace.length; id++) {
    const record = run.trace.get(id as TraceId);
    if (record.args?.['tty'] !== SETUP_TTY) continue;
    if (record.stage === 'tty') printed.set(record.node, (printed.get(record.node) ?? '') + String(record.args['text']));
    if (record.stage !== 'sh:done') continue;
    const index = done.get(record.node) ?? 0;
    done.set(record.node, index + 1);
    const node = scenario.nodes[record.node];
    const command = node?.kind === 'linux' ? node.setup[index] : undefined;
    const code = Number(record.args['code']);
    if (node !== undefined && command !== undefined && code !== 0) {
      failures.push({
        node: node.name,
        line: command.line,
        command: command.text,
        code,
        output: printed.get(record.node) ?? '',
      });
    }
    printed.delete(record.node);
  }
  return failures;
}

/** The first event after the setups: where a person begins to look. */
export function storyBegins(run: Run): number {
  let begin = 0;
  for (let id = 0; id < run.trace.length; id++) {
    const { args, event, at, stage } = run.trace.get(id as TraceId);
    if (at > 0) break;
    if (stage === 'sh:done' && args?.['tty'] === SETUP_TTY) begin = event + 1;
  }
  return begin;
}
