/**
 * Advertisements: making one, sending it, and what is wrong with one that came.
 * Comes from: vrrp.ts, vrrp-receive.ts.  Goes to: raw sockets of protocol 112.
 * Source: keepalived 2.2.7 vrrp/vrrp.c, vrrp_build_vrrp_v2(), vrrp_build_vrrp_v3(), vrrp_send_adv(),
 *   vrrp_check_packet(), open_vrrp_send_socket().
 * Differs: packets of the lab cannot have a wrong checksum.
 */
import { NS_PER_MS, NS_PER_S } from '../../../engine/index.ts';
import { devByName, NO_IF, rawOpen, rawSend, sockClose, strerror } from '../../../host/index.ts';
import {
  formatIpv4,
  IPPROTO_VRRP,
  isMulticast,
  makeVrrp,
  VRRP_ADVERT,
  VRRP_AUTH_NONE,
  VRRP_AUTH_PASS,
  type Ipv4,
  type Ipv4Hdr,
  type VrrpHdr,
} from '../../../wire/index.ts';
import { COST, spend } from './clock.ts';
import { logVrrp } from './log.ts';
import type { Instance, Ka } from './state.ts';
import { thenDo } from './vrrp-timer.ts';

/** Precedence 6, internetwork control. */
const VRRP_TOS = 0xc0;
const VRRP_TTL = 255;

/** Numbers of the errors that sending may bring. */
const ERRNO: Readonly<Record<string, number>> = {
  EPERM: 1,
  EACCES: 13,
  ENODEV: 19,
  EINVAL: 22,
  EMSGSIZE: 90,
  EADDRNOTAVAIL: 99,
  ENETDOWN: 100,
  ENETUNREACH: 101,
  EHOSTUNREACH: 113,
};

function advertisement({ conf }: Instance, priority: number): VrrpHdr {
  const addrs = conf.vips.filter((vip) => !vip.excluded).map((vip) => vip.addr);
  if (conf.version === 3) return makeVrrp(3, conf.vrid, priority, conf.advert / (10 * NS_PER_MS), addrs);
  const type = conf.password === null ? VRRP_AUTH_NONE : VRRP_AUTH_PASS;
  // version 2 has the place of the password even without one (RFC 3768 5.3.10)
  return makeVrrp(2, conf.vrid, priority, conf.advert / NS_PER_S, addrs, type, conf.password ?? '');
}

/** The socket that sends for an instance, bound to its source address. */
function outSocket(ka: Ka, instance: Instance): number | null {
  const { net, proc } = ka;
  if (instance.sockOut !== 0 && instance.sockOutSrc === instance.src) return instance.sockOut;
  if (instance.sockOut !== 0) sockClose(net, instance.sockOut);
  instance.sockOut = 0;
  const dev = devByName(net.host, instance.conf.dev);
  const request = {
    proto: IPPROTO_VRRP,
    oif: dev?.ifindex ?? NO_IF,
    ttl: VRRP_TTL,
    tos: VRRP_TOS,
    pmtuDisc: 'dont',
    deaf: true,
    recvErr: false,
    // also from an address that this host has no longer
    headerIncluded: true,
  } as const;
  const opened = rawOpen(net, proc.pid, instance.src === null ? request : { ...request, src: instance.src });
  if ('error' in opened) return null;
  instance.sockOut = opened.sock;
  instance.sockOutSrc = instance.src;
  return opened.sock;
}

/** Sends one advertisement, to the group or to each peer. */
export function sendAdvert(ka: Ka, instance: Instance, priority: number): void {
  const { conf } = instance;
  // as far as keepalived has heard: it may be up again by now
  if (ka.st.ifUp.get(conf.dev) === false) return;
  spend(ka, COST.advert);
  const hdr = advertisement(instance, priority);
  const [first = conf.mcastGroup, ...others] = conf.peers;
  sendTo(ka, instance, first, hdr);
  // each peer's kernel has answered before the next one is sent to
  for (const dst of others) thenDo(ka, { kind: 'send', name: conf.name, dst, hdr });
}

