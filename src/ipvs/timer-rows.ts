/**
 * The timers of IPVS as a person is told of them, and what moves with them when one is moved by hand.
 * Comes from: world/timers.ts.  Goes to: conn.ts' entries and the room's own beats.
 */
import type { TimerNames, TimerRow } from '../host/index.ts';
import { formatIpv4 } from '../wire/index.ts';
import { svcName } from './conn.ts';
import { connOf } from './conn-table.ts';
import type { Conn, ConnId, IpvsState, SvcId } from './state.ts';
import { svcById } from './svc.ts';
import { syncMemory } from './sync/master.ts';

function connText({ caddr, cport, vaddr, vport }: Conn): string {
  return `${formatIpv4(caddr)}:${cport} → ${formatIpv4(vaddr)}:${vport}`;
}

const conn: TimerRow<IpvsState> = {
  timer: 'ipvs-conn',
  view(ipvs, key, seq) {
    const entry = connOf(ipvs.conns, key as ConnId);
    if (entry === null || entry.timer !== seq) return null;
    return { name: entry.template ? 'ipvs.template' : 'ipvs.conn', of: connText(entry), due: entry.fireAt };
  },
  move(ipvs, key, to) {
    const entry = connOf(ipvs.conns, key as ConnId);
    if (entry === null) return;
    entry.expires = to;
    entry.fireAt = to;
    entry.timerAt = to;
  },
};

/** A beat of which there is one at most. */
function beat(timer: string, name: string, current: (ipvs: Readonly<IpvsState>) => number | null): TimerRow<IpvsState> {
  return { timer, view: (ipvs, _key, seq, at) => (current(ipvs) === seq ? { name, of: '', due: at } : null) };
}

const cache: TimerRow<IpvsState> = {
  timer: 'ipvs-lblc',
  view(ipvs, key, seq, at) {
    const svc = svcById(ipvs, key as SvcId);
    const memory = svc?.schedData as { readonly timer?: number } | null | undefined;
    return svc === null || memory?.timer !== seq ? null : { name: 'ipvs.lblc', of: svcName(svc), due: at };
  },
};

export const ipvsTimerRows: readonly TimerRow<IpvsState>[] = [
  conn,
  beat('ipvs-estimator', 'ipvs.estimator', (ipvs) => ipvs.estimator),
  beat('ipvs-trash', 'ipvs.trash', (ipvs) => ipvs.trashTimer),
  { timer: 'ipvs-nodest', view: (_ipvs, _key, _seq, at) => ({ name: 'ipvs.nodest', of: '', due: at }) },
  cache,
  beat('ipvs-defence', 'ipvs.defence', (ipvs) => ipvs.defence.timer),
  beat('ipvs-sync-check', 'ipvs.sync', (ipvs) => (ipvs.sync === null ? null : syncMemory(ipvs).checkTimer)),
  beat('ipvs-sync-flush', 'ipvs.sync', (ipvs) => (ipvs.sync === null ? null : syncMemory(ipvs).flushTimer)),
];

export const ipvsTimerNames: TimerNames = {
  'ipvs.conn': { en: 'remove the connection from the table', zh: '从连接表删除该连接' },
  'ipvs.template': { en: 'end the persistence of this client', zh: '结束该客户端的持久连接' },
  'ipvs.estimator': { en: 'work the rates out anew', zh: '重新计算速率统计' },
  'ipvs.trash': { en: 'look through the removed real servers', zh: '检查已移除的后端服务器' },
  'ipvs.nodest': { en: 'end connections of removed real servers', zh: '结束已移除后端服务器的连接' },
  'ipvs.lblc': { en: 'tidy the cache of the scheduler', zh: '清理调度算法的缓存' },
  'ipvs.defence': { en: 'weigh up the defence against floods', zh: '评估抗洪水攻击防御' },
  'ipvs.sync': { en: 'send connections to the backup', zh: '向备份调度器发送连接同步' },
};
