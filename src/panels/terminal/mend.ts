/**
 * A command out of notes as it was meant: typesetting turned back into what a shell reads. Whatever is
 * changed has a doubt that says so.
 * Comes from: shell/notes.  Goes to: notes-paste.tsx.
 */
import type { NoteCommand } from '../../shell/index.ts';

export function mended({ command, doubts }: Pick<NoteCommand, 'command' | 'doubts'>): string {
  let text = command;
  for (const { kind } of doubts) {
    if (kind === 'dash') text = text.replace(/[\u2013\u2014]/g, '-');
    else if (kind === 'quote') text = text.replace(/[\u201c\u201d]/g, '"').replace(/[\u2018\u2019]/g, "'");
    // Full-width forms lie a fixed distance above ASCII.
    else if (kind === 'full-width')
      text = text.replace(/[\uff01-\uff5e]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, ' ');
  }
  return text;
}
