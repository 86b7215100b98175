/**
 * /proc/net/snmp: what IPv4, ICMP, TCP and UDP have counted.
 * Comes from: files.ts, commands/ss/netstat-statistics.ts.  Goes to: the counters of the host (reading only).
 * Source: Linux 6.1 net/ipv4/proc.c, snmp_seq_show_ipstats(), icmp_put(), icmpmsg_put(), snmp_seq_show_tcp_udp().
 * Differs: counters of what cannot happen in the lab (wrong checksums, memory, full devices) are 0.
 */
import { socksOf, type IpMib } from '../../host/index.ts';
import type { NodeNet } from '../../world/index.ts';

/** Name and value, in the kernel's order. */
export type Counters = readonly (readonly [name: string, value: number])[];

const FORWARDING = 1;
const NOT_FORWARDING = 2;

export function ipCounters(net: NodeNet): Counters {
  const { mib } = net.host.ipv4;
  return [
    ['Forwarding', net.host.conf.all.forwarding !== 0 ? FORWARDING : NOT_FORWARDING],
    ['DefaultTTL', Number(net.host.sysctl['net.ipv4.ip_default_ttl'] ?? 64)],
    ['InReceives', mib.inReceives],
    ['InHdrErrors', mib.inHdrErrors],
    ['InAddrErrors', mib.inAddrErrors],
    ['ForwDatagrams', mib.forwDatagrams],
    ['InUnknownProtos', mib.inUnknownProtos],
    ['InDiscards', 0],
    ['InDelivers', mib.inDelivers],
    ['OutRequests', mib.outRequests],
    ['OutDiscards', 0],
    ['OutNoRoutes', mib.outNoRoutes],
    ['ReasmTimeout', mib.reasmTimeout],
    ['ReasmReqds', mib.reasmReqds],
    ['ReasmOKs', mib.reasmOks],
    ['ReasmFails', mib.reasmFails],
    ['FragOKs', mib.fragOks],
    ['FragFails', mib.fragFails],
    ['FragCreates', mib.fragCreates],
  ];
}

const ICMP_TYPES: readonly (readonly [name: string, type: number])[] = [
  ['DestUnreachs', 3],
  ['TimeExcds', 11],
  ['ParmProbs', 12],
  ['SrcQuenchs', 4],
  ['Redirects', 5],
  ['Echos', 8],
  ['EchoReps', 0],
  ['Timestamps', 13],
  ['TimestampReps', 14],
  ['AddrMasks', 17],
  ['AddrMaskReps', 18],
];

export function icmpCounters({ host }: NodeNet): Counters {
  const { mib } = host.ipv4;
  const byType = (way: 'In' | 'Out', counts: IpMib['icmpIn']): Counters =>
    ICMP_TYPES.map(([name, type]) => [way + name, counts.get(type) ?? 0]);
  return [
    ['InMsgs', mib.icmpInMsgs],
    ['InErrors', mib.icmpInErrors],
    ['InCsumErrors', 0],
    ...byType('In', mib.icmpIn),
    ['OutMsgs', mib.icmpOutMsgs],
    ['OutErrors', 0],
    ['OutRateLimitGlobal', mib.icmpLimitedGlobal],
    ['OutRateLimitHost', mib.icmpLimitedHost],
    ...byType('Out', mib.icmpOut),
  ];
}

/** Each type that was seen, by its number. */
export function icmpMsgCounters({ host }: NodeNet): Counters {
  const { icmpIn, icmpOut } = host.ipv4.mib;
  const seen = (way: string, counts: IpMib['icmpIn']): Counters =>
    [...counts].toSorted(([a], [b]) => a - b).map(([type, value]) => [`${way}Type${type}`, value]);
  return [...seen('In', icmpIn), ...seen('Out', icmpOut)];
}

export function tcpCounters({ host }: NodeNet): Counters {
  const { mib } = host.sockets;
  let open = 0;
  for (const sock of socksOf(host.sockets))
    if (sock.kind === 'tcp' && (sock.state === 'ESTABLISHED' || sock.state === 'CLOSE_WAIT')) open++;
  return [
    ['RtoAlgorithm', 1],
    ['RtoMin', 200],
    ['RtoMax', 120_000],
    ['MaxConn', -1],
    ['ActiveOpens', mib.activeOpens],
    ['PassiveOpens', mib.passiveOpens],
    ['AttemptFails', mib.attemptFails],
    ['EstabResets', mib.estabResets],
    ['CurrEstab', open],
    ['InSegs', mib.inSegs],
    ['OutSegs', mib.outSegs],
    ['RetransSegs', mib.retransSegs],
    ['InErrs', 0],
    ['OutRsts', mib.outRsts],
    ['InCsumErrors', 0],
  ];
}

const UDP_NAMES = [
  'InDatagrams',
  'NoPorts',
  'InErrors',
  'OutDatagrams',
  'RcvbufErrors',
  'SndbufErrors',
  'InCsumErrors',
  'IgnoredMulti',
  'MemErrors',
];

export function udpCounters({ host }: NodeNet): Counters {
  const { mib } = host.sockets;
  const values: Readonly<Record<string, number>> = { InDatagrams: mib.udpIn, NoPorts: mib.udpNoPorts, OutDatagrams: mib.udpOut };
  return UDP_NAMES.map((name) => [name, values[name] ?? 0]);
}

/** The second half of /proc/net/netstat. */
export function ipExtCounters({ host }: NodeNet): Counters {
  const { mib } = host.ipv4;
  return [
    ['InNoRoutes', mib.inNoRoutes],
    ['InTruncatedPkts', 0],
    ['InMcastPkts', mib.inMcastPkts],
    ['OutMcastPkts', mib.outMcastPkts],
    ['InBcastPkts', mib.inBcastPkts],
    ['OutBcastPkts', mib.outBcastPkts],
    ['InOctets', mib.inOctets],
    ['OutOctets', mib.outOctets],
    ['InMcastOctets', mib.inMcastOctets],
    ['OutMcastOctets', mib.outMcastOctets],
    ['InBcastOctets', mib.inBcastOctets],
    ['OutBcastOctets', mib.outBcastOctets],
    ['InCsumErrors', 0],
    ['InNoECTPkts', mib.inNoEct],
    ['InECT1Pkts', mib.inEct1],
    ['InECT0Pkts', mib.inEct0],
    ['InCEPkts', mib.inCe],
    ['ReasmOverlaps', 0],
  ];
}

function lines(name: string, counters: Counters): string {
  const words = (at: 0 | 1): string => counters.map((one) => ` ${one[at]}`).join('');
  return `${name}:${words(0)}\n${name}:${words(1)}\n`;
}

export function procNetSnmp(net: NodeNet): string {
  const messages = icmpMsgCounters(net);
  return (
    lines('Ip', ipCounters(net)) +
    lines('Icmp', icmpCounters(net)) +
    (messages.length === 0 ? '' : lines('IcmpMsg', messages)) +
    lines('Tcp', tcpCounters(net)) +
    lines('Udp', udpCounters(net)) +
    lines(
      'UdpLite',
      UDP_NAMES.map((name) => [name, 0]),
    )
  );
}
