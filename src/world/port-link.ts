/**
 * A switch notices that the link at one of its ports is gone: the cable was pulled, the machine at its other
 * end switched off, or the interface there set down.
 * Comes from: context.ts (`ip link set … down`), power.ts (cables and power).  Goes to: the switch's forwarding database.
 * Source: Linux 6.1 net/bridge/br_if.c, br_port_carrier_check(); br_stp_if.c, br_stp_disable_port().
 */
import type { Step } from '../engine/index.ts';
import { switchPortDown } from '../switch/index.ts';
import type { LinkEnd, NodeState, Shared, What } from './state.ts';

export function portLosesLink(step: Step<NodeState, Shared, What>, { node, dev }: LinkEnd): void {
  const seen = step.peek(node);
  if (seen.kind !== 'switch' || !seen.on) return;
  const state = step.node(node);
  if (state.kind !== 'switch') return;
  const count = switchPortDown(state.sw, dev);
  if (count > 0) step.note({ node, dev, stage: 'switch', verdict: 'state', reason: 'switch.link-down', args: { port: dev, count } });
}
