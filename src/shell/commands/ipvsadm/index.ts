/**
 * ipvsadm: looks at and changes the IPVS table.
 * Comes from: the shell.  Goes to: ipvs configuration calls.
 * Source: ipvsadm 1.31 (Debian 1:1.31-1).
 * Differs: see man.notModelled.
 */
import { endText, schedulers } from '../../../ipvs/index.ts';
import { IPPROTO_UDP } from '../../../wire/index.ts';
import type { NodeNet } from '../../../world/index.ts';
import type { Command, CommandContext } from '../../command.ts';
import { listAll } from './list.ts';
import { hostsOf } from './names.ts';
import { OPTIONS } from './options.ts';
import { parseIpvsadm } from './parse.ts';
import { restoreRules } from './restore.ts';
import { runParsed } from './run.ts';

const PLAIN = {
  numeric: false,
  stats: false,
  rate: false,
  thresholds: false,
  persistentConn: false,
  tunInfo: false,
  nosort: false,
  exact: false,
};

function run(ctx: CommandContext): number {
  const { net, argv } = ctx;
  // The tool loads the module by itself; on nodes that share a kernel it is then there for all.
  if (!net.host.modules.includes('ip_vs')) net.modprobe('ip_vs');
  if (argv.length === 1) {
    ctx.out(listAll(net, PLAIN));
    return 0;
  }
  const parsed = parseIpvsadm(argv, hostsOf(net));
  if ('refusal' in parsed) {
    ctx.err(`${parsed.refusal.text}\n`);
    return parsed.refusal.code;
  }
  return parsed.ok.cmd === 'restore' ? restoreRules(net, ctx.stdin ?? '', ctx) : runParsed(net, parsed.ok, ctx);
}

/** Services of the node as they are typed, with the option in front. */
function servicesFor(net: NodeNet, option: string): string[] {
  if (option === '-f') return net.ipvs.services.filter((s) => s.fwmark !== 0).map((s) => String(s.fwmark));
  const wanted = net.ipvs.services.filter((s) => s.fwmark === 0 && (s.proto === IPPROTO_UDP) === (option === '-u'));
  return wanted.map(endText);
}

function complete(net: NodeNet, words: readonly string[]): readonly string[] {
  const typed = words[words.length - 1] ?? '';
  const before = words[words.length - 2] ?? '';
  let options: string[];
  if (before === '-s' || before === '--scheduler') options = schedulers.filter((s) => s.inDebian).map((s) => s.name);
  else if (before === '-t' || before === '-u' || before === '-f') options = servicesFor(net, before);
  else if (before === '--start-daemon' || before === '--stop-daemon') options = ['master', 'backup'];
  else options = OPTIONS.flatMap((o) => [`--${o.long}`, ...(o.short === null ? [] : [`-${o.short}`])]);
  return options.filter((o) => o.startsWith(typed));
}

export const ipvsadm: Command = {
  name: 'ipvsadm',
  man: {
    en: 'Look at and change the table of virtual services and real servers (IPVS).',
    zh: '查看和修改 IPVS 的虚拟服务与 real server 表。',
    synopsis: [
      'ipvsadm -A|-E -t|-u|-f SERVICE [-s SCHEDULER] [-p [SECONDS]] [-M NETMASK] [-b FLAGS] [-o]',
      'ipvsadm -D -t|-u|-f SERVICE',
      'ipvsadm -C',
      'ipvsadm -a|-e -t|-u|-f SERVICE -r SERVER [-g|-i|-m] [-w WEIGHT] [-x UPPER] [-y LOWER]',
      'ipvsadm -d -t|-u|-f SERVICE -r SERVER',
      'ipvsadm -L [-n] [-c] [--stats] [--rate] [--thresholds] [--persistent-conn] [--timeout] [--daemon] [-t|-u|-f SERVICE]',
      'ipvsadm -Z [-t|-u|-f SERVICE]',
      'ipvsadm -S [-n]',
      'ipvsadm -R < FILE',
      'ipvsadm --set TCP TCPFIN UDP',
      'ipvsadm --start-daemon master|backup [--mcast-interface DEV] [--syncid ID]',
      'ipvsadm --stop-daemon master|backup',
      'ipvsadm -a -t SERVICE -r SERVER --fullnat          (FullNAT: outside mainline Linux)',
      'ipvsadm -P|-Q -t SERVICE -z LOCAL-ADDRESS          (FullNAT: outside mainline Linux)',
    ],
    notModelled: [
      'IPv6 packets: services and servers can be configured and listed, nothing reaches them',
      'packets of SCTP services',
      'GUE and GRE tunnels on the wire',
      'reading of SIP calls (--pe sip)',
    ],
    source: 'ipvsadm 1.31',
  },
  readsStdin: (argv) => argv[1] === '-R' || argv[1] === '--restore',
  run,
  complete,
};

/** The scripts that Debian's package brings along: `ipvsadm -S` and `ipvsadm -R` by names of their own. */
export const ipvsadmSave: Command = {
  name: 'ipvsadm-save',
  man: {
    en: 'Print the IPVS table as rules that ipvsadm-restore reads.',
    zh: '把 IPVS 表输出为 ipvsadm-restore 可读的规则。',
    synopsis: ['ipvsadm-save [-n]'],
    notModelled: [],
    source: 'ipvsadm 1.31',
  },
  run: (ctx) =>
    run({
      ...ctx,
      argv: ['ipvsadm', '-S', ...ctx.argv.slice(1)],
      out: (text) => ctx.out(text),
      err: (text) => ctx.err(text),
    }),
};

export const ipvsadmRestore: Command = {
  name: 'ipvsadm-restore',
  man: {
    en: 'Read rules from standard input and carry them out; the present table stays.',
    zh: '从标准输入读取规则并执行；现有的表不会清空。',
    synopsis: ['ipvsadm-restore < FILE'],
    notModelled: [],
    source: 'ipvsadm 1.31',
  },
  readsStdin: () => true,
  run: (ctx) => run({ ...ctx, argv: ['ipvsadm', '-R'], out: (text) => ctx.out(text), err: (text) => ctx.err(text) }),
};

export const ipvsadmCommands: readonly Command[] = [ipvsadm, ipvsadmSave, ipvsadmRestore];
