/**
 * The filled table of calls that go against the direction of imports; see calls.ts.
 * Comes from: world/tables.ts.  Goes to: every protocol.
 */
import { arpRcv } from './arp/rcv.ts';
import { arpSolicit } from './arp/solicit.ts';
import type { HostCalls } from './calls.ts';
import { icmpRcv } from './icmp/input.ts';
import { icmpSend } from './icmp/send.ts';
import { ipRcv } from './ipv4/input.ts';
import { ipLocalOut, ipOutput } from './ipv4/output.ts';
import { netlinkNotify, rtTell } from './socket/netlink.ts';
import { packetTap } from './socket/packet.ts';
import { pingError, pingRcv, rawRcv } from './socket/raw.ts';
import { tcpError } from './tcp/error.ts';
import { tcpRcv } from './tcp/input.ts';
import { tunnelRcv } from './tunnel/input.ts';
import { tunnelXmit } from './tunnel/xmit.ts';
import { udpError } from './udp/error.ts';
import { udpRcv } from './udp/input.ts';

export const hostCalls: HostCalls = {
  arpRcv,
  ipRcv,
  ipOutput,
  ipLocalOut,
  icmpRcv,
  icmpSend,
  tcpRcv,
  udpRcv,
  tunnelRcv,
  tunnelXmit,
  tcpError,
  udpError,
  pingRcv,
  pingError,
  rawRcv,
  arpSolicit,
  netlinkNotify,
  rtTell,
  packetTap,
};
