/**
 * The cures of the ARP problem, each tried in a future of its own from the same moment, and what came of it.
 * Comes from: the button of what-if.  Goes to: panels/what-if/cures.tsx.
 */
import { createStore } from 'zustand/vanilla';
import { formatSpan, NS_PER_S, type Nanos, type NodeId, type TraceId } from '../engine/index.ts';
import { neighList } from '../host/index.ts';
import type { Moment } from '../sim/index.ts';
import { ARP_REPLY, formatIpv4, formatMac, TCP_ACK, TCP_SYN, type Ipv4 } from '../wire/index.ts';
import type { LinuxNode, NodeState } from '../world/index.ts';
import type { Both, Branch } from './branch.ts';
import { addBranch } from './branches.ts';
import { noteBranches } from './deeds.ts';
import { growing } from './grow.ts';
import { crashReport } from './report.ts';
import { inSlices } from './slices.ts';
import { lab } from './store.ts';
import { TTY_DONE } from './terminal-index.ts';
import { idleTerminal } from './typing.ts';
import { directOf, forgettings, settingsFor, typed, type Direct } from './what-if-plans.ts';

export const CURES = ['none', 'sysctl', 'static', 'arptables', 'redirect'] as const;
export type Cure = (typeof CURES)[number];

/** A command of a cure and where it is typed. */
export interface CureLine {
  readonly node: NodeId;
  readonly text: string;
}

/** What came of a cure. */
export interface Outcome {
  readonly cure: Cure;
  readonly branch: Branch;
  readonly lines: readonly CureLine[];
  /** names of the nodes that answered ARP requests for the VIP */
  readonly answeredArp: readonly string[];
  /** whose MAC the asker keeps for the VIP at the end: a node's name, or the MAC itself; null: none */
  readonly kept: string | null;
  /** requests that each server answered */
  readonly served: ReadonlyMap<string, number>;
  /** connections that the director counted */
  readonly balanced: number;
}

export interface CuresState {
  readonly phase: 'closed' | 'working' | 'open';
  /** who asks for the VIP: the router, or a client on the same LAN */
  readonly asker: string;
  readonly vip: string;
  readonly outcomes: readonly Outcome[];
}

const CLOSED: CuresState = { phase: 'closed', asker: '', vip: '', outcomes: [] };
export const cures = createStore<CuresState>(() => CLOSED);

/** Requests that the client sends in each future. */
export const CURE_REQUESTS = 4;
/** Each future goes on for so long. */
const GO_ON_NS = 30 * NS_PER_S;

const LABELS: Readonly<Record<Cure, Both>> = {
  none: { en: 'No cure: the real servers answer for the VIP', zh: '不处理：后端服务器应答 VIP' },
  sysctl: { en: 'Cure: arp_ignore and arp_announce', zh: '方法：arp_ignore 与 arp_announce' },
  static: { en: 'Cure: a static neighbour entry', zh: '方法：静态邻居表项' },
  arptables: { en: 'Cure: arptables', zh: '方法：arptables' },
  redirect: { en: 'Cure: no VIP, REDIRECT', zh: '方法：不配 VIP，用 REDIRECT' },
};

let giveUp: () => void = () => {};
/** The futures that were there before. */
let before: readonly Branch[] = [];

/** Tries every cure from a moment on. The futures stay in the tree of branches. */
export function compareCures(moment: Moment): void {
  const { branch, branches, phase, lab: open } = lab.getState();
  if (branch === null || open === null || phase !== 'ready') return;
  const { nodes } = branch.run.worldAt(moment.executed);
  const direct = directOf(nodes);
  const asker = direct === null ? null : askerOf(nodes, direct);
  if (direct === null || asker === null) return;
  // Every cure is tried on servers that would answer, and nobody knows the VIP's MAC any more.
  const off = linesOf('none', nodes, direct, asker);
  const first = [...forgettings(nodes, direct.vip), ...off];
  const plans = CURES.map((cure) => ({ cure, lines: cure === 'none' ? off : linesOf(cure, nodes, direct, asker) }));
  const about = { asker: nodes[asker]?.name ?? '', vip: formatIpv4(direct.vip) };
  giveUp();
  before = branches;
  cures.setState({ ...CLOSED, ...about, phase: 'working' });
  giveUp = inSlices(
    (function* () {
      for (const { cure, lines } of plans) {
        const { tried, tty } = begin(branch, moment, cure, cure === 'none' ? first : [...first, ...lines], direct);
        yield* growing(tried);
        const end = endOfRequests(tried, direct.client, tty, moment.executed);
        const outcome = outcomeOf(cure, tried, lines, direct, asker, moment.executed, end);
        cures.setState({ outcomes: [...cures.getState().outcomes, outcome] });
        yield undefined;
      }
    })(),
    () => {
      cures.setState({ phase: 'open' });
      noteTried();
    },
    (error) => {
      cures.setState(CLOSED);
      lab.setState({ crash: crashReport(error, open, branch.run.journal) });
    },
  );
}

