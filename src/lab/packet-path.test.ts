import { beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../sim/index.ts';
import { recordOf, runOf } from './inside.test-kit.ts';
import { nodeHooks, packetPath, type PacketPath } from './packet-path.ts';
import { waysOf, wayWith, type WayKind } from './packet-way.ts';

let dr: Run;
let nat: Run;
let tun: Run;

beforeAll(() => {
  dr = runOf('dr-lab.yaml');
  nat = runOf('nat-demo.yaml');
  tun = runOf('tun-lab.yaml');
}, 60_000);

function pathOf(run: Run, reason: string, node: string | null = null): PacketPath {
  const record = recordOf(run, reason, node);
  const way = wayWith(waysOf(run.trace, record.event), record.id);
  if (way === null) throw new Error(`${reason} is on no way`);
  return packetPath(way, nodeHooks(run.worldAt(record.event + 1).nodes[record.node]), record.id);
}

function kinds(run: Run, reason: string, node: string | null = null): readonly WayKind[] {
  return waysOf(run.trace, recordOf(run, reason, node).event).map((way) => way.kind);
}

function station(path: PacketPath, id: string) {
  const found = path.stations.find((s) => s.id === id);
  if (found === undefined) throw new Error(`no station ${id}`);
  return found;
}

describe('the packets of one event', () => {
  it('a packet that waits for a MAC and the question for it are two', () => {
    expect(kinds(dr, 'ipvs.sent-dr')).toEqual(['arrived', 'arp-made']);
  });

  it('the answer to a question lets the waiting packet go', () => {
    expect(kinds(dr, 'neigh.released', 'director')).toEqual(['arp-arrived', 'resumed']);
  });

  it('a segment that came and the one it leads to are two', () => {
    expect(kinds(dr, 'tcp.syn-accepted')).toEqual(['arrived', 'made', 'arp-made']);
  });

  it('a switch has one', () => {
    expect(kinds(dr, 'switch.forward')).toEqual(['switched']);
  });

  it('commands have none', () => {
    expect(waysOf(dr.trace, recordOf(dr, 'sysctl.changed').event)).toEqual([]);
  });

  it('each record about a frame is on exactly one way', () => {
    for (const run of [dr, nat, tun]) {
      for (let event = 0; event < run.head; event++) {
        const ids = waysOf(run.trace, event).flatMap((way) => way.records.map((entry) => entry.record.id));
        expect(new Set(ids).size).toBe(ids.length);
        for (let id = run.trace.firstOf(event); id < run.trace.firstOf(event + 1); id++) {
          const { frame, stage } = run.trace.get(id as never);
          if (frame >= 0) expect(ids, `${stage} in event ${event}`).toContain(id);
        }
      }
    }
  });
});

describe('the way through a host', () => {
  it.each([
    ['forwarded', 'ipv4.forwarded', 'router', 'in pre route forward post neigh'],
    ['taken by IPVS, past the sockets', 'ipvs.sent-dr', 'director', 'in pre route local-in local-out post neigh'],
    ['delivered', 'tcp.syn-accepted', null, 'in pre route local-in here'],
    ['made here', 'ipv4.sent', 'client', 'here route-out local-out post neigh'],
    ['an ARP question that is answered', 'arp.answered', 'router', 'in arp-in arp neigh arp-out out'],
    ['an ARP question of its own', 'arp.asked', 'client', 'arp arp-out out'],
    ['through a switch', 'switch.flood-group', null, 'in learn lookup out'],
  ] as const)('%s', (_, reason, node, went) => {
    expect(pathOf(dr, reason, node).went.join(' ')).toBe(went);
  });

  it('a NAT answer is translated in FORWARD', () => {
    const path = pathOf(nat, 'ipvs.reply-translated');
    expect(path.went.join(' ')).toBe('in pre route forward post neigh out');
    expect(station(path, 'forward').rows.find((row) => row.name === 'ip_vs_reply4')?.state).toBe('acted');
    expect(station(path, 'forward').ttl).toEqual([64, 63]);
    expect(station(path, 'forward').changes).toHaveLength(1);
  });

  it('a packet that is refused ends where it is refused', () => {
    const path = pathOf(tun, 'fib.rp-filter-strict');
    expect(path.went.join(' ')).toBe('in pre route');
    expect(station(path, 'route').end).toBe('drop');
  });

  it('a tunnel ends at the host, and its inner packet comes in anew', () => {
    expect(station(pathOf(tun, 'tunnel.unwrapped'), 'here').changes).toHaveLength(1);
  });

  it('a packet that waits is shown waiting', () => {
    expect(station(pathOf(dr, 'ipvs.sent-dr'), 'neigh').end).toBe('queue');
  });

  it('an answer that is heard ends in the neighbour table', () => {
    const path = pathOf(dr, 'arp.reply-heard', 'client');
    expect(path.stations.filter((s) => s.end !== null).map((s) => [s.id, s.end])).toEqual([['neigh', 'deliver']]);
  });

  it('the station told is marked, and leads to its chief record', () => {
    const here = pathOf(dr, 'ipvs.picked-wlc').stations.filter((s) => s.here);
    expect(here.map((s) => s.id)).toEqual(['local-in']);
    expect(dr.trace.get(here[0]?.chief as never).reason).toBe('ipvs.sent-dr');
  });

  it('out of the host the link header is another one', () => {
    const path = pathOf(dr, 'ipvs.conn-found', 'director');
    expect(station(path, 'out').changes).toMatchObject([{ macsOnly: true }]);
  });
});

describe('the rows of a hook', () => {
  const states = (path: PacketPath, id: string): Record<string, string> =>
    Object.fromEntries(station(path, id).rows.map((row) => [row.name, row.state]));

  it('are grey without rules', () => {
    expect(states(pathOf(dr, 'ipv4.forwarded', 'router'), 'pre')).toEqual({
      defrag: 'idle',
      raw: 'idle',
      conntrack: 'idle',
      mangle: 'idle',
      nat: 'idle',
    });
  });

  it('after the one that took the packet are not reached', () => {
    const path = pathOf(
      runOf('dr-lab.yaml', {
        after: 'ipvsadm -A -t 172.18.20.128:80 -s wlc',
        lines: 'iptables -t mangle -A INPUT -j ACCEPT\niptables -t nat -A POSTROUTING -s 192.0.2.0/24 -j MASQUERADE',
      }),
      'ipvs.sent-dr',
    );
    expect(states(path, 'local-in')).toMatchObject({
      mangle: 'acted',
      ip_vs_reply4: 'passed',
      ip_vs_remote_request4: 'acted',
      nat: 'waiting',
    });
  });

  it('name the rule that dropped', () => {
    const path = pathOf(
      runOf('dr-lab.yaml', {
        after: 'ipvsadm -A -t 172.18.20.128:80 -s wlc',
        lines: 'iptables -A INPUT -p tcp --dport 80 -j DROP',
      }),
      'netfilter.dropped-by-rule',
    );
    expect(path.went.join(' ')).toBe('in pre route local-in');
    expect(station(path, 'local-in').end).toBe('drop');
    expect(states(path, 'local-in')).toMatchObject({ filter: 'acted', ip_vs_remote_request4: 'waiting' });
  });
});
