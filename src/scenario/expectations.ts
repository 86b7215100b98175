/** What a field of the file has to hold, in words. Ids are used by schema.ts and check.ts. */
import type { Text } from './types.ts';

export const EXPECTATIONS = {
  version: { en: 'the version of the format, 1', zh: '格式版本号 1' },
  text: { en: 'a text, or { en: …, zh: … }', zh: '一段文字，或 { en: …, zh: … }' },
  mac: {
    en: 'a MAC address of one host such as 02:00:00:00:00:01',
    zh: '单播 MAC 地址，例如 02:00:00:00:00:01',
  },
  span: { en: 'a span of time such as 50us, 1.5ms or 2s', zh: '时间长度，例如 50us、1.5ms 或 2s' },
  rate: { en: 'a rate such as 10M, 1G or none', zh: '速率，例如 10M、1G 或 none' },
  loss: { en: 'a share from 0 to 1, or a percentage such as 5%', zh: '0 到 1 之间的比例，或百分数，例如 5%' },
  name: {
    en: 'a name of letters, digits, - and _, at most 32, beginning with a letter',
    zh: '以字母开头的名称，只含字母、数字、- 和 _，不超过 32 个字符',
  },
  iface: {
    en: 'an interface name such as eth0, at most 15 characters',
    zh: '接口名，例如 eth0，不超过 15 个字符',
  },
  end: { en: 'an end of a cable: node:interface, or a switch', zh: '网线的一端：节点:接口，或交换机名' },
  at: { en: 'a place [x, y]', zh: '坐标 [x, y]' },
  role: {
    en: 'client, router, director, realserver, host or switch',
    zh: 'client、router、director、realserver、host 或 switch',
  },
  kind: { en: 'linux or switch', zh: 'linux 或 switch' },
  mtu: { en: 'an MTU from 68 to 9000', zh: '68 到 9000 的 MTU' },
  seed: { en: 'a whole number from 0 to 4294967295', zh: '0 到 4294967295 的整数' },
  command: { en: 'a command of at most 4096 characters', zh: '不超过 4096 个字符的命令' },
  setup: { en: 'shell commands, at most 65536 characters', zh: 'shell 命令，不超过 65536 个字符' },
  pin: { en: "a switch as 'node: net.ipv4.…'", zh: "开关，写作 '节点: net.ipv4.…'" },
  link: {
    en: 'a cable: [end, end] or { ends: [end, end], … }',
    zh: '网线：[端, 端] 或 { ends: [端, 端], … }',
  },
  ports: { en: 'a number of ports from 1 to 1100', zh: '1 到 1100 的端口数' },
  'known-node': { en: 'the name of a node of this file', zh: '本文件中某个节点的名称' },
  'known-host': { en: 'the name of a Linux node of this file', zh: '本文件中某个 Linux 节点的名称' },
  'known-interface': { en: 'an interface that the node has', zh: '该节点已有的接口' },
  'free-end': { en: 'an end without a cable', zh: '尚未插网线的一端' },
  'free-port': { en: 'a switch with a free port', zh: '还有空闲端口的交换机' },
  'other-end': { en: 'another node at the other end', zh: '另一端是别的节点' },
  'own-mac': { en: 'a MAC address that no other interface has', zh: '没有被其他接口使用的 MAC 地址' },
  'own-name': { en: 'a name that no other node has', zh: '没有被其他节点使用的名称' },
  'own-interface': { en: 'a name that no other interface of the node has', zh: '该节点其他接口没有使用的名称' },
  'host-role': { en: 'a role of a Linux node: a switch stays a switch', zh: 'Linux 节点的角色；交换机不能改为其他角色' },
  'known-link': { en: 'a cable of this file', zh: '本文件中的一条网线' },
  'known-command': { en: 'a command of the timeline', zh: '时间线上的一条命令' },
  'host-only': { en: 'no such key on a switch', zh: '交换机没有这个键' },
  'switch-only': { en: 'no such key on a Linux node', zh: 'Linux 节点没有这个键' },
  before: { en: 'a moment before the end of the run', zh: '早于运行结束的时刻' },
  size: { en: 'a file of at most 1 MiB', zh: '不超过 1 MiB 的文件' },
  aliases: { en: 'at most 100 uses of anchors', zh: '锚点引用不超过 100 次' },
  anchor: { en: 'an alias of an anchor (&name) that stands above it', zh: '引用前文已有锚点（&名称）的别名' },
  depth: { en: 'at most 200 levels of nesting', zh: '嵌套不超过 200 层' },
  yaml: { en: 'YAML 1.2', zh: 'YAML 1.2' },
  'lab-file': { en: 'a lab file that begins with lvs-lab: 1', zh: '以 lvs-lab: 1 开头的实验文件' },
} as const satisfies Record<string, Text>;

export type Expectation = keyof typeof EXPECTATIONS;

export function isExpectation(id: string): id is Expectation {
  return Object.hasOwn(EXPECTATIONS, id);
}
