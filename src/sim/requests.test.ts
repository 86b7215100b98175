import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seconds, type Frame, type FrameId, type NodeId, type TraceId, type TraceReader } from '../engine/index.ts';
import { loadScenario } from '../scenario/index.ts';
import { fromScenario, storyBegins } from './from-scenario.ts';
import { Requests } from './requests.ts';
import { createRun, type Run } from './run.ts';

/** A lab in which these lines are typed on the client and nothing else happens. */
function runOf(file: string, lines: readonly string[]): Run {
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
  return run;
}

/** Reasons with which requests end in it. */
function endsOf(file: string, ...lines: readonly string[]): string[] {
  const run = runOf(file, lines);
  const requests = new Requests(run.trace);
  const found: string[] = [];
  for (let id = run.trace.firstOf(storyBegins(run)); id < run.trace.length; id = (id + 1) as TraceId) {
    const record = run.trace.get(id);
    if (requests.take(id)) found.push(`${run.nodeName(record.node)} ${record.reason} ${record.args?.['to'] ?? ''}`.trim());
  }
  return found;
}

/** A ping that was answered, and the record with which it was. */
function answered(): { readonly trace: TraceReader; readonly reply: TraceId } {
  const { trace } = runOf('dr-lab', ['ping -c 1 172.18.20.126']);
  for (let id = 0; id < trace.length; id++) {
    const reply = id as TraceId;
    if (trace.kindOf(reply).reason === 'socket.echo-reply') return { trace, reply };
  }
  throw new Error('nobody has answered');
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

  it('with each reply of a ping that has used up its numbers and begins them anew, and with none that comes twice', () => {
    const { trace, reply } = answered();
    let seq = 0;
    const frame = (id: FrameId): Frame => {
      const was = trace.frame(id);
      return { ...was, layers: was.layers.map((layer) => (layer.kind === 'icmp' ? { ...layer, rest: (7 << 16) | seq } : layer)) };
    };
    const requests = new Requests({
      length: trace.length,
      eventCount: trace.eventCount,
      frameCount: trace.frameCount,
      get: (id) => trace.get(id),
      kindOf: (id) => trace.kindOf(id),
      causeOf: (id) => trace.causeOf(id),
      frame,
      firstOf: (event) => trace.firstOf(event),
      timeOf: (event) => trace.timeOf(event),
      nodeOf: (event) => trace.nodeOf(event),
    });
    let ends = 0;
    let again = 0;
    for (let asked = 1; asked <= 70_000; asked++) {
      seq = asked & 0xffff;
      if (requests.take(reply)) ends++;
      if (requests.take(reply)) again++;
    }
    expect([ends, again]).toEqual([70_000, 0]);
  });

  it('with the datagram that answers, or the ICMP error that says there will be none', () => {
    expect(endsOf('dr-lab', 'echo x | nc -u -w 2 172.18.20.126 99')).toEqual([expect.stringMatching(/^director udp.nobody-listens/)]);
  });
});
