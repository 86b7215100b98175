/** Services, real servers and connections with the columns of `ipvsadm -Ln` and `ipvsadm -Lnc`. */
import type { NodeId } from '../../engine/index.ts';
import { connsOf, type ConnState, type ConnTable, type FwdMethod, type Ipv6 } from '../../ipvs/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import { Address } from '../common/address.tsx';
import { Empty, Row, Table } from '../common/table.tsx';
import { useLab, useSay } from '../common/use-lab.ts';
import { useWorld } from '../common/use-world.ts';
import css from './inspector.module.css';

const FORWARD: Readonly<Record<FwdMethod, string>> = {
  masq: 'Masq',
  local: 'Local',
  tunnel: 'Tunnel',
  droute: 'Route',
  bypass: 'Bypass',
  fullnat: 'FullNAT',
};
const PROTOCOL: Readonly<Record<number, string>> = { 6: 'TCP', 17: 'UDP', 132: 'SCTP' };

interface OfNode {
  readonly node: NodeId;
}

/** Address and port of a service or a real server. */
function End({ end }: { readonly end: { readonly addr: Ipv4; readonly addr6: Ipv6 | null; readonly port: number } }) {
  return end.addr6 === null ? (
    <Address addr={end.addr} suffix={`:${end.port}`} />
  ) : (
    <code>
      [{end.addr6}]:{end.port}
    </code>
  );
}

export function Services({ node }: OfNode) {
  const say = useSay();
  const services = useWorld((world) => {
    const state = world.nodes[node];
    if (state?.kind !== 'linux') return [];
    return state.ipvs.services.map((svc) => ({
      id: svc.id,
      proto: PROTOCOL[svc.proto] ?? String(svc.proto),
      addr: svc.addr,
      addr6: svc.addr6,
      port: svc.port,
      fwmark: svc.fwmark,
      scheduler: svc.scheduler,
      persist: svc.persistTimeout,
      dests: svc.dests.map((d) => ({
        id: d.id,
        addr: d.addr,
        addr6: d.addr6,
        port: d.port,
        fwd: d.fwd,
        weight: d.weight,
        active: d.activeConns,
        inact: d.inactConns,
      })),
    }));
  });
  if (services === null || services.length === 0) return <Empty>{say('ipvs.empty')}</Empty>;
  return (
    <>
      {services.map((svc) => (
        <div key={svc.id}>
          <p className={css['service']}>
            {svc.fwmark === 0 ? (
              <>
                <b>{svc.proto}</b> <End end={svc} />
              </>
            ) : (
              <b>
                FWM {svc.fwmark}
                {svc.addr6 === null ? '' : ' IPv6'}
              </b>
            )}{' '}
            <code>{svc.scheduler}</code> {svc.persist === null ? null : <small>persistent {svc.persist} s</small>}
          </p>
          {svc.dests.length === 0 ? (
            <Empty>{say('ipvs.noDest')}</Empty>
          ) : (
            <Table
              label={say('ipvs.dests')}
              head={[say('col.realServer'), 'Forward', 'Weight', 'Active\u200bConn', 'InAct\u200bConn']}
              numbers={[2, 3, 4]}
            >
              {svc.dests.map((d) => (
                <Row
                  key={d.id}
                  signature={`${d.fwd} ${d.weight} ${d.active} ${d.inact}`}
                  numbers={[2, 3, 4]}
                  cells={[<End key="a" end={d} />, FORWARD[d.fwd], d.weight, d.active, d.inact]}
                />
              ))}
            </Table>
          )}
        </div>
      ))}
    </>
  );
}

/** Connections shown; a director may have many thousands. */
const SHOWN = 200;

interface ConnLine {
  readonly id: number;
  readonly proto: number;
  readonly state: ConnState;
  readonly expires: number;
  readonly caddr: Ipv4;
  readonly cport: number;
  readonly vaddr: Ipv4;
  readonly vport: number;
  readonly daddr: Ipv4;
  readonly dport: number;
}

function connLines(table: ConnTable): ConnLine[] {
  const lines: ConnLine[] = [];
  for (const { id, proto, state, expires, caddr, cport, vaddr, vport, daddr, dport } of connsOf(table)) {
    lines.push({ id, proto, state, expires, caddr, cport, vaddr, vport, daddr, dport });
    if (lines.length === SHOWN) break;
  }
  return lines;
}

export function Connections({ node }: OfNode) {
  const say = useSay();
  const at = useLab((s) => s.cursor.at);
  const read = useWorld((world) => {
    const state = world.nodes[node];
    if (state?.kind !== 'linux') return { rows: [], more: 0 };
    const { conns } = state.ipvs;
    const rows = connLines(conns);
    return { rows, more: conns.count - rows.length };
  });
  if (read === null || read.rows.length === 0) return <Empty>{say('conn.empty')}</Empty>;
  return (
    <>
      <Table label={say('node.conns')} head={['expire', 'pro, state', say('conn.ends')]} numbers={[0]}>
        {read.rows.map((c) => (
          <Row
            key={c.id}
            signature={c.state}
            numbers={[0]}
            cells={[
              expireText(c.expires - at),
              <span key="s" className={css['nud']}>
                {PROTOCOL[c.proto] ?? 'IP'}
                <br />
                {c.state}
              </span>,
              <span key="e" className={css['ends3']}>
                <Address addr={c.caddr} suffix={`:${c.cport}`} />
                <Address addr={c.vaddr} suffix={`:${c.vport}`} />
                <Address addr={c.daddr} suffix={`:${c.dport}`} />
              </span>,
            ]}
          />
        ))}
      </Table>
      {read.more > 0 ? <Empty>{say('conn.more', { count: read.more })}</Empty> : null}
    </>
  );
}

/** Minutes and seconds, as ipvsadm prints them. */
function expireText(ns: number): string {
  const seconds = Math.max(0, Math.ceil(ns / 1e9));
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}
