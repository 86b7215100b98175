/**
 * Rows of net.ipv4.conf.{all,default,<interface>}.* and net.ipv4.ip_forward.
 * Source: Linux 6.1 net/ipv4/devinet.c, devinet_sysctl_table, devinet_sysctl_forward(), inet_forward_change(),
 *   devinet_copy_dflt_conf().
 */
import { createDevConf } from '../dev/conf.ts';
import { devByName } from '../dev/get.ts';
import type { DevConf, DevConfName } from '../dev/state.ts';
import { fibChanged } from '../fib/table.ts';
import type { Net } from '../net.ts';
import type { HostState } from '../state.ts';
import { confTexts } from './conf-texts.ts';
import { parseInt32 } from './parse-value.ts';
import type { SysctlRow } from './row.ts';

const defaults = createDevConf('default');
const names = Object.keys(defaults) as DevConfName[];
const INT = { min: -2147483648, max: 2147483647 } as const;

function confOf(host: HostState, place: string): DevConf | null {
  if (place === 'all' || place === 'default') return host.conf[place];
  return devByName(host, place)?.conf ?? null;
}

/** Forwarding for the whole host: every interface and the default follow, and redirects are believed or not. */
function changeForwarding(host: HostState, on: number): void {
  host.conf.all.forwarding = on;
  host.conf.all.accept_redirects = on === 0 ? 1 : 0;
  host.conf.default.forwarding = on;
  for (const dev of host.devs) if (dev !== null) dev.conf.forwarding = on;
}

/** An interface goes along with the default until it has had an address or the setting was written there. */
function followDefault(host: HostState, name: DevConfName, value: number): void {
  for (const dev of host.devs) {
    if (dev !== null && !dev.confOwn.includes('*') && !dev.confOwn.includes(name)) dev.conf[name] = value;
  }
}

function confRow(name: DevConfName): SysctlRow {
  const text = confTexts[name];
  return {
    name: `net.ipv4.conf.*.${name}`,
    en: text.en,
    zh: text.zh,
    source: 'Linux 6.1 net/ipv4/devinet.c',
    defaultText: String(defaults[name]),
    range: INT,
    combine: text.combine,
    // The kernel alone sets it, when a multicast routing daemon runs.
    writable: name !== 'mc_forwarding',
    read: (net, place) => confOf(net.host, place)?.[name].toString() ?? null,
    write(net, place, written) {
      const conf = confOf(net.host, place);
      if (conf === null) return 'ENOENT';
      const value = parseInt32(written);
      if (value === null) return 'EINVAL';
      fibChanged(net.host.fib);
      if (name === 'forwarding' && place === 'all') {
        if (conf.forwarding !== value) changeForwarding(net.host, value);
        return null;
      }
      conf[name] = value;
      // forwarding has a handler of its own, which leaves the interfaces alone
      if (place === 'default' && name !== 'forwarding') followDefault(net.host, name, value);
      else if (place !== 'all') devByName(net.host, place)?.confOwn.push(name);
      return null;
    },
  };
}

const ipForward: SysctlRow = {
  name: 'net.ipv4.ip_forward',
  en: 'Be a router: forward packets for others, on every interface. Writing it also stops believing redirects. IPVS does not ask it for requests; NAT replies need it.',
  zh: '充当路由器：在所有接口上转发他人的报文。写入时还会停止接受重定向。IPVS 转发请求不看它；NAT 的回包需要它。',
  source: 'Linux 6.1 net/ipv4/devinet.c, inet_forward_change()',
  defaultText: '0',
  range: INT,
  writable: true,
  read: (net) => net.host.conf.all.forwarding.toString(),
  write(net: Net, _place, written) {
    const value = parseInt32(written);
    if (value === null) return 'EINVAL';
    fibChanged(net.host.fib);
    if (net.host.conf.all.forwarding !== value) changeForwarding(net.host, value);
    return null;
  },
};

export const confRows: readonly SysctlRow[] = [ipForward, ...names.map(confRow)];
