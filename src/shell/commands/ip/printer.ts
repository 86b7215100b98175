/**
 * What `ip` says, once as text and once as JSON: every object hands in each field with both forms, and the
 * options choose which of them is written.
 * Comes from: every object of this folder.  Goes to: the command's standard output.
 * Source: iproute2 6.1.0 lib/json_writer.c (where it puts blanks and line ends), lib/json_print.c.
 * Differs: nothing known.
 */

export type JsonScalar = string | number | boolean | null;

/** Blanks before a line of -pretty, for each level. */
const INDENT = '    ';

/** JSON as iproute2 lays it out: in one line, or with -pretty a field to a line. */
class JsonWriter {
  private readonly pretty: boolean;
  private depth = 0;
  private comma = false;
  text = '';

  constructor(pretty: boolean) {
    this.pretty = pretty;
  }

  private separate(): void {
    if (this.comma) this.text += ',';
    this.comma = true;
  }

  private endLine(): void {
    if (this.pretty) this.text += `\n${INDENT.repeat(this.depth)}`;
  }

  name(key: string): void {
    this.separate();
    this.endLine();
    this.comma = false;
    this.text += `${JSON.stringify(key)}:${this.pretty ? ' ' : ''}`;
  }

  value(value: JsonScalar): void {
    this.separate();
    this.text += JSON.stringify(value);
  }

  open(bracket: '{' | '['): void {
    this.separate();
    this.text += bracket;
    this.depth++;
    this.comma = false;
    if (bracket === '[' && this.pretty) this.text += ' ';
  }

  close(bracket: '}' | ']'): void {
    if (bracket === ']') {
      if (this.pretty && this.comma) this.text += ' ';
      this.comma = false;
    }
    this.depth--;
    if (this.comma) this.endLine();
    this.text += bracket;
    this.comma = true;
  }
}

/** Writes text, or JSON when `start()` was told so. */
export class Printer {
  private readonly out: (text: string) => void;
  private readonly writer: JsonWriter | null;

  constructor(out: (text: string) => void, format: { readonly json: boolean; readonly pretty: boolean }) {
    this.out = out;
    this.writer = format.json ? new JsonWriter(format.pretty) : null;
    this.writer?.open('[');
  }

  get json(): boolean {
    return this.writer !== null;
  }

  /** A field in both forms; `key` is null for a member of a list. */
  field(key: string | null, value: JsonScalar, text: string): void {
    if (this.writer === null) this.out(text);
    else this.data(key, value);
  }

  /** Says so in text only. */
  say(text: string): void {
    if (this.writer === null && text !== '') this.out(text);
  }

  /** A field of the JSON form only. */
  data(key: string | null, value: JsonScalar): void {
    if (this.writer === null) return;
    if (key !== null) this.writer.name(key);
    this.writer.value(value);
  }

  openObject(key: string | null = null): void {
    if (key !== null) this.writer?.name(key);
    this.writer?.open('{');
  }

  closeObject(): void {
    this.writer?.close('}');
  }

  openList(key: string): void {
    this.writer?.name(key);
    this.writer?.open('[');
  }

  closeList(): void {
    this.writer?.close(']');
  }

  /** A line end in both forms: where iproute2 writes one without asking which it is. */
  lineEnd(): void {
    if (this.writer === null) this.out('\n');
    else this.writer.text += '\n';
  }

  /** The end of a listing: JSON is written now, with its line end. */
  end(): void {
    if (this.writer === null) return;
    this.writer.close(']');
    this.out(`${this.writer.text}\n`);
  }
}
