/**
 * What every object of `ip` works with: the node, the options, and the way out.
 * Comes from: index.ts.  Goes to: link.ts, addr.ts, route*.ts, neigh.ts, rule.ts, tunnel.ts, maddr.ts.
 */
import { devByName, type Dev } from '../../../host/index.ts';
import type { CommandContext } from '../../command.ts';
import type { NodeNet } from '../../../world/index.ts';
import { noDevice, type IpOptions } from './args.ts';

export interface IpRun {
  readonly net: NodeNet;
  readonly opts: IpOptions;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

export function createIpRun(ctx: CommandContext, opts: IpOptions): IpRun {
  return { net: ctx.net, opts, out: (text) => ctx.out(text), err: (text) => ctx.err(text) };
}

/** Interfaces in the order of their numbers. */
export function allDevs(net: NodeNet): Dev[] {
  return net.host.devs.filter((dev): dev is Dev => dev !== null);
}

/**
 * The interface of that name. Asking for one that is not there makes the kernel look for a module that
 * would bring it (dev_load): `tunl0` comes with ipip.
 */
export function findDev(net: NodeNet, name: string): Dev | null {
  const dev = devByName(net.host, name);
  if (dev !== null || name !== 'tunl0') return dev;
  net.modprobe('ipip');
  return devByName(net.host, name);
}

/** The interface of that name, or `Cannot find device` and the end. */
export function devOrFail(run: IpRun, name: string): Dev {
  const dev = findDev(run.net, name);
  if (dev === null) throw noDevice(name);
  return dev;
}

/** Synopsis lines of one object, printed for `help` and for a line that says too little. */
export function usage(run: IpRun, lines: readonly string[]): number {
  run.err(`${lines.map((line, i) => `${i === 0 ? 'Usage: ' : '       '}${line}`).join('\n')}\n`);
  return 255;
}
