/**
 * A workload for measuring: clients, router, director, real servers; short TCP connections to a virtual
 * address, direct routing, round robin. 200 bytes there and 1000 back.
 * Comes from: bench.ts.  Goes to: the engine, with programs of its own instead of a shell.
 */
import { Engine, nanos, NS_PER_MS, NS_PER_S, NS_PER_US, type NodeId, type TraceLevel } from '../engine/index.ts';
import {
  addrAdd,
  devByName,
  devSetUp,
  routeAdd,
  sockClose,
  sysctlWrite,
  tcpAccept,
  tcpConnect,
  tcpConnected,
  tcpListen,
  tcpRecv,
  tcpSend,
  type Net,
  type Wake,
} from '../host/index.ts';
import { addDest, addService, type SvcSpec } from '../ipvs/index.ts';
import { IPPROTO_TCP, ipv4, IPV4_ANY, IPV4_BROADCAST, type Ipv4, type Mac } from '../wire/index.ts';
import {
  buildWorld,
  createProgram,
  newTrace,
  type LinkSpec,
  type NodeNet,
  type NodeSpec,
  type Proc,
  type Userland,
  type WorldSpec,
} from '../world/index.ts';
import { programStates, start, type Bench, type BenchEngine } from './bench-run.ts';

const VIP = ipv4(10, 0, 0, 100);
const ROUTER = ipv4(10, 0, 0, 1);
const DIRECTOR = ipv4(10, 0, 0, 2);
const PORT = 80;
const REQUEST = new Uint8Array(200);
const RESPONSE = new Uint8Array(1000);
const RATE_BPS = 1_000_000_000;
const DELAY_NS = 10_000;
const WARM_FROM_NS = 100 * NS_PER_MS;
const WARM_EVERY_NS = NS_PER_MS;
const TIMED_FROM_NS = 2 * NS_PER_S;
const TIMED_EVERY_NS = 20 * NS_PER_US;
/** A connection is over long before this much time has passed. */
const LAST_ONE_NS = 5 * NS_PER_MS;
/** Local ports are taken one after the other from here, so that none comes twice. */
const FIRST_PORT = 1024;

interface ClientState {
  number: number;
  clients: number;
  /** connections still to be made in the warm-up and in the timed part */
  warm: number;
  timed: number;
  nextPort: number;
  /** bytes received on each open connection; -1 until it is connected */
  open: Map<number, number>;
  done: number;
}

interface ServerState {
  listener: number;
  /** bytes received on each open connection */
  open: Map<number, number>;
}

function serverAddr(k: number): Ipv4 {
  return (ipv4(10, 0, 1, 0) + k) as Ipv4;
}

function lvsWorld(clients: number, servers: number): WorldSpec {
  let mac = 0x020000000001;
  const linux = (name: string, role: 'client' | 'router' | 'director' | 'realserver', interfaces: number): NodeSpec => ({
    kind: 'linux',
    name,
    role,
    interfaces: Array.from({ length: interfaces }, (_, i) => ({
      name: `eth${i}`,
      mac: mac++ as Mac,
      mtu: 1500,
    })),
  });
  const cable = (a: readonly [string, string], b: readonly [string, string]): LinkSpec => ({
    ends: [a, b],
    delayNs: DELAY_NS,
    rateBps: RATE_BPS,
    lossPpm: 0,
  });
  const clientNames = Array.from({ length: clients }, (_, c) => `c${c}`);
  const serverNames = Array.from({ length: servers }, (_, k) => `s${k}`);
  return {
    nodes: [
      ...clientNames.map((name) => linux(name, 'client', 1)),
      linux('router', 'router', clients + 1),
      linux('director', 'director', 1),
      ...serverNames.map((name) => linux(name, 'realserver', 1)),
      {
        kind: 'switch',
        name: 'sw',
        role: 'switch',
        ports: Array.from({ length: servers + 2 }, (_, i) => `p${i + 1}`),
      },
    ],
    links: [
      ...clientNames.map((name, c) => cable([name, 'eth0'], ['router', `eth${c + 1}`])),
      cable(['router', 'eth0'], ['sw', 'p1']),
      cable(['director', 'eth0'], ['sw', 'p2']),
      ...serverNames.map((name, k) => cable([name, 'eth0'], ['sw', `p${k + 3}`])),
    ],
    oneKernel: false,
    seed: 1,
  };
}

