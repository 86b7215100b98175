/** Look-ups by words that people type: 'constructor' is no entry of a table that does not hold it. */

export function entryOf<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
