import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seconds, type NodeId, type TraceId } from '../engine/index.ts';
import { loadScenario } from '../scenario/index.ts';
import { fromScenario, storyBegins } from './from-scenario.ts';
import { Requests } from './requests.ts';
import { createRun } from './run.ts';

/** Reasons with which requests end in a lab where these lines are typed on the client and nothing else happens. */
function endsOf(file: string, ...lines: readonly string[]): string[] {
  const loaded = loadScenario(readFileSync(join(import.meta.dirname, `../../scenarios/${file}.yaml`), 'utf8'));
  if (!loaded.ok) throw new Error('the lab is not valid');
  const input = fromScenario({ ...loaded.scenario, timeline: [] });
  const run = createRun({ ...input, until: seconds(100) });
  const client = run.nodeId('client') as NodeId;
  run.advance(1_000_000);
  for (const text of lines) {
    const at = run.head === 0 ? seconds(1) : run.trace.timeOf(run.head - 1);
    run.act({ executed: run.head, at }, client, { kind: 'exec', tty: 'tty1', text });
    run.extend((at + seconds(200)) as never);
    run.finish();
  }
  const requests = new Requests(run.trace);
  const found: string[] = [];
  for (let id = run.trace.firstOf(storyBegins(run)); id < run.trace.length; id = (id + 1) as TraceId) {
    const record = run.trace.get(id);
    if (requests.take(id)) found.push(`${run.nodeName(record.node)} ${record.reason} ${record.args?.['to'] ?? ''}`.trim());
  }
  return found;
}

describe('a request ends', () => {
  it.each(['dr-lab', 'nat-demo', 'tun-lab'])('%s: with each answer of the web service, one after the other', (file) => {
    const vip = file === 'nat-demo' ? '172.16.100.1' : '172.18.20.128';
    const ends = endsOf(file, `curl -s http://${vip}/`, `curl -s http://${vip}/; curl -s http://${vip}/`);
    expect(ends).toHaveLength(3);
    for (const end of ends) expect(end).toMatch(/^client tcp\.state-changed (CLOSE_WAIT|FIN_WAIT1)$/);
  });

  it('with a refusal, and with giving up', () => {
    expect(endsOf('dr-lab', 'curl -s http://172.18.20.124:81/')).toEqual(['client tcp.state-changed CLOSE']);
    expect(endsOf('dr-lab', 'curl -s -m 2 http://10.0.0.99/')).toContain('client tcp.state-changed CLOSE');
  });

  it('with each echo reply, or with the loss of the question or of the answer', () => {
    expect(endsOf('dr-lab', 'ping -c 3 172.18.20.126')).toEqual(Array.from({ length: 3 }, () => 'client socket.echo-reply'));
    expect(endsOf('dr-lab', 'ping -c 1 -t 1 172.18.20.126')).toEqual([expect.stringMatching(/^router .*ttl/)]);
    expect(endsOf('dr-lab', 'ping -c 1 -W 5 10.0.0.99')).toEqual(['client neigh.unreachable']);
  });

  it('with the datagram that answers, or the ICMP error that says there will be none', () => {
    expect(endsOf('dr-lab', 'echo x | nc -u -w 2 172.18.20.126 99')).toEqual([expect.stringMatching(/^director udp.nobody-listens/)]);
  });
});
