/** The host room's reasons, joined from its folders. */
import { arpReasons } from './arp/reasons.ts';
import { devReasons } from './dev/reasons.ts';
import { fibReasons } from './fib/reasons.ts';
import { icmpReasons } from './icmp/reasons.ts';
import { ipv4Reasons } from './ipv4/reasons.ts';
import { neighReasons } from './neigh/reasons.ts';
import { netfilterReasons } from './netfilter/reasons.ts';
import { socketReasons } from './socket/reasons.ts';
import { sysctlReasons } from './sysctl/reasons.ts';
import { tcpReasons } from './tcp/reasons.ts';
import { tunnelReasons } from './tunnel/reasons.ts';
import { udpReasons } from './udp/reasons.ts';

export const hostReasons = {
  ...devReasons,
  ...arpReasons,
  ...neighReasons,
  ...fibReasons,
  ...ipv4Reasons,
  ...icmpReasons,
  ...tunnelReasons,
  ...netfilterReasons,
  ...socketReasons,
  ...udpReasons,
  ...tcpReasons,
  ...sysctlReasons,
};
