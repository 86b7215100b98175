/** The power switch, frames taken off their cables, and timers moved by hand. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { millis, seconds, type Nanos, type NodeId, type TraceId, type TraceRecord } from '../engine/index.ts';
import { loadScenario } from '../scenario/index.ts';
import { formatIpv4 } from '../wire/index.ts';
import {
  framesDue,
  pendingTimers,
  type FrameDue,
  type LinuxNode,
  type Stimulus,
  type SwitchNode,
  type WorldState,
} from '../world/index.ts';
import { fromScenario } from './from-scenario.ts';
import { hopsOf, placeOnCable, type Hop } from './hops.ts';
import { createRun, type Run } from './run.ts';
import { namesOf, tell } from './tell.ts';

let run: Run;

beforeEach(() => {
  const loaded = loadScenario(readFileSync(join(import.meta.dirname, '../../scenarios/dr-lab.yaml'), 'utf8'));
  if (!loaded.ok) throw new Error('the lab is not valid');
  run = createRun(fromScenario(loaded.scenario));
});

function node(name: string): NodeId {
  const id = run.nodeId(name);
  if (id === null) throw new Error(`no node ${name}`);
  return id;
}

function world(): WorldState {
  return run.worldAt(run.head) as WorldState;
}

function host(name: string): LinuxNode {
  return world().nodes[node(name)] as LinuxNode;
}

function records(from = 0): TraceRecord[] {
  return Array.from({ length: run.trace.length - from }, (_, i) => run.trace.get((from + i) as TraceId));
}

function act(name: string, stimulus: Stimulus, at: Nanos = world().now): void {
  run.act({ executed: run.head, at }, node(name), stimulus);
  run.extend((at + seconds(90)) as Nanos);
  run.advance(1);
}

function typed(name: string, text: string): void {
  act(name, { kind: 'exec', tty: 'tty9', text });
}

function printed(name: string, from: number): string {
  return records(from)
    .filter((record) => record.stage === 'tty' && record.node === node(name) && record.args?.['tty'] === 'tty9')
    .map((record) => String(record.args?.['text']))
    .join('');
}

/** Runs on until a frame is on its way to this node, or to any. */
function untilFlying(name: string | null = null): FrameDue {
  for (let i = 0; i < 20_000; i++) {
    const found = world().nodes.flatMap((_, id) => (name === null || id === node(name) ? framesDue(world(), id as NodeId) : []))[0];
    if (found !== undefined && world().now > 0) return found;
    if (!run.advance(1)) break;
  }
  throw new Error('no frame came');
}

