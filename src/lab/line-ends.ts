/**
 * How the lines of a file end. The lab keeps them as they are in the file, and saves them so; where lines are compared or
 * written by hand they end in one way only.
 * Goes to: edit-lines.ts, the pane with the text.
 */

/** Every line ends in LF: places in two such texts can be compared. */
export function oneBreak(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** A text with the line ends of a file: CR LF where the file has any. */
export function withEndsOf(file: string, text: string): string {
  const plain = oneBreak(text);
  return file.includes('\r\n') ? plain.replaceAll('\n', '\r\n') : plain;
}
