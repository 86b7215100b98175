/**
 * Rows of net.ipv4.neigh.{default,<interface>}.*.
 * Source: Linux 6.1 net/core/neighbour.c, neigh_sysctl_table, neigh_proc_update(), neigh_copy_dflt_parms().
 */
import { devByName } from '../dev/get.ts';
import type { NeighParms } from '../neigh/state.ts';
import type { Net } from '../net.ts';
import type { HostState } from '../state.ts';
import { parseInt32 } from './parse-value.ts';
import type { SysctlRow } from './row.ts';

type ParmName = Exclude<keyof NeighParms, 'ownNames' | 'reachableTimeMs'>;

/** A setting as /proc/sys names it, the field that keeps it, and what one unit of the text is in the field's unit. */
interface Spec {
  readonly name: string;
  readonly field: ParmName;
  readonly unit: number;
  readonly defaultText: string;
  readonly en: string;
  readonly zh: string;
}

/** truesize of a full Ethernet frame: what one packet counts for in unres_qlen. */
const FULL_FRAME_TRUESIZE = 2100;

const specs: readonly Spec[] = [
  {
    name: 'base_reachable_time',
    field: 'base_reachable_time_ms',
    unit: 1000,
    defaultText: '30',
    en: 'Seconds for which a confirmed neighbour counts as reachable; each interface draws its own between half and one and a half times this.',
    zh: '邻居确认后视为可达的秒数；每个接口在其 0.5 到 1.5 倍之间随机取值。',
  },
  {
    name: 'base_reachable_time_ms',
    field: 'base_reachable_time_ms',
    unit: 1,
    defaultText: '30000',
    en: 'The same in milliseconds.',
    zh: '同上，单位毫秒。',
  },
  {
    name: 'retrans_time',
    field: 'retrans_time_ms',
    unit: 10,
    defaultText: '100',
    en: 'Hundredths of a second between two ARP requests for the same address.',
    zh: '对同一地址两次 ARP 请求的间隔，单位百分之一秒。',
  },
  {
    name: 'retrans_time_ms',
    field: 'retrans_time_ms',
    unit: 1,
    defaultText: '1000',
    en: 'The same in milliseconds.',
    zh: '同上，单位毫秒。',
  },
  {
    name: 'delay_first_probe_time',
    field: 'delay_first_probe_time',
    unit: 1,
    defaultText: '5',
    en: 'Seconds to wait for a sign of life before a stale neighbour in use is probed.',
    zh: '使用中的 STALE 邻居在被探测前等待确认的秒数。',
  },
  {
    name: 'gc_stale_time',
    field: 'gc_stale_time',
    unit: 1,
    defaultText: '60',
    en: 'Seconds after which an unused entry may be removed, once the table is large (gc_thresh1).',
    zh: '表项闲置多少秒后可被清除（表项数超过 gc_thresh1 时）。',
  },
  {
    name: 'mcast_solicit',
    field: 'mcast_solicit',
    unit: 1,
    defaultText: '3',
    en: 'Broadcast ARP requests before an address counts as unreachable.',
    zh: '判定地址不可达之前发送的广播 ARP 请求次数。',
  },
  {
    name: 'ucast_solicit',
    field: 'ucast_solicit',
    unit: 1,
    defaultText: '3',
    en: 'Unicast ARP requests to a known neighbour before it counts as gone.',
    zh: '判定已知邻居失联之前发送的单播 ARP 请求次数。',
  },
  {
    name: 'app_solicit',
    field: 'app_solicit',
    unit: 1,
    defaultText: '0',
    en: 'Requests handed to a user-space ARP daemon first; there is none here.',
    zh: '先交给用户态 ARP 守护进程的请求次数；此处没有该进程。',
  },
  {
    name: 'mcast_resolicit',
    field: 'mcast_resolicit',
    unit: 1,
    defaultText: '0',
    en: 'Broadcast requests after the unicast ones to a known neighbour have failed.',
    zh: '对已知邻居的单播探测失败后再发送的广播请求次数。',
  },
  {
    name: 'interval_probe_time_ms',
    field: 'interval_probe_time_ms',
    unit: 1,
    defaultText: '5000',
    en: 'Milliseconds between probes of entries that a driver manages; there are none here.',
    zh: '驱动托管表项的探测间隔（毫秒）；此处没有这类表项。',
  },
  {
    name: 'unres_qlen_bytes',
    field: 'unres_qlen_bytes',
    unit: 1,
    defaultText: '212992',
    en: 'Bytes of packets that may wait for one unresolved address; beyond it the oldest is dropped.',
    zh: '每个未解析地址可排队等待的字节数；超出时丢弃最旧的报文。',
  },
  {
    name: 'unres_qlen',
    field: 'unres_qlen_bytes',
    unit: FULL_FRAME_TRUESIZE,
    defaultText: '101',
    en: 'The same counted in full frames.',
    zh: '同上，以满长帧计。',
  },
  {
    name: 'locktime',
    field: 'locktime',
    unit: 1,
    defaultText: '100',
    en: 'Hundredths of a second for which a fresh entry is not overwritten by a second answer: the first reply wins.',
    zh: '新表项在多少百分之一秒内不被第二个应答覆盖：先到的应答有效。',
  },
  {
    name: 'proxy_delay',
    field: 'proxy_delay',
    unit: 1,
    defaultText: '80',
    en: 'Longest random delay of a proxy ARP answer, hundredths of a second.',
    zh: '代理 ARP 应答的最大随机延迟，单位百分之一秒。',
  },
  {
    name: 'proxy_qlen',
    field: 'proxy_qlen',
    unit: 1,
    defaultText: '64',
    en: 'Requests that may wait for their delayed proxy answer.',
    zh: '等待延迟代答的请求数上限。',
  },
  {
    name: 'anycast_delay',
    field: 'anycast_delay',
    unit: 1,
    defaultText: '100',
    en: 'Belongs to IPv6; kept and shown.',
    zh: '用于 IPv6；可读可写。',
  },
];

