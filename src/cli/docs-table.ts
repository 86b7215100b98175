/** Tables in Markdown. */

/** A cell: no line breaks, no bars that would end it. */
export function cell(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
}

/** Text of a program, as it is typed. */
export function code(text: string): string {
  return text === '' ? '' : `\`${text.replaceAll('|', '\\|')}\``;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

/** Rows by a word of each, in order of first appearance. */
export function grouped<T>(rows: readonly T[], wordOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) groups.set(wordOf(row), [...(groups.get(wordOf(row)) ?? []), row]);
  return groups;
}

export const GENERATED = '<!-- Made by `npm run -s lab -- docs`. Do not edit. -->\n';
