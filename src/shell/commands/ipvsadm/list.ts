/**
 * What ipvsadm prints: the table in its forms, connections, timeouts, daemons, rules.
 * Comes from: run.ts.
 * Source: ipvsadm 1.31, list_all(), print_service_entry(), print_title(), print_largenum(), print_conn().
 * Differs: connections stand in the order in which they were made, the kernel's order is that of a hash.
 */
import {
  CONN_TAB_SIZE,
  connsOf,
  expiresInS,
  fwdName,
  ipv6Words,
  IPVS_VERSION,
  protoName,
  servicesInOrder,
  shownCounters,
  shownRates,
  type Conn,
  type Dest,
  type Ipv6,
  type Svc,
} from '../../../ipvs/index.ts';
import { formatIpv4, IPPROTO_SCTP, IPPROTO_UDP, type Ipv4 } from '../../../wire/index.ts';
import type { NodeNet } from '../../../world/index.ts';
import { hostName, hostsOf, portName } from './names.ts';
import type { Format } from './parse.ts';
import { mergeSort, wrappedDifference } from './sort.ts';
import { schedFlagNames } from './values.ts';

const ALL_ONES = 0xffffffff;
const MAX_PREFIX_LEN = 128;

type End = { readonly addr: Ipv4; readonly addr6: Ipv6 | null; readonly port: number };

/** Address and port of a service or a server as they are shown: names without -n. */
function endName(net: NodeNet, end: End, proto: number, numeric: boolean): string {
  if (end.addr6 === null) return endpoint(net, end.addr, end.port, proto, numeric);
  return `[${end.addr6}]:${numeric || end.port === 0 ? end.port : portName(end.port, proto)}`;
}

function endpoint(net: NodeNet, addr: Ipv4, port: number, proto: number, numeric: boolean): string {
  if (numeric) return `${formatIpv4(addr)}:${port}`;
  return `${hostName(hostsOf(net), addr)}:${port === 0 ? '0' : portName(port, proto)}`;
}

function compareServices(a: Svc, b: Svc): number {
  const family = Number(a.addr6 !== null) - Number(b.addr6 !== null);
  return wrappedDifference(a.fwmark, b.fwmark) || family || a.proto - b.proto || compareEnds(a, b);
}

/** The 32-bit words of an address, one after the other; an IPv4 address is the first of four. */
function compareEnds(a: End, b: End): number {
  for (let i = 0; i < (a.addr6 === null ? 1 : 4); i++) {
    const difference = wrappedDifference(wordOf(a, i), wordOf(b, i));
    if (difference !== 0) return difference;
  }
  return a.port - b.port;
}

function wordOf(end: End, i: number): number {
  if (end.addr6 === null) return i === 0 ? end.addr : 0;
  const words = ipv6Words(end.addr6);
  return (words[2 * i] as number) * 0x10000 + (words[2 * i + 1] as number);
}

export function sortedServices(net: NodeNet, nosort: boolean): Svc[] {
  const services = servicesInOrder(net.ipvs);
  return nosort ? services : mergeSort(services, compareServices);
}

export function sortedDests(svc: Svc, nosort: boolean): Dest[] {
  return nosort ? svc.dests.slice() : mergeSort(svc.dests, compareEnds);
}

/** ipvsadm prints marks as signed numbers. */
function markText(svc: Svc): string {
  return String(svc.fwmark | 0);
}

function serviceName(net: NodeNet, svc: Svc, format: Format): string {
  if (svc.fwmark !== 0) return `FWM  ${markText(svc)}${svc.addr6 === null ? '' : ' IPv6'}`;
  return `${protoName(svc.proto).padEnd(4)} ${endName(net, svc, svc.proto, format.numeric)}`;
}

function hasMask(svc: Svc): boolean {
  return svc.persistMask !== (svc.addr6 === null ? ALL_ONES : MAX_PREFIX_LEN);
}

function maskText(svc: Svc): string {
  return svc.addr6 === null ? formatIpv4(svc.persistMask) : String(svc.persistMask);
}

function serviceFlags(svc: Svc): string {
  let text = ` ${svc.scheduler}`;
  if (svc.schedFlags !== 0) text += ` (${schedFlagNames(svc.scheduler, svc.schedFlags)})`;
  if (svc.persistTimeout !== null) {
    text += ` persistent ${svc.persistTimeout}`;
    if (hasMask(svc)) text += ` mask ${maskText(svc)}`;
    if (svc.pe !== null) text += ` pe ${svc.pe}`;
  }
  if (svc.onePacket) text += ' ops';
  return text;
}

/** A number of the statistics, shortened unless --exact. */
export function largeNumber(value: number, exact: boolean): string {
  if (exact) {
    const text = String(value);
    return text.padStart(text.length <= 8 ? 9 : text.length + 1);
  }
  if (value < 1e8) return String(value).padStart(9);
  const [unit, size] = value < 1e9 ? ['K', 1e3] : value < 1e11 ? ['M', 1e6] : value < 1e14 ? ['G', 1e9] : ['T', 1e12];
  return `${String(Math.floor(value / (size as number))).padStart(8)}${unit}`;
}

