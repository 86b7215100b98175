/**
 * The commands that configure a host's network: the table of contents of this folder's second half.
 * Comes from: commands/index.ts.
 */
import type { Command } from '../command.ts';
import { arp } from './arp.ts';
import { arptablesCommands } from './arptables/arptables.ts';
import { conntrack } from './conntrack.ts';
import { ifconfig } from './ifconfig.ts';
import { ip } from './ip/index.ts';
import { iptables } from './iptables/iptables.ts';
import { saveCommands } from './iptables/save.ts';
import { moduleCommands } from './modprobe.ts';
import { route } from './route.ts';
import { sysctl } from './sysctl.ts';
import { unmodelledCommands } from './unmodelled.ts';

export const configCommands: readonly Command[] = [
  ip,
  ifconfig,
  route,
  arp,
  sysctl,
  iptables,
  ...saveCommands,
  ...arptablesCommands,
  conntrack,
  ...moduleCommands,
  ...unmodelledCommands,
];
