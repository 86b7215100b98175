/**
 * `ip monitor`: tells of every change of interfaces, addresses, routes, neighbours and rules as it happens.
 * Comes from: commands/ip/monitor.ts.  Goes to: host/socket rtListen, rtEventRecv.
 * Source: iproute2 6.1.0 lib/libnetlink.c, rtnl_listen().
 */
import { rtEventRecv, rtListen } from '../../host/index.ts';
import type { Program } from '../../world/index.ts';
import { monitorText, type IpMonitorMemory } from '../commands/ip/monitor.ts';
import { signalCode } from './net-text.ts';

export const ipMonitorProgram: Program = (net, proc, wake) => {
  const memory = proc.state as IpMonitorMemory;
  switch (wake.kind) {
    case 'start':
      memory.sock = rtListen(net, proc.pid);
      return;
    case 'socket':
      for (let event = rtEventRecv(net, memory.sock); event !== null; event = rtEventRecv(net, memory.sock)) {
        const text = monitorText(net, event, memory);
        if (text !== '') net.write(proc.stdout, text);
      }
      return;
    case 'signal':
      net.exit(proc.pid, signalCode(wake));
      return;
    default:
  }
};
