/**
 * Words to fields: braces, tilde, parameters, command substitution, arithmetic, splitting, globbing.
 *
 * A command substitution takes time, so an expansion can stop in the middle. Instead of keeping a
 * half-done expansion, it is done again from the start when the output is there: outputs are kept in
 * order in the frame, and assignments made on the way (`${x:=d}`, `$((i++))`) wait in `writes` until
 * the whole expansion has come through. So it happens once, however often it is begun.
 * Comes from: sh/.  Goes to: expand-variables.ts, parameter.ts, glob.ts.
 * Source: bash 5.2 manual, "Shell Expansions".
 */
import type {
  ArithmeticExpansionPart,
  Assignment,
  CommandExpansionPart,
  ParameterExpansionPart,
  ParameterOperation,
  Word,
  WordPart,
} from 'unbash';
import { expandBraces } from './brace.ts';
import { Variables } from './expand-variables.ts';
import { ExpandError, Fields, type Field } from './fields.ts';
import { globPaths } from './glob.ts';
import { changeCase, quoteWord, removeMatch, replaceMatch } from './parameter.ts';
import { parseWord } from './parse.ts';
import { hasGlob } from './pattern.ts';

/** The expansion stops here until the output of a script is known. */
export class NeedOutput extends Error {
  readonly script: string;
  constructor(script: string) {
    super('output needed');
    this.script = script;
  }
}

export class Expander extends Variables {
  private next = 0;

  // Words.

  /** All fields that come of some words. */
  words(words: readonly (Word | Assignment)[]): string[] {
    return words.flatMap((word) => (word.type === 'Word' ? this.word(word) : this.assignmentWord(word)));
  }

  word(word: Word): string[] {
    if (word.parts?.some((part) => part.type === 'BraceExpansion') === true) {
      return expandBraces(word.text).flatMap((text) => {
        const parsed = parseWord(text);
        return parsed === null ? (text === '' ? [] : [text]) : this.fields(parsed);
      });
    }
    return this.fields(word);
  }

  private fields(word: Word): string[] {
    const fields = new Fields(true, this.ifs);
    this.parts(word, fields, true);
    fields.end();
    return fields.done.flatMap((field) => this.globbed(field));
  }

  private globbed(field: Field): string[] {
    if (this.sh.options.noglob || !hasGlob(field.pattern)) return [field.value];
    const paths = globPaths(this.net, this.sh.cwd, field.pattern);
    return paths.length === 0 ? [field.value] : paths;
  }

  /** `export a=$b`: one field, not split. */
  private assignmentWord(assignment: Assignment): string[] {
    if (assignment.value.type === 'ArrayValue') {
      this.assignArray(assignment.name, this.words(assignment.value.elements), assignment.append === true);
      return [assignment.name];
    }
    const index = assignment.index === undefined ? '' : `[${this.single(assignment.index)}]`;
    return [`${assignment.name}${index}${assignment.append === true ? '+' : ''}=${this.single(assignment.value, true)}`];
  }

  /** A word that stays one: the value of an assignment, the word of a case, a target. */
  single(word: Word, assignment = false): string {
    return this.one(word, assignment).value;
  }

  /** The same as a pattern in which quoted characters are marked. */
  pattern(word: Word): string {
    return this.one(word, false).pattern;
  }

  private one(word: Word, assignment: boolean): Field {
    const fields = new Fields(false, this.ifs);
    this.parts(word, fields, true, assignment);
    fields.end();
    return {
      value: fields.done.map((field) => field.value).join(' '),
      pattern: fields.done.map((field) => field.pattern).join(' '),
    };
  }

  /** Text as inside double quotes: bodies of here-documents, arithmetic. */
  quotedParts(parts: readonly WordPart[]): string {
    const fields = new Fields(false, this.ifs);
    for (const part of parts) this.part(part, fields, true);
    fields.end();
    return fields.done.map((field) => field.value).join(' ');
  }

