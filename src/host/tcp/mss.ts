/**
 * How long a segment may be, from the path MTU and what the peer takes.
 * Comes from: connect.ts, syn.ts, output.ts, error.ts.  Goes to: the socket's mss.
 * Source: Linux 6.1 net/ipv4/tcp_output.c, tcp_sync_mss(), __tcp_mtu_to_mss(); route.c,
 *   ipv4_default_advmss(); tcp_output.c, tcp_advertise_mss().
 */
import { IPPROTO_TCP, type Ipv4 } from '../../wire/index.ts';
import { addrFlow, fibLookupHost } from '../fib/lookup.ts';
import { ipRouteOutput } from '../fib/output.ts';
import type { Net } from '../net.ts';
import { LO_IF, type Dst } from '../skb.ts';
import type { TcpSock } from '../socket/state.ts';

/** IPv4 and TCP header without options. */
const HEADERS = 40;
/** net.ipv4.route.min_adv_mss */
const MIN_ADV_MSS = 256;
/** net.ipv4.tcp_min_snd_mss */
const MIN_SND_MSS = 48;
/** Largest MTU that IPv4's length field allows. */
const IPV4_MAX_MTU = 65535;

/** MSS option for a route: what it says itself, or what fits into its MTU. */
export function advMssOf({ mtu, advMss }: Pick<Dst, 'mtu' | 'advMss'>): number {
  return advMss ?? Math.min(Math.max(mtu - HEADERS, MIN_ADV_MSS), IPV4_MAX_MTU - HEADERS);
}

/**
 * A SYN goes out again, by the route as it is now: it never offers more than before (tcp_advertise_mss()).
 * A route to an own address of another interface than lo is each socket's own (route.c, __mkroute_output()):
 * what is learnt of the path, when IPVS tunnels it, is for later sockets.
 */
export function tcpAdviseAgain(net: Net, sock: TcpSock): void {
  const { laddr: src, raddr: dst, oif, lport: sport, rport: dport } = sock;
  const route = ipRouteOutput(net, { dst, src, oif, proto: IPPROTO_TCP, sport, dport });
  if (!('error' in route) && (route.type !== 'local' || isOnLo(net, dst))) sock.advMss = Math.min(sock.advMss, advMssOf(route));
}

function isOnLo(net: Net, dst: Ipv4): boolean {
  const found = fibLookupHost(net.host, addrFlow(dst));
  return found.kind === 'found' && found.nexthop?.dev === LO_IF;
}

/** Takes a path MTU into use. */
export function tcpSyncMss(sock: TcpSock, pmtu: number): void {
  sock.pmtu = pmtu;
  const options = sock.tsOk ? 12 : 0;
  sock.mss = Math.max(Math.min(pmtu - HEADERS, sock.mssClamp) - options, MIN_SND_MSS - options);
}
