/** Names of fields, stations and tables as the notes on the map use them. Comes from: the texts of the page.  Goes to: draw-notes.ts. */
import { text, type Settings } from '../lab/index.ts';
import type { NoteNames } from './draw-notes.ts';

export function namesIn(lang: Settings['lang']): NoteNames {
  return {
    fields: {
      srcMac: text(lang, 'field.srcMac'),
      dstMac: text(lang, 'field.dstMac'),
      src: text(lang, 'field.src'),
      dst: text(lang, 'field.dst'),
      sport: text(lang, 'field.sport'),
      dport: text(lang, 'field.dport'),
      ttl: text(lang, 'field.ttl'),
      wrapped: text(lang, 'field.wrapped'),
      unwrapped: text(lang, 'field.unwrapped'),
    },
    station: (id) => text(lang, id === 'in' ? 'path.in.any' : id === 'out' ? 'path.out.any' : `path.${id}`),
    table: (name) => text(lang, `table.${name}`),
  };
}
