/**
 * The power switch of a node: off loses everything but the files, on boots.
 * Comes from: dispatch.ts (a stimulus).  Goes to: host/init.ts, the far ends of the node's cables, its shell.
 *
 * What a machine does by itself when it boots: the settings of /etc/sysctl.conf, the services that were
 * enabled, its own start-up commands, and /etc/rc.local if somebody has written one.
 */
import { NO_TRACE, type NodeId, type Step } from '../engine/index.ts';
import { createDev, createHost, devAdd, devGet, devSetCarrier, type HostState, type IfIndex, type Skb } from '../host/index.ts';
import { createIpvs } from '../ipvs/index.ts';
import { switchForget } from '../switch/index.ts';
import { framesLeaving, loseOnCable } from './by-hand.ts';
import { contextOf, type Contexts } from './context.ts';
import { farEnd, layAgain } from './link.ts';
import { portLosesLink } from './port-link.ts';
import { BOOT_TTY, type LinkEnd, type LinuxNode, type Link, type Machine, type NodeState, type Shared, type What } from './state.ts';
import { createUser, type UserState } from './user.ts';

type WorldStep = Step<NodeState, Shared, What>;

const SYSCTL_CONF = '/etc/sysctl.conf';
/** Where a disk keeps it; the first name is a link to the second on the distributions of the notes. */
const RC_LOCAL = ['/etc/rc.local', '/etc/rc.d/rc.local'] as const;

export function switchPower(contexts: Contexts, step: WorldStep, node: NodeId, on: boolean): void {
  const state = step.node(node);
  if (state.on === on) {
    step.note({ node, stage: 'power', verdict: 'state', reason: 'power.was-so' });
    return;
  }
  state.on = on;
  layAgain(step);
  const reason = `power.${on ? 'on' : 'off'}${state.kind === 'switch' ? '-switch' : ''}`;
  step.cause = step.note({ node, stage: 'power', verdict: 'state', reason });
  if (!on) {
    loseInside(step, node, state);
    cutOff(step, node);
  }
  if (state.kind === 'switch') switchForget(state.sw);
  else if (on) powerUp(contexts, step, node, state);
  else powerDown(contexts, step, node, state);
  tellFarEnds(contexts, step, node, on);
  if (on && state.kind === 'linux') boot(contexts, step, node);
}

/** Ends every packet that is somewhere inside the machine, and takes its timers and wakings out of the queue. */
function loseInside(step: WorldStep, node: NodeId, state: NodeState): void {
  const gone = new Set<number>();
  for (const { seq, what } of step.waiting(node)) {
    if (what.kind === 'frame' || what.kind === 'stimulus') continue;
    gone.add(seq);
    if (what.kind === 'loop') losePacket(step, node, what.skb);
  }
  step.withdraw(gone);
  if (state.kind === 'linux') for (const skb of packetsIn(state.host)) losePacket(step, node, skb);
}

function* packetsIn({ devs, neigh, ipv4 }: HostState): Generator<Skb> {
  for (const dev of devs) if (dev !== null) yield* dev.cell;
  for (const { queue } of neigh.entries.values()) yield* queue;
  for (const { skb } of neigh.proxyQueue) yield skb;
  for (const { parts } of ipv4.frags.values()) for (const { skb } of parts) yield skb;
  for (const { skb, layers } of ipv4.pieces.values()) for (let i = 0; i < layers.length; i++) yield skb;
}

function losePacket(step: WorldStep, node: NodeId, skb: Skb): void {
  const cause = skb.lastTrace === NO_TRACE ? step.cause : skb.lastTrace;
  step.note({ node, dev: skb.iif, frame: skb.frame, cause, stage: 'power', verdict: 'drop', reason: 'power.packet-lost' });
}

/** Frames whose last bit had not left are cut off. */
function cutOff(step: WorldStep, node: NodeId): void {
  for (const { link, far } of cablesOf(step, node))
    for (const event of framesLeaving(step, far.node, far.dev, link.delayNs)) loseOnCable(step, event, 'power.frame-cut');
}

interface Cable {
  readonly link: Readonly<Link>;
  readonly near: LinkEnd;
  readonly far: LinkEnd;
}

function cablesOf(step: WorldStep, node: NodeId): Cable[] {
  const { links, linkOf } = step.state.shared;
  return (linkOf[node] ?? []).flatMap((number, dev): Cable[] => {
    const link = links[number];
    return link === undefined ? [] : [{ link, near: { node, dev }, far: farEnd(link, node, dev) }];
  });
}

function machineOf(step: WorldStep, node: NodeId): Machine {
  return step.state.shared.machines[node] ?? { cards: [], commands: [] };
}

/** What is left of a user's work: the disk, and which services are to start. */
function diskOf({ files, modes, services }: UserState): UserState {
  const enabled = [...services].filter(([, unit]) => unit.enabled);
  return {
    ...createUser(),
    files,
    modes,
    services: new Map(enabled.map(([name]) => [name, { running: false, enabled: true, pid: null }])),
  };
}

function powerDown(contexts: Contexts, step: WorldStep, node: NodeId, state: LinuxNode): void {
  state.host = createHost(state.name);
  // The cards are still there to be seen, though nobody drives them.
  for (const { name, mac, mtu } of machineOf(step, node).cards) {
    const dev = createDev(state.host, state.host.devs.length as IfIndex, { name, kind: 'ethernet', mtu }, mac);
    state.host.devs.push({ ...dev, carrier: false });
  }
  state.ipvs = createIpvs();
  state.user = diskOf(state.user);
  contextOf(contexts, node).renew();
}

function powerUp(contexts: Contexts, step: WorldStep, node: NodeId, state: LinuxNode): void {
  state.host = createHost(state.name);
  state.host.bootedAt = step.now;
  const net = contextOf(contexts, node);
  net.renew();
  for (const { name, mac, mtu } of machineOf(step, node).cards) devAdd(net, { name, kind: 'ethernet', lladdr: mac, mtu });
  for (const { link, near, far } of cablesOf(step, node)) {
    const dev = devGet(net.host, near.dev as IfIndex);
    if (dev !== null) dev.carrier = link.up && step.peek(far.node).on;
  }
}

function tellFarEnds(contexts: Contexts, step: WorldStep, node: NodeId, on: boolean): void {
  for (const { link, far } of cablesOf(step, node)) if (link.up && far.node !== node) setCarrier(contexts, step, far, on);
}

/** Carrier comes or goes at one end of a cable, if a running machine is there. */
export function setCarrier(contexts: Contexts, step: WorldStep, end: LinkEnd, carrier: boolean): void {
  const state = step.peek(end.node);
  if (!state.on) return;
  if (state.kind === 'switch') {
    if (!carrier) portLosesLink(step, end);
    return;
  }
  const net = contextOf(contexts, end.node);
  const dev = devGet(net.host, end.dev as IfIndex);
  if (dev !== null) devSetCarrier(net, dev, carrier);
}

function boot(contexts: Contexts, step: WorldStep, node: NodeId): void {
  const net = contextOf(contexts, node);
  const { files, services } = net.user;
  const lines = [
    ...(files.has(SYSCTL_CONF) ? ['sysctl -q --system'] : []),
    ...[...services.keys()].map((name) => `systemctl start ${name}`),
    ...machineOf(step, node).commands,
    ...(RC_LOCAL.some((path) => files.has(path)) ? [`sh ${RC_LOCAL[0]}`] : []),
  ];
  for (const text of lines) net.resume(net.shellOf(BOOT_TTY), { kind: 'stdin', text });
}