describe('the power switch', () => {
  it('takes all but the files, and a boot brings back what the lab sets up', () => {
    run.finish();
    const before = host('director');
    const devs = before.host.devs.map((dev) => [dev?.name, dev?.ifindex, dev?.lladdr]);
    const services = before.ipvs.services.length;
    expect(services).toBeGreaterThan(0);
    typed('director', 'echo kept > /root/note; ip addr add 9.9.9.9/32 dev lo; sleep 1000 &');
    run.finish();
    act('director', { kind: 'power', on: false });
    const off = host('director');
    expect(off.on).toBe(false);
    expect([...off.user.procs]).toEqual([]);
    expect(off.ipvs.services).toEqual([]);
    expect(off.host.neigh.entries.size).toBe(0);
    expect(off.host.devs.flatMap((dev) => dev?.addrs.map((a) => formatIpv4(a.local)) ?? [])).toEqual(['127.0.0.1']);
    expect(off.user.files.get('/root/note')).toBe('kept\n');
    expect(pendingTimers(world(), node('director'))).toEqual([]);
    act('director', { kind: 'power', on: true }, (world().now + seconds(1)) as Nanos);
    run.finish();
    const again = host('director');
    expect(again.host.devs.map((dev) => [dev?.name, dev?.ifindex, dev?.lladdr])).toEqual(devs);
    expect(again.ipvs.services.length).toBe(services);
    expect(again.user.files.get('/root/note')).toBe('kept\n');
    const from = run.trace.length;
    typed('client', 'curl -s -m 3 http://172.18.20.128/');
    run.finish();
    expect(printed('client', from)).toContain('rs');
  });

  it('takes the carrier from the other ends of its cables, and gives it back', () => {
    run.finish();
    act('sw1', { kind: 'power', on: false });
    expect((world().nodes[node('sw1')] as SwitchNode).sw.fdb.size).toBe(0);
    expect(host('director').host.devs.find((dev) => dev?.kind === 'ethernet')?.carrier).toBe(false);
    const from = run.trace.length;
    typed('director', 'ping -c 1 -W 1 172.18.20.1');
    run.finish();
    expect(records(from).map(({ reason }) => reason)).toContain('dev.no-carrier');
    act('sw1', { kind: 'power', on: true });
    expect(host('director').host.devs.find((dev) => dev?.kind === 'ethernet')?.carrier).toBe(true);
  });

  it('what a switch sends to a machine that is off goes nowhere', () => {
    run.finish();
    typed('director', 'ping -c 1 172.18.20.124');
    run.finish();
    act('rs1', { kind: 'power', on: false });
    const from = run.trace.length;
    typed('director', 'ping -c 1 -W 1 172.18.20.124');
    run.finish();
    expect(records(from).find(({ reason }) => reason === 'link.far-off')).toMatchObject({ verdict: 'drop', node: node('sw1') });
  });

  it('a cable plugged in while one end is off brings no carrier', () => {
    run.finish();
    act('sw1', { kind: 'power', on: false });
    const link = run.input.world.links.findIndex(({ ends }) => ends.some(([name]) => name === 'director'));
    for (const up of [false, true]) act('director', { kind: 'link', link: link as never, up });
    expect(host('director').host.devs.find((dev) => dev?.kind === 'ethernet')?.carrier).toBe(false);
    act('sw1', { kind: 'power', on: true });
    expect(host('director').host.devs.find((dev) => dev?.kind === 'ethernet')?.carrier).toBe(true);
  });

  it('a frame that arrives at a machine that is off is lost, with a reason in both languages', () => {
    const due = untilFlying('director');
    act('director', { kind: 'power', on: false });
    run.finish();
    const lost = records().find(({ cause }) => cause === due.hop);
    expect(lost).toMatchObject({ verdict: 'drop', reason: 'power.off-rx', node: node('director') });
    const names = namesOf(world().nodes);
    expect(tell(lost as TraceRecord, names, 'en')).toBe('The frame is lost: director is switched off.');
    expect(tell(lost as TraceRecord, names, 'zh')).toBe('帧丢失：director 已关机。');
  });

  it('packets that wait inside end there', () => {
    run.finish();
    typed('client', 'ping -c 1 -W 9 10.0.0.77');
    while (run.advance(1) && ![...host('client').host.neigh.entries.values()].some(({ queue }) => queue.length > 0));
    const waiting = [...host('client').host.neigh.entries.values()].flatMap(({ queue }) => queue.map(({ lastTrace }) => lastTrace));
    expect(waiting.length).toBe(1);
    act('client', { kind: 'power', on: false });
    run.finish();
    expect(records().filter(({ cause, reason }) => cause === waiting[0] && reason === 'power.packet-lost')).toHaveLength(1);
  });

  it('a frame whose last bit has not left is cut off; one that has left arrives', () => {
    const due = untilFlying();
    const sender = run.trace.get(due.hop).node;
    act(run.nodeName(sender), { kind: 'power', on: false });
    run.finish();
    const end = records().find(({ cause }) => cause === due.hop);
    const args = run.trace.get(due.hop).args;
    const link = run.input.world.links.find(({ ends }) => ends.some(([name]) => name === run.nodeName(sender)));
    const left = Number(args?.['until']) - (link?.delayNs ?? 0) <= (run.trace.get(due.hop).at as number);
    expect(end?.reason === 'power.frame-cut').toBe(!left);
  });

  it('what is typed at a machine that is off comes to nothing, and pressing twice is told', () => {
    run.finish();
    act('director', { kind: 'power', on: false });
    const from = run.trace.length;
    typed('director', 'ip addr');
    act('director', { kind: 'power', on: false });
    expect(records(from).map(({ reason }) => reason)).toEqual(['power.nobody', 'power.was-so']);
  });

  it('settings of /etc/sysctl.conf, enabled services and /etc/rc.local count at boot', () => {
    run.finish();
    typed(
      'rs1',
      'echo net.ipv4.ip_default_ttl=99 > /etc/sysctl.conf; echo "ip addr add 9.9.9.9/32 dev lo" > /etc/rc.local; systemctl enable httpd',
    );
    run.finish();
    for (const on of [false, true]) act('rs1', { kind: 'power', on });
    run.finish();
    const { host: again, user } = host('rs1');
    expect(again.sysctl['net.ipv4.ip_default_ttl']).toBe(99);
    expect(again.devs[1]?.addrs.map(({ local }) => formatIpv4(local))).toContain('9.9.9.9');
    expect([...user.procs.values()].filter(({ program }) => program === 'httpd')).toHaveLength(1);
  });
});