// In another lab there is nothing to be cured.
lab.subscribe((now, was) => {
  if (now.lab === was.lab || cures.getState().phase === 'closed') return;
  giveUp();
  cures.setState(CLOSED);
});

export function closeCures(): void {
  const { phase, outcomes } = cures.getState();
  giveUp();
  // Those that have been tried by then stay in the tree.
  if (phase === 'working' && outcomes.length > 0) noteTried();
  cures.setState(CLOSED);
}

function noteTried(): void {
  noteBranches(before, lab.getState().branches, { en: 'cures compared', zh: '比较处理方法' });
}

/** A future in which the lines are typed at once and the client's requests follow a second later. */
function begin(
  branch: Branch,
  moment: Moment,
  cure: Cure,
  lines: readonly CureLine[],
  direct: Direct,
): { readonly tried: Branch; readonly tty: string } {
  const run = branch.run.fork(moment.executed);
  const port = direct.port === 80 ? '' : `:${direct.port}`;
  const url = `http://${formatIpv4(direct.vip)}${port}/`;
  const times = Array.from({ length: CURE_REQUESTS }, (_, i) => i + 1).join(' ');
  // One line for each node: a terminal runs one line after the other.
  const byNode = new Map<NodeId, string[]>();
  for (const { node, text } of lines) byNode.set(node, [...(byNode.get(node) ?? []), text]);
  byNode.set(direct.client, [...(byNode.get(direct.client) ?? []), 'sleep 1', `for i in ${times}; do curl -s -m 3 ${url}; done`]);
  for (const [node, texts] of byNode) {
    const { stimulus } = typed(branch, moment.executed, node, texts.join('; '));
    run.act({ executed: run.head, at: moment.at }, node, stimulus);
  }
  const tty = idleTerminal(branch, direct.client, branch.run.trace.firstOf(moment.executed));
  run.extend((moment.at + GO_ON_NS) as Nanos);
  const when = `+${formatSpan(moment.at)}`;
  const { en, zh } = LABELS[cure];
  return { tried: addBranch(branch, run, moment.at, { en: `${en} at ${when}`, zh: `${when} ${zh}` }), tty };
}

/** Events executed when the client's line has come to its end: what the file does later is not the cure's doing. */
function endOfRequests({ run, terminals }: Branch, client: NodeId, tty: string, from: number): number {
  for (const record of terminals.records(client, tty)) {
    const { event } = run.trace.get(record as TraceId);
    if (event >= from && run.trace.kindOf(record as TraceId).stage === TTY_DONE) return event + 1;
  }
  return run.head;
}

/** Who asks for the VIP: the router on its LAN, or else the client itself. */
function askerOf(nodes: readonly Readonly<NodeState>[], direct: Direct): NodeId | null {
  const near = nodes.flatMap((node, i) =>
    node.kind === 'linux' && i !== direct.director && !direct.servers.some(({ id }) => id === i) && devTowards(node, direct.vip) !== null
      ? [{ id: i as NodeId, role: node.role }]
      : [],
  );
  return (near.find(({ role }) => role === 'router') ?? near.find(({ id }) => id === direct.client) ?? near[0])?.id ?? null;
}

/** Name of the interface on whose network an address lies. */
function devTowards({ host }: Readonly<LinuxNode>, addr: Ipv4): string | null {
  for (const dev of host.devs)
    if (dev !== null && dev.kind === 'ethernet')
      for (const { local, prefixLen } of dev.addrs)
        if (prefixLen < 32 && prefixLen > 0 && local >>> (32 - prefixLen) === addr >>> (32 - prefixLen)) return dev.name;
  return null;
}

function linesOf(cure: Cure, nodes: readonly Readonly<NodeState>[], direct: Direct, asker: NodeId): CureLine[] {
  const vip = formatIpv4(direct.vip);
  const each = (texts: (node: Readonly<LinuxNode>) => readonly string[]): CureLine[] =>
    direct.servers.flatMap(({ id, node }) => texts(node).map((text) => ({ node: id, text })));
  switch (cure) {
    case 'none':
      return each((node) => settingsFor(node, { arp_ignore: 0, arp_announce: 0 }));
    case 'sysctl':
      return each(() => ['sysctl -w net.ipv4.conf.all.arp_ignore=1', 'sysctl -w net.ipv4.conf.all.arp_announce=2']);
    case 'static': {
      const node = nodes[asker] as Readonly<LinuxNode>;
      const mac = macOfVip(nodes[direct.director] as Readonly<LinuxNode>, direct.vip);
      return [{ node: asker, text: `ip neigh replace ${vip} lladdr ${mac} nud permanent dev ${devTowards(node, direct.vip) ?? ''}` }];
    }
    case 'arptables':
      return each((node) => [
        `arptables -A INPUT -d ${vip} -j DROP`,
        `arptables -A OUTPUT -s ${vip} -j mangle --mangle-ip-s ${ownAddress(node, direct.vip)}`,
      ]);
    case 'redirect':
      return each((node) => [
        ...vipsOf(node, direct.vip).map(({ dev, prefixLen }) => `ip addr del ${vip}/${prefixLen} dev ${dev}`),
        `iptables -t nat -A PREROUTING -d ${vip} -p tcp --dport ${direct.port} -j REDIRECT`,
      ]);
  }
}