function parmsOf(host: HostState, place: string): NeighParms | null {
  if (place === 'default') return host.neigh.parms;
  return devByName(host, place)?.neighParms ?? null;
}

/** Sets one value, and what hangs on it. */
function setParm(net: Net, parms: NeighParms, field: ParmName, value: number): void {
  parms[field] = value;
  if (field === 'base_reachable_time_ms') parms.reachableTimeMs = value === 0 ? 0 : (value >> 1) + net.randomBelow(value);
}

function parmRow(spec: Spec): SysctlRow {
  return {
    name: `net.ipv4.neigh.*.${spec.name}`,
    en: spec.en,
    zh: spec.zh,
    source: 'Linux 6.1 net/core/neighbour.c',
    defaultText: spec.defaultText,
    range: { min: 0, max: 2147483647 },
    combine: 'iface',
    writable: true,
    read(net, place) {
      const parms = parmsOf(net.host, place);
      return parms === null ? null : String(Math.floor(parms[spec.field] / spec.unit));
    },
    write(net, place, written) {
      const parms = parmsOf(net.host, place);
      if (parms === null) return 'ENOENT';
      const value = parseInt32(written);
      if (value === null || value < 0 || value * spec.unit > 2147483647) return 'EINVAL';
      setParm(net, parms, spec.field, value * spec.unit);
      if (!parms.ownNames.includes(spec.field)) parms.ownNames.push(spec.field);
      // Interfaces whose own value nobody has written follow the default.
      if (place !== 'default') return null;
      for (const dev of net.host.devs) {
        if (dev !== null && !dev.confOwn.includes('*') && !dev.neighParms.ownNames.includes(spec.field))
          setParm(net, dev.neighParms, spec.field, value * spec.unit);
      }
      return null;
    },
  };
}

type TableName = 'gc_thresh1' | 'gc_thresh2' | 'gc_thresh3' | 'gc_interval';

function tableRow(name: TableName, defaultText: string, en: string, zh: string): SysctlRow {
  return {
    name: `net.ipv4.neigh.default.${name}`,
    en,
    zh,
    source: 'Linux 6.1 net/core/neighbour.c',
    defaultText,
    range: { min: 0, max: 2147483647 },
    writable: true,
    read: (net) => String(net.host.neigh[name]),
    write(net, _place, written) {
      const value = parseInt32(written);
      if (value === null || value < 0) return 'EINVAL';
      net.host.neigh[name] = value;
      return null;
    },
  };
}

export const neighRows: readonly SysctlRow[] = [
  ...specs.map(parmRow),
  tableRow('gc_interval', '30', 'Seconds between two looks for entries to remove.', '两次清理检查之间的秒数。'),
  tableRow(
    'gc_thresh1',
    '128',
    'With fewer entries than this nothing is ever removed: in a small lab STALE and FAILED entries stay.',
    '表项少于此数时从不清理：小型实验中 STALE 和 FAILED 表项会一直保留。',
  ),
  tableRow(
    'gc_thresh2',
    '512',
    'With more entries than this the table is cleaned at most every 5 seconds.',
    '表项多于此数时，最多每 5 秒清理一次。',
  ),
  tableRow(
    'gc_thresh3',
    '1024',
    'With this many entries that cannot be removed new neighbours are refused.',
    '达到此数且无法清理时，拒绝新的邻居。',
  ),
];
