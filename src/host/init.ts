/**
 * A host as it is right after booting: lo up with 127.0.0.1, every setting at the kernel's own default.
 * Comes from: world/build.  Goes to: HostState.
 * Source: Linux 6.1 net/ipv4/devinet.c, fib_rules.c (the three rules), each part's own init function.
 * Differs: no distribution's sysctl.conf is applied.
 */
import type { Nanos } from '../engine/index.ts';
import { IPV4_LOOPBACK, MAC_ZERO } from '../wire/index.ts';
import { fibAddIfaddr, insertAddr } from './dev/addr.ts';
import { createDevConf } from './dev/conf.ts';
import { createDev } from './dev/create.ts';
import { RT_SCOPE_HOST } from './dev/state.ts';
import { defaultRules } from './fib/rules.ts';
import { RT_TABLE_DEFAULT, RT_TABLE_LOCAL, RT_TABLE_MAIN } from './fib/state.ts';
import { createIcmpState } from './icmp/state.ts';
import { createIpv4State } from './ipv4/state.ts';
import { createNeighTable } from './neigh/table.ts';
import { createNetfilter } from './netfilter/state.ts';
import { LO_IF } from './skb.ts';
import { createSocketState } from './socket/state.ts';
import type { HostState } from './state.ts';
import { createSysctls } from './sysctl/global-rows.ts';

export function createHost(hostname: string): HostState {
  // what every packet reads stands first: it shares a line of memory
  const host: HostState = {
    devs: [null],
    nf: createNetfilter(),
    sockets: createSocketState(),
    neigh: createNeighTable(),
    fib: {
      tables: new Map([
        [RT_TABLE_LOCAL, []],
        [RT_TABLE_MAIN, []],
        [RT_TABLE_DEFAULT, []],
      ]),
      rules: defaultRules(),
      learnt: false,
      customRules: false,
      customLocal: false,
      rulesAskPorts: false,
    },
    ipv4: createIpv4State(),
    sysctl: createSysctls(),
    conf: { all: createDevConf('all'), default: createDevConf('default') },
    hostname,
    icmp: createIcmpState(),
    modules: [],
    bootedAt: 0 as Nanos,
  };
  addLoopback(host);
  return host;
}

function addLoopback(host: HostState): void {
  const lo = createDev(host, LO_IF, { name: 'lo', kind: 'loopback' }, MAC_ZERO);
  lo.conf.disable_policy = 1;
  lo.conf.disable_xfrm = 1;
  lo.confOwn.push('*');
  lo.up = true;
  lo.everUp = true;
  host.devs.push(lo);
  const ifa = {
    local: IPV4_LOOPBACK,
    address: IPV4_LOOPBACK,
    prefixLen: 8,
    broadcast: null,
    scope: RT_SCOPE_HOST,
    secondary: false,
    noPrefixRoute: false,
    metric: 0,
    validUntil: null,
    preferredUntil: null,
    label: 'lo',
  };
  insertAddr(lo, ifa);
  fibAddIfaddr(host, lo, ifa, null);
}
