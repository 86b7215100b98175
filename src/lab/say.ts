/**
 * The texts of the page in two languages. English is the source; a missing Chinese text does not compile.
 * Goes to: every component.
 */
import type { Language } from './settings.ts';
import { en } from './texts-en.ts';
import { zh } from './texts-zh.ts';

export type TextKey = keyof typeof en;

const tables: Readonly<Record<Language, Readonly<Record<TextKey, string>>>> = { en, zh };

/** The text of a key; `{name}` in it is replaced, and `{name:line|lines}` by the first word if it is one, else by the second. */
export function text(lang: Language, key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  return tables[lang][key].replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, more?: string) =>
    String((one === undefined ? values[name] : values[name] === 1 ? one : more) ?? whole),
  );
}
