/**
 * Names and numbers of signals, as `kill -l` and `trap -l` list them.
 * Comes from: job.ts.
 * Source: Linux signal(7) for x86; GNU Bash 5.2 builtins/kill.def, display_signal_list().
 */

/** From number 1 on. */
export const SIGNAL_NAMES =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'.split(
    ' ',
  );
/** The first and the last of the real-time signals; names count up from the one and down from the other. */
const RTMIN = 34;
const RTMAX = 64;
const COLUMNS = 5;

function nameOf(number: number): string | null {
  if (number < RTMIN) return SIGNAL_NAMES[number - 1] ?? null;
  if (number > RTMAX) return null;
  const [up, down] = [number - RTMIN, RTMAX - number];
  if (up < down + 1) return up === 0 ? 'RTMIN' : `RTMIN+${up}`;
  return down === 0 ? 'RTMAX' : `RTMAX-${down}`;
}

/** All of them, five to a line. */
export function signalTable(): string {
  let text = '';
  let column = 0;
  for (let number = 1; number <= RTMAX; number++) {
    const name = nameOf(number);
    if (name === null) continue;
    column++;
    text += `${String(number).padStart(2)}) SIG${name}${column % COLUMNS === 0 ? '\n' : '\t'}`;
  }
  return `${text}\n`;
}

/** `kill -l WORD`: the name of a number or of what a process ended with, the number of a name; null: there is none. */
export function signalMeaning(word: string): string | null {
  if (!/^\d+$/.test(word)) {
    const name = word.toUpperCase().replace(/^SIG/, '');
    for (let number = 1; number <= RTMAX; number++) if (nameOf(number) === name) return String(number);
    return name === 'EXIT' ? '0' : null;
  }
  const number = Number(word);
  return number === 0 ? 'EXIT' : nameOf(number > 128 ? number - 128 : number);
}
