/**
 * The commands modprobe, lsmod, rmmod and insmod: kernel modules.
 * Comes from: config-commands.ts.  Goes to: NodeNet.modprobe (world/), HostState.modules.
 * Source: kmod 30 (Debian 12) tools/modprobe.c, lsmod.c, rmmod.c, insmod.c.
 * Differs: sizes and use counts of lsmod are 16384 and 0; modules cannot be taken out again.
 */
import type { Command, CommandContext } from '../command.ts';
import { notModelled, runTool, ToolError } from './tool-error.ts';

/** Debian 12's kernel of the day the lab's behaviour was recorded. */
const KERNEL = '6.1.0-amd64';

function modprobeRun(ctx: CommandContext): number {
  const names: string[] = [];
  let quiet = false;
  let all = false;
  for (const word of ctx.argv.slice(1)) {
    if (word === '-q' || word === '--quiet') quiet = true;
    else if (word === '-a' || word === '--all') all = true;
    else if (word === '-v' || word === '--verbose' || word === '-s' || word === '-b' || word === '--') continue;
    else if (word === '-r' || word === '--remove') throw notModelled('modprobe', '-r');
    else if (word === '-n' || word === '--dry-run') return 0;
    else if (word.startsWith('-')) throw notModelled('modprobe', word);
    else names.push(word);
  }
  const first = names[0];
  if (first === undefined) throw new ToolError('modprobe: ERROR: missing parameters. See -h.\n', 1);
  let code = 0;
  for (const name of all ? names : [first]) {
    if (ctx.net.modprobe(name) === 'loaded') continue;
    code = 1;
    if (quiet) continue;
    if (all) ctx.err(`modprobe: WARNING: Module ${name} not found in directory /lib/modules/${KERNEL}\n`);
    else ctx.err(`modprobe: FATAL: Module ${name} not found in directory /lib/modules/${KERNEL}\n`);
  }
  return code;
}

function lsmodRun(ctx: CommandContext): number {
  if (ctx.argv.length > 1) throw new ToolError('Usage: lsmod\n', 1);
  ctx.out('Module                  Size  Used by\n');
  for (const name of ctx.net.host.modules.toReversed()) ctx.out(`${name.padEnd(19)} ${'16384'.padStart(8)}  0\n`);
  return 0;
}

function rmmodRun(ctx: CommandContext): number {
  const name = ctx.argv.slice(1).find((word) => !word.startsWith('-'));
  if (name === undefined) throw new ToolError('rmmod: ERROR: missing module name.\n', 1);
  const module = name.replaceAll('-', '_');
  if (!ctx.net.host.modules.includes(module)) throw new ToolError(`rmmod: ERROR: Module ${module} is not currently loaded\n`, 1);
  throw notModelled('rmmod', `taking out ${module}`);
}

function insmodRun(ctx: CommandContext): number {
  const file = ctx.argv[1];
  if (file === undefined) throw new ToolError('insmod: ERROR: missing filename.\n', 1);
  throw new ToolError(`insmod: ERROR: could not load module ${file}: No such file or directory\n`, 1);
}

const MODULES = [
  'ipip',
  'dummy',
  'ip_vs',
  'ip_vs_rr',
  'ip_vs_wrr',
  'ip_vs_wlc',
  'ip_vs_sh',
  'ip_vs_mh',
  'nf_conntrack',
  'arptable_filter',
  'iptable_nat',
];

export const moduleCommands: readonly Command[] = [
  {
    name: 'modprobe',
    man: {
      en: 'loads a kernel module',
      zh: '加载内核模块',
      synopsis: ['modprobe [-q] [-a] MODULE…'],
      notModelled: ['-r', 'parameters of modules'],
      source: 'kmod 30',
    },
    run: (ctx) => runTool(ctx, () => modprobeRun(ctx)),
    complete: (_net, words) => MODULES.filter((one) => one.startsWith(words.at(-1) ?? '')),
  },
  {
    name: 'lsmod',
    man: {
      en: 'lists the loaded kernel modules',
      zh: '列出已加载的内核模块',
      synopsis: ['lsmod'],
      notModelled: ['sizes and use counts'],
      source: 'kmod 30',
    },
    run: (ctx) => runTool(ctx, () => lsmodRun(ctx)),
  },
  {
    name: 'rmmod',
    man: {
      en: 'would take out a kernel module',
      zh: '卸载内核模块',
      synopsis: ['rmmod MODULE'],
      notModelled: ['taking a module out'],
      source: 'kmod 30',
    },
    run: (ctx) => runTool(ctx, () => rmmodRun(ctx)),
    complete: (net, words) => net.host.modules.filter((one) => one.startsWith(words.at(-1) ?? '')),
  },
  {
    name: 'insmod',
    man: {
      en: 'would load a module from a file',
      zh: '从文件加载模块',
      synopsis: ['insmod FILE'],
      notModelled: ['files of modules: use modprobe'],
      source: 'kmod 30',
    },
    run: (ctx) => runTool(ctx, () => insmodRun(ctx)),
  },
];
