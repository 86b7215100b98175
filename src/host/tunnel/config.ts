/**
 * `ip tunnel add`, and tunl0 that comes with the module.
 * Comes from: shell/commands (ip tunnel, ip link add … type ipip, modprobe).  Goes to: dev/create.ts.
 * Source: Linux 6.1 net/ipv4/ip_tunnel.c, ip_tunnel_newlink(), ip_tunnel_bind_dev(), ip_tunnel_init_net();
 *   ipip.c, ipip_init_net().
 */
import { IPV4_HLEN, MAC_ZERO } from '../../wire/index.ts';
import { devAdd } from '../dev/create.ts';
import { devByName, devGet } from '../dev/get.ts';
import type { Dev, TunnelParms } from '../dev/state.ts';
import { ipRouteOutput } from '../fib/output.ts';
import type { Net } from '../net.ts';

/** Largest IPv4 packet: the loopback carries more. */
const IP_MAX_MTU = 0xffff;

export type TunnelRequest = Partial<Omit<TunnelParms, 'fallback'>>;

function parmsOf(request: TunnelRequest, fallback: boolean): TunnelParms {
  return {
    local: request.local ?? null,
    remote: request.remote ?? null,
    link: request.link ?? null,
    ttl: request.ttl ?? 0,
    tos: request.tos ?? 0,
    // tunl0 is made without path MTU discovery, tunnels that people make have it
    pmtuDisc: request.pmtuDisc ?? !fallback,
    fallback,
    firstLocal: request.local ?? null,
    anyProto: request.anyProto ?? fallback,
    bounded: request.bounded ?? false,
  };
}

/** The errno name of a refusal, or the new device. A fixed TTL needs path MTU discovery. */
export function tunnelAdd(net: Net, name: string, request: TunnelRequest): Dev | 'EEXIST' | 'EINVAL' {
  const parms = parmsOf(request, false);
  if (parms.ttl !== 0 && !parms.pmtuDisc) return 'EINVAL';
  if (devByName(net.host, name) !== null || findSame(net, parms) !== null) return 'EEXIST';
  return devAdd(net, { name, kind: 'ipip', lladdr: MAC_ZERO, mtu: tunnelMtu(net, parms), tunnel: parms });
}

/** Two tunnels with the same ends could not be told apart. */
function findSame(net: Net, parms: TunnelParms): Dev | null {
  for (const dev of net.host.devs) {
    const known = dev?.tunnel ?? null;
    if (dev === null || known === null || known.fallback) continue;
    if (known.local === parms.local && known.remote === parms.remote && known.link === parms.link) return dev;
  }
  return null;
}

/** 20 bytes less than the device towards the far end carries, or else the one it is bound to. */
export function tunnelMtu(net: Net, parms: TunnelParms): number {
  let dev = parms.link === null ? null : devGet(net.host, parms.link);
  if (parms.remote !== null) {
    const route = ipRouteOutput(net, { dst: parms.remote, src: parms.local ?? undefined, oif: parms.link ?? undefined });
    if (!('error' in route)) dev = devGet(net.host, route.dev);
  }
  return Math.min(dev === null ? 1500 : dev.mtu, IP_MAX_MTU) - IPV4_HLEN;
}

/** The ipip module is there now: protocol 4 is known, and tunl0 exists, down. */
export function ipipModuleLoaded(net: Net): void {
  if (!net.host.modules.includes('ipip')) net.host.modules.push('ipip');
  if (devByName(net.host, 'tunl0') !== null) return;
  devAdd(net, {
    name: 'tunl0',
    kind: 'ipip',
    lladdr: MAC_ZERO,
    mtu: 1500 - IPV4_HLEN,
    tunnel: parmsOf({}, true),
  });
}
