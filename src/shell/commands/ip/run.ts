/**
 * What every object of `ip` works with: the node, the options, and the way out.
 * Comes from: index.ts.  Goes to: link.ts, addr.ts, route*.ts, neigh.ts, rule.ts, tunnel.ts, maddr.ts.
 */
import { devByName, type Dev } from '../../../host/index.ts';
import type { CommandContext } from '../../command.ts';
import type { NodeNet } from '../../../world/index.ts';
import { ToolError } from '../tool-error.ts';
import { noDevice, type IpOptions } from './args.ts';
import { Printer } from './printer.ts';

export interface IpRun {
  readonly net: NodeNet;
  readonly opts: IpOptions;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** standard input, when it is no terminal */
  readonly stdin: string | null;
  /** a file of the host; null: there is none */
  readonly file: (name: string) => string | null;
}

export function createIpRun(ctx: CommandContext, opts: IpOptions): IpRun {
  return {
    net: ctx.net,
    opts,
    out: (text) => ctx.out(text),
    err: (text) => ctx.err(text),
    stdin: ctx.stdin,
    file: (name) => ctx.net.user.files.get(name.startsWith('/') ? name : `${ctx.cwd === '/' ? '' : ctx.cwd}/${name}`) ?? null,
  };
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

/** The forms of one object, printed for `help` and for a line that says too little. */
export function usage(run: IpRun, ...parts: (readonly string[])[]): number {
  for (const line of parts.flat()) run.err(`${line}\n`);
  return 255;
}

/** The same from within a parser, which gives up there. */
export function usageError(...parts: (readonly string[])[]): ToolError {
  return new ToolError(
    parts
      .flat()
      .map((line) => `${line}\n`)
      .join(''),
    255,
  );
}

/** For one listing: text or JSON, as the options say. */
export function printerOf(run: IpRun): Printer {
  return new Printer(run.out, run.opts);
}