function vipsOf({ host }: Readonly<LinuxNode>, vip: Ipv4): { readonly dev: string; readonly prefixLen: number; readonly mac: string }[] {
  return host.devs.flatMap((dev) =>
    dev === null
      ? []
      : dev.addrs
          .filter(({ local }) => local === vip)
          .map(({ prefixLen }) => ({ dev: dev.name, prefixLen, mac: dev.kind === 'ethernet' ? formatMac(dev.lladdr) : '' })),
  );
}

/** The MAC by which the director is reached for the VIP. */
function macOfVip(director: Readonly<LinuxNode>, vip: Ipv4): string {
  const own = vipsOf(director, vip).find(({ mac }) => mac !== '');
  if (own !== undefined) return own.mac;
  const first = director.host.devs.find((dev) => dev?.kind === 'ethernet');
  return first === undefined || first === null ? '' : formatMac(first.lladdr);
}

function ownAddress({ host }: Readonly<LinuxNode>, vip: Ipv4): string {
  for (const dev of host.devs) if (dev?.kind === 'ethernet') for (const { local } of dev.addrs) if (local !== vip) return formatIpv4(local);
  return formatIpv4(vip);
}

function outcomeOf(
  cure: Cure,
  branch: Branch,
  lines: readonly CureLine[],
  direct: Direct,
  asker: NodeId,
  from: number,
  end: number,
): Outcome {
  const { run } = branch;
  const before = counted(run.worldAt(from).nodes[direct.director], direct);
  const { arp, served } = answersIn(branch, direct, from, end);
  const { nodes } = run.worldAt(end);
  const name = (node: NodeId): string => nodes[node]?.name ?? '';
  return {
    cure,
    branch,
    lines,
    answeredArp: [...arp].map(name),
    kept: keptBy(nodes, asker, direct.vip),
    served: new Map([...served].map(([node, count]) => [name(node), count])),
    balanced: counted(nodes[direct.director], direct) - before,
  };
}

function counted(node: Readonly<NodeState> | undefined, direct: Direct): number {
  if (node?.kind !== 'linux') return 0;
  return node.ipvs.services
    .filter((svc) => svc.addr === direct.vip && svc.port === direct.port)
    .reduce((sum, svc) => sum + svc.stats.now.conns, 0);
}

/** Who answered for the VIP on cables between two events: ARP requests, and TCP connections. */
function answersIn({ run, steps }: Branch, direct: Direct, from: number, end: number): { arp: Set<NodeId>; served: Map<NodeId, number> } {
  const arp = new Set<NodeId>();
  const served = new Map<NodeId, number>();
  const seen = new Set<number>();
  const linux = run.input.world.nodes.map((node) => node.kind === 'linux');
  const last = run.trace.firstOf(end);
  for (let i = steps.hopsFrom(run.trace.firstOf(from) as TraceId); i < steps.hops.length; i++) {
    const hop = steps.hops.get(i);
    if (hop === undefined || hop.record >= last) break;
    if (linux[hop.from] !== true) continue;
    const [, head, tcp] = run.trace.frame(hop.frame).layers;
    if (head?.kind === 'arp' && head.op === ARP_REPLY && head.spa === direct.vip) arp.add(hop.from);
    if (head?.kind !== 'ipv4' || head.src !== direct.vip || tcp?.kind !== 'tcp') continue;
    const conn = head.dst * 65_536 + tcp.dport;
    if ((tcp.flags & (TCP_SYN | TCP_ACK)) !== (TCP_SYN | TCP_ACK) || seen.has(conn)) continue;
    // The first that sends it is who answers; the others only pass it on.
    seen.add(conn);
    served.set(hop.from, (served.get(hop.from) ?? 0) + 1);
  }
  return { arp, served };
}

/** Whose MAC a node keeps for an address. */
function keptBy(nodes: readonly Readonly<NodeState>[], asker: NodeId, addr: Ipv4): string | null {
  const node = nodes[asker];
  if (node?.kind !== 'linux') return null;
  const mac = neighList(node.host).find((entry) => entry.addr === addr)?.lladdr ?? null;
  if (mac === null) return null;
  const owner = nodes.find((n) => n.kind === 'linux' && n.host.devs.some((dev) => dev?.kind === 'ethernet' && dev.lladdr === mac));
  return owner?.name ?? formatMac(mac);
}
