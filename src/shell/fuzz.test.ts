/**
 * Mutated command lines: whatever is typed, the shell neither crashes nor hangs, and says with what
 * code the line ended. FUZZ_LINES sets how many are tried.
 */
import { describe, expect, it } from 'vitest';
import { nextBelow, seedPrng, type PrngState } from '../engine/index.ts';
import { createFakeNode } from './testing/fake-node.test-kit.ts';

declare const process: { readonly env: Readonly<Record<string, string | undefined>> };

const SEEDS = [
  'for i in 1 2 3; do echo $i; sleep 1; done',
  'echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore',
  'x=$(cat /etc/hosts | grep local | wc -l); echo "$x"',
  'if [ -f /etc/passwd ] && [[ a == b* ]]; then echo yes; else echo no; fi',
  "case $1 in start) echo a;; stop|restart) echo b;; *) echo 'c';; esac",
  'f() { local a=$1; return $((a+1)); }; f 3; echo $?',
  "cat <<EOF | sed -e 's/a/b/g' | awk '{print $1}'",
  'while read a b; do echo "$b ${a:-x} ${#b} ${b%%.*}"; done < /etc/passwd',
  '(cd /tmp; ls -la) & wait; jobs; kill %1; trap "echo bye" EXIT',
  'seq 5 | tee /tmp/x | sort -rn | head -2 2>&1 >/dev/null || true',
  'echo {1..4} {a,b}{c,d} $((2**10 / 3)) `date +%s` ~ *',
  'find / -name "*.conf" | xargs -n1 basename; grep -rn root /etc',
  'service httpd status; systemctl restart ipvsadm; type cd; which ls; man ls',
  "printf '%-5s|%05d\\n' a 1 b 2; declare -i n=3; set -eux; shift 2",
  'timeout 3 sleep 5; watch -n 1 date; env X=1 bash -c "echo $X"',
  "awk -F: 'NR>0 {s+=$3; a[$1]++} END {for (k in a) print k, s}' /etc/passwd",
];
const PIECES = [
  ';',
  '&',
  '|',
  '&&',
  '||',
  '(',
  ')',
  '{',
  '}',
  '$(',
  '`',
  '"',
  "'",
  '\\',
  '\n',
  '<<EOF',
  '>',
  '<',
  '>>',
  '2>&1',
  '${',
  '$((',
  '))',
  '}',
  '*',
  '?',
  '[',
  ']',
  '[[',
  ']]',
  '!',
  '#',
  '~',
  '$@',
  '$*',
  '$1',
  '=',
  '+=',
  'do',
  'done',
  'then',
  'fi',
  'esac',
  'while',
  'until',
  'for',
  'in',
  'if',
  'case',
  'function',
  'eval',
  'exec',
  'source',
  'return',
  'break',
  'continue',
  'exit',
  'read',
  'local',
  'unset',
  'set -e',
  'set -u',
  '\u0000',
  '名',
  '–A',
  '：',
  '\t',
  '  ',
  '/dev/null',
  '/proc',
  '/',
  '..',
  '-n',
  '--',
  '-1',
  '0',
  '99999999999999999999',
  '%s',
  '{1..9999999}',
  '-exec',
  '{}',
  '+',
  '1~2p',
  's/x/y/',
];

function mutate(prng: PrngState): string {
  let line = SEEDS[nextBelow(prng, SEEDS.length)] as string;
  const changes = 1 + nextBelow(prng, 5);
  for (let i = 0; i < changes; i++) {
    const at = nextBelow(prng, line.length + 1);
    const kind = nextBelow(prng, 5);
    if (kind === 0) line = line.slice(0, at) + line.slice(at + 1 + nextBelow(prng, 8));
    else if (kind === 1) line = line.slice(0, at) + PIECES[nextBelow(prng, PIECES.length)] + line.slice(at);
    else if (kind === 2) line = `${line.slice(0, at)} ${PIECES[nextBelow(prng, PIECES.length)]} ${line.slice(at)}`;
    else if (kind === 3) {
      const other = SEEDS[nextBelow(prng, SEEDS.length)] as string;
      line = line.slice(0, at) + other.slice(nextBelow(prng, other.length));
    } else line = line.slice(0, at) + line.slice(Math.max(0, at - nextBelow(prng, 12)));
  }
  return line;
}

describe('mutated command lines', () => {
  it('always end with an exit code', { timeout: 600_000 }, () => {
    const lines = Number(process.env['FUZZ_LINES'] ?? 2_000);
    const prng = seedPrng(20_240_101);
    let node = createFakeNode();
    for (let i = 0; i < lines; i++) {
      if (i % 50 === 0) node = createFakeNode();
      const line = mutate(prng);
      let code = -1;
      try {
        node.records.length = 0;
        node.printed = '';
        ({ code } = node.script(line, 2_000));
        // Some wait for ever, as they should (watch, sleep infinity, tail -f): a signal ends them.
        for (const proc of node.state.user.procs.values()) node.net.wake(proc.pid, { kind: 'signal', signal: 'KILL' });
        if (code === -1) {
          node.settle(2_000);
          code = node.code();
        }
        for (const pid of node.state.user.procs.keys()) node.net.exit(pid, 0);
        node.state.queue.length = 0;
      } catch (error) {
        throw new Error(`line ${i}: ${JSON.stringify(line)}\n${(error as Error).stack}`, { cause: error });
      }
      expect(code === -1 ? 137 : code, JSON.stringify(line)).toBeGreaterThanOrEqual(0);
    }
  });
});