function statNumbers(item: Svc | Dest, format: Format): string {
  const c = shownCounters(item.stats);
  return [c.conns, c.inPkts, c.outPkts, c.inBytes, c.outBytes].map((v) => largeNumber(v, format.exact)).join('');
}

function rateNumbers(item: Svc | Dest, format: Format, isDest: boolean): string {
  const r = shownRates(item.stats);
  const counts = [r.cps, r.inPps, r.outPps].map((v) => (isDest ? ` ${String(v).padStart(8)}` : largeNumber(v, format.exact)));
  return [...counts, largeNumber(r.inBps, format.exact), largeNumber(r.outBps, format.exact)].join('');
}

const FIRST = 'Prot LocalAddress:Port'.padEnd(33);
const SECOND = '  -> RemoteAddress:Port';

function title(format: Format): string {
  const five = (...words: string[]): string => words.map((w) => w.padStart(8)).join(' ');
  if (format.stats) return `${FIRST} ${five('Conns', 'InPkts', 'OutPkts', 'InBytes', 'OutBytes')}\n${SECOND}\n`;
  if (format.rate) return `${FIRST} ${five('CPS', 'InPPS', 'OutPPS', 'InBPS', 'OutBPS')}\n${SECOND}\n`;
  if (format.thresholds) return `${FIRST} Uthreshold Lthreshold ActiveConn InActConn \n${SECOND}\n`;
  if (format.persistentConn) return `${FIRST} Weight    PersistConn ActiveConn InActConn \n${SECOND}\n`;
  if (format.tunInfo)
    return `Prot LocalAddress:Port Scheduler Flags\n${SECOND}           Forward TunnelInfo    Weight ActiveConn InActConn\n`;
  return `Prot LocalAddress:Port Scheduler Flags\n${SECOND}           Forward Weight ActiveConn InActConn\n`;
}

function tunnelInfo(dest: Dest): string {
  if (dest.fwd !== 'tunnel') return 'n/a';
  if (dest.tunType === 'ipip') return 'ipip';
  const check = dest.tunFlags === 'nocsum' ? '-c' : dest.tunFlags === 'csum' ? '+c' : 'r+c';
  return dest.tunType === 'gue' ? `gue:${dest.tunPort}:${check}` : `gre:${check}`;
}

/** Cut and padded to a width. */
function cell(text: string, width: number): string {
  return text.slice(0, width).padEnd(width);
}

function col(value: number, width: number): string {
  return String(value).padEnd(width);
}

function destRow(net: NodeNet, svc: Svc, dest: Dest, format: Format): string {
  const name = `  -> ${cell(endName(net, dest, svc.proto, format.numeric), 28)}`;
  if (format.stats) return `${name}${statNumbers(dest, format)}\n`;
  if (format.rate) return `${name}${rateNumbers(dest, format, true)}\n`;
  const conns = `${col(dest.activeConns, 10)} ${col(dest.inactConns, 10)}`;
  if (format.thresholds) return `${name} ${col(dest.uThreshold, 10)} ${col(dest.lThreshold, 10)} ${conns}\n`;
  if (format.persistentConn) return `${name} ${col(dest.weight, 9)} ${col(dest.persistConns, 11)} ${conns}\n`;
  if (format.tunInfo) return `${name} ${fwdName(dest.fwd).padEnd(7)} ${tunnelInfo(dest).padEnd(13)} ${col(dest.weight, 6)} ${conns}\n`;
  return `${name} ${fwdName(dest.fwd).padEnd(7)} ${col(dest.weight, 6)} ${conns}\n`;
}

function serviceRows(net: NodeNet, svc: Svc, format: Format): string {
  const name = serviceName(net, svc, format);
  let text: string;
  if (format.stats) text = `${cell(name, 33)}${statNumbers(svc, format)}\n`;
  else if (format.rate) text = `${cell(name, 33)}${rateNumbers(svc, format, false)}\n`;
  else text = `${name.slice(0, 33)}${serviceFlags(svc)}\n`;
  for (const dest of sortedDests(svc, format.nosort)) text += destRow(net, svc, dest, format);
  return text;
}

export function listAll(net: NodeNet, format: Format): string {
  let text = `IP Virtual Server version ${IPVS_VERSION} (size=${CONN_TAB_SIZE})\n${title(format)}`;
  for (const svc of sortedServices(net, format.nosort)) text += serviceRows(net, svc, format);
  return text;
}

export function listService(net: NodeNet, svc: Svc, format: Format): string {
  return title(format) + serviceRows(net, svc, format);
}

