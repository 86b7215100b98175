/**
 * What IPv4 and ICMP count, as /proc/net/snmp and `netstat -s` show it. TCP's and UDP's counters are in socket/state.ts.
 * Comes from: ipv4/, fib/, icmp/ (they count).  Goes to: shell/ (it prints).
 * Source: Linux 6.1 include/uapi/linux/snmp.h, net/ipv4/proc.c; RFC 4293, RFC 2011.
 */

export interface IpMib {
  inReceives: number;
  inOctets: number;
  inHdrErrors: number;
  inAddrErrors: number;
  inNoRoutes: number;
  inUnknownProtos: number;
  inDelivers: number;
  inBcastPkts: number;
  inBcastOctets: number;
  inMcastPkts: number;
  inMcastOctets: number;
  /** by ECN bits: not capable, 1, 0, congestion experienced */
  inNoEct: number;
  inEct1: number;
  inEct0: number;
  inCe: number;
  forwDatagrams: number;
  /** forwarded ones too */
  outRequests: number;
  outOctets: number;
  outNoRoutes: number;
  outBcastPkts: number;
  outBcastOctets: number;
  outMcastPkts: number;
  outMcastOctets: number;
  reasmTimeout: number;
  reasmReqds: number;
  reasmOks: number;
  reasmFails: number;
  fragOks: number;
  fragFails: number;
  fragCreates: number;
  icmpInMsgs: number;
  icmpInErrors: number;
  icmpOutMsgs: number;
  icmpLimitedGlobal: number;
  icmpLimitedHost: number;
  /** messages by type */
  icmpIn: Map<number, number>;
  icmpOut: Map<number, number>;
}

export function createIpMib(): IpMib {
  // what every packet counts stands first: it shares a line of memory
  return {
    inReceives: 0,
    inOctets: 0,
    inNoEct: 0,
    inDelivers: 0,
    outRequests: 0,
    outOctets: 0,
    forwDatagrams: 0,
    inHdrErrors: 0,
    inAddrErrors: 0,
    inNoRoutes: 0,
    inUnknownProtos: 0,
    inBcastPkts: 0,
    inBcastOctets: 0,
    inMcastPkts: 0,
    inMcastOctets: 0,
    inEct1: 0,
    inEct0: 0,
    inCe: 0,
    outNoRoutes: 0,
    outBcastPkts: 0,
    outBcastOctets: 0,
    outMcastPkts: 0,
    outMcastOctets: 0,
    reasmTimeout: 0,
    reasmReqds: 0,
    reasmOks: 0,
    reasmFails: 0,
    fragOks: 0,
    fragFails: 0,
    fragCreates: 0,
    icmpInMsgs: 0,
    icmpInErrors: 0,
    icmpOutMsgs: 0,
    icmpLimitedGlobal: 0,
    icmpLimitedHost: 0,
    icmpIn: new Map(),
    icmpOut: new Map(),
  };
}

/** @param bits the two lowest of the TOS byte */
export function countEcn(mib: IpMib, bits: number): void {
  if (bits === 0) mib.inNoEct++;
  else if (bits === 1) mib.inEct1++;
  else if (bits === 2) mib.inEct0++;
  else mib.inCe++;
}

export function countIcmp(counts: Map<number, number>, type: number): void {
  counts.set(type, (counts.get(type) ?? 0) + 1);
}
