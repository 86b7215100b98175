/**
 * printf's formats, as the shell's printf and awk's use them.
 * Source: POSIX printf; bash 5.2 builtins/printf.def.
 */

/** Backslash escapes of `echo -e` and `printf %b`. `stop`: \c was seen. */
export function unescapeText(text: string, zeroOctal: boolean): { text: string; stop: boolean } {
  let out = '';
  const simple: Readonly<Record<string, string>> = {
    a: '\x07',
    b: '\b',
    e: '\x1b',
    E: '\x1b',
    f: '\f',
    n: '\n',
    r: '\r',
    t: '\t',
    v: '\v',
    '\\': '\\',
    '"': '"',
  };
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (char !== '\\' || i + 1 >= text.length) {
      out += char;
      continue;
    }
    const rest = text.slice(i + 1, i + 10);
    const next = rest[0] as string;
    if (next === 'c') return { text: out, stop: true };
    const octal = zeroOctal ? /^0([0-7]{0,3})/.exec(rest) : /^([0-7]{1,3})/.exec(rest);
    const hex = /^x([0-9a-fA-F]{1,2})/.exec(rest) ?? /^u([0-9a-fA-F]{1,4})/.exec(rest) ?? /^U([0-9a-fA-F]{1,8})/.exec(rest);
    if (simple[next] !== undefined) {
      out += simple[next];
      i++;
    } else if (octal !== null) {
      out += String.fromCharCode(Number.parseInt(octal[1] === '' ? '0' : (octal[1] as string), 8) & 255);
      i += octal[0].length;
    } else if (hex !== null) {
      const code = Number.parseInt(hex[1] as string, 16);
      out += code <= 0x10ffff ? String.fromCodePoint(code) : '';
      i += hex[0].length;
    } else out += char;
  }
  return { text: out, stop: false };
}

export interface FormatResult {
  readonly text: string;
  /** arguments that were no numbers, each with what printf says of it */
  readonly invalid: readonly string[];
  /** what is wrong with the format, at which the output ends; or null */
  readonly broken: string | null;
  readonly stop: boolean;
}

const WIDTH_MAX = 10_000;

function pad(text: string, flags: string, width: number): string {
  if (text.length >= width) return text;
  if (flags.includes('-')) return text.padEnd(width);
  if (flags.includes('0') && /^[-+]?[0-9a-fA-Fx.]+$/.test(text)) {
    const sign = /^[-+]/.exec(text)?.[0] ?? '';
    return sign + text.slice(sign.length).padStart(width - sign.length, '0');
  }
  return text.padStart(width);
}

