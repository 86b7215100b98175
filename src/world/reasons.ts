/** Why a cable did what it did, and what was done from outside. */
import type { ReasonTable } from '../host/index.ts';

export const worldReasons = {
  'link.sent': {
    en: '{node} puts {bytes} bytes on the cable to {toNode:node}.',
    zh: '{node} 把 {bytes} 字节发到通往 {toNode:node} 的网线上。',
    source: 'IEEE 802.3 §4',
    notability: 1,
  },
  'link.lost': {
    en: 'The frame is lost on the cable from {node} to {toNode:node}: the link is set to lose {loss} of a million frames.',
    zh: '帧在 {node} 到 {toNode:node} 的网线上丢失：该链路设定每百万帧丢失 {loss} 帧。',
    source: 'scenario: loss of the link',
    notability: 3,
    decidedBy: 'loss of the link',
  },
  'link.down': {
    en: 'The frame goes nowhere: the cable at {dev} of {node} is pulled out.',
    zh: '帧无处可去：{node} 的 {dev} 网线已被拔出。',
    source: 'scenario: state of the link',
    notability: 3,
    decidedBy: 'state of the link',
  },
  'link.no-cable': {
    en: 'The frame goes nowhere: no cable is plugged into {dev} of {node}.',
    zh: '帧无处可去：{node} 的 {dev} 没有插网线。',
    source: 'scenario: links',
    notability: 3,
    decidedBy: 'links of the scenario',
  },
  'link.full': {
    en: 'The frame is dropped: {waiting} ns of frames already wait for the cable at {dev} of {node}.',
    zh: '帧被丢弃：{node} 的 {dev} 已有 {waiting} ns 的帧在排队等待发送。',
    source: 'Linux 6.1 net/sched/sch_generic.c, pfifo_fast',
    notability: 3,
    decidedBy: 'transmit queue',
  },
  'link.changed': {
    en: 'The cable between {a} and {b} is now {state}.',
    zh: '{a} 与 {b} 之间的网线现在是：{state}。',
    source: 'journal',
    notability: 2,
  },
  'tty.output': {
    en: '{node} prints on {tty}.',
    zh: '{node} 在 {tty} 上输出。',
    source: 'write(2)',
    notability: 0,
  },
  'module.loaded': {
    en: 'The module {module} is loaded on {node}.',
    zh: '{node} 已加载模块 {module}。',
    source: 'modprobe(8)',
    notability: 1,
  },
  'node.unknown': {
    en: 'The journal names {name}, but there is no such node or cable.',
    zh: '操作记录提到 {name}，但没有这个节点或网线。',
    source: 'journal',
    notability: 3,
  },
} as const satisfies ReasonTable;
