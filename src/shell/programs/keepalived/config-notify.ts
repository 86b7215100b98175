/**
 * Keywords of the notify scripts, which instances and sync groups both have.
 * Comes from: config-vrrp.ts, config-vrrp-group.ts.  Goes to: the notify part of an instance or a group.
 * Source: keepalived 2.2.7 vrrp/vrrp_parser.c.
 */
import type { NotifyConf } from './config.ts';
import { commandOf, complain, type Keyword, type Keywords, type Reader } from './config-reader.ts';

const NOTIFY: Readonly<Record<string, keyof NotifyConf>> = {
  notify_master: 'master',
  notify_backup: 'backup',
  notify_fault: 'fault',
  notify_stop: 'stop',
  notify: 'any',
};

export function notifyKeywords(of: (reader: Reader) => { readonly name: string; readonly notify: NotifyConf }): Keywords {
  return Object.fromEntries(
    Object.entries(NOTIFY).map(([keyword, field]): [string, Keyword] => [
      keyword,
      {
        run(reader, words) {
          const { name, notify } = of(reader);
          if (notify[field] !== null) complain(reader, `(${name}) ${keyword} script already specified - ignoring ${words[1] ?? ''}`);
          else notify[field] = commandOf(words);
        },
      },
    ]),
  );
}
