/**
 * Segments for a connection that is over, but whose late segments may still arrive.
 * Comes from: input.ts.  Goes to: reset.ts (ACK), input.ts (a SYN that may begin anew).
 * Source: Linux 6.1 net/ipv4/tcp_minisocks.c, tcp_timewait_state_process(); RFC 9293 §3.6.1, RFC 1337.
 */
import { nanos, NS_PER_MS } from '../../engine/index.ts';
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, type TcpHdr } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import type { Skb } from '../skb.ts';
import type { TcpTimewait } from '../socket/state.ts';
import { timewaitArm, timewaitKill } from './done.ts';
import { tcpSendMiniAck } from './reset.ts';
import { after, before, seqAdd } from './seq.ts';
import { tcpSetting } from './sock-new.ts';

const OOW_ACK_EVERY = nanos(500 * NS_PER_MS);

/**
 * - done: taken care of     - reset: to be answered with RST
 * - syn: an acceptable SYN; the record is gone and a listener may take it, starting at `iss`
 */
export type TimewaitAnswer = { readonly kind: 'done' } | { readonly kind: 'reset' } | { readonly kind: 'syn'; readonly iss: number };
const DONE: TimewaitAnswer = { kind: 'done' };

function note(net: Net, tw: TcpTimewait, skb: Skb, verdict: 'deliver' | 'drop', reason: string): void {
  net.trace('tcp_rcv', verdict, reason, skb, {
    laddr: tw.laddr,
    lport: tw.lport,
    raddr: tw.raddr,
    rport: tw.rport,
    state: tw.substate,
  });
}

export function tcpRcvTimewait(net: Net, tw: TcpTimewait, skb: Skb, tcp: TcpHdr, length: number): TimewaitAnswer {
  const ts = tcp.options.timestamps;
  const paws = tw.tsOk && ts !== null && before(ts.val, tw.tsRecent);
  if (tw.substate === 'FIN_WAIT2') {
    const answer = inFinWait2(net, tw, skb, tcp, length, paws);
    if (answer !== null) return answer;
  }
  const end = seqAdd(tcp.seq, length);
  if (!paws && tcp.seq === tw.rcvNxt && (tcp.seq === end || (tcp.flags & TCP_RST) !== 0)) {
    if ((tcp.flags & TCP_RST) !== 0) {
      if (tcpSetting(net, 'net.ipv4.tcp_rfc1337', 0) === 0) {
        note(net, tw, skb, 'deliver', 'tcp.rst-ends-time-wait');
        timewaitKill(net, tw);
        return DONE;
      }
    } else timewaitArm(net, tw);
    if (ts !== null) tw.tsRecent = ts.val;
    note(net, tw, skb, 'deliver', 'tcp.last-ack-received');
    return DONE;
  }
  const flags = tcp.flags & (TCP_SYN | TCP_RST | TCP_ACK);
  if (flags === TCP_SYN && !paws && (after(tcp.seq, tw.rcvNxt) || (tw.tsOk && ts !== null && before(tw.tsRecent, ts.val)))) {
    timewaitKill(net, tw);
    // far enough beyond the old connection that nothing of it can be mistaken
    return { kind: 'syn', iss: seqAdd(tw.sndNxt, 65535 + 2) };
  }
  note(net, tw, skb, 'drop', 'tcp.late-for-time-wait');
  if ((tcp.flags & TCP_RST) !== 0) return DONE;
  if (paws || (tcp.flags & TCP_ACK) !== 0) timewaitArm(net, tw);
  return ackRarely(net, tw, skb, length);
}

/** The program has closed, the peer not yet. @returns null to go on as in TIME_WAIT */
function inFinWait2(net: Net, tw: TcpTimewait, skb: Skb, tcp: TcpHdr, length: number, paws: boolean): TimewaitAnswer | null {
  const end = seqAdd(tcp.seq, length);
  const inWindow = !paws && (tcp.seq === tw.rcvNxt || (before(tcp.seq, seqAdd(tw.rcvNxt, tw.rcvWnd)) && after(end, tw.rcvNxt)));
  if (!inWindow) {
    note(net, tw, skb, 'drop', 'tcp.late-for-time-wait');
    return ackRarely(net, tw, skb, length);
  }
  if ((tcp.flags & TCP_RST) !== 0) {
    note(net, tw, skb, 'deliver', 'tcp.rst-ends-time-wait');
    timewaitKill(net, tw);
    return DONE;
  }
  if ((tcp.flags & TCP_SYN) !== 0 && !before(tcp.seq, tw.rcvNxt)) return { kind: 'reset' };
  if ((tcp.flags & TCP_ACK) === 0 || !after(end, tw.rcvNxt) || end === tcp.seq) {
    note(net, tw, skb, 'deliver', 'tcp.last-ack-received');
    return DONE;
  }
  // new data, or anything but the FIN that is waited for
  if ((tcp.flags & TCP_FIN) === 0 || end !== seqAdd(tw.rcvNxt, 1)) return { kind: 'reset' };
  note(net, tw, skb, 'deliver', 'tcp.fin-after-close');
  tw.substate = 'TIME_WAIT';
  tw.rcvNxt = end;
  if (tcp.options.timestamps !== null) tw.tsRecent = tcp.options.timestamps.val;
  timewaitArm(net, tw);
  tcpSendMiniAck(net, tw, skb);
  return DONE;
}

function ackRarely(net: Net, tw: TcpTimewait, skb: Skb, length: number): TimewaitAnswer {
  const allowed = length > 0 || tw.lastOowAck === null || net.now - tw.lastOowAck >= OOW_ACK_EVERY;
  if (allowed) {
    tw.lastOowAck = net.now;
    tcpSendMiniAck(net, tw, skb);
  }
  return DONE;
}