function toInteger(text: string, invalid: string[]): bigint {
  const trimmed = text.trim();
  if (trimmed === '') return 0n;
  if (/^["']/.test(trimmed)) return BigInt(trimmed.codePointAt(1) ?? 0);
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(trimmed);
  if (match === null || match[0].length < trimmed.length) {
    const kind = /^[-+]?0[xX]/.test(trimmed) ? 'hex' : /^[-+]?0[0-9]/.test(trimmed) ? 'octal' : '';
    invalid.push(`${text}: invalid ${kind === '' ? '' : `${kind} `}number`);
  }
  if (match === null) return 0n;
  const digits = match[2] as string;
  const value = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
  return match[1] === '-' ? -value : value;
}

function toFloat(text: string, invalid: string[]): number {
  const [, sign, word] = /^\s*([-+]?)(inf(?:inity)?|nan)$/i.exec(text) ?? [];
  if (word !== undefined) return /^nan/i.test(word) ? Number.NaN : sign === '-' ? -Infinity : Infinity;
  const value = Number(text.trim() === '' ? '0' : text);
  if (Number.isFinite(value)) return value;
  invalid.push(`${text}: invalid number`);
  return Number.parseFloat(text) || 0;
}

/** As %g: so many digits that count, with an exponent where the number is very small or very large. */
export function general(value: number, digits: number): string {
  if (value === 0) return '0';
  const [mantissa = '', exponent = '0'] = value.toExponential(digits - 1).split('e');
  const power = Number(exponent);
  const short = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  if (power >= -4 && power < digits) return short(value.toFixed(digits - 1 - power));
  return `${short(mantissa)}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** What is no number, or larger than any. */
function endless(value: number, conversion: string): string {
  const text = Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
  return conversion === conversion.toUpperCase() ? text.toUpperCase() : text;
}

function convert(conversion: string, flags: string, precision: number | null, argument: string, invalid: string[]): string {
  const signed = (text: string, negative: boolean): string =>
    (negative ? '' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + text;
  switch (conversion) {
    case 'd':
    case 'i': {
      const value = toInteger(argument, invalid);
      const digits = String(value < 0n ? -value : value).padStart(precision ?? 1, '0');
      return signed((value < 0n ? '-' : '') + digits, value < 0n);
    }
    case 'u':
      return String(BigInt.asUintN(64, toInteger(argument, invalid))).padStart(precision ?? 1, '0');
    case 'o':
      return (flags.includes('#') ? '0' : '') + BigInt.asUintN(64, toInteger(argument, invalid)).toString(8);
    case 'x':
    case 'X': {
      const hex = BigInt.asUintN(64, toInteger(argument, invalid))
        .toString(16)
        .padStart(precision ?? 1, '0');
      const full = (flags.includes('#') ? '0x' : '') + hex;
      return conversion === 'X' ? full.toUpperCase() : full;
    }
    case 'f':
    case 'F': {
      const value = toFloat(argument, invalid);
      if (!Number.isFinite(value)) return endless(value, conversion);
      return signed(value.toFixed(Math.min(precision ?? 6, 30)), value < 0);
    }
    case 'e':
    case 'E':
    case 'g':
    case 'G': {
      const value = toFloat(argument, invalid);
      if (!Number.isFinite(value)) return endless(value, conversion);
      const text =
        conversion.toLowerCase() === 'e'
          ? value.toExponential(Math.min(precision ?? 6, 30)).replace(/e([-+])(\d)$/, 'e$10$2')
          : general(value, Math.max(1, Math.min(precision ?? 6, 30)));
      if (conversion === 'G' || conversion === 'E') return signed(text.toUpperCase(), value < 0);
      return signed(text, value < 0);
    }
    case 'c':
      return argument.slice(0, 1);
    default:
      return precision === null ? argument : argument.slice(0, precision);
  }
}

/** What printf says of a directive that it cannot read, or null. */
function brokenDirective(text: string, conversion: string | undefined): string | null {
  if (conversion !== undefined && 'diouxXfFeEgGaAcsbq%'.includes(conversion)) return null;
  const [lead = ''] = /^%[-+ #0']*(?:\*|\d+)?(?:\.(?:\*|-?\d*))?[hlqjztL]*/.exec(text) ?? [];
  const next = text.charAt(lead.length);
  return next === '' ? `\`${lead}': missing format character` : `\`${next}': invalid format character`;
}

/** Formats once through all arguments; the format is used again while arguments are left. */
export function formatText(format: string, args: readonly string[], reuse = true): FormatResult {
  const invalid: string[] = [];
  let out = '';
  let next = 0;
  do {
    const before = next;
    for (let i = 0; i < format.length; i++) {
      const char = format[i] as string;
      if (char === '\\') {
        const end = /^\\(?:x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|[0-7]{1,3}|[\s\S]?)/.exec(format.slice(i, i + 10))?.[0] ?? '\\';
        const { text, stop } = unescapeText(end, false);
        if (stop) return { text: out, invalid, stop, broken: null };
        out += text;
        i += end.length - 1;
        continue;
      }
      const spec =
        char === '%' ? /^%([-+ #0]*)(\*|\d+)?(?:\.(\*|-?\d*))?(?:hh|h|ll|l|q|j|z|t|L)?([a-zA-Z%])/.exec(format.slice(i, i + 40)) : null;
      const broken = char === '%' ? brokenDirective(format.slice(i, i + 40), spec?.[4]) : null;
      if (broken !== null) return { text: out, invalid, stop: false, broken };
      if (spec === null) {
        out += char;
        continue;
      }
      i += spec[0].length - 1;
      const [, flags, width, precision, conversion] = spec as unknown as [string, string, string | undefined, string | undefined, string];
      if (conversion === '%') {
        out += '%';
        continue;
      }
      const number = (text: string | undefined): number =>
        text === '*'
          ? Number(BigInt.asIntN(32, toInteger(args[next++] ?? '0', invalid)))
          : Number.parseInt(text === undefined || text === '' ? '0' : text, 10) || 0;
      const wide = Math.max(-WIDTH_MAX, Math.min(WIDTH_MAX, number(width)));
      const exact = precision === undefined ? null : Math.min(WIDTH_MAX, Math.max(0, number(precision)));
      const argument = args[next++] ?? '';
      if (conversion === 'b') {
        const { text, stop } = unescapeText(argument, true);
        out += pad(text, flags, wide);
        if (stop) return { text: out, invalid, stop, broken: null };
      } else if (conversion === 'q') out += pad(argument === '' ? "''" : argument.replace(/[^\w@%+=:,./-]/g, '\\$&'), flags, wide);
      else out += pad(convert(conversion, flags, exact, argument, invalid), wide < 0 ? `${flags}-` : flags, Math.abs(wide));
    }
    if (next === before || !reuse || out.length > 1_000_000) break;
  } while (next < args.length);
  return { text: out, invalid, stop: false, broken: null };
}
