/** What `${name…}` does with a value: remove, replace, cut, change case. Pure. */
import { matchPattern, patternSource, toRegex } from './pattern.ts';

/** ${x#p} ${x##p} ${x%p} ${x%%p} */
export function removeMatch(value: string, operator: '#' | '##' | '%' | '%%', pattern: string): string {
  if (operator === '#') {
    for (let i = 0; i <= value.length; i++) if (matchPattern(pattern, value.slice(0, i))) return value.slice(i);
  } else if (operator === '##') {
    for (let i = value.length; i >= 0; i--) if (matchPattern(pattern, value.slice(0, i))) return value.slice(i);
  } else if (operator === '%') {
    for (let i = value.length; i >= 0; i--) if (matchPattern(pattern, value.slice(i))) return value.slice(0, i);
  } else {
    for (let i = 0; i <= value.length; i++) if (matchPattern(pattern, value.slice(i))) return value.slice(0, i);
  }
  return value;
}

/** ${x/p/r} ${x//p/r} ${x/#p/r} ${x/%p/r} */
export function replaceMatch(value: string, operator: '/' | '//' | '/#' | '/%', pattern: string, replacement: string): string {
  if (pattern === '') return value;
  const source = patternSource(pattern, true);
  const regex =
    operator === '/#'
      ? toRegex(`^(?:${source})`)
      : operator === '/%'
        ? toRegex(`(?:${source})$`)
        : toRegex(source, operator === '//' ? 'g' : '');
  return value.replace(regex, (found) => (found === '' && operator === '//' ? '' : replacement));
}

/** ${x^} ${x^^} ${x,} ${x,,} */
export function changeCase(value: string, operator: '^' | '^^' | ',' | ',,', pattern: string): string {
  const change = (char: string): string => {
    if (pattern !== '' && !matchPattern(pattern, char)) return char;
    return operator.startsWith('^') ? char.toUpperCase() : char.toLowerCase();
  };
  if (operator.length === 1) return value === '' ? '' : change(value[0] as string) + value.slice(1);
  return [...value].map(change).join('');
}

/** Quotes a value so that the shell would read it back, as `set -x`, `${x@Q}` and `declare -p` do. */
export function quoteWord(value: string): string {
  if (value === '') return "''";
  if (/^[\w@%+=:,./-]+$/.test(value)) return value;
  if (['\n', '\t', '\r', '\x1b'].some((char) => value.includes(char)))
    return `$'${value.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r').replaceAll('\x1b', '\\E')}'`;
  return `'${value.replaceAll("'", "'\\''")}'`;
}
