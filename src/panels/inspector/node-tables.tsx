/** Interfaces, neighbours, routes, sockets, processes of a host; forwarding database of a switch. */
import type { NodeId } from '../../engine/index.ts';
import { socksOf } from '../../host/index.ts';
import { roughly } from '../../lab/index.ts';
import type { WorldView } from '../../sim/index.ts';
import { formatIpv4, formatMac, type Ipv4, type Mac } from '../../wire/index.ts';
import type { LinuxNode } from '../../world/index.ts';
import { Address } from '../common/address.tsx';
import { MacName } from '../common/mac.tsx';
import { Empty, Row, Table } from '../common/table.tsx';
import { useLab, useSay } from '../common/use-lab.ts';
import { useWorld } from '../common/use-world.ts';
import css from './inspector.module.css';

interface OfNode {
  readonly node: NodeId;
}

function linux<T>(world: WorldView, node: NodeId, read: (state: Readonly<LinuxNode>) => T[]): T[] {
  const state = world.nodes[node];
  return state?.kind === 'linux' ? read(state) : [];
}

export function Interfaces({ node }: OfNode) {
  const say = useSay();
  const devs =
    useWorld((world) =>
      linux(world, node, ({ host }) =>
        host.devs.flatMap((dev) =>
          dev === null
            ? []
            : [
                {
                  name: dev.name,
                  kind: dev.kind,
                  mac: dev.lladdr,
                  mtu: dev.mtu,
                  up: dev.up,
                  carrier: dev.carrier,
                  rx: dev.rxPackets,
                  tx: dev.txPackets,
                  addrs: dev.addrs.map((a) => ({ ...a })),
                },
              ],
        ),
      ),
    ) ?? [];
  return (
    <>
      {devs.map((dev) => (
        <div key={dev.name} className={css['iface']}>
          <p>
            <b>{dev.name}</b> <small>{`${dev.up ? 'UP' : 'DOWN'}${dev.carrier ? '' : ' NO-CARRIER'} · mtu ${dev.mtu}`}</small>
          </p>
          {dev.kind === 'ethernet' ? (
            <p>
              <small>{formatMac(dev.mac)}</small>
            </p>
          ) : null}
          {dev.addrs.map((addr) => (
            <p key={`${addr.local}/${addr.prefixLen}`}>
              <Address addr={addr.local} suffix={`/${addr.prefixLen}`} />{' '}
              {addr.label === dev.name || addr.label === '' ? null : <small>{addr.label}</small>}
            </p>
          ))}
          {dev.kind === 'loopback' ? null : (
            <p>
              <small>{say('node.packets', { rx: dev.rx, tx: dev.tx })}</small>
            </p>
          )}
        </div>
      ))}
    </>
  );
}

export function Neighbours({ node }: OfNode) {
  const say = useSay();
  const at = useLab((s) => s.cursor.at);
  const rows =
    useWorld((world) =>
      linux(world, node, ({ host }) =>
        [...host.neigh.entries.values()].map((n) => ({
          addr: n.addr,
          mac: n.lladdr,
          nud: n.nud,
          dev: host.devs[n.ifindex]?.name ?? '',
          updated: n.updated,
          queued: n.queue.length,
        })),
      ),
    ) ?? [];
  if (rows.length === 0) return <Empty>{say('neigh.empty')}</Empty>;
  return (
    <Table label={say('node.neigh')} head={[say('col.address'), 'MAC', 'dev', say('col.state'), say('col.since')]} numbers={[4]}>
      {rows.map((row) => (
        <Row
          key={`${row.dev} ${row.addr}`}
          signature={`${row.mac} ${row.nud}`}
          numbers={[4]}
          cells={[
            <Address key="a" addr={row.addr} />,
            row.mac === null ? '–' : <MacName key="m" mac={row.mac} />,
            row.dev,
            <span key="n" className={css['nud']} data-nud={row.nud}>
              {row.queued > 0 ? `${row.nud} +${row.queued}` : row.nud}
            </span>,
            row.nud === 'PERMANENT' ? '' : roughly(Math.max(0, at - row.updated)),
          ]}
        />
      ))}
    </Table>
  );
}

export function Routes({ node }: OfNode) {
  const say = useSay();
  const rows =
    useWorld((world) =>
      linux(world, node, ({ host }) =>
        [...host.fib.tables].flatMap(([table, routes]) =>
          table === 255
            ? []
            : routes.map((route) => ({
                table,
                dst: route.prefixLen === 0 ? 'default' : `${formatIpv4(route.dst)}/${route.prefixLen}`,
                type: route.type,
                via: route.nexthops[0]?.gateway ?? null,
                dev: host.devs[route.nexthops[0]?.dev ?? 0]?.name ?? '',
                src: route.prefSrc,
                metric: route.metric,
              })),
        ),
      ),
    ) ?? [];
  if (rows.length === 0) return <Empty>{say('route.empty')}</Empty>;
  return (
    <Table label={say('node.route')} head={[say('col.destination'), 'via', 'dev', 'src']}>
      {rows.map((row) => (
        <Row
          key={`${row.table} ${row.dst} ${row.via} ${row.metric} ${row.dev}`}
          signature={`${row.via} ${row.src} ${row.type}`}
          cells={[
            <span key="d" className={css['nud']}>
              {row.type === 'unicast' ? row.dst : `${row.type} ${row.dst}`}
              {row.table === 254 ? '' : ` table ${row.table}`}
            </span>,
            row.via === null ? '' : <Address key="v" addr={row.via} />,
            row.dev,
            row.src === null ? '' : <Address key="s" addr={row.src} />,
          ]}
        />
      ))}
    </Table>
  );
}

