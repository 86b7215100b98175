/**
 * The command line of ipvsadm: pure, no look at the node.
 * Comes from: index.ts, restore.ts.  Goes to: run.ts.
 * Source: ipvsadm 1.31, parse_options(), process_options(), generic_opt_check().
 */
import type { SvcKey } from '../../../ipvs/index.ts';
import { IPPROTO_UDP, type Ipv4 } from '../../../wire/index.ts';
import { CMD_RULES, FULLNAT_OPTIONS, OPT_NAMES, OPTIONS, type OptionRow, type OptName } from './options.ts';
import { Popt, type PoptStep } from './popt.ts';
import { draft, fail, Stop, TAKERS, timeout, tryHelp, type Draft, type Parsed, type Refusal } from './takers.ts';
import { parseSchedFlags } from './values.ts';

export type { Format, Parsed, Refusal } from './takers.ts';

export type ParseResult = { readonly ok: Parsed } | { readonly refusal: Refusal };

/** Options of FullNAT are known where they make a complete command, so that mainline's errors stay as they are. */
function optionsFor(words: readonly string[]): readonly OptionRow[] {
  const first = words[1] ?? '';
  const hasService = words.some((w) => /^(-[tuf]|--(tcp|udp|fwmark)-service)/.test(w));
  const laddr = /^(-[PQG]|--(add|del|get)-laddr)$/.test(first) && (hasService || first === '--get-laddr');
  const isServer = /^(-[ae]|--(add|edit)-server)$/.test(first);
  const fullnat = isServer && words.some((w, at) => w === '--fullnat' || (w === '-b' && isBareB(words, at)));
  if (!laddr && !fullnat) return OPTIONS;
  return [...FULLNAT_OPTIONS, ...OPTIONS.filter((o) => !FULLNAT_OPTIONS.some((f) => f.short === o.short))];
}

/** -b means FullNAT where mainline's -b, which takes flags, could not stand: last, or before another option. */
function isBareB(words: readonly string[], at: number): boolean {
  const next = words[at + 1];
  const hasMethod = words.some((w) => /^(-[gim]|--(gatewaying|ipip|masquerading))$/.test(w));
  return !hasMethod && (next === undefined || next.startsWith('-'));
}

function takeCommand(step: PoptStep, words: readonly string[]): Draft {
  if (step.kind !== 'opt' || step.row.cmd === null) tryHelp(words[0] as string);
  const d = draft(step.row.cmd);
  if (step.row.cmd === 'start-daemon' || step.row.cmd === 'stop-daemon') {
    if (step.arg !== 'master' && step.arg !== 'backup') {
      fail(step.row.cmd === 'start-daemon' ? 'illegal start-daemon parameter specified' : 'illegal start_daemon specified');
    }
    d.daemon.role = step.arg;
  }
  return d;
}

/** The --set command takes its three values from the words that are no options. */
function takeTimeouts(d: Draft, leftovers: string[]): void {
  const [tcp, tcpFin, udp] = leftovers;
  if (tcp === undefined || tcpFin === undefined || udp === undefined) fail('--set option requires 3 timeout values');
  d.timeouts = [timeout(tcp, 0), timeout(tcpFin, 0), timeout(udp, 0)];
  leftovers.splice(0, 3);
}

/** generic_opt_check(): what the command needs, and what it does not take. */
function checkOptions(d: Draft): void {
  if (d.cmd === 'help' || d.cmd === 'version') return;
  const { need, may, oneOf } = CMD_RULES[d.cmd];
  let last: OptName | null = null;
  for (const name of OPT_NAMES) {
    if (!d.given.has(name)) {
      if (need.includes(name)) fail(`You need to supply the '${name}' option for the '${d.cmd}' command`);
      continue;
    }
    if (oneOf.includes(name)) {
      if (last !== null) fail(`The option '${name}' conflicts with the '${last}' option in the '${d.cmd}' command`);
      last = name;
    } else if (!need.includes(name) && !may.includes(name)) {
      fail(`Illegal '${name}' option with the '${d.cmd}' command`);
    }
  }
}

function checkService(d: Draft): void {
  const { svc } = d;
  if (svc.fwmark === 0 && svc.port === 0 && svc.persistTimeout === null) fail('Zero port specified for non-persistent service');
  if (svc.onePacket && svc.fwmark === 0 && svc.proto !== IPPROTO_UDP) fail('One-Packet Scheduling is only for UDP virtual services');
  if (svc.scheduler === '') svc.scheduler = 'wlc';
}

