/** Commands that use sockets. */
import type { Command } from '../command.ts';
import { arpingCommand } from './arping.ts';
import { httpCommands } from './http.ts';
import { httpdCommands } from './httpd.ts';
import { keepalivedCommand } from './keepalived.ts';
import { ncCommand } from './nc.ts';
import { pingCommand } from './ping.ts';
import { probeCommands } from './probe.ts';
import { netstat } from './ss/netstat.ts';
import { ss } from './ss/ss.ts';
import { tcpdumpCommand } from './tcpdump.ts';
import { telnetCommand } from './telnet.ts';
import { tracerouteCommand } from './traceroute.ts';

export const netCommands: readonly Command[] = [
  ...probeCommands,
  pingCommand,
  arpingCommand,
  tracerouteCommand,
  ...httpCommands,
  ...httpdCommands,
  ncCommand,
  telnetCommand,
  keepalivedCommand,
  tcpdumpCommand,
  ss,
  netstat,
];