function endText(addr: Ipv4, port: number): string {
  return `${addr === 0 ? '*' : formatIpv4(addr)}:${port === 0 ? '*' : port}`;
}

export function Sockets({ node }: OfNode) {
  const say = useSay();
  const rows =
    useWorld((world) =>
      linux(world, node, ({ host }) =>
        [...socksOf(host.sockets)].flatMap((sock) => {
          switch (sock.kind) {
            case 'tcp':
              return [
                {
                  id: sock.id,
                  proto: 'tcp',
                  state: sock.state as string,
                  local: endText(sock.laddr, sock.lport),
                  peer: endText(sock.raddr, sock.rport),
                },
              ];
            case 'request':
              return [
                {
                  id: sock.id,
                  proto: 'tcp',
                  state: 'SYN_RECV',
                  local: endText(sock.laddr, sock.lport),
                  peer: endText(sock.raddr, sock.rport),
                },
              ];
            case 'timewait':
              return [
                {
                  id: sock.id,
                  proto: 'tcp',
                  state: sock.substate,
                  local: endText(sock.laddr, sock.lport),
                  peer: endText(sock.raddr, sock.rport),
                },
              ];
            case 'udp':
              return [
                {
                  id: sock.id,
                  proto: 'udp',
                  state: sock.connected ? 'ESTABLISHED' : 'UNCONN',
                  local: endText(sock.laddr, sock.lport),
                  peer: endText(sock.raddr, sock.rport),
                },
              ];
            case 'raw':
              return [
                {
                  id: sock.id,
                  proto: 'raw',
                  state: 'UNCONN',
                  local: endText(sock.bound, 0),
                  peer: `proto ${sock.proto}`,
                },
              ];
            case 'netlink':
              return [{ id: sock.id, proto: 'nl', state: 'UNCONN', local: 'rtnetlink', peer: '' }];
            case 'packet':
              return [{ id: sock.id, proto: 'packet', state: 'UNCONN', local: sock.protocol, peer: '' }];
          }
        }),
      ),
    ) ?? [];
  if (rows.length === 0) return <Empty>{say('socket.empty')}</Empty>;
  return (
    <Table label={say('node.socket')} head={['', say('col.state'), say('col.local'), say('col.peer')]}>
      {rows.map((row) => (
        <Row
          key={row.id}
          signature={row.state}
          cells={[
            row.proto,
            <span key="s" className={css['nud']}>
              {row.state}
            </span>,
            <span key="l" className={css['nud']}>
              {row.local}
            </span>,
            <span key="p" className={css['nud']}>
              {row.peer}
            </span>,
          ]}
        />
      ))}
    </Table>
  );
}

export function Processes({ node }: OfNode) {
  const say = useSay();
  const rows =
    useWorld((world) =>
      linux(world, node, ({ user }) => [...user.procs.values()].map((p) => ({ pid: p.pid, tty: p.tty ?? '?', argv: p.argv.join(' ') }))),
    ) ?? [];
  if (rows.length === 0) return <Empty>{say('proc.empty')}</Empty>;
  return (
    <Table label={say('node.proc')} head={['PID', 'TTY', say('col.command')]} numbers={[0]}>
      {rows.map((row) => (
        <Row
          key={row.pid}
          signature={row.argv}
          numbers={[0]}
          cells={[
            row.pid,
            row.tty,
            <span key="c" className={css['nud']}>
              {row.argv}
            </span>,
          ]}
        />
      ))}
    </Table>
  );
}

export function Fdb({ node }: OfNode) {
  const say = useSay();
  const at = useLab((s) => s.cursor.at);
  const read = useWorld((world): { rows: { mac: Mac; port: string; seen: number }[]; ageing: number } => {
    const state = world.nodes[node];
    if (state?.kind !== 'switch') return { rows: [], ageing: 0 };
    return {
      rows: [...state.sw.fdb].map(([mac, entry]) => ({
        mac,
        port: state.sw.ports[entry.port - 1]?.name ?? String(entry.port),
        seen: entry.seen,
      })),
      ageing: state.sw.ageingNs,
    };
  });
  const links = useWorld((world) => portsOf(world, node)) ?? new Map<string, string>();
  const rows = read?.rows ?? [];
  if (rows.length === 0) return <Empty>{say('fdb.empty')}</Empty>;
  return (
    <Table label={say('node.fdb')} head={['MAC', say('col.port'), say('col.behind'), say('col.seen')]} numbers={[3]}>
      {rows.map((row) => (
        <Row
          key={row.mac}
          signature={row.port}
          numbers={[3]}
          cells={[<MacName key="m" mac={row.mac} />, row.port, links.get(row.port) ?? '', roughly(Math.max(0, at - row.seen))]}
        />
      ))}
    </Table>
  );
}

/** Who is plugged into each port. */
function portsOf(world: WorldView, node: NodeId): Map<string, string> {
  const found = new Map<string, string>();
  const state = world.nodes[node];
  if (state?.kind !== 'switch') return found;
  for (const { ends } of world.shared.links) {
    ends.forEach((end, i) => {
      const other = ends[1 - i];
      if (end.node !== node || other === undefined) return;
      found.set(state.sw.ports[end.dev - 1]?.name ?? '', world.nodes[other.node]?.name ?? '');
    });
  }
  return found;
}
