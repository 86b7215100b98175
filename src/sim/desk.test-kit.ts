/** A lab with terminals for tests: types lines, waits for them, reads what they print. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Nanos, NodeId, TraceId } from '../engine/index.ts';
import { loadScenario, type Scenario } from '../scenario/index.ts';
import { fromScenario } from './from-scenario.ts';
import { createRun, type Run } from './run.ts';

const LINE_MS = 10;
const NS_PER_MS = 1_000_000;
const PATIENCE_MS = 120_000;

export interface Answer {
  readonly out: string;
  readonly code: number;
}

export function shipped(name: string): Scenario {
  const loaded = loadScenario(readFileSync(join(import.meta.dirname, '../../scenarios', `${name}.yaml`), 'utf8'));
  if (!loaded.ok) throw new Error(loaded.problems[0]?.message.en);
  return loaded.scenario;
}

/** The lab before anybody has done anything but what `keep` says: no timeline. */
export function bare(scenario: Scenario, keep: RegExp): Scenario {
  const nodes = scenario.nodes.map((node) =>
    node.kind === 'linux' ? { ...node, setup: node.setup.filter(({ text }) => keep.test(text)) } : node,
  );
  return { ...scenario, nodes, timeline: [] };
}

export class Desk {
  readonly run: Run;
  private now = 500;

  constructor(scenario: Scenario) {
    this.run = createRun({ ...fromScenario(scenario), until: (PATIENCE_MS * 100 * NS_PER_MS) as Nanos });
    this.pass(0);
  }

  /** Lets time pass, in milliseconds. */
  pass(ms: number): void {
    this.now += ms;
    for (;;) {
      const before = this.run.head;
      this.run.advance(1);
      if (this.run.head === before) return;
      if (this.run.trace.timeOf(this.run.head - 1) >= this.now * NS_PER_MS) return;
    }
  }

  /** Types a line, or several as a paste does, and waits until the shell is ready again. */
  type(node: string, text: string): Answer {
    const id = this.run.nodeId(node) as NodeId;
    let from = this.run.trace.length;
    for (const line of text.split('\n')) {
      const at = Math.max(this.now * NS_PER_MS, this.run.trace.timeOf(this.run.head - 1)) as Nanos;
      this.run.act({ executed: this.run.head, at }, id, { kind: 'exec', tty: 'tty1', text: line });
    }
    let out = '';
    for (let waited = 0; waited < PATIENCE_MS; waited += LINE_MS) {
      this.pass(LINE_MS);
      for (; from < this.run.trace.length; from++) {
        const { node: where, stage, args } = this.run.trace.get(from as TraceId);
        if (where !== id || args?.['tty'] !== 'tty1') continue;
        if (stage === 'tty') out += String(args['text']);
        if (stage === 'sh:done') return { out, code: Number(args['code']) };
      }
    }
    throw new Error(`"${text}" at ${node} does not end`);
  }
}
