/**
 * `NAME --help`: what a program says of itself. Most say what the manual page of the lab says, in both languages;
 * programs whose own text is known print it themselves.
 * Comes from: simple.ts.
 * Source: the form is that of GNU coreutils 9.1 (usage) and GNU Bash 5.2 (builtin_help).
 */
import type { ManPage } from '../command.ts';
import { BUILTIN_NAMES } from './builtins/names.ts';

/** They take --help for a word like any other, refuse it, or have a text of their own. */
const OTHERWISE: ReadonlySet<string> = new Set(
  [
    'echo test [ true false : man which help builtin command exec arp arping arptables conntrack ifconfig',
    'ip iptables iptables-restore iptables-save ipvsadm keepalived nc netstat ping route ss sysctl tcpdump',
    'watch tcp-get tcp-serve udp-get udp-serve sh bash vi vim nano',
  ].flatMap((line) => line.split(' ')),
);

/** Whether these words ask for nothing but help, of a program that leaves it to the shell to give it. */
export function asksForHelp(argv: readonly string[]): boolean {
  return argv.length === 2 && argv[1] === '--help' && !OTHERWISE.has(argv[0] as string);
}

/** Programs end well behind it, builtins of the shell as after a wrong word. */
export function helpCode(name: string): number {
  return BUILTIN_NAMES.has(name) ? 2 : 0;
}

export function helpText(name: string, man: ManPage): string {
  if (BUILTIN_NAMES.has(name)) return `${name}: ${man.synopsis[0] ?? name}\n    ${man.en}\n    ${man.zh}\n`;
  const forms = man.synopsis.length === 0 ? [name] : man.synopsis;
  const usage = forms.map((form, i) => `${i === 0 ? 'Usage:' : '  or: '} ${form}\n`).join('');
  const left = man.notModelled.length === 0 ? '' : `\nNot in the lab: ${man.notModelled.join('; ')}.\n`;
  return `${usage}${name}: ${man.en}\n${man.zh}\n${left}`;
}
