/**
 * Tools that people reach for and that the lab has no counterpart of: each says so, and what to use.
 * `ethtool` shows the little that a cable of the lab has.
 * Comes from: config-commands.ts.
 * Source: ethtool 6.1, bridge-utils 1.7, iproute2 6.1.0 (tc), nftables 1.0.6.
 */
import { devByName, type Dev } from '../../host/index.ts';
import type { Command, CommandContext, ManPage } from '../command.ts';
import { entryOf } from '../entry-of.ts';
import { notModelled, runTool, ToolError } from './tool-error.ts';

function refusing(name: string, hint: string, man: ManPage): Command {
  return {
    name,
    man,
    run: (ctx) =>
      runTool(ctx, () => {
        throw notModelled(name, ctx.argv.slice(1).join(' ') || name, hint);
      }),
  };
}

/** What the driver of a virtual cable says it can do, in front of the speed. */
const CABLE_ABILITIES = [
  'Supported ports: [  ]',
  'Supported link modes:   Not reported',
  'Supported pause frame use: No',
  'Supports auto-negotiation: No',
  'Supported FEC modes: Not reported',
  'Advertised link modes:  Not reported',
  'Advertised pause frame use: No',
  'Advertised auto-negotiation: No',
  'Advertised FEC modes: Not reported',
  'Speed: 10000Mb/s',
  'Duplex: Full',
  'Auto-negotiation: off',
  'Port: Twisted Pair',
  'PHYAD: 0',
  'Transceiver: internal',
  'MDI-X: Unknown',
] as const;

const NO_DEVICE = 'netlink error: no device matches name (offset 24)\nnetlink error: No such device\n';
/** Questions that a virtual interface has no answer to, and the code they end with. */
const UNSUPPORTED: Readonly<Record<string, number>> = { '-s': 75, '-a': 1, '-A': 1, '-g': 1, '-G': 1, '-c': 1, '-C': 1, '-l': 1, '-L': 1 };

function ethtoolRun(ctx: CommandContext): number {
  const words = ctx.argv.slice(1);
  const option = words[0]?.startsWith('-') === true ? words[0] : undefined;
  const name = option === undefined ? words[0] : words[1];
  if (name === undefined) throw new ToolError('ethtool: bad command line argument(s)\nFor more information run ethtool -h\n', 1);
  const dev = devByName(ctx.net.host, name);
  if (dev === null)
    throw new ToolError(option === undefined ? `${NO_DEVICE.repeat(5)}No data available\n` : NO_DEVICE, option === undefined ? 75 : 1);
  const unsupported = option === undefined ? undefined : entryOf(UNSUPPORTED, option);
  if (unsupported !== undefined) throw new ToolError('netlink error: Operation not supported\n', unsupported);
  if (option === '-i') ctx.out(driverText(dev));
  else if (option === '-P') ctx.out('Permanent address: not set\n');
  else if (option === '-K') switchOffloads(words.slice(2));
  else if (option !== undefined) throw notModelled('ethtool', option, 'offloads are always off; speed and loss are settings of the link');
  else {
    const able = dev.kind === 'ethernet' ? CABLE_ABILITIES.map((line) => `\t${line}\n`).join('') : '';
    ctx.out(`Settings for ${name}:\n${able}\tLink detected: ${dev.up && dev.carrier ? 'yes' : 'no'}\n`);
  }
  return 0;
}

function driverText(dev: Dev): string {
  const driver = dev.kind === 'ethernet' ? 'veth' : dev.kind;
  const able = ['test', 'eeprom-access', 'register-dump', 'priv-flags'].map((what) => `supports-${what}: no\n`).join('');
  return (
    `driver: ${driver}\nversion: 1.0\nfirmware-version: \nexpansion-rom-version: \nbus-info: \n` +
    `supports-statistics: ${dev.kind === 'ethernet' ? 'yes' : 'no'}\n${able}`
  );
}

/** They are off: switching one off changes nothing. */
function switchOffloads(words: readonly string[]): void {
  const on = words.findIndex((word, i) => i % 2 === 1 && word === 'on');
  if (on > 0) throw notModelled('ethtool', `-K ${words[on - 1]} on`, 'offloads are always off');
  if (words.length === 0 || words.length % 2 === 1)
    throw new ToolError('ethtool: bad command line argument(s)\nFor more information run ethtool -h\n', 1);
}