/** Flags are read before it is asked whether the command takes any. */
function takeSchedFlags(d: Draft): void {
  if (d.schedFlags === null) return;
  const bits = parseSchedFlags(d.schedFlags, d.svc.scheduler);
  if (typeof bits === 'string') fail(bits);
  d.svc.schedFlags = bits;
}

const TUN_OPTS: readonly OptName[] = ['tun-type', 'tun-port', 'tun-nocsum', 'tun-csum', 'tun-remcsum'];

function checkServer(d: Draft): void {
  // DR and TUN cannot change ports: whatever was given, the service's port counts.
  if (d.svc.fwmark === 0 && (d.dest.fwd === 'droute' || d.dest.fwd === 'tunnel')) d.dest.port = d.svc.port;
  const isOtherFamily = (d.dest.addr6 === null) !== (d.svc.addr6 === null);
  if (isOtherFamily && d.dest.fwd !== 'tunnel') fail('Different address family is allowed only for tunneling servers');
  if (d.dest.fwd !== 'tunnel' && TUN_OPTS.some((name) => d.given.has(name))) fail('Tunnel options conflict with forward method');
  if (d.dest.fwd === 'tunnel') checkTunnel(d);
}

/** tunnel_opt_check(): GUE needs a port, GRE has checksums only, IPIP has nothing to set. */
function checkTunnel(d: Draft): void {
  const { tunType } = d.dest;
  const may = { ipip: [], gue: ['tun-nocsum', 'tun-csum', 'tun-remcsum'], gre: ['tun-nocsum', 'tun-csum'] }[tunType] as readonly OptName[];
  let last: OptName | null = null;
  for (const name of TUN_OPTS) {
    if (name === 'tun-type' || (name === 'tun-port' && tunType === 'gue')) {
      if (name === 'tun-port' && !d.given.has(name)) fail(`You need to supply the '${name}' option for the '${tunType}' tunnel type`);
      continue;
    }
    if (!d.given.has(name)) continue;
    if (!may.includes(name)) fail(`Illegal '${name}' option with the '${tunType}' tunnel type`);
    if (last !== null) fail(`The option '${name}' conflicts with the '${last}' option in the '${tunType}' tunnel type`);
    last = name;
  }
}

function checkList(d: Draft): void {
  const shows = d.given.has('connection') || d.given.has('timeout') || d.given.has('daemon');
  const counts = d.given.has('stats') || d.given.has('rate') || d.given.has('thresholds');
  if (shows && counts) fail('options conflicts in the list command');
}

function parseOrStop(words: readonly string[], hosts: string): Parsed {
  const popt = new Popt(words, optionsFor(words));
  const d = takeCommand(popt.step(), words);
  if (d.cmd === 'help' || d.cmd === 'version') return d;
  for (;;) {
    const step = popt.step();
    if (step.kind === 'end') break;
    if (step.kind === 'error') throw new Stop(255, step.text, false);
    const take = step.row.cmd === null ? TAKERS[step.row.long] : undefined;
    if (take === undefined) fail(`invalid option \`${popt.badWord}'`);
    take(d, step.arg ?? '', hosts, step.arg);
  }
  if (d.cmd === 'set') takeTimeouts(d, popt.leftovers);
  const extra = popt.leftovers[0];
  if (extra !== undefined) fail(`unexpected argument ${extra}`);
  takeSchedFlags(d);
  checkOptions(d);
  if (d.cmd === 'add-service' || d.cmd === 'edit-service') checkService(d);
  if (d.cmd === 'add-server' || d.cmd === 'edit-server') checkServer(d);
  if (d.cmd === 'list') checkList(d);
  return d;
}

/** @param words words[0] is the name of the command @param hosts text of /etc/hosts */
export function parseIpvsadm(words: readonly string[], hosts: string): ParseResult {
  try {
    return { ok: parseOrStop(words, hosts) };
  } catch (error) {
    if (error instanceof Stop) return { refusal: error.refusal };
    throw error;
  }
}

export function keyOf(parsed: Parsed): SvcKey {
  const { proto, addr, addr6 = null, port, fwmark } = parsed.svc;
  return fwmark === 0 ? { proto, addr, addr6, port, fwmark } : { proto: 0, addr: 0 as Ipv4, addr6, port: 0, fwmark };
}
