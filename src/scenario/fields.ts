/**
 * What each field of a lab file is for, in words.
 * Comes from: schema.ts, whose fields these are.  Goes to: json-schema.ts, docs/lab-files.md.
 */
import type { Text } from './types.ts';

/** By path: `*` stands for a name that the file chooses, `[]` for each entry of a list. */
export const FIELDS: Readonly<Record<string, Text>> = {
  'lvs-lab': { en: 'marks the file as a lab, and says in which version of the format it is written', zh: '说明这是实验文件，以及格式版本' },
  title: { en: 'name of the lab', zh: '实验名称' },
  about: { en: 'what it shows and what to try, above the switches', zh: '实验说明：展示什么、可以试什么，显示在开关上方' },
  seed: {
    en: 'what chance begins with: ports, sequence numbers, losses; the same seed gives the same run. Left out: 1',
    zh: '随机数种子，决定端口、序列号和丢包；种子相同，运行就相同。默认 1',
  },
  nodes: { en: 'the machines and switches, by name', zh: '所有主机和交换机，以名称为键' },
  'nodes.*.kind': { en: 'a Linux host or a switch. Left out: a host', zh: 'Linux 主机或交换机，默认是主机' },
  'nodes.*.role': {
    en: 'how it is drawn, and how its addresses are called (CIP, VIP, DIP, RIP)',
    zh: '决定图标，以及地址的叫法（CIP、VIP、DIP、RIP）',
  },
  'nodes.*.at': {
    en: 'place on the map, right and down. Without any places the map is tidied by itself',
    zh: '地图上的位置，向右、向下。全都不写时自动布局',
  },
  'nodes.*.interfaces': {
    en: 'network cards of a host, by name; {} for one with nothing special',
    zh: '主机的网卡，以接口名为键；没有特别设置时写 {}',
  },
  'nodes.*.interfaces.*.mac': {
    en: 'hardware address. Left out: 02:00:00:00:00:01 and on, in the order of the file',
    zh: 'MAC 地址。不写时按文件顺序从 02:00:00:00:00:01 起分配',
  },
  'nodes.*.interfaces.*.mtu': { en: 'longest packet, bytes. Left out: 1500', zh: '最大报文长度（字节），默认 1500' },
  'nodes.*.setup': {
    en: 'what is typed at the host before time begins, as in a terminal',
    zh: '开始之前在主机上执行的命令，与在终端里输入相同',
  },
  'nodes.*.ports': { en: 'ports of a switch. Left out: as many as its cables need', zh: '交换机的端口数，默认够插所有网线' },
  links: { en: 'the cables', zh: '网线' },
  'links[].ends': { en: 'what it connects: host:interface, switch, or switch:port', zh: '两端：主机:接口、交换机，或 交换机:端口' },
  'links[].delay': { en: 'time from end to end. Left out: 50us', zh: '从一端到另一端的时间，默认 50us' },
  'links[].rate': {
    en: 'bits per second; none: a frame takes no time to be sent. Left out: 1G',
    zh: '每秒比特数；none 表示发送不花时间。默认 1G',
  },
  'links[].loss': { en: 'share of the frames that get lost. Left out: none', zh: '丢帧比例，默认不丢' },
  timeline: { en: 'commands that are typed while time goes on', zh: '运行中按时刻输入的命令' },
  'timeline[].at': { en: 'when', zh: '时刻' },
  'timeline[].node': { en: 'at which host', zh: '在哪台主机' },
  'timeline[].run': { en: 'the command', zh: '命令' },
  'timeline[].title': { en: 'what it is for, on the timeline', zh: '用途，显示在时间轴上' },
  until: { en: 'end of the run. Left out: 10 s after the last command', zh: '运行结束的时刻。默认最后一条命令之后 10 秒' },
  pins: { en: 'settings that the page shows as switches, to be tried out', zh: '页面上显示为开关的内核参数，供人试验' },
  hints: { en: 'remarks that appear when their moment has come', zh: '到了某一时刻显示的提示' },
  'hints[].at': { en: 'from when on', zh: '从何时起显示' },
  'hints[].text': { en: 'the remark', zh: '提示内容' },
  bookmarks: { en: 'moments worth going back to; the tour of the presenter visits them', zh: '值得回看的时刻，演示模式按它们导览' },
  'bookmarks[].at': { en: 'the moment', zh: '时刻' },
  'bookmarks[].text': { en: 'its name', zh: '名称' },
};
