/**
 * The passive side until a connection is complete: SYN to a listener, SYN|ACK, the ACK that makes a
 * full socket of the request.
 * Comes from: input.ts, timers.ts.  Goes to: segment by ipv4/send.ts; the listener's accept queue.
 * Source: Linux 6.1 net/ipv4/tcp_input.c, tcp_conn_request(); tcp_output.c, tcp_make_synack();
 *   tcp_minisocks.c, tcp_check_req(), tcp_create_openreq_child(); inet_connection_sock.c, reqsk_timer_handler().
 * Differs: no SYN cookies; a full accept queue drops SYNs and last ACKs.
 */
import { intDelete, intGet, intSet, nanos, NS_PER_MS } from '../../engine/index.ts';
import { IPPROTO_TCP, TCP_ACK, TCP_SYN, type Ipv4Hdr, type TcpHdr } from '../../wire/index.ts';
import { ipRouteOutput } from '../fib/output.ts';
import { ipSend } from '../ipv4/send.ts';
import type { Net } from '../net.ts';
import type { Dst, Skb } from '../skb.ts';
import type { TcpRequest, TcpSock } from '../socket/state.ts';
import { connectionInsert, newSockId, portInsert } from '../socket/table.ts';
import { wheelDelay } from '../timer-wheel.ts';
import { doubled } from './doubled.ts';
import { tcpUnhash } from './done.ts';
import { advMssOf, tcpSyncMss } from './mss.ts';
import { tcpRttSample, tcpStampedRtt } from './rtt.ts';
import { makeTcp } from './segment.ts';
import { seqAdd } from './seq.ts';
import { tcpSetState } from './set-state.ts';
import {
  initialSeq,
  initialWindow,
  newTcpSock,
  tcpSetting,
  timestampNow,
  timestampOffset,
  TCP_TIMEOUT_INIT_MS,
  TCP_WSCALE,
  TCP_INIT_CWND,
} from './sock-new.ts';

/**
 * A SYN for a listener.
 * @param iss own initial number where an old connection prescribes one, else null
 */
export function tcpConnRequest(net: Net, listener: TcpSock, skb: Skb, ip: Ipv4Hdr, tcp: TcpHdr, iss: number | null): void {
  const sockets = net.host.sockets;
  // the frame was for this host alone, its address is a broadcast by the routes
  if (skb.dst?.type === 'broadcast') {
    net.trace('tcp_rcv', 'drop', 'tcp.syn-to-broadcast', skb, { dst: ip.dst, dport: tcp.dport });
    return;
  }
  if (listener.accept.length > listener.backlog) {
    net.trace('tcp_rcv', 'drop', 'tcp.accept-queue-full', skb, {
      dport: tcp.dport,
      backlog: listener.backlog,
    });
    return;
  }
  const route = ipRouteOutput(net, { dst: ip.src, src: ip.dst, proto: IPPROTO_TCP, sport: tcp.dport, dport: tcp.sport });
  if ('error' in route) {
    net.trace('tcp_rcv', 'drop', 'tcp.no-route-back', skb, { src: ip.src });
    return;
  }
  const req = newRequest(net, listener, ip, tcp, route, iss);
  intSet(sockets.byId, req.id, req);
  connectionInsert(sockets, req);
  portInsert(sockets.tcpPorts, req.lport, req.id);
  if (net.tracing) {
    net.trace('tcp_rcv', 'deliver', 'tcp.syn-accepted', skb, {
      src: ip.src,
      sport: tcp.sport,
      dst: ip.dst,
      dport: tcp.dport,
      pid: listener.owner,
    });
  }
  tcpArmSynAck(net, req);
  tcpSendSynAck(net, req, skb);
}

function newRequest(net: Net, listener: TcpSock, ip: Ipv4Hdr, tcp: TcpHdr, route: Dst, iss: number | null): TcpRequest {
  const options = tcp.options;
  const tsOk = options.timestamps !== null && tcpSetting(net, 'net.ipv4.tcp_timestamps', 1) !== 0;
  const advMss = advMssOf(route);
  return {
    kind: 'request',
    df: listener.df,
    id: newSockId(net.host.sockets),
    hashNext: 0,
    laddr: ip.dst,
    lport: tcp.dport,
    raddr: ip.src,
    rport: tcp.sport,
    listener: listener.id,
    irs: tcp.seq,
    iss: iss ?? initialSeq(net, ip.dst, tcp.dport, ip.src, tcp.sport),
    mssClamp: options.mss ?? 536,
    advMss,
    pmtu: route.mtu,
    initCwnd: route.initCwnd ?? TCP_INIT_CWND,
    sndWscale: options.windowScale ?? 0,
    wscaleOk: options.windowScale !== null && tcpSetting(net, 'net.ipv4.tcp_window_scaling', 1) !== 0,
    sackOk: options.sackPermitted && tcpSetting(net, 'net.ipv4.tcp_sack', 1) !== 0,
    tsOk,
    tsOffset: timestampOffset(net, ip.dst, ip.src),
    tsRecent: options.timestamps?.val ?? 0,
    peerWnd: tcp.window,
    rcvWnd: initialWindow(advMss - (tsOk ? 12 : 0)),
    timeouts: 0,
    retransmitted: false,
    sentAt: net.now,
    timer: null,
    expires: net.now,
  };
}