function connRow(net: NodeNet, conn: Conn, numeric: boolean): string {
  const left = expiresInS(net, conn);
  const expire = `${String(Math.floor(left / 60)).padStart(2, '0')}:${String(left % 60).padStart(2, '0')}`;
  const end = (addr: Ipv4, port: number): string => endpoint(net, addr, port, conn.proto, numeric);
  const names = `${end(conn.caddr, conn.cport).padEnd(18)} ${end(conn.vaddr, conn.vport).padEnd(18)} ${end(conn.daddr, conn.dport)}`;
  return `${protoName(conn.proto).padEnd(3)} ${expire.padEnd(6)} ${conn.state.padEnd(11)} ${names}\n`;
}

export function listConns(net: NodeNet, format: Format): string {
  const extra = format.persistentConn ? '        pe name          pe_data' : '';
  let text = `IPVS connection entries\npro expire state       source             virtual            destination${extra}\n`;
  for (const conn of connsOf(net.ipvs.conns)) if (!conn.onePacket) text += connRow(net, conn, format.numeric);
  return text;
}

export function listTimeouts(net: NodeNet): string {
  const { tcp, tcpFin, udp } = net.ipvs.timeouts;
  return `Timeout (tcp tcpfin udp): ${tcp} ${tcpFin} ${udp}\n`;
}

export function listDaemons(net: NodeNet): string {
  let text = '';
  for (const role of ['master', 'backup'] as const) {
    const d = net.ipvs.daemons.find((daemon) => daemon.role === role);
    if (d === undefined) continue;
    const group = d.group6 ?? formatIpv4(d.group);
    text += `${role} sync daemon (mcast=${d.mcastInterface}, syncid=${d.syncId}, maxlen=${d.maxlen}, group=${group}, port=${d.port}, ttl=${d.ttl})\n`;
  }
  return text;
}

function ruleKey(net: NodeNet, svc: Svc, numeric: boolean): string {
  if (svc.fwmark !== 0) return `-f ${markText(svc)}${svc.addr6 === null ? '' : ' -6'}`;
  const letter = svc.proto === IPPROTO_UDP ? '-u' : svc.proto === IPPROTO_SCTP ? '--sctp-service' : '-t';
  return `${letter} ${endName(net, svc, svc.proto, numeric)}`;
}

function serviceRule(net: NodeNet, svc: Svc, numeric: boolean): string {
  let text = `-A ${ruleKey(net, svc, numeric)} -s ${svc.scheduler}`;
  if (svc.persistTimeout !== null) {
    text += ` -p ${svc.persistTimeout}`;
    if (hasMask(svc)) text += ` -M ${maskText(svc)}`;
  }
  if (svc.pe !== null) text += ` --pe ${svc.pe}`;
  if (svc.onePacket) text += ' -o';
  if (svc.schedFlags !== 0) text += ` -b ${schedFlagNames(svc.scheduler, svc.schedFlags)}`;
  return `${text}\n`;
}

function tunnelRule(dest: Dest): string {
  if (dest.fwd !== 'tunnel') return '';
  if (dest.tunType === 'ipip') return ' --tun-type ipip';
  const port = dest.tunType === 'gue' ? ` --tun-port ${dest.tunPort}` : '';
  return ` --tun-type ${dest.tunType}${port} --tun-${dest.tunFlags}`;
}

const FWD_SWITCH: Readonly<Record<string, string>> = { masq: '-m', tunnel: '-i', fullnat: '--fullnat' };

/** `ipvsadm -S`: lines that -R reads. */
export function saveRules(net: NodeNet, numeric: boolean): string {
  let text = '';
  for (const svc of sortedServices(net, false)) {
    text += serviceRule(net, svc, numeric);
    for (const dest of sortedDests(svc, false)) {
      const server = endName(net, dest, svc.proto, numeric);
      text += `-a ${ruleKey(net, svc, numeric)} -r ${server} ${FWD_SWITCH[dest.fwd] ?? '-g'} -w ${dest.weight}${tunnelRule(dest)}\n`;
    }
    for (const lip of svc.laddrs) text += `-P ${ruleKey(net, svc, numeric)} -z ${formatIpv4(lip)}\n`;
  }
  return text;
}

/** FullNAT, outside mainline: the pools of local addresses. */
export function listLaddrs(net: NodeNet, format: Format, only: Svc | null): string {
  let text = 'VIP:VPORT            TOTAL    SNAT_IP              CONFLICTS  CONNS     \n';
  for (const svc of only === null ? sortedServices(net, format.nosort) : [only]) {
    text += `${endpoint(net, svc.addr, svc.port, svc.proto, true).padEnd(20)} ${String(svc.laddrs.length).padEnd(8)}\n`;
    for (const lip of svc.laddrs) {
      let conns = 0;
      for (const conn of connsOf(net.ipvs.conns)) if (conn.local?.addr === lip && conn.svc === svc.id) conns++;
      text += `${' '.repeat(30)}${formatIpv4(lip).padEnd(20)} ${'0'.padEnd(10)} ${String(conns).padEnd(10)}\n`;
    }
  }
  return text;
}
