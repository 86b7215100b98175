/**
 * Tools that people reach for and that the lab has no counterpart of: each says so, and what to use.
 * `ethtool` shows the little that a cable of the lab has.
 * Comes from: config-commands.ts.
 * Source: ethtool 6.1, bridge-utils 1.7, iproute2 6.1.0 (tc), nftables 1.0.6.
 */
import { devByName } from '../../host/index.ts';
import type { Command, CommandContext, ManPage } from '../command.ts';
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

function ethtoolRun(ctx: CommandContext): number {
  const words = ctx.argv.slice(1);
  const option = words.find((word) => word.startsWith('-'));
  const name = words.find((word) => !word.startsWith('-'));
  if (name === undefined) throw new ToolError('ethtool: bad command line argument(s)\nFor more information run ethtool -h\n', 1);
  const dev = devByName(ctx.net.host, name);
  if (dev === null) throw new ToolError(`netlink error: no device matches name (offset 24)\nnetlink error: No such device\n`, 75);
  if (option === '-i') {
    const driver = dev.kind === 'ethernet' ? 'veth' : dev.kind;
    ctx.out(`driver: ${driver}\nversion: 1.0\nfirmware-version: \nexpansion-rom-version: \nbus-info: \n`);
    ctx.out(
      'supports-statistics: no\nsupports-test: no\nsupports-eeprom-access: no\nsupports-register-dump: no\nsupports-priv-flags: no\n',
    );
    return 0;
  }
  if (option !== undefined) throw notModelled('ethtool', option, 'offloads are always off; speed and loss are settings of the link');
  if (dev.kind !== 'ethernet') {
    ctx.out(`Settings for ${name}:\n\tLink detected: ${dev.up ? 'yes' : 'no'}\n`);
    return 0;
  }
  ctx.out(
    `Settings for ${name}:\n\tSupported ports: [  ]\n\tSpeed: 10000Mb/s\n\tDuplex: Full\n\tAuto-negotiation: off\n\tPort: Twisted Pair\n`,
  );
  ctx.out(`\tPHYAD: 0\n\tTransceiver: internal\n\tMDI-X: Unknown\n\tLink detected: ${dev.up && dev.carrier ? 'yes' : 'no'}\n`);
  return 0;
}

export const unmodelledCommands: readonly Command[] = [
  {
    name: 'ethtool',
    man: {
      en: 'shows whether an interface has a link',
      zh: '查看接口的链路状态',
      synopsis: ['ethtool DEV', 'ethtool -i DEV'],
      notModelled: ['changing anything; offloads are always off'],
      source: 'ethtool 6.1',
    },
    run: (ctx) => runTool(ctx, () => ethtoolRun(ctx)),
    complete: (net, words) => net.host.devs.flatMap((dev) => (dev !== null && dev.name.startsWith(words.at(-1) ?? '') ? [dev.name] : [])),
  },
  refusing('brctl', 'put a switch into the scenario instead', {
    en: 'bridges inside a host are not modelled: a switch is a node of its own',
    zh: '主机内的网桥未建模：请使用独立的交换机节点',
    synopsis: [],
    notModelled: ['all of it'],
    source: 'bridge-utils 1.7',
  }),
  refusing('tc', 'delay, rate and loss are settings of the link', {
    en: 'traffic control is not modelled: delay, rate and loss are settings of a link',
    zh: '流量控制未建模：延迟、带宽和丢包在链路上设置',
    synopsis: [],
    notModelled: ['all of it'],
    source: 'iproute2 6.1.0',
  }),
  refusing('nft', 'use iptables and arptables', {
    en: 'nftables is not modelled: use iptables and arptables',
    zh: 'nftables 未建模：请使用 iptables 和 arptables',
    synopsis: [],
    notModelled: ['all of it'],
    source: 'nftables 1.0.6',
  }),
];
