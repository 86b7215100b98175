/**
 * Why a scheduler chose a server: one sentence for each scheduler, with the winner's numbers.
 * Comes from: schedule.ts.  Goes to: reasons.ts.
 */
import type { ReasonTable } from '../host/index.ts';

const DIR = 'Linux 6.1 net/netfilter/ipvs';

export const pickReasons = {
  'ipvs.picked-rr': {
    en: 'rr: {rip:ip}:{rport} is the next of the {servers} servers of {svc} in turn.',
    zh: 'rr：按顺序轮到 {svc} 的 {servers} 台服务器中的 {rip:ip}:{rport}。',
    source: `${DIR}/ip_vs_rr.c`,
    notability: 3,
    decidedBy: 'scheduler rr',
  },
  'ipvs.picked-wrr': {
    en: 'wrr: {rip:ip}:{rport} is the next whose weight ({weight}) reaches the current weight {cw} (it falls from {mw} by {di}).',
    zh: 'wrr：{rip:ip}:{rport} 是下一台权重（{weight}）不低于当前权重 {cw} 的服务器（当前权重从 {mw} 起每次减 {di}）。',
    source: `${DIR}/ip_vs_wrr.c`,
    notability: 3,
    decidedBy: 'scheduler wrr',
  },
  'ipvs.picked-lc': {
    en: 'lc: {rip:ip}:{rport} has the smallest load, {active} active × 256 + {inactive} inactive = {load}.',
    zh: 'lc：{rip:ip}:{rport} 负载最小：活动 {active} × 256 + 非活动 {inactive} = {load}。',
    source: `${DIR}/ip_vs_lc.c`,
    notability: 3,
    decidedBy: 'scheduler lc',
  },
  'ipvs.picked-wlc': {
    en: 'wlc: {rip:ip}:{rport} has the smallest ({active} × 256 + {inactive}) / weight = {load} / {weight}.',
    zh: 'wlc：{rip:ip}:{rport} 的（{active} × 256 + {inactive}）/ 权重 = {load} / {weight} 最小。',
    source: `${DIR}/ip_vs_wlc.c`,
    notability: 3,
    decidedBy: 'scheduler wlc',
  },
  'ipvs.picked-lblc': {
    en: 'lblc: requests for {target:ip} go to {rip:ip}:{rport} ({active} active, weight {weight}) as long as it is not overloaded.',
    zh: 'lblc：只要不过载，对 {target:ip} 的请求都去 {rip:ip}:{rport}（活动 {active}，权重 {weight}）。',
    source: `${DIR}/ip_vs_lblc.c`,
    notability: 3,
    decidedBy: 'scheduler lblc',
  },
  'ipvs.picked-lblcr': {
    en: 'lblcr: {rip:ip}:{rport} is the least loaded of the {members} servers that serve {target:ip}.',
    zh: 'lblcr：在服务 {target:ip} 的 {members} 台服务器中，{rip:ip}:{rport} 负载最小。',
    source: `${DIR}/ip_vs_lblcr.c`,
    notability: 3,
    decidedBy: 'scheduler lblcr',
  },
  'ipvs.picked-dh': {
    en: 'dh: the hash of {target:ip} is bucket {bucket} of 256, which belongs to {rip:ip}:{rport}.',
    zh: 'dh：{target:ip} 散列到 256 个桶中的第 {bucket} 个，属于 {rip:ip}:{rport}。',
    source: `${DIR}/ip_vs_dh.c`,
    notability: 3,
    decidedBy: 'scheduler dh',
  },
  'ipvs.picked-sh': {
    en: 'sh: the hash of {client:ip} (port {cport}) is bucket {bucket} of 256, which leads to {rip:ip}:{rport}.',
    zh: 'sh：{client:ip}（端口 {cport}）散列到 256 个桶中的第 {bucket} 个，指向 {rip:ip}:{rport}。',
    source: `${DIR}/ip_vs_sh.c`,
    notability: 3,
    decidedBy: 'scheduler sh',
  },
  'ipvs.picked-sed': {
    en: 'sed: {rip:ip}:{rport} has the smallest (active + 1) / weight = {cost} / {weight}.',
    zh: 'sed：{rip:ip}:{rport} 的（活动 + 1）/ 权重 = {cost} / {weight} 最小。',
    source: `${DIR}/ip_vs_sed.c`,
    notability: 3,
    decidedBy: 'scheduler sed',
  },
  'ipvs.picked-nq': {
    en: 'nq: {rip:ip}:{rport} with {active} active connections: an idle server is taken at once, otherwise the smallest (active + 1) / weight.',
    zh: 'nq：{rip:ip}:{rport} 有 {active} 个活动连接：有空闲服务器就直接选它，否则取（活动 + 1）/ 权重最小者。',
    source: `${DIR}/ip_vs_nq.c`,
    notability: 3,
    decidedBy: 'scheduler nq',
  },
  'ipvs.picked-fo': {
    en: 'fo: {rip:ip}:{rport} has the highest weight ({weight}) of the servers that may be used.',
    zh: 'fo：{rip:ip}:{rport} 是可用服务器中权重最高的（{weight}）。',
    source: `${DIR}/ip_vs_fo.c`,
    notability: 3,
    decidedBy: 'scheduler fo',
  },
  'ipvs.picked-ovf': {
    en: 'ovf: {rip:ip}:{rport} has the highest weight ({weight}) of those whose active connections ({active}) are not above it.',
    zh: 'ovf：在活动连接数（{active}）不超过权重的服务器中，{rip:ip}:{rport} 权重最高（{weight}）。',
    source: `${DIR}/ip_vs_ovf.c`,
    notability: 3,
    decidedBy: 'scheduler ovf',
  },
  'ipvs.picked-mh': {
    en: 'mh: the hash of {client:ip} (port {cport}) is place {bucket} of 4093, which leads to {rip:ip}:{rport}.',
    zh: 'mh：{client:ip}（端口 {cport}）散列到 4093 个位置中的第 {bucket} 个，指向 {rip:ip}:{rport}。',
    source: `${DIR}/ip_vs_mh.c`,
    notability: 3,
    decidedBy: 'scheduler mh',
  },
  'ipvs.picked-twos': {
    en: 'twos: of two servers drawn by weight, {rip:ip}:{rport} has the smaller load {load} / {weight}.',
    zh: 'twos：按权重随机抽两台，{rip:ip}:{rport} 的负载 {load} / {weight} 较小。',
    source: `${DIR}/ip_vs_twos.c`,
    notability: 3,
    decidedBy: 'scheduler twos',
  },
} as const satisfies ReasonTable;
