/**
 * A workload for measuring: hosts in pairs on one switch, each client asks its server over UDP, as fast
 * as the answers come. One exchange is 64 bytes there and 512 back: four frames on cables.
 * Comes from: bench.ts.  Goes to: the engine, with programs of its own instead of a shell.
 */
import { Engine, nanos, NS_PER_MS, NS_PER_S, NS_PER_US, type NodeId, type TraceLevel } from '../engine/index.ts';
import { addrAdd, devByName, devSetUp, udpOpen, udpRecv, udpSend, type Net } from '../host/index.ts';
import { ipv4, type Ipv4, type Mac } from '../wire/index.ts';
import {
  buildWorld,
  createProgram,
  newTrace,
  type NodeNet,
  type NodeSpec,
  type Proc,
  type Userland,
  type WorldSpec,
} from '../world/index.ts';
import type { Wake } from '../host/index.ts';
import { programStates, start, type Bench, type BenchEngine } from './bench-run.ts';

const SERVER_PORT = 9000;
const CLIENT_PORT = 10_000;
const REQUEST = new Uint8Array(64);
const RESPONSE = new Uint8Array(512);
const RATE_BPS = 1_000_000_000;
const DELAY_NS = 10_000;
/** ARP and the switch's table are filled before this moment. */
const TIMED_FROM_NS = NS_PER_S;

interface PeerState {
  sock: number;
  /** client: requests still to send in the timed part */
  left: number;
  /** client: answers that came back, those of the warm-up included */
  answered: number;
  server: Ipv4;
}

function addressOf(host: number): Ipv4 {
  return (ipv4(10, 0, 0, 0) + host + 1) as Ipv4;
}

function starWorld(hosts: number): WorldSpec {
  const names = Array.from({ length: hosts }, (_, i) => `h${i}`);
  const nodes: NodeSpec[] = names.map((name, i) => ({
    kind: 'linux',
    name,
    role: 'host',
    interfaces: [{ name: 'eth0', mac: (0x020000000001 + i) as Mac, mtu: 1500 }],
  }));
  nodes.push({ kind: 'switch', name: 'sw', role: 'switch', ports: names.map((_, i) => `p${i + 1}`) });
  return {
    nodes,
    links: names.map((name, i) => ({
      ends: [
        [name, 'eth0'],
        ['sw', `p${i + 1}`],
      ],
      delayNs: DELAY_NS,
      rateBps: RATE_BPS,
      lossPpm: 0,
    })),
    oneKernel: false,
    seed: 1,
  };
}

/** Both programs are started by typing at a terminal of their name; the line typed says what to do. */
const userland: Userland = {
  programs: { server: serve, client: ask },
  openTerminal: (net, tty) => {
    const state: PeerState = { sock: 0, left: 0, answered: 0, server: 0 as Ipv4 };
    return net.spawn(tty, [tty], { ppid: 0, tty, stdout: { kind: 'null' }, stderr: { kind: 'null' } }, state);
  },
};

function configure(net: Net, host: number): void {
  const dev = devByName(net.host, 'eth0');
  if (dev === null) throw new Error('no eth0');
  addrAdd(net, dev, { local: addressOf(host), prefixLen: 16 });
  devSetUp(net, dev, true);
}

function openPort(net: Net, proc: Proc, port: number): void {
  const opened = udpOpen(net, proc.pid, { port });
  if ('error' in opened) throw new Error(opened.error);
  (proc.state as PeerState).sock = opened.sock;
}

function serve(net: NodeNet, proc: Proc, wake: Wake): void {
  const state = proc.state as PeerState;
  if (wake.kind === 'stdin') {
    configure(net, Number(wake.text));
    openPort(net, proc, SERVER_PORT);
  } else if (wake.kind === 'socket') {
    const received = udpRecv(net, state.sock);
    if (received.kind === 'data') udpSend(net, state.sock, RESPONSE, { dst: received.datagram.src, dport: received.datagram.sport });
  }
}

function ask(net: NodeNet, proc: Proc, wake: Wake): void {
  const state = proc.state as PeerState;
  switch (wake.kind) {
    case 'stdin': {
      const [host = 0, count = 0] = (wake.text ?? '').split(' ').map(Number);
      configure(net, host);
      openPort(net, proc, CLIENT_PORT);
      state.left = count;
      state.server = addressOf(host + 1);
      const offset = NS_PER_MS + (host / 2) * NS_PER_US;
      net.sleep(proc.pid, 'warm', nanos(offset));
      if (count > 0) net.sleep(proc.pid, 'timed', nanos(TIMED_FROM_NS + offset));
      return;
    }
    case 'timer':
      if (wake.key === 'timed') state.left--;
      request(net, state);
      return;
    case 'socket':
      if (udpRecv(net, state.sock).kind !== 'data') return;
      state.answered++;
      if (net.now < TIMED_FROM_NS || state.left === 0) return;
      state.left--;
      request(net, state);
      return;
    default:
  }
}

function request(net: NodeNet, state: PeerState): void {
  udpSend(net, state.sock, REQUEST, { dst: state.server, dport: SERVER_PORT });
}

/** Two frames of 64 + 46 and 512 + 46 bytes, each over two cables with store and forward. */
const EXCHANGE_NS = 2 * (880 + DELAY_NS) + 2 * (4464 + DELAY_NS);

/** The moment just after the last answer. Later there are only questions whether the neighbours still live. */
function endOfStar(hosts: number, exchanges: number): number {
  const pairs = hosts / 2;
  return TIMED_FROM_NS + NS_PER_MS + pairs * NS_PER_US + Math.ceil(exchanges / pairs) * EXCHANGE_NS;
}

/** An engine with everything plugged in and the programs about to start. */
export function starBench(hosts: number, exchanges: number, level: TraceLevel): Bench {
  const world = buildWorld(starWorld(hosts), userland);
  const engine: BenchEngine = new Engine(createProgram(userland), world, [], newTrace(world, level));
  const pairs = hosts / 2;
  for (let host = 0; host < hosts; host++) {
    const client = host % 2 === 0;
    const pair = Math.floor(host / 2);
    const count = Math.floor(exchanges / pairs) + (pair < exchanges % pairs ? 1 : 0);
    const text = client ? `${host} ${count}` : String(host);
    start(engine, host as NodeId, client ? 'client' : 'server', text);
  }
  return {
    engine,
    timedFromNs: TIMED_FROM_NS,
    endsNs: endOfStar(hosts, exchanges),
    done: () => programStates<PeerState>(engine, 'client').reduce((sum, state) => sum + state.answered, 0) - pairs,
  };
}
