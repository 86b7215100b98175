/**
 * Command lines by chance: mutations of real ones.
 * Comes from: a list of real lines and the run's chance.  Goes to: try-line.ts.
 */
import { nextBelow, type PrngState } from '../../engine/index.ts';

function pick<T>(prng: PrngState, list: readonly T[]): T {
  return list[nextBelow(prng, list.length)] as T;
}

/** Words that tools stumble over. */
const WORDS: readonly string[] = [
  '',
  '0',
  '1',
  '-1',
  '32',
  '33',
  '65535',
  '65536',
  '4294967295',
  '4294967296',
  '99999999999999999999',
  '1e3',
  '0x10',
  '010',
  '1.5',
  'nan',
  '-',
  '--',
  '---',
  '-h',
  '--help',
  '-V',
  '-n',
  '-v',
  '-A',
  '-D',
  '-t',
  '-u',
  '-f',
  '-s',
  '-r',
  '-w',
  '-p',
  'dev',
  'via',
  'src',
  'table',
  'all',
  'default',
  'any',
  'local',
  'lo',
  'eth0',
  'eth0:0',
  'lo:0',
  'eth9',
  'tunl0',
  'up',
  'down',
  'add',
  'del',
  'replace',
  'change',
  'show',
  'flush',
  'get',
  'host',
  'netmask',
  'broadcast',
  'metric',
  'mtu',
  'scope',
  'link',
  'global',
  'proto',
  'nud',
  'permanent',
  '0.0.0.0',
  '0.0.0.0/0',
  '255.255.255.255',
  '127.0.0.1',
  '172.18.20.128',
  '172.18.20.124/24',
  '172.18.20.128/32',
  '10.0.0.1',
  '224.0.0.1',
  '10.0.0',
  '10.0.0.256',
  '1.2.3.4.5',
  '172.18.20.128:80',
  '172.18.20.128:',
  ':80',
  '172.18.20.128:99999',
  'fe80::1',
  '02:00:00:00:00:01',
  '02:00:00',
  'ff:ff:ff:ff:ff:ff',
  'net.ipv4.ip_forward=1',
  'net.ipv4.conf.all.arp_ignore',
  '/proc/sys/net/ipv4/ip_forward',
  '/etc/passwd',
  '/nowhere',
  '/',
  '..',
  '~',
  '$x',
  '$1',
  '$?',
  '*',
  '?',
  '[a-z]',
  '\\',
  "'",
  '"',
  '`',
  '$(',
  ')',
  '(',
  '{',
  '}',
  ';',
  '&',
  '|',
  '&&',
  '||',
  '>',
  '<',
  '>>',
  '2>&1',
  '<<X',
  '#',
  '!',
  '=',
  '\t',
  '名',
  '：',
  '–',
  '，',
  '\u0000',
  '\u00a0',
  'A'.repeat(300),
  '9007199',
  '9007198.5',
  'constructor',
  '__proto__',
  'toString',
];

export function mutate(prng: PrngState, corpus: readonly string[]): string {
  let words = pick(prng, corpus).split(' ');
  const changes = nextBelow(prng, 4);
  for (let i = 0; i < changes; i++) {
    const at = nextBelow(prng, words.length + 1);
    const word = words[at] ?? '';
    switch (nextBelow(prng, 8)) {
      case 0:
        words.splice(at, 1);
        break;
      case 1:
        words.splice(at, 0, pick(prng, WORDS));
        break;
      case 2:
        words[at] = pick(prng, WORDS);
        break;
      case 3:
        words.splice(at, 0, word);
        break;
      case 4: {
        const other = pick(prng, corpus).split(' ');
        words = [...words.slice(0, at), ...other.slice(nextBelow(prng, other.length))];
        break;
      }
      case 5: {
        const other = pick(prng, corpus).split(' ');
        words[at] = pick(prng, other);
        break;
      }
      default:
        words[at] = mutateWord(prng, word);
    }
  }
  return words.join(' ');
}

function mutateWord(prng: PrngState, word: string): string {
  const at = nextBelow(prng, word.length + 1);
  switch (nextBelow(prng, 4)) {
    case 0:
      return word.slice(0, at) + word.slice(at + 1);
    case 1:
      return word.slice(0, at) + pick(prng, WORDS) + word.slice(at);
    case 2:
      return word.slice(0, at) + String.fromCodePoint(32 + nextBelow(prng, 95)) + word.slice(at + 1);
    default:
      return word.slice(0, at);
  }
}