/** `tc qdisc show`: every interface sends without a queue. */
function tcRun(ctx: CommandContext): number {
  const words = ctx.argv.slice(1).filter((word) => !/^-(?:s|d|n|p|stat\w*)$/.test(word));
  const [object = '', verb = 'show', ...rest] = words;
  const lists =
    ['show', 'list', 'lst'].some((one) => one.startsWith(verb)) && (rest.length === 0 || (rest.length === 2 && rest[0] === 'dev'));
  if (!lists || !['qdisc', 'class', 'filter'].some((one) => object !== '' && one.startsWith(object)))
    throw notModelled('tc', ctx.argv.slice(1).join(' ') || 'tc', 'delay, rate and loss are settings of the link');
  const name = rest[1];
  if (name !== undefined && devByName(ctx.net.host, name) === null) throw new ToolError(`Cannot find device "${name}"\n`, 1);
  if (!'qdisc'.startsWith(object)) return 0;
  const counted = ctx.argv.some((word) => word.startsWith('-s'));
  for (const dev of ctx.net.host.devs) {
    // what an interface has that was never up is not listed
    if (dev === null || !dev.everUp || (name !== undefined && dev.name !== name)) continue;
    ctx.out(`qdisc noqueue 0: ${name === undefined ? `dev ${dev.name} ` : ''}root refcnt 2 \n`);
    if (counted) ctx.out(' Sent 0 bytes 0 pkt (dropped 0, overlimits 0 requeues 0) \n backlog 0b 0p requeues 0\n');
  }
  return 0;
}

/** `brctl show`, `bridge link`: no host has a bridge. */
function bridgeRun(ctx: CommandContext): number {
  const [object = '', verb = 'show'] = ctx.argv.slice(1);
  const empty = ctx.argv[0] === 'brctl' ? ['show'] : ['link', 'mdb'];
  const lists = ctx.argv[0] === 'brctl' || verb === 'show';
  if (empty.includes(object) && lists) return 0;
  throw notModelled(ctx.argv[0] as string, ctx.argv.slice(1).join(' ') || 'bridges', 'put a switch into the lab file instead');
}

export const unmodelledCommands: readonly Command[] = [
  {
    name: 'ethtool',
    man: {
      en: 'shows whether an interface has a link',
      zh: '查看接口的链路状态',
      synopsis: ['ethtool DEV', 'ethtool -i DEV', 'ethtool -P DEV', 'ethtool -K DEV FEATURE off'],
      notModelled: ['changing anything; offloads are always off', '-k, -S'],
      source: 'ethtool 6.1',
    },
    run: (ctx) => runTool(ctx, () => ethtoolRun(ctx)),
    complete: (net, words) => net.host.devs.flatMap((dev) => (dev !== null && dev.name.startsWith(words.at(-1) ?? '') ? [dev.name] : [])),
  },
  ...['brctl', 'bridge'].map((name): Command => ({
    name,
    man: {
      en: 'bridges inside a host are not modelled: a switch is a node of its own',
      zh: '主机内的网桥未建模：请使用独立的交换机节点',
      synopsis: name === 'brctl' ? ['brctl show'] : ['bridge link'],
      notModelled: ['bridges: the list is empty'],
      source: name === 'brctl' ? 'bridge-utils 1.7' : 'iproute2 6.1.0',
    },
    run: (ctx) => runTool(ctx, () => bridgeRun(ctx)),
  })),
  {
    name: 'tc',
    man: {
      en: 'traffic control is not modelled: delay, rate and loss are settings of a link',
      zh: '流量控制未建模：延迟、带宽和丢包在链路上设置',
      synopsis: ['tc [-s] qdisc show [dev DEV]'],
      notModelled: ['queues of any kind, classes and filters'],
      source: 'iproute2 6.1.0',
    },
    run: (ctx) => runTool(ctx, () => tcRun(ctx)),
  },
  refusing('nft', 'use iptables and arptables', {
    en: 'nftables is not modelled: use iptables and arptables',
    zh: 'nftables 未建模：请使用 iptables 和 arptables',
    synopsis: [],
    notModelled: ['all of it'],
    source: 'nftables 1.0.6',
  }),
];