  private parts(word: Word, fields: Fields, start: boolean, assignment = false, blanks = false): void {
    if (word.parts === undefined) {
      this.literal(word.text, fields, start, assignment, blanks);
      return;
    }
    for (const [i, part] of word.parts.entries()) {
      if (part.type === 'Literal') this.literal(part.text, fields, start && i === 0, assignment, blanks);
      else this.part(part, fields, false);
    }
  }

  /** Unquoted text of the source, with its backslashes. `blanks`: it is split at blanks, as after `:-`. */
  private literal(source: string, fields: Fields, start: boolean, assignment: boolean, blanks = false): void {
    let text = source;
    if (start && text.startsWith('~')) {
      const [whole, user] = /^~([\w.-]*)(?=\/|:|$)/.exec(text) ?? [];
      const home = whole === undefined ? null : user === '' ? (this.parameter('HOME') ?? '/root') : user === 'root' ? '/root' : null;
      if (whole !== undefined && home !== null) {
        fields.quoted(home);
        text = text.slice(whole.length);
      }
    }
    if (assignment) text = text.replaceAll(':~/', `:${this.parameter('HOME') ?? '/root'}/`);
    for (let i = 0; i < text.length; i++) {
      const char = text[i] as string;
      if (char !== '\\') {
        let end = i + 1;
        while (end < text.length && text[end] !== '\\') end++;
        if (blanks && /\s/.test(text.slice(i, end))) fields.expanded(text.slice(i, end));
        else fields.bare(text.slice(i, end));
        i = end - 1;
      } else if (text[i + 1] === '\n') i++;
      else fields.quoted(text[++i] ?? '\\');
    }
  }

  private part(part: WordPart, fields: Fields, quoted: boolean): void {
    switch (part.type) {
      case 'Literal':
        if (quoted) fields.quoted(part.value);
        else this.literal(part.text, fields, false, false);
        return;
      case 'Glob':
        if (part.parts === undefined) fields.bare(part.text);
        else {
          fields.bare('[');
          for (const inner of part.parts) this.part(inner, fields, false);
          fields.bare(']');
        }
        return;
      case 'ExtendedGlob':
      case 'BraceExpansion':
        fields.bare(part.text);
        return;
      case 'SingleQuoted':
      case 'AnsiCQuoted':
        fields.quoted(part.value);
        return;
      case 'DoubleQuoted':
      case 'LocaleString':
        if (!part.parts.some((inner) => isAllArguments(inner))) fields.quoted('');
        for (const inner of part.parts) this.part(inner, fields, true);
        return;
      case 'SimpleExpansion':
        this.simple(part.text.slice(1), fields, quoted);
        return;
      case 'ParameterExpansion':
        this.parameterPart(part, fields, quoted);
        return;
      case 'CommandExpansion':
        this.put(this.output(part), fields, quoted);
        return;
      case 'ArithmeticExpansion':
        this.put(String(this.arithmeticPart(part)), fields, quoted);
        return;
      case 'ProcessSubstitution':
        throw new ExpandError(`${part.text}: process substitution is not part of the lab's shell`, false);
    }
  }

  private put(text: string, fields: Fields, quoted: boolean): void {
    if (quoted) fields.quoted(text);
    else fields.expanded(text);
  }

  private simple(name: string, fields: Fields, quoted: boolean): void {
    if (name === '@' || (name === '*' && !quoted)) {
      this.list(this.sh.args, fields, quoted);
      return;
    }
    this.put(this.checked(name, this.parameter(name)), fields, quoted);
  }

  private list(values: readonly string[], fields: Fields, quoted: boolean): void {
    for (const [i, value] of values.entries()) {
      if (i > 0) {
        if (fields.split) fields.end();
        else fields.quoted(' ');
      }
      this.put(value, fields, quoted);
    }
  }