describe('a frame in the hand', () => {
  it('dropped: it ends on its cable, once, and says who did it', () => {
    const { node: to, dev, due, nth, hop } = untilFlying();
    act(run.nodeName(to), { kind: 'frame', dev, due, nth, deed: 'drop' });
    run.finish();
    const ends = records().filter(({ cause }) => cause === hop);
    expect(ends.map(({ verdict, reason }) => [verdict, reason])).toEqual([['drop', 'link.taken']]);
    const said = tell(ends[0] as TraceRecord, namesOf(world().nodes), 'en');
    expect(said).toMatch(/never reaches .*: you took it off the cable\.$/);
  });

  it('held up half-way: it goes at its speed until then, and arrives that much later', () => {
    const { node: to, dev, due, nth, hop } = untilFlying();
    const { start } = hopsOf(run.trace, hop, hop + 1)[0] as Hop;
    const middle = ((start + due) / 2) as Nanos;
    act(run.nodeName(to), { kind: 'frame', dev, due, nth, deed: 'delay', delayNs: millis(30) }, middle);
    run.finish();
    const after = records().find(({ cause, reason }) => cause === hop && reason !== 'link.held-up');
    expect(after?.at).toBe(due + millis(30));
    const found = hopsOf(run.trace, 0, run.trace.length).find((each) => each.record === hop);
    if (found === undefined) throw new Error('no such hop');
    const rest = (due + millis(30) - middle) / 2;
    const places = [start, (start + middle) / 2, middle, middle + rest, due + millis(30)].map((at) => placeOnCable(found, at));
    for (const [k, place] of [0, 0.25, 0.5, 0.75, 1].entries()) expect(places[k]).toBeCloseTo(place, 6);
  });

  it('one that is not there is told', () => {
    run.finish();
    const from = run.trace.length;
    act('director', { kind: 'frame', dev: 2, due: 5 as Nanos, nth: 0, deed: 'drop' });
    expect(records(from).map(({ reason }) => reason)).toEqual(['link.no-such-frame']);
  });
});

describe('a timer in the hand', () => {
  function timer(name: string, of: string): { timer: string; key: number | string; due: number } {
    const found = pendingTimers(world(), node(name)).find((each) => each.name === of);
    if (found === undefined) throw new Error(`no timer ${of} on ${name}`);
    return found;
  }

  function untilTimer(name: string, of: string): { timer: string; key: number | string; due: number } {
    while (!pendingTimers(world(), node(name)).some((each) => each.name === of)) if (!run.advance(1)) break;
    return timer(name, of);
  }

  it('a connection of IPVS expires now, or ten seconds later', () => {
    const { timer: kind, key, due } = untilTimer('director', 'ipvs.conn');
    act('director', { kind: 'timer', timer: kind, key, byNs: seconds(10) });
    expect(timer('director', 'ipvs.conn').due).toBe(due + seconds(10));
    const count = host('director').ipvs.conns.count;
    const from = run.trace.length;
    act('director', { kind: 'timer', timer: kind, key, byNs: null });
    run.advance(1);
    expect(host('director').ipvs.conns.count).toBe(count - 1);
    expect(records(from).map(({ reason }) => reason)).toEqual(['timer.now', 'ipvs.conn-expired']);
  });

  it('a neighbour is no longer taken for reachable', () => {
    const { timer: kind, key } = untilTimer('client', 'neigh.reachable');
    const from = run.trace.length;
    act('client', { kind: 'timer', timer: kind, key, byNs: null });
    run.advance(1);
    expect(records(from).map(({ reason }) => reason)).toEqual(['timer.now', expect.stringMatching(/^neigh\.reachable-to-/)]);
  });

  it('a segment is sent again at once', () => {
    untilTimer('client', 'tcp.rto');
    // the first SYN waits for the router's address at first
    while ([...host('client').host.neigh.entries.values()].some(({ queue }) => queue.length > 0)) run.advance(1);
    const { timer: kind, key } = timer('client', 'tcp.rto');
    const from = run.trace.length;
    act('client', { kind: 'timer', timer: kind, key, byNs: null });
    run.advance(1);
    expect(records(from).map(({ reason }) => reason)).toContain('tcp.retransmit-syn');
  });

  it('a sleeping program wakes, and a switch forgets', () => {
    run.finish();
    typed('client', 'sleep 1000; echo awake');
    run.advance(5);
    const sleep = pendingTimers(world(), node('client')).find((each) => each.of.startsWith('sleep'));
    if (sleep === undefined) throw new Error('nothing sleeps');
    const from = run.trace.length;
    act('client', { kind: 'timer', timer: sleep.timer, key: sleep.key, byNs: null });
    run.advance(5);
    expect(printed('client', from)).toContain('awake');
    const { timer: kind, key, due } = timer('sw1', 'switch.fdb');
    act('sw1', { kind: 'timer', timer: kind, key, byNs: seconds(10) });
    expect(pendingTimers(world(), node('sw1')).find((each) => each.key === key)?.due).toBe(due + seconds(10));
    act('sw1', { kind: 'timer', timer: kind, key, byNs: null });
    expect(pendingTimers(world(), node('sw1')).some((each) => each.key === key)).toBe(false);
  });

  it('the list is what will happen: the earliest timer is the next one to fire', () => {
    let seen = 0;
    while (run.advance(1)) {
      for (const [id] of world().nodes.entries()) {
        const pending = pendingTimers(world(), id as NodeId);
        for (const { due } of pending) expect(due).toBeGreaterThanOrEqual(world().now);
        seen += pending.length;
      }
    }
    expect(seen).toBeGreaterThan(100);
  });

  it('one that nobody waits for is told', () => {
    run.finish();
    const from = run.trace.length;
    act('client', { kind: 'timer', timer: 'neigh', key: 1, byNs: null });
    expect(records(from).map(({ reason }) => reason)).toEqual(['timer.none']);
  });
});
