import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TraceId } from '../engine/index.ts';
import { loadScenario, type Scenario } from '../scenario/index.ts';
import { fromScenario, MAIN_TTY, setupFailures } from './from-scenario.ts';
import { createRun, type Run } from './run.ts';

const FOLDER = join(import.meta.dirname, '../../scenarios');
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

function scenarioOf(file: string): Scenario {
  const loaded = loadScenario(readFileSync(join(FOLDER, file), 'utf8'));
  if (!loaded.ok) throw new Error(loaded.problems[0]?.message.en);
  return loaded.scenario;
}

function finished(scenario: Scenario): Run {
  const run = createRun(fromScenario(scenario));
  run.finish();
  return run;
}

/** What a node's terminal showed, all commands together. */
function shownAt(run: Run, node: string): string {
  let text = '';
  for (let id = 0; id < run.trace.length; id++) {
    const { stage, args, node: at } = run.trace.get(id as TraceId);
    if (stage === 'tty' && args?.['tty'] === MAIN_TTY && run.nodeName(at) === node) text += String(args['text']);
  }
  return text;
}

describe('the labs that come with the program', () => {
  it.each(FILES)('%s is set up without an error and runs to its end', (file) => {
    const scenario = scenarioOf(file);
    const run = finished(scenario);
    expect(setupFailures(scenario, run)).toEqual([]);
    expect(['until', 'quiet']).toContain(run.end);
  });

  it.each(FILES)('%s runs the same way twice', (file) => {
    const scenario = scenarioOf(file);
    expect(finished(scenario).hash()).toBe(finished(scenario).hash());
  });

  it('the DR lab of the notes serves by weighted least connections, as on Linux', () => {
    const answers = shownAt(finished(scenarioOf('dr-lab.yaml')), 'client')
      .trim()
      .split('\n');
    expect(answers.map((line) => line.slice(0, 3))).toEqual(['rs2', 'rs1', 'rs2', 'rs2', 'rs1', 'rs2']);
  });

  it('the NAT demonstration takes turns, then goes by weight', () => {
    const answers = shownAt(finished(scenarioOf('nat-demo.yaml')), 'client')
      .trim()
      .split('\n');
    expect(answers.slice(0, 2).map((line) => line.slice(0, 3))).toEqual(['rs2', 'rs1']);
    expect(answers.slice(2).filter((line) => line.startsWith('rs1'))).toHaveLength(3);
  });

  it('the FullNAT lab shows the server the local address, needs one, and goes on with it', () => {
    const run = finished(scenarioOf('fullnat-lab.yaml'));
    expect(shownAt(run, 'client')).toMatch(/^rs2 .*\nrs1 .*\ncurl: \(28\) .*\nrs1 .*\n$/);
    const seen = shownAt(run, 'rs1');
    expect(seen).toContain('IP 172.18.20.201.5002 > 192.168.1.11.80: Flags [S]');
    expect(seen).not.toContain('10.0.0.10');
  });

  it('without arp_ignore one real server gets everything, until that is repaired', () => {
    const run = finished(scenarioOf('dr-broken-arp.yaml'));
    const answers = shownAt(run, 'client').trim().split('\n');
    expect(new Set(answers.slice(0, 3))).toEqual(new Set(['rs2 172.18.20.125']));
    expect(new Set(answers.slice(3))).toEqual(new Set(['rs1 172.18.20.124', 'rs2 172.18.20.125']));
  });

  it('the slip of the notes loses every reply when the gateway is set last', () => {
    const shown = shownAt(finished(scenarioOf('dr-lab-gateway-last.yaml')), 'client');
    expect(shown).toMatch(/^curl: \(28\).*\nrs\d .*\nrs\d /);
  });
});
