/**
 * Kernel modules that change what a node can do.
 * Source: Linux 6.1 net/ipv4/ipip.c (tunl0 comes with the module), netfilter/ipvs.
 */
import { ipipModuleLoaded } from '../host/index.ts';
import type { NodeContext } from './context.ts';

/** Modules that exist; most bring nothing that is not there already. */
const MODULES: readonly string[] = [
  'ipip',
  'dummy',
  'ip_vs',
  'ip_vs_rr',
  'ip_vs_wrr',
  'ip_vs_lc',
  'ip_vs_wlc',
  'ip_vs_sed',
  'ip_vs_nq',
  'ip_vs_sh',
  'ip_vs_dh',
  'ip_vs_mh',
  'ip_vs_lblc',
  'ip_vs_lblcr',
  'ip_vs_fo',
  'ip_vs_ovf',
  'ip_vs_ftp',
  'nf_conntrack',
  'nf_nat',
  'ip_tables',
  'iptable_filter',
  'iptable_nat',
  'iptable_mangle',
  'iptable_raw',
  'arp_tables',
  'arptable_filter',
  'bridge',
  'br_netfilter',
  'veth',
  'tun',
  'bonding',
  '8021q',
  'tunnel4',
  'ip_tunnel',
];

export function loadModule(net: NodeContext, name: string): 'loaded' | 'unknown' {
  const module = name.replaceAll('-', '_');
  if (!MODULES.includes(module)) return 'unknown';
  if (net.host.modules.includes(module)) return 'loaded';
  net.host.modules.push(module);
  net.trace('module', 'state', 'module.loaded', null, { module });
  if (module === 'ipip') ipipModuleLoaded(net);
  return 'loaded';
}
