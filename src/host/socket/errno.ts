/**
 * Error numbers by name, with the sentence that programs print (strerror) and how ICMP maps to them.
 * Source: Linux 6.1 include/uapi/asm-generic/errno.h; net/ipv4/icmp.c, icmp_err_convert[]; glibc 2.36.
 */
import { ICMP_DEST_UNREACH, ICMP_PARAMETERPROB, ICMP_TIME_EXCEEDED } from '../../wire/index.ts';

const TEXTS = {
  EACCES: 'Permission denied',
  EADDRINUSE: 'Address already in use',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  EAGAIN: 'Resource temporarily unavailable',
  EBADF: 'Bad file descriptor',
  ECONNABORTED: 'Software caused connection abort',
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset by peer',
  EDESTADDRREQ: 'Destination address required',
  EHOSTDOWN: 'Host is down',
  EHOSTUNREACH: 'No route to host',
  EINVAL: 'Invalid argument',
  EISCONN: 'Transport endpoint is already connected',
  EMSGSIZE: 'Message too long',
  ENETDOWN: 'Network is down',
  ENETUNREACH: 'Network is unreachable',
  ENOBUFS: 'No buffer space available',
  ENODEV: 'No such device',
  ENONET: 'Machine is not on the network',
  ENOPROTOOPT: 'Protocol not available',
  ENOTCONN: 'Transport endpoint is not connected',
  EOPNOTSUPP: 'Operation not supported',
  EPERM: 'Operation not permitted',
  EPIPE: 'Broken pipe',
  EPROTO: 'Protocol error',
  ETIMEDOUT: 'Connection timed out',
} as const;

export type Errno = keyof typeof TEXTS;

/** The sentence of perror(3). */
export function strerror(errno: Errno): string {
  return TEXTS[errno];
}

/** What other folders hand over as an error name; an unknown one counts as "network is unreachable". */
export function toErrno(name: string): Errno {
  return name in TEXTS ? (name as Errno) : 'ENETUNREACH';
}

/** Error of each code of "destination unreachable", and whether it ends a connection attempt for sure. */
const UNREACHABLE: readonly { readonly errno: Errno; readonly fatal: boolean }[] = [
  { errno: 'ENETUNREACH', fatal: false },
  { errno: 'EHOSTUNREACH', fatal: false },
  { errno: 'ENOPROTOOPT', fatal: true },
  { errno: 'ECONNREFUSED', fatal: true },
  { errno: 'EMSGSIZE', fatal: false },
  { errno: 'EOPNOTSUPP', fatal: false },
  { errno: 'ENETUNREACH', fatal: true },
  { errno: 'EHOSTDOWN', fatal: true },
  { errno: 'ENONET', fatal: true },
  { errno: 'ENETUNREACH', fatal: true },
  { errno: 'EHOSTUNREACH', fatal: true },
  { errno: 'ENETUNREACH', fatal: false },
  { errno: 'EHOSTUNREACH', fatal: false },
  { errno: 'EHOSTUNREACH', fatal: true },
  { errno: 'EHOSTUNREACH', fatal: true },
  { errno: 'EHOSTUNREACH', fatal: true },
];

/** @returns null for messages that no socket is told of */
export function icmpErrno(type: number, code: number): { readonly errno: Errno; readonly fatal: boolean } | null {
  switch (type) {
    case ICMP_DEST_UNREACH:
      return UNREACHABLE[code] ?? null;
    case ICMP_TIME_EXCEEDED:
      return { errno: 'EHOSTUNREACH', fatal: false };
    case ICMP_PARAMETERPROB:
      return { errno: 'EPROTO', fatal: true };
    default:
      return null;
  }
}
