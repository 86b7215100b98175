/** Programs that use sockets. */
import type { ProgramTable } from '../../world/index.ts';
import { arping } from './arping.ts';
import { conntrackEvents } from './conntrack-events.ts';
import { httpGet } from './http-get.ts';
import { httpd } from './httpd.ts';
import { ipMonitorProgram } from './ip-monitor.ts';
import { keepalived } from './keepalived/keepalived.ts';
import { nc } from './nc.ts';
import { ping } from './ping.ts';
import { probeGet } from './probe-get.ts';
import { probeServe } from './probe-serve.ts';
import { tcpdump } from './tcpdump.ts';
import { telnet } from './telnet.ts';
import { traceroute } from './traceroute.ts';

export const netPrograms: ProgramTable = {
  arping,
  'conntrack-events': conntrackEvents,
  'http-get': httpGet,
  httpd,
  'ip-monitor': ipMonitorProgram,
  keepalived,
  nc,
  ping,
  'probe-get': probeGet,
  'probe-serve': probeServe,
  tcpdump,
  telnet,
  traceroute,
};
