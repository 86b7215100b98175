/**
 * Measures the load balancer by itself: how fast each scheduler picks, and what a full connection table
 * costs to fill, to hold and to let expire.
 * Comes from: bench.ts (--ipvs).  Goes to: standard output.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Engine, nanos, NS_PER_MS, NS_PER_S, type FrameId, type NodeId } from '../engine/index.ts';
import { addrAdd, devByName, devReceive, devSetUp, neighAdminSet, type IfIndex, type Net, type Wake } from '../host/index.ts';
import {
  addDest,
  addService,
  delService,
  schedulerOf,
  schedulers,
  svcById,
  type PacketFacts,
  type Svc,
  type SvcSpec,
} from '../ipvs/index.ts';
import {
  ETH_P_IP,
  IPPROTO_TCP,
  ipv4,
  IPV4_BROADCAST,
  IPV4_HLEN,
  makeEth,
  TCP_NO_OPTIONS,
  TCP_SYN,
  type Ipv4,
  type Layers,
  type Mac,
  type EthHdr,
} from '../wire/index.ts';
import { buildWorld, createProgram, newTrace, type NodeNet, type Proc, type Userland, type WorldSpec } from '../world/index.ts';
import { runUntil, start, type BenchEngine } from './bench-run.ts';

const VIP = ipv4(10, 0, 0, 100);
const PORT = 80;
const MAC_DIRECTOR = 0x020000000001 as Mac;
const MAC_SINK = 0x020000000002 as Mac;
const DIRECTOR = 1 as NodeId;
/** real servers of the services that schedulers are measured with */
const POOL_SIZES = [10, 100, 1000] as const;
const PICKS_WARM = 2000;
const PICKS_TIMED = 100_000;
/** A scheduler that is slow with many servers is stopped after this time. */
const PICKS_LIMIT_MS = 1000;
const SYNS_EACH_MS = 1000;
const CONN_SERVERS = 7;
/** States and schedulers' own memory are over by then: SYN_RECV lasts 60 s, and the timer wheel is late. */
const EXPIRED_NS = 80 * NS_PER_S;

interface PickResult {
  readonly scheduler: string;
  readonly servers: number;
  readonly picks_per_s: number;
}

export interface ConnResult {
  readonly connections: number;
  readonly setup_ns: number;
  /** the same with the table full: the last tenth */
  readonly setup_full_ns: number;
  readonly expiry_ns: number;
  readonly bytes_each: number;
}

interface BenchState {
  picks: PickResult[];
  /** connections still to be begun */
  left: number;
  begun: number;
}

function specOf(scheduler: string): SvcSpec {
  return {
    proto: IPPROTO_TCP,
    addr: VIP,
    port: PORT,
    fwmark: 0,
    scheduler,
    schedFlags: 0,
    persistTimeout: null,
    persistMask: IPV4_BROADCAST,
    onePacket: false,
    pe: null,
  };
}

function serverAddr(n: number): Ipv4 {
  return (ipv4(10, 0, 4, 0) + n) as Ipv4;
}

/** Weights from 1 to 5, so that those who look at weights have something to look at. */
function fill(net: NodeNet, spec: SvcSpec, servers: number): Svc {
  const refused = addService(net, spec);
  if (refused !== null) throw new Error(`${spec.scheduler}: ${refused}`);
  for (let n = 0; n < servers; n++) {
    const weight = 1 + (n % 5);
    addDest(net, spec, {
      addr: serverAddr(n),
      port: PORT,
      fwd: 'droute',
      weight,
      uThreshold: 0,
      lThreshold: 0,
      tunType: 'ipip',
      tunPort: 0,
      tunFlags: 'nocsum',
    });
  }
  const svc = svcById(net.ipvs, net.ipvs.services.at(-1)?.id ?? null);
  if (svc === null) throw new Error('no service');
  return svc;
}

