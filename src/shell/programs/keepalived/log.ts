/**
 * keepalived's log: the system log of the node, and the terminal with -n -l.
 * Source: keepalived 2.2.7 lib/logger.c, vlog_message(); rsyslog's traditional file format.
 */
import { formatDate } from '../../commands/system-commands.ts';
import { writeFile } from '../../fs/files.ts';
import type { ConfigError } from './config.ts';
import type { Ka } from './state.ts';

const LOG_FILE = '/var/log/messages';

export function log(ka: Ka, who: ConfigError['who'], text: string): void {
  const { net, proc, st } = ka;
  if (st.options.syslog)
    writeFile(net, LOG_FILE, `${formatDate(net.now, '%b %e %T')} ${net.host.hostname} ${who}[${proc.pid}]: ${text}\n`, true);
  if (st.options.console) net.write(proc.stderr, `${formatDate(net.now, '%a %b %e %T %Y')}: ${text}\n`);
}

export const logVrrp = (ka: Ka, text: string): void => log(ka, 'Keepalived_vrrp', text);
export const logCheck = (ka: Ka, text: string): void => log(ka, 'Keepalived_healthcheckers', text);

/** Lines that only -D shows. */
export function logDetail(ka: Ka, text: string): void {
  if (ka.st.options.detail) logVrrp(ka, text);
}