const userland: Userland = {
  programs: { client, router, director, server },
  openTerminal: (net, tty) => net.spawn(tty, [tty], { ppid: 0, tty, stdout: { kind: 'null' }, stderr: { kind: 'null' } }, null),
};

function address(net: Net, name: string, local: Ipv4, prefixLen: number): void {
  const dev = devByName(net.host, name);
  if (dev === null) throw new Error(`no ${name}`);
  addrAdd(net, dev, { local, prefixLen });
  devSetUp(net, dev, true);
}

function gateway(net: Net, via: Ipv4): void {
  const refused = routeAdd(net, { dst: IPV4_ANY, prefixLen: 0, nexthops: [{ gateway: via }] });
  if (refused !== null) throw new Error(refused.errno);
}

/** Settings as an administrator of that many hosts on one link has them. ARP ageing is no part of the workload. */
function settings(net: Net, extra: Readonly<Record<string, number>>): void {
  const neigh = { gc_thresh1: 4096, gc_thresh2: 4096, gc_thresh3: 8192 };
  for (const [name, value] of Object.entries(neigh)) set(net, `net.ipv4.neigh.default.${name}`, value);
  for (const dev of net.host.devs) if (dev !== null) set(net, `net.ipv4.neigh.${dev.name}.base_reachable_time_ms`, 3_600_000);
  for (const [name, value] of Object.entries(extra)) set(net, name, value);
}

function set(net: Net, name: string, value: number): void {
  const refused = sysctlWrite(net, name, String(value));
  if (refused !== null) throw new Error(`${name}: ${refused}`);
}

/** Typed: its number. */
function server(net: NodeNet, proc: Proc, wake: Wake): void {
  if (wake.kind === 'stdin') {
    address(net, 'eth0', serverAddr(Number(wake.text)), 16);
    const announce = { 'net.ipv4.conf.all.arp_ignore': 1, 'net.ipv4.conf.all.arp_announce': 2 };
    settings(net, { ...announce, 'net.core.somaxconn': 4096 });
    address(net, 'lo', VIP, 32);
    gateway(net, ROUTER);
    const opened = tcpListen(net, proc.pid, { port: PORT, backlog: 4096 });
    if ('error' in opened) throw new Error(opened.error);
    const state: ServerState = { listener: opened.sock, open: new Map() };
    proc.state = state;
  } else if (wake.kind === 'socket') serve(net, proc.state as ServerState, wake.sock);
}

function serve(net: NodeNet, state: ServerState, sock: number): void {
  if (sock === state.listener) {
    for (let next = tcpAccept(net, sock); next !== null; next = tcpAccept(net, sock)) {
      state.open.set(next, 0);
      serve(net, state, next);
    }
    return;
  }
  const before = state.open.get(sock);
  if (before === undefined) return;
  const received = tcpRecv(net, sock);
  if (received.kind !== 'data') return;
  if (before + received.bytes.length < REQUEST.length) {
    state.open.set(sock, before + received.bytes.length);
    return;
  }
  state.open.delete(sock);
  tcpSend(net, sock, RESPONSE);
  sockClose(net, sock);
}

/** Typed: number of clients. */
function router(net: NodeNet, _proc: Proc, wake: Wake): void {
  if (wake.kind !== 'stdin') return;
  const clients = Number(wake.text);
  address(net, 'eth0', ROUTER, 16);
  for (let c = 0; c < clients; c++) address(net, `eth${c + 1}`, ipv4(10, 1, c, 1), 24);
  settings(net, { 'net.ipv4.ip_forward': 1 });
}

/** Typed: number of servers. */
function director(net: NodeNet, _proc: Proc, wake: Wake): void {
  if (wake.kind !== 'stdin') return;
  const servers = Number(wake.text);
  address(net, 'eth0', DIRECTOR, 16);
  address(net, 'eth0', VIP, 32);
  settings(net, {});
  const svc: SvcSpec = {
    proto: IPPROTO_TCP,
    addr: VIP,
    port: PORT,
    fwmark: 0,
    scheduler: 'rr',
    schedFlags: 0,
    persistTimeout: null,
    persistMask: IPV4_BROADCAST,
    onePacket: false,
    pe: null,
  };
  const refused = addService(net, svc);
  if (refused !== null) throw new Error(refused);
  // a service keeps its servers newest first: server 0 is to be served first
  for (let k = servers - 1; k >= 0; k--) {
    addDest(net, svc, {
      addr: serverAddr(k),
      port: PORT,
      fwd: 'droute',
      weight: 1,
      uThreshold: 0,
      lThreshold: 0,
      tunType: 'ipip',
      tunPort: 0,
      tunFlags: 'nocsum',
    });
  }
}

