/**
 * ARP packets that leave.
 * Comes from: arp/solicit.ts, arp/rcv.ts, dev/updown.ts.  Goes to: hook ARP_OUT, dev/xmit.ts.
 * Source: Linux 6.1 net/ipv4/arp.c, arp_send_dst(), arp_xmit().
 * Differs: nothing known.
 */
import { makeArp, type Ipv4, type Mac } from '../../wire/index.ts';
import type { Dev } from '../dev/state.ts';
import { devXmit } from '../dev/xmit.ts';
import type { Net } from '../net.ts';
import { nfHook } from '../netfilter/nf-hook.ts';
import { newSkb } from '../skb-new.ts';
import { NO_IF, type Skb } from '../skb.ts';

/**
 * @param dstMac where the frame goes to
 * @param tha target MAC inside: zeros in a question
 * @param cause what is answered, or the packet that waits
 */
export function arpSend(net: Net, dev: Dev, op: number, dstMac: Mac, sha: Mac, spa: Ipv4, tha: Mac, tpa: Ipv4, cause: Skb | null): void {
  if (dev.noarp) return;
  const skb = newSkb([makeArp(op, sha, spa, tha, tpa)]);
  skb.oif = dev.ifindex;
  skb.pktType = 'outgoing';
  if (cause !== null) skb.lastTrace = cause.lastTrace;
  if (nfHook(net, 'ARP_OUT', skb, NO_IF, dev.ifindex) !== 'accept') return;
  devXmit(net, skb, dev, dstMac);
}