export function sendTo(ka: Ka, instance: Instance, dst: Ipv4, hdr: VrrpHdr): void {
  const { conf } = instance;
  const sock = outSocket(ka, instance);
  const error = sock === null ? null : rawSend(ka.net, sock, dst, [hdr]);
  ka.st.sentAt = ka.net.now;
  // a goodbye over an interface that is down is no news
  if (error === null || (hdr.priority === 0 && error === 'ENETUNREACH')) return;
  if (conf.peers.length > 0) logVrrp(ka, `(${conf.name}) Cant send advert to ${formatIpv4(dst)} (${strerror(error)})`);
  else logVrrp(ka, `(${conf.name}): send advert error ${ERRNO[error] ?? 0} (${strerror(error)})`);
}

export interface PacketFault {
  /** what the log says behind the instance's name */
  readonly text: string;
  /** which difference, for the record */
  readonly why: 'length' | 'ttl' | 'version' | 'type' | 'auth-type' | 'password' | 'interval' | 'addresses' | 'cast' | 'peer';
}

function authFault({ conf }: Instance, hdr: VrrpHdr): PacketFault | null {
  const expected = conf.password === null ? VRRP_AUTH_NONE : VRRP_AUTH_PASS;
  if (hdr.authType > 2) return { text: `Invalid auth type: ${hdr.authType}`, why: 'auth-type' };
  if (hdr.authType !== expected) return { text: `received a ${hdr.authType} auth, expecting ${expected}!`, why: 'auth-type' };
  if (expected === VRRP_AUTH_PASS && hdr.auth !== conf.password) return { text: 'received an invalid passwd!', why: 'password' };
  if (hdr.interval * NS_PER_S !== conf.advert) {
    return {
      text: `advertisement interval mismatch mine=${conf.advert / NS_PER_S} sec rcv'd=${hdr.interval} sec`,
      why: 'interval',
    };
  }
  return null;
}

function addressFault({ conf }: Instance, hdr: VrrpHdr): PacketFault | null {
  for (const vip of conf.vips) {
    if (!vip.excluded && !hdr.addrs.includes(vip.addr)) {
      return {
        text: `ip address associated with VRID ${conf.vrid} not present in MASTER advert: ${formatIpv4(vip.addr)}`,
        why: 'addresses',
      };
    }
  }
  return null;
}

/** @param checkAddrs skip_check_adv_addr leaves the addresses of a known master unchecked */
export function packetFault(instance: Instance, ip: Ipv4Hdr, hdr: VrrpHdr, checkAddrs: boolean): PacketFault | null {
  const { conf } = instance;
  const unicast = conf.peers.length > 0;
  if (hdr.version === 2 && hdr.auth === null) {
    const length = 28 + 4 * hdr.addrs.length;
    return { text: `vrrp packet too short, length ${length} and expect ${length + 8}`, why: 'length' };
  }
  if (!unicast && ip.ttl !== VRRP_TTL) return { text: `invalid TTL/HL. Received ${ip.ttl} and expect ${VRRP_TTL}`, why: 'ttl' };
  if (hdr.version !== conf.version) return { text: `wrong version. Received ${hdr.version} and expect ${conf.version}`, why: 'version' };
  const auth = conf.version === 2 ? authFault(instance, hdr) : null;
  if (auth !== null) return auth;
  if (hdr.type !== VRRP_ADVERT) return { text: `Invalid packet type. ${hdr.type} and expect ${VRRP_ADVERT}`, why: 'type' };
  const count = conf.vips.filter((vip) => !vip.excluded).length;
  if (checkAddrs && hdr.addrs.length !== count) {
    return {
      text: `received an unexpected ip number count ${hdr.addrs.length}, expected ${count}!`,
      why: 'addresses',
    };
  }
  if (isMulticast(ip.dst) === unicast) {
    return {
      text: `Expected ${unicast ? 'un' : 'mult'}icast packet but received ${unicast ? 'mult' : 'un'}icast packet`,
      why: 'cast',
    };
  }
  if (!checkAddrs) return null;
  const addresses = addressFault(instance, hdr);
  if (addresses !== null) return addresses;
  if (unicast && conf.checkUnicastSrc && !conf.peers.includes(ip.src))
    return { text: `unicast source address ${formatIpv4(ip.src)} not a unicast peer`, why: 'peer' };
  return null;
}
