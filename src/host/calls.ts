/**
 * Calls that go against the direction of imports. In the kernel these folders call each other in
 * circles (a device hands packets to IPv4, IPv4 sends by devices; a dead neighbour makes ICMP, ICMP
 * looks for neighbours), by pointers in tables: packet_type, net_protocol, dst_ops. This is that table.
 * Comes from: host/protocols.ts (fills it), world/tables.ts (hands it down).
 * Goes to: whoever writes `net.tables.calls.ipRcv(net, skb, dev)`.
 * Source: Linux 6.1 include/linux/netdevice.h (packet_type), include/net/protocol.h (net_protocol).
 */
import type { EthHdr, Ipv4, Layers } from '../wire/index.ts';
import type { Dev } from './dev/state.ts';
import type { Neigh } from './neigh/state.ts';
import type { Net } from './net.ts';
import type { PktType, Skb } from './skb.ts';
import type { NetlinkEvent, RtEvent } from './socket/netlink.ts';

export interface IcmpSendOptions {
  /** caused by a route that says no: takes a token of its own limiter before the general one (ip_error) */
  readonly routeError?: boolean;
  /** the packet waited, so that whoever made it is done with it */
  readonly afterwards?: boolean;
}

export interface HostCalls {
  /** an ARP packet came in by dev; skb.layers[0] is the ARP header */
  arpRcv(net: Net, skb: Skb, dev: Dev): void;
  /** an IPv4 packet came in by dev; skb.layers[0] is the IPv4 header */
  ipRcv(net: Net, skb: Skb, dev: Dev): void;
  /** routed by skb.dst: hooks of POST_ROUTING, fragments, neighbour */
  ipOutput(net: Net, skb: Skb): void;
  /** made here, with a complete IPv4 header and a route: LOCAL_OUT, then ipOutput */
  ipLocalOut(net: Net, skb: Skb): void;
  icmpRcv(net: Net, skb: Skb): void;
  /** an ICMP error about skb; decides itself whether one may be sent, and records that */
  icmpSend(net: Net, skb: Skb, type: number, code: number, rest: number, options?: IcmpSendOptions): void;
  tcpRcv(net: Net, skb: Skb): void;
  udpRcv(net: Net, skb: Skb): void;
  /** protocol 4 for a local address */
  tunnelRcv(net: Net, skb: Skb): void;
  /** an IPv4 packet leaves by a tunnel device */
  tunnelXmit(net: Net, skb: Skb, dev: Dev): void;
  /**
   * An ICMP error arrived about a segment or datagram of ours: `embedded` begins with its IPv4 header.
   * @returns true when it concerns a socket that may learn a path MTU or a better gateway from it
   *   (a full one: no listener, no half-open connection); icmp/ then changes the route.
   */
  tcpError(net: Net, type: number, code: number, rest: number, embedded: Layers, from: Ipv4): boolean;
  udpError(net: Net, type: number, code: number, rest: number, embedded: Layers, from: Ipv4): boolean;
  /** a copy of every ICMP message but echo requests, for raw and ping sockets */
  pingRcv(net: Net, skb: Skb): void;
  /** an ICMP error about an echo request of ours; see tcpError for the result */
  pingError(net: Net, type: number, code: number, rest: number, embedded: Layers, from: Ipv4, skb: Skb): boolean;
  /** a packet of any protocol for raw sockets; @returns true when one took a copy */
  rawRcv(net: Net, skb: Skb): boolean;
  /** asks for the link-layer address of a neighbour: one ARP request */
  arpSolicit(net: Net, neigh: Neigh): void;
  /** tells programs that listen of a change of an interface or an address */
  netlinkNotify(net: Net, event: NetlinkEvent): void;
  /** tells programs that listen of a change of anything; asked only when `sockets.rtListeners` names some */
  rtTell(net: Net, event: RtEvent): void;
  /** shows a frame to packet sockets, as it comes in or before it goes out; eth is null on devices without link layer */
  packetTap(net: Net, dev: Dev, eth: EthHdr | null, layers: Layers, pktType: PktType, skb: Skb): void;
}
