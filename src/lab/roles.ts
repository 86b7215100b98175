/**
 * Which part an address plays in load balancing: client, virtual, director, real server, local.
 * Comes from: the nodes' states.  Goes to: every place where an address is shown, as its pill.
 */
import type { Ipv4 } from '../wire/index.ts';
import type { NodeState } from '../world/index.ts';

export type AddressRole = 'CIP' | 'VIP' | 'DIP' | 'RIP' | 'LIP' | 'other';

export interface AddressInfo {
  readonly role: AddressRole;
  /** what its pill says: CIP, VIP, DIP, RIP1, RIP2 … */
  readonly label: string;
  /** name of the node that has it; several for a virtual address of DR */
  readonly owners: readonly string[];
}

export type Roles = ReadonlyMap<Ipv4, AddressInfo>;

/** The roles of all addresses of a world. Earlier worlds add addresses that later ones lost. */
export function rolesOf(worlds: Iterable<readonly Readonly<NodeState>[]>): Roles {
  const virtual = new Set<Ipv4>();
  const local = new Set<Ipv4>();
  const owners = new Map<Ipv4, { name: string; role: NodeState['role'] }[]>();
  for (const nodes of worlds) {
    for (const node of nodes) {
      if (node.kind !== 'linux') continue;
      for (const service of node.ipvs.services) {
        if (service.fwmark === 0) virtual.add(service.addr);
        for (const addr of service.laddrs) local.add(addr);
      }
      for (const dev of node.host.devs) {
        if (dev === null || (dev.kind === 'loopback' && dev.addrs.every((a) => a.local >>> 24 === 127))) continue;
        for (const { local: addr } of dev.addrs) {
          if (addr >>> 24 === 127) continue;
          const known = owners.get(addr) ?? [];
          if (!known.some((o) => o.name === node.name)) known.push({ name: node.name, role: node.role });
          owners.set(addr, known);
        }
      }
    }
  }
  return numbered(owners, virtual, local);
}

function numbered(owners: Map<Ipv4, { name: string; role: NodeState['role'] }[]>, virtual: Set<Ipv4>, local: Set<Ipv4>): Roles {
  const roles = new Map<Ipv4, AddressInfo>();
  const count: Record<AddressRole, number> = { CIP: 0, VIP: 0, DIP: 0, RIP: 0, LIP: 0, other: 0 };
  const add = (addr: Ipv4, role: AddressRole): void => {
    count[role]++;
    roles.set(addr, {
      role,
      label: String(count[role]),
      owners: (owners.get(addr) ?? []).map((o) => o.name),
    });
  };
  for (const [addr, of] of owners) {
    // An address of a director and of its real servers is virtual, also before a service is made.
    const shared = of.some((o) => o.role === 'director') && of.some((o) => o.role === 'realserver');
    if (virtual.has(addr) || shared) add(addr, 'VIP');
    else if (local.has(addr)) add(addr, 'LIP');
    else add(addr, ROLE_OF_NODE[of[0]?.role ?? 'host']);
  }
  for (const addr of virtual) if (!roles.has(addr)) add(addr, 'VIP');
  // One real server is RIP, several are RIP1, RIP2 …
  return new Map(
    [...roles].map(([addr, info]) => [
      addr,
      {
        ...info,
        label: info.role === 'other' ? '' : count[info.role] > 1 ? `${info.role}${info.label}` : info.role,
      },
    ]),
  );
}

const ROLE_OF_NODE: Readonly<Record<NodeState['role'], AddressRole>> = {
  client: 'CIP',
  router: 'other',
  switch: 'other',
  director: 'DIP',
  realserver: 'RIP',
  host: 'other',
};