  private checked(name: string, value: string | null): string {
    if (value === null && this.sh.options.nounset && name !== '@' && name !== '*') throw new ExpandError(`${name}: unbound variable`, true);
    return value ?? '';
  }

  private arithmeticPart(part: ArithmeticExpansionPart): bigint {
    const inner = part.text.startsWith('$[') ? part.text.slice(2, -1) : part.text.slice(3, -2);
    return this.arithmetic(this.insideQuotes(inner));
  }

  /** Expands `$…` in text that stands where double quotes would not matter. */
  insideQuotes(text: string): string {
    if (!/[$`\\]/.test(text)) return text.replaceAll('"', '');
    const word = parseWord(`"${text.replaceAll('"', '')}"`);
    return word === null ? text : this.single(word);
  }

  private output(part: CommandExpansionPart): string {
    const known = this.frame.results[this.next++];
    if (known !== undefined) return known.replace(/\n+$/, '');
    const { text } = part;
    const script = text.startsWith('`')
      ? text.slice(1, text.endsWith('`') ? -1 : undefined).replace(/\\([`\\$])/g, '$1')
      : text.slice(2, text.endsWith(')') ? -1 : undefined);
    throw new NeedOutput(script);
  }

  // ${…}

  private parameterPart(part: ParameterExpansionPart, fields: Fields, quoted: boolean): void {
    const { operation, prefix } = part;
    if (operation?.type === 'Unknown' || (operation?.type === 'Transform' && part.parameter === ''))
      throw new ExpandError(`${part.text}: bad substitution`, false);
    if (prefix === '!' && operation?.type === 'Names') {
      const names = [...this.sh.vars.keys()].filter((name) => name.startsWith(part.parameter)).sort();
      this.list(names, fields, quoted);
      return;
    }
    const indirect = prefix === '!' && part.index === undefined;
    const name = indirect ? (this.parameter(part.parameter) ?? '') : part.parameter;
    const listed = this.listOf(name, part, indirect);
    if (listed !== null) {
      if (prefix === '#') this.put(String(listed.length), fields, quoted);
      else if (prefix === '!')
        this.list(
          listed.map((_, i) => String(i)),
          fields,
          quoted,
        );
      else this.listed(listed, part, fields, quoted);
      return;
    }
    if (name === '' || (!/^(?:[A-Za-z_]\w*|\d+|[?#$!*@-])$/.test(name) && !indirect))
      throw new ExpandError(`${part.text}: bad substitution`, false);
    const value = part.index === undefined || indirect ? this.indexedOrPlain(name, indirect) : this.element(name, part.index);
    if (prefix === '#') {
      this.put(String([...this.checked(name, value)].length), fields, quoted);
      return;
    }
    if (operation === undefined) this.put(this.checked(name, value), fields, quoted);
    else if (operation.type === 'Default') this.defaulted(name, value, operation, fields, quoted);
    else this.put(this.operate(this.checked(name, value), operation), fields, quoted);
  }

  private indexedOrPlain(name: string, indirect: boolean): string | null {
    return indirect && name.includes('[') ? this.indexed(name) : this.parameter(name);
  }

  private element(name: string, index: Word): string | null {
    const variable = this.variable(name);
    const at = this.indexOf(this.single(index), variable);
    if (variable === null) return null;
    return variable.array === null ? (at === 0 ? variable.value : null) : (variable.array[at] ?? null);
  }

  /** The values of `$@`, `${a[@]}` and their kin; null when one value is meant. */
  private listOf(name: string, part: ParameterExpansionPart, indirect: boolean): string[] | null {
    if ((name === '@' || name === '*') && part.index === undefined) return [...this.sh.args];
    const index = indirect ? undefined : part.index?.text;
    if (index !== '@' && index !== '*') return null;
    const variable = this.variable(name);
    if (variable === null) return [];
    return variable.array === null ? [variable.value] : variable.array.filter((value) => value !== null);
  }

  private listed(values: string[], part: ParameterExpansionPart, fields: Fields, quoted: boolean): void {
    const { operation } = part;
    const star = part.index?.text === '*' || part.parameter === '*';
    let shown = values;
    if (operation?.type === 'Slice') {
      const from = Number(this.arithmetic(this.single(operation.offset)));
      const shift = part.index === undefined ? 1 : 0;
      const base = shift === 1 && from > 0 ? from - 1 : from < 0 ? Math.max(0, values.length + from) : from;
      const length = operation.length === undefined ? values.length : Number(this.arithmetic(this.single(operation.length)));
      shown = (shift === 1 && from === 0 ? [this.sh.name, ...values] : values).slice(base, base + Math.max(0, length));
    } else if (operation?.type === 'Default') {
      if (values.length === 0 || operation.operator.endsWith('+')) {
        this.defaulted('@', values.length === 0 ? null : values.join(' '), operation, fields, quoted);
        return;
      }
    } else if (operation !== undefined) shown = values.map((value) => this.operate(value, operation));
    if (star && quoted) fields.quoted(shown.join(this.ifs[0] ?? ''));
    else this.list(shown, fields, quoted);
  }

  private defaulted(
    name: string,
    value: string | null,
    operation: Extract<ParameterOperation, { type: 'Default' }>,
    fields: Fields,
    quoted: boolean,
  ): void {
    const { operator, operand } = operation;
    const missing = operator.startsWith(':') ? value === null || value === '' : value === null;
    const kind = operator.at(-1);
    const putOperand = (): void => {
      if (quoted) fields.quoted(this.single(operand));
      else this.parts(operand, fields, true, false, true);
    };
    if (kind === '+') {
      if (!missing) putOperand();
    } else if (!missing) this.put(value ?? '', fields, quoted);
    else if (kind === '-') putOperand();
    else if (kind === '=') {
      const given = this.single(operand);
      this.assign(name, given);
      this.put(given, fields, quoted);
    } else {
      const message = this.single(operand);
      throw new ExpandError(
        `${name}: ${message === '' ? (operator.startsWith(':') ? 'parameter null or not set' : 'parameter not set') : message}`,
        true,
      );
    }
  }

  private operate(value: string, operation: ParameterOperation): string {
    switch (operation.type) {
      case 'Remove':
        return removeMatch(value, operation.operator, this.pattern(operation.operand));
      case 'Replace':
        return replaceMatch(value, operation.operator, this.pattern(operation.pattern), this.single(operation.replacement));
      case 'CaseModification':
        return changeCase(value, operation.operator, operation.operand === undefined ? '' : this.pattern(operation.operand));
      case 'Slice':
        return this.slice(value, operation);
      case 'Transform': {
        const how = this.single(operation.operand);
        return how === 'Q' ? quoteWord(value) : how === 'U' ? value.toUpperCase() : how === 'L' ? value.toLowerCase() : value;
      }
      case 'Default':
      case 'Names':
      case 'Unknown':
        return value;
    }
  }

  private slice(value: string, operation: Extract<ParameterOperation, { type: 'Slice' }>): string {
    const chars = [...value];
    const offset = Number(this.arithmetic(this.single(operation.offset)));
    const from = offset < 0 ? chars.length + offset : offset;
    if (from < 0 || from > chars.length) return '';
    if (operation.length === undefined) return chars.slice(from).join('');
    const length = Number(this.arithmetic(this.single(operation.length)));
    if (length < 0 && chars.length + length < from) throw new ExpandError(`${operation.length.text}: substring expression < 0`, false);
    return chars.slice(from, length < 0 ? chars.length + length : from + length).join('');
  }
}

function isAllArguments(part: WordPart): boolean {
  if (part.type === 'SimpleExpansion') return part.text === '$@';
  return part.type === 'ParameterExpansion' && part.prefix === undefined && (part.parameter === '@' || part.index?.text === '@');
}