/** Sends SYN|ACK, for the first time or again. @returns an error's name when it could not leave */
export function tcpSendSynAck(net: Net, req: TcpRequest, skb: Skb | null): string | null {
  if (skb === null) {
    const route = ipRouteOutput(net, { dst: req.raddr, src: req.laddr, proto: IPPROTO_TCP, sport: req.lport, dport: req.rport });
    if (!('error' in route)) req.advMss = advMssOf(route);
  }
  const hdr = makeTcp(req.lport, req.rport, req.iss, seqAdd(req.irs, 1), TCP_SYN | TCP_ACK, req.rcvWnd, {
    mss: req.advMss,
    sackPermitted: req.sackOk,
    timestamps: req.tsOk ? { val: timestampNow(net, req.tsOffset), ecr: req.tsRecent } : null,
    windowScale: req.wscaleOk ? TCP_WSCALE : null,
    sack: null,
    toa: null,
  });
  net.host.sockets.mib.outSegs++;
  return ipSend(net, {
    dst: req.raddr,
    src: req.laddr,
    proto: IPPROTO_TCP,
    // so short that nobody would cut it: the socket's wish does not count (ip_build_and_send_pkt)
    df: true,
    layers: [hdr],
    ...(skb === null ? {} : { cause: skb.lastTrace }),
  });
}

/** The wait for the last ACK doubles with each time-out, and begins anew when the SYN comes again. */
export function tcpArmSynAck(net: Net, req: TcpRequest): void {
  const delay = wheelDelay(net.now, nanos(doubled(TCP_TIMEOUT_INIT_MS, req.timeouts) * NS_PER_MS));
  req.expires = nanos(net.now + delay);
  req.timer = net.arm('tcp-synack', req.id, delay);
}

/** Nobody completed the connection: again, or give up. */
export function tcpSynAckTimer(net: Net, req: TcpRequest): void {
  const retries = tcpSetting(net, 'net.ipv4.tcp_synack_retries', 5);
  if (req.timeouts >= retries || intGet(net.host.sockets.byId, req.listener) === null) {
    requestDrop(net, req);
    net.host.sockets.mib.attemptFails++;
    if (net.tracing)
      net.trace('tcp_timer', 'state', 'tcp.synack-given-up', null, {
        raddr: req.raddr,
        rport: req.rport,
        lport: req.lport,
        n: req.timeouts,
      });
    return;
  }
  req.timeouts++;
  req.retransmitted = true;
  net.host.sockets.mib.retransSegs++;
  if (net.tracing) {
    net.trace('tcp_timer', 'state', 'tcp.retransmit-synack', null, {
      raddr: req.raddr,
      rport: req.rport,
      lport: req.lport,
      n: req.timeouts,
      after: doubled(TCP_TIMEOUT_INIT_MS, req.timeouts - 1),
    });
  }
  tcpArmSynAck(net, req);
  if (tcpSendSynAck(net, req, null) === null) return;
  // it cannot even leave: nobody waits for this one any longer (reqsk_timer_handler)
  requestDrop(net, req);
  net.host.sockets.mib.attemptFails++;
}

export function requestDrop(net: Net, req: TcpRequest): void {
  req.timer = null;
  tcpUnhash(net, req);
  intDelete(net.host.sockets.byId, req.id);
}

/** The full socket for a request whose last ACK has come; it waits at the listener for accept(). */
export function tcpChildOf(net: Net, listener: TcpSock, req: TcpRequest, tcp: TcpHdr): TcpSock {
  const sockets = net.host.sockets;
  requestDrop(net, req);
  const sock = newTcpSock(net, newSockId(sockets), 0);
  sock.laddr = req.laddr;
  sock.lport = req.lport;
  sock.raddr = req.raddr;
  sock.rport = req.rport;
  sock.reuseAddr = listener.reuseAddr;
  sock.parent = listener.id;
  sock.df = req.df;
  sock.state = 'SYN_RECV';
  sock.iss = req.iss;
  sock.irs = req.irs;
  sock.rcvNxt = seqAdd(req.irs, 1);
  sock.rcvWup = sock.rcvNxt;
  sock.lastAckSent = sock.rcvNxt;
  sock.rcvWnd = req.rcvWnd;
  sock.rcvLimit = req.rcvWnd;
  sock.sndUna = seqAdd(req.iss, 1);
  sock.sndNxt = sock.sndUna;
  sock.writeSeq = sock.sndUna;
  sock.sndSml = sock.sndUna;
  sock.sackOk = req.sackOk;
  sock.tsOk = req.tsOk;
  sock.tsOffset = req.tsOffset;
  sock.tsRecent = tcp.options.timestamps?.val ?? req.tsRecent;
  sock.sndWscale = req.wscaleOk ? req.sndWscale : 0;
  sock.rcvWscale = req.wscaleOk ? TCP_WSCALE : 0;
  sock.mssClamp = req.mssClamp;
  sock.advMss = req.advMss - (req.tsOk ? 12 : 0);
  sock.cwnd = req.initCwnd;
  tcpSyncMss(sock, req.pmtu);
  sock.sndWnd = tcp.window << sock.sndWscale;
  sock.maxWnd = sock.sndWnd;
  sock.sndWl1 = tcp.seq;
  sock.ipId = net.random() & 0xffff;
  sock.rcvMss = Math.min(sock.advMss, sock.mss, sock.rcvWnd >> 1, 536);
  const rtt = req.retransmitted ? tcpStampedRtt(net, sock, tcp) : nanos(net.now - req.sentAt);
  if (rtt !== null) tcpRttSample(sock, rtt);
  intSet(sockets.byId, sock.id, sock);
  connectionInsert(sockets, sock);
  portInsert(sockets.tcpPorts, sock.lport, sock.id);
  sockets.mib.passiveOpens++;
  // tcp_init_metrics(): that the other side has answered says that the way to it is open
  sock.confirm = true;
  tcpSetState(net, sock, 'ESTABLISHED');
  listener.accept.push(sock.id);
  net.wakeForSocket(listener.owner, listener.id);
  return sock;
}
