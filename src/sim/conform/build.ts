/** The world of a case: its nodes, one switch for each network, cables without delay. */
import { parseMac, type Mac } from '../../wire/index.ts';
import type { LinkSpec, NodeSpec, WorldSpec } from '../../world/index.ts';
import type { Case } from './case.ts';

const DEFAULT_MTU = 1500;

export function worldOfCase(item: Case, seed = 1): WorldSpec {
  const ports = new Map<string, string[]>(item.networks.map(({ name }) => [name, []]));
  const links: LinkSpec[] = [];
  const hosts = item.nodes.map((node): NodeSpec => ({
    kind: 'linux',
    name: node.name,
    role: 'host',
    interfaces: (node.ifaces ?? []).map((iface) => ({
      name: iface.name,
      mac: macOf(iface.mac),
      mtu: iface.mtu ?? DEFAULT_MTU,
    })),
  }));
  for (const node of item.nodes) {
    for (const iface of node.ifaces ?? []) {
      const names = ports.get(iface.network);
      if (names === undefined) throw new RangeError(`${item.name}: no network ${iface.network}`);
      const port = `p${names.length + 1}`;
      names.push(port);
      links.push({
        ends: [
          [node.name, iface.name],
          [switchName(iface.network), port],
        ],
        delayNs: 0,
        rateBps: null,
        lossPpm: 0,
      });
    }
  }
  const switches = item.networks.map(({ name }): NodeSpec => ({
    kind: 'switch',
    name: switchName(name),
    role: 'switch',
    ports: ports.get(name) ?? [],
  }));
  return { nodes: [...hosts, ...switches], links, oneKernel: true, seed };
}

/** Networks and nodes have names of their own; a space keeps them apart. */
function switchName(network: string): string {
  return `network ${network}`;
}

function macOf(text: string): Mac {
  const mac = parseMac(text);
  if (mac === null) throw new RangeError(`not a MAC address: ${text}`);
  return mac;
}
