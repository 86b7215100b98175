/** Things worth doing in any lab, at the press of a button: each types a command at the moment shown. */
import { Button } from 'react-aria-components';
import type { NodeId } from '../../engine/index.ts';
import type { Both } from '../../lab/index.ts';
import type { WorldView } from '../../sim/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import { typeAt } from '../terminal/type-at.ts';
import { useLang, useSay } from '../common/use-lab.ts';
import { useWorld } from '../common/use-world.ts';
import css from './scenario.module.css';

interface Doing {
  readonly node: NodeId;
  readonly command: string;
  readonly label: Both;
}

export function Doings() {
  const say = useSay();
  const lang = useLang();
  const doings = useWorld(doingsOf) ?? [];
  if (doings.length === 0) return null;
  return (
    <>
      <h3>{say('doings.title')}</h3>
      <div className={css['doings']}>
        {doings.map((doing) => (
          <Button
            key={`${doing.node} ${doing.command}`}
            className={css['button'] ?? ''}
            onPress={() => typeAt(doing.node, doing.command, doing.label, true)}
          >
            {doing.label[lang]}
          </Button>
        ))}
      </div>
      <p className={css['quiet']}>{say('doings.how')}</p>
    </>
  );
}

export function doingsOf(world: WorldView): Doing[] {
  const { nodes } = world;
  const found: Doing[] = [];
  const client = nodes.findIndex((node) => node.role === 'client' && node.kind === 'linux');
  let service: { addr: number; port: number; tcp: boolean } | null = null;
  for (const node of nodes) {
    if (node.kind !== 'linux' || service !== null) continue;
    const svc = node.ipvs.services.find((s) => s.fwmark === 0 && s.addr6 === null);
    if (svc !== undefined) service = { addr: svc.addr, port: svc.port, tcp: svc.proto === 6 };
  }
  if (client >= 0 && service !== null) {
    const name = nodes[client]?.name ?? '';
    const vip = formatIpv4(service.addr as never);
    const url = service.port === 80 ? `http://${vip}/` : `http://${vip}:${service.port}/`;
    if (service.tcp) {
      found.push({
        node: client as NodeId,
        command: `for i in 1 2 3 4; do curl -s ${url}; done`,
        label: { en: `Send 4 requests from ${name}`, zh: `从 ${name} 发 4 个请求` },
      });
    }
    found.push({
      node: client as NodeId,
      command: `ping -c 1 ${vip}`,
      label: { en: `Ping the VIP from ${name}`, zh: `从 ${name} ping VIP` },
    });
  }
  nodes.forEach((node, i) => {
    if (node.kind !== 'linux' || (node.role !== 'router' && !(node.role === 'client' && !nodes.some((n) => n.role === 'router')))) return;
    found.push({
      node: i as NodeId,
      command: 'ip neigh flush all',
      label: { en: `Flush ARP on ${node.name}`, zh: `清空 ${node.name} 的邻居表` },
    });
  });
  return found.slice(0, 5);
}
