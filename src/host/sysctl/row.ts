/**
 * A row of the sysctl tables: one setting, where its value is kept, what values it takes, and how
 * the values for all and for one interface combine.
 * Source: Linux 6.1 Documentation/networking/ip-sysctl.rst, net/ipv4/devinet.c (ipv4_devconf).
 */
import type { Net } from '../net.ts';

/**
 * How conf/all and conf/<interface> give the value that counts (include/linux/inetdevice.h):
 * max (IN_DEV_MAXCONF), or (IN_DEV_ORCONF), and (IN_DEV_ANDCONF), iface (IN_DEV_CONF_GET).
 */
export type Combine = 'max' | 'or' | 'and' | 'iface';

export interface SysctlRow {
  /** Dotted name; `*` stands for all, default and each interface: 'net.ipv4.conf.*.arp_ignore'. */
  readonly name: string;
  readonly en: string;
  readonly zh: string;
  readonly source: string;
  readonly defaultText: string;
  /** null: not an integer, `write` checks by itself */
  readonly range: { readonly min: number; readonly max: number } | null;
  readonly combine?: Combine;
  readonly writable: boolean;
  /** `iface` is what stands at `*`. Returns the text that /proc/sys shows, without newline; null if there is no such place. */
  readonly read: (net: Net, iface: string) => string | null;
  /** Takes the text written. Returns an errno name on refusal. Side effects of writing happen here. */
  readonly write: (net: Net, iface: string, text: string) => 'EINVAL' | 'EACCES' | 'ENOENT' | null;
}