/** Typed: its number, number of clients, connections to warm up, connections to measure. */
function client(net: NodeNet, proc: Proc, wake: Wake): void {
  switch (wake.kind) {
    case 'stdin': {
      const [number = 0, clients = 1, warm = 0, timed = 0] = (wake.text ?? '').split(' ').map(Number);
      const state: ClientState = {
        number,
        clients,
        warm,
        timed,
        nextPort: FIRST_PORT,
        open: new Map(),
        done: 0,
      };
      proc.state = state;
      address(net, 'eth0', ipv4(10, 1, number, 2), 24);
      settings(net, {});
      gateway(net, ipv4(10, 1, number, 1));
      if (warm > 0) net.sleep(proc.pid, 'warm', nanos(WARM_FROM_NS + number * WARM_EVERY_NS));
      if (timed > 0) net.sleep(proc.pid, 'timed', nanos(TIMED_FROM_NS + NS_PER_MS + number * TIMED_EVERY_NS));
      return;
    }
    case 'timer':
      begin(net, proc, wake.key);
      return;
    case 'socket':
      goOn(net, proc.state as ClientState, wake.sock);
      return;
    default:
  }
}

function begin(net: NodeNet, proc: Proc, key: string): void {
  const state = proc.state as ClientState;
  const isWarm = key === 'warm';
  const left = isWarm ? --state.warm : --state.timed;
  if (left > 0) net.sleep(proc.pid, key, nanos(state.clients * (isWarm ? WARM_EVERY_NS : TIMED_EVERY_NS)));
  const opened = tcpConnect(net, proc.pid, { dst: VIP, dport: PORT, sport: state.nextPort++ });
  if ('error' in opened) throw new Error(opened.error);
  state.open.set(opened.sock, -1);
}

function goOn(net: NodeNet, state: ClientState, sock: number): void {
  let got = state.open.get(sock);
  if (got === undefined) return;
  if (got < 0) {
    if (tcpConnected(net, sock).kind !== 'yes') return;
    got = 0;
    tcpSend(net, sock, REQUEST);
  }
  for (;;) {
    const received = tcpRecv(net, sock);
    if (received.kind === 'data') {
      got += received.bytes.length;
      continue;
    }
    if (received.kind === 'again') break;
    if (received.kind === 'error' || got !== RESPONSE.length) throw new Error(`connection ${sock} ended after ${got} bytes`);
    state.open.delete(sock);
    state.done++;
    sockClose(net, sock);
    return;
  }
  state.open.set(sock, got);
}

/** Members of a series 0 … total - 1 that fall to client c of n. */
function share(total: number, c: number, n: number): number {
  return Math.floor((total - c + n - 1) / n);
}

export function lvsBench(servers: number, connections: number, clients: number, level: TraceLevel): Bench {
  const world = buildWorld(lvsWorld(clients, servers), userland);
  const engine: BenchEngine = new Engine(createProgram(userland), world, [], newTrace(world, level));
  const warm = Math.max(servers, clients);
  start(engine, clients as NodeId, 'router', String(clients));
  start(engine, (clients + 1) as NodeId, 'director', String(servers));
  for (let k = 0; k < servers; k++) start(engine, (clients + 2 + k) as NodeId, 'server', String(k));
  for (let c = 0; c < clients; c++)
    start(engine, c as NodeId, 'client', `${c} ${clients} ${share(warm, c, clients)} ${share(connections, c, clients)}`);
  return {
    engine,
    timedFromNs: TIMED_FROM_NS,
    endsNs: TIMED_FROM_NS + NS_PER_MS + connections * TIMED_EVERY_NS + LAST_ONE_NS,
    done: () => programStates<ClientState>(engine, 'client').reduce((sum, state) => sum + state.done, 0) - warm,
  };
}