/** Picks with a connection each, so that loads differ; no packets. */
function measurePicks(net: NodeNet, name: string, servers: number): PickResult {
  const spec = specOf(name);
  const svc = fill(net, spec, servers);
  const scheduler = schedulerOf(name);
  let client = ipv4(10, 5, 0, 0) as number;
  const pick = (): void => {
    const facts: PacketFacts = {
      proto: IPPROTO_TCP,
      saddr: client++,
      daddr: VIP,
      sport: 1024 + (client % 60_000),
      dport: PORT,
    };
    const dest = scheduler?.schedule(net, svc, facts) ?? null;
    if (dest !== null) dest.inactConns++;
  };
  for (let i = 0; i < PICKS_WARM; i++) pick();
  const begun = performance.now();
  let done = 0;
  while (done < PICKS_TIMED && performance.now() - begun < PICKS_LIMIT_MS) {
    for (let i = 0; i < 100; i++) pick();
    done += 100;
  }
  const seconds = (performance.now() - begun) / 1000;
  delService(net, spec);
  return { scheduler: name, servers, picks_per_s: Math.round(done / seconds) };
}

/** A client's SYN, as its frame reaches the director. */
function syn(n: number): Layers {
  const src = (ipv4(10, 16, 0, 0) + Math.floor(n / 50_000)) as Ipv4;
  return [
    makeEth(MAC_DIRECTOR, MAC_SINK, ETH_P_IP),
    {
      kind: 'ipv4',
      tos: 0,
      totalLen: IPV4_HLEN + 20,
      id: 0,
      df: true,
      mf: false,
      fragOffset: 0,
      ttl: 64,
      proto: IPPROTO_TCP,
      src,
      dst: VIP,
    },
    {
      kind: 'tcp',
      sport: 1024 + (n % 50_000),
      dport: PORT,
      seq: n,
      ack: 0,
      flags: TCP_SYN,
      window: 65_535,
      options: TCP_NO_OPTIONS,
    },
  ];
}

function receive(net: NodeNet, n: number): void {
  const [eth, ...above] = syn(n);
  devReceive(net, 2 as IfIndex, { id: 0 as FrameId, eth: eth as EthHdr, above, confirm: false });
}

function setUp(net: Net): void {
  const dev = devByName(net.host, 'eth0');
  if (dev === null) throw new Error('no eth0');
  addrAdd(net, dev, { local: ipv4(10, 0, 0, 1), prefixLen: 8 });
  addrAdd(net, dev, { local: VIP, prefixLen: 32 });
  devSetUp(net, dev, true);
  for (let n = 0; n < CONN_SERVERS; n++)
    neighAdminSet(net, {
      ifindex: dev.ifindex,
      addr: serverAddr(n),
      lladdr: MAC_SINK,
      nud: 'PERMANENT',
      mode: 'add',
    });
}

/** Typed: how many connections to begin. */
function director(net: NodeNet, proc: Proc, wake: Wake): void {
  if (wake.kind === 'stdin') {
    setUp(net);
    const picks: PickResult[] = [];
    for (const { name, inDebian } of schedulers) {
      if (!inDebian) net.host.modules.push(`ip_vs_${name}`);
      for (const servers of POOL_SIZES) picks.push(measurePicks(net, name, servers));
    }
    fill(net, specOf('rr'), CONN_SERVERS);
    const state: BenchState = { picks, left: Number(wake.text), begun: 0 };
    proc.state = state;
    net.sleep(proc.pid, 'more', nanos(NS_PER_MS));
  } else if (wake.kind === 'timer') {
    const state = proc.state as BenchState;
    const now = Math.min(SYNS_EACH_MS, state.left);
    for (let i = 0; i < now; i++) receive(net, state.begun++);
    state.left -= now;
    if (state.left > 0) net.sleep(proc.pid, 'more', nanos(NS_PER_MS));
  }
}

const userland: Userland = {
  programs: { director },
  openTerminal: (net, tty) => net.spawn(tty, [tty], { ppid: 0, tty, stdout: { kind: 'null' }, stderr: { kind: 'null' } }, null),
};

