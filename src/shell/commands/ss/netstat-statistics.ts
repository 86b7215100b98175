/**
 * `netstat -s`: what the protocols have counted, in words.
 * Comes from: netstat.ts.  Goes to: fs/proc-snmp.ts.
 * Source: net-tools 2.10 statistics.c (Iptab, Icmptab, Tcptab, Udptab, process_fd).
 * Differs: the extensions of TCP (TcpExt) are not counted; they are listed as nothing for a host that has not spoken TCP.
 */
import type { NodeNet } from '../../../world/index.ts';
import { icmpCounters, icmpMsgCounters, ipCounters, ipExtCounters, tcpCounters, udpCounters, type Counters } from '../../fs/proc-snmp.ts';

/** A counter's words; `%` stands for the number. One that begins with `?` is told only when it is not 0. */
type Words = Readonly<Record<string, string>>;

const IP: Words = {
  Forwarding: 'Forwarding: %',
  InReceives: '% total packets received',
  InHdrErrors: '?% with invalid headers',
  InAddrErrors: '?% with invalid addresses',
  ForwDatagrams: '% forwarded',
  InUnknownProtos: '?% with unknown protocol',
  InDiscards: '% incoming packets discarded',
  InDelivers: '% incoming packets delivered',
  OutRequests: '% requests sent out',
  OutDiscards: '?% outgoing packets dropped',
  OutNoRoutes: '?% dropped because of missing route',
  ReasmTimeout: '?% fragments dropped after timeout',
  ReasmReqds: '?% reassemblies required',
  ReasmOKs: '?% packets reassembled ok',
  ReasmFails: '?% packet reassemblies failed',
  FragOKs: '?% outgoing packets fragmented ok',
  FragFails: '?% outgoing packets failed fragmentation',
  FragCreates: '?% fragments created',
};

const ICMP: Words = {
  InMsgs: '% ICMP messages received',
  InErrors: '% input ICMP message failed',
  InDestUnreachs: '?destination unreachable: %',
  InTimeExcds: '?timeout in transit: %',
  InParmProbs: '?wrong parameters: %',
  InSrcQuenchs: '?source quenches: %',
  InRedirects: '?redirects: %',
  InEchos: '?echo requests: %',
  InEchoReps: '?echo replies: %',
  InTimestamps: '?timestamp request: %',
  InTimestampReps: '?timestamp reply: %',
  InAddrMasks: '?address mask request: %',
  InAddrMaskReps: '?address mask replies: %',
  OutMsgs: '% ICMP messages sent',
  OutErrors: '% ICMP messages failed',
  OutRateLimitGlobal: '?OutRateLimitGlobal: %',
  OutRateLimitHost: '?OutRateLimitHost: %',
  OutDestUnreachs: '?destination unreachable: %',
  OutTimeExcds: '?time exceeded: %',
  OutParmProbs: '?wrong parameters: %',
  OutSrcQuenchs: '?source quench: %',
  OutRedirects: '?redirect: %',
  OutEchos: '?echo requests: %',
  OutEchoReps: '?echo replies: %',
  OutTimestamps: '?timestamp requests: %',
  OutTimestampReps: '?timestamp replies: %',
  OutAddrMasks: '?address mask requests: %',
  OutAddrMaskReps: '?address mask replies: %',
};

const TCP: Words = {
  ActiveOpens: '% active connection openings',
  PassiveOpens: '% passive connection openings',
  AttemptFails: '% failed connection attempts',
  EstabResets: '% connection resets received',
  CurrEstab: '% connections established',
  InSegs: '% segments received',
  OutSegs: '% segments sent out',
  RetransSegs: '% segments retransmitted',
  InErrs: '% bad segments received',
  OutRsts: '% resets sent',
};

const UDP: Words = {
  InDatagrams: '% packets received',
  NoPorts: '% packets to unknown port received',
  InErrors: '% packet receive errors',
  OutDatagrams: '% packets sent',
  RcvbufErrors: '% receive buffer errors',
  SndbufErrors: '% send buffer errors',
};

function told(counters: Counters, words: Words, indent: string): string {
  let text = '';
  for (const [name, value] of counters) {
    const word = words[name];
    if (word === undefined || (word.startsWith('?') && value === 0)) continue;
    text += `${indent}${word.replace('?', '').replace('%', String(value))}\n`;
  }
  return text;
}

/** Messages by type stand under a heading that is told whether there are any or not. */
function icmpText(counters: Counters): string {
  const out = counters.findIndex(([name]) => name === 'OutMsgs');
  const half = (part: Counters, heading: string): string =>
    `${told(part.slice(0, 2), ICMP, '    ')}    ${heading}:\n${told(part.slice(2), ICMP, '        ')}`;
  return `Icmp:\n${half(withoutSums(counters.slice(0, out)), 'ICMP input histogram')}${half(counters.slice(out), 'ICMP output histogram')}`;
}

function withoutSums(counters: Counters): Counters {
  return counters.filter(([name]) => name !== 'InCsumErrors');
}

/** Counters without words of their own, by their names. */
function named(counters: Counters, indent: string): string {
  return counters.map(([name, value]) => (value === 0 ? '' : `${indent}${name}: ${value}\n`)).join('');
}

/** @param flags t, u, w: only these protocols */
export function statisticsText(net: NodeNet, flags: ReadonlySet<string>): string {
  const all = !['t', 'u', 'w', 'U', 'S'].some((letter) => flags.has(letter));
  const raw = all || flags.has('w');
  const messages = icmpMsgCounters(net);
  let text = raw ? `Ip:\n${told(ipCounters(net), IP, '    ')}${icmpText(icmpCounters(net))}` : '';
  // the depth of the heading before it has not been taken back
  if (messages.length > 0) text += `IcmpMsg:\n${named(messages, raw ? '        ' : '    ')}`;
  if (all || flags.has('t')) text += `Tcp:\n${told(tcpCounters(net), TCP, '    ')}`;
  if (all || flags.has('u')) text += `Udp:\n${told(udpCounters(net), UDP, '    ')}`;
  // what TCP did beyond its plain counters is not counted, so it is told of a host that has done nothing
  const idle = tcpCounters(net).every(([name, value]) => value === 0 || name.startsWith('Rto') || name === 'MaxConn');
  const tcpExt = idle && (all || flags.has('t')) ? 'TcpExt:\n    0 packet headers predicted\n' : '';
  return `${text}UdpLite:\n${tcpExt}IpExt:\n${named(ipExtCounters(net), '    ')}MPTcpExt:\n`;
}