/** The director's cable loses everything: what is sent costs no more than its sending. */
function world(): WorldSpec {
  const node = (name: string, mac: Mac) => ({
    kind: 'linux' as const,
    name,
    role: 'director' as const,
    interfaces: [{ name: 'eth0', mac, mtu: 1500 }],
  });
  return {
    nodes: [node('sink', MAC_SINK), node('director', MAC_DIRECTOR)],
    links: [{ ends: [['sink', 'eth0'], ['director', 'eth0']], delayNs: 0, rateBps: null, lossPpm: 1_000_000 }], // prettier-ignore
    oneKernel: false,
    seed: 1,
  };
}

/** After a collection, so that only what is held counts. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed: objects, arrayBuffers: pages } = process.memoryUsage();
  return objects + pages;
}

interface Running {
  readonly engine: BenchEngine;
  readonly state: () => BenchState;
  readonly held: () => number;
}

function begin(connections: number): Running {
  const built = buildWorld(world(), userland);
  const engine: BenchEngine = new Engine(createProgram(userland), built, [], newTrace(built, 'count'));
  start(engine, DIRECTOR, 'director', String(connections));
  runUntil(engine, NS_PER_MS / 2);
  const node = () => {
    const found = engine.state.nodes[DIRECTOR];
    if (found?.kind !== 'linux') throw new Error('no director');
    return found;
  };
  const state = (): BenchState => {
    for (const proc of node().user.procs.values()) if (proc.program === 'director') return proc.state as BenchState;
    throw new Error('the program has ended');
  };
  return { engine, state, held: () => node().ipvs.conns.count };
}

function timed(work: () => void): number {
  const begun = performance.now();
  work();
  return (performance.now() - begun) * 1e6;
}

function measureConns({ engine, state, held }: Running): ConnResult {
  const connections = state().left;
  const batches = Math.ceil(connections / SYNS_EACH_MS);
  const lastTenth = Math.max(1, Math.ceil(batches / 10));
  const before = heapUsed();
  const until = (batch: number): void => void runUntil(engine, (batch + 0.5) * NS_PER_MS);
  const first = timed(() => until(batches - lastTenth));
  const soFar = state().begun;
  const last = timed(() => until(batches));
  if (held() !== connections) throw new Error(`${held()} of ${connections} connections are held`);
  const bytes = heapUsed() - before;
  const expiry = timed(() => void runUntil(engine, EXPIRED_NS));
  if (held() !== 0) throw new Error(`${held()} connections have not expired`);
  return {
    connections,
    setup_ns: Math.round((first + last) / connections),
    setup_full_ns: Math.round(last / (connections - soFar)),
    expiry_ns: Math.round(expiry / connections),
    bytes_each: Math.round(bytes / connections),
  };
}

function pickTable(picks: readonly PickResult[]): string {
  const head = `${'scheduler'.padEnd(10)}${POOL_SIZES.map((n) => `${n} servers`.padStart(15)).join('')}   picks per second\n`;
  const names = [...new Set(picks.map((p) => p.scheduler))];
  const cell = (name: string, servers: number): string =>
    String(picks.find((p) => p.scheduler === name && p.servers === servers)?.picks_per_s ?? '').padStart(15);
  return head + names.map((name) => `${name.padEnd(10)}${POOL_SIZES.map((n) => cell(name, n)).join('')}\n`).join('');
}

function connText(c: ConnResult): string {
  return [
    `${c.connections} connections held (SYN, direct routing, round robin over ${CONN_SERVERS} servers)`,
    `  set up:  ${c.setup_ns} ns each, ${c.setup_full_ns} ns each for the last tenth`,
    `  expiry:  ${c.expiry_ns} ns each`,
    `  memory:  ${c.bytes_each} bytes each, their timers and look-up tables included`,
    '',
  ].join('\n');
}

/** @returns the report */
export function ipvsBench(connections: number, json: boolean): string {
  const running = begin(connections);
  const { picks } = running.state();
  const conns = measureConns(running);
  return json ? `${JSON.stringify({ picks, conns }, null, 1)}\n` : `${pickTable(picks)}\n${connText(conns)}`;
}
