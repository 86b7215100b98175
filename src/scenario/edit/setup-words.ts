/**
 * The usual settings of a host, found in the commands of its setup and written as such commands: addresses,
 * the default gateway, sysctls.
 * Comes from: the form of a node.  Goes to: the setup of the scenario file.
 * Differs: a command is found where it stands alone in a line; loops and scripts are left as they are.
 */
import { formatIpv4, parseIpv4, type Ipv4 } from '../../wire/index.ts';

/** An address that a setup gives to an interface. */
export interface SetupAddress {
  readonly dev: string;
  /** 10.0.0.1/24 */
  readonly text: string;
  /** line of the setup, from 0 */
  readonly line: number;
}

const IP_ADDR = /^(\s*ip\s+(?:-4\s+)?a\w*\s+a(?:dd)?\s+)(\d+(?:\.\d+){3}(?:\/\d+)?)(\s.*?\bdev\s+)(\S+)(.*)$/;
const IFCONFIG = /^(\s*ifconfig\s+)(\S+)(\s+)(\d+(?:\.\d+){3}(?:\/\d+)?)((?:\s+broadcast\s+\S+)?)(?:\s+netmask\s+(\d+(?:\.\d+){3}))?(.*)$/;
const GATEWAY = /^(\s*(?:ip\s+(?:-4\s+)?r\w*\s+add\s+default\s+via|route\s+add\s+default\s+gw)\s+)(\S+)(.*)$/;
const SYSCTL = /^(\s*sysctl\s+(?:-q\s+)?(?:-w\s+)?(?:-q\s+)?)([\w./-]+)(\s*=\s*)(\S+)(\s*)$/;
const ECHO = /^(\s*echo\s+)(\S+)(\s*>\s*\/proc\/sys\/)([\w./-]+)(\s*)$/;

function linesOf(setup: string): string[] {
  return setup.replace(/\n$/, '').split('\n');
}

function textOf(lines: readonly string[]): string {
  const text = lines.join('\n').trimEnd();
  return text === '' ? '' : `${text}\n`;
}

/** In the order of the setup; an alias such as eth0:0 is a name of its own. */
export function setupAddresses(setup: string): SetupAddress[] {
  return linesOf(setup).flatMap((row, line) => {
    const ip = IP_ADDR.exec(row);
    if (ip !== null) return [{ dev: ip[4] ?? '', text: ip[2] ?? '', line }];
    const old = IFCONFIG.exec(row);
    if (old === null) return [];
    const text = old[4] ?? '';
    return [
      { dev: old[2] ?? '', text: text.includes('/') ? text : `${text}/${old[6] === undefined ? classOf(text) : lengthOf(old[6])}`, line },
    ];
  });
}

/** Gives an interface its first address; '' takes it away. The interface is up afterwards. */
export function withAddress(setup: string, dev: string, text: string): string {
  const lines = setup === '' ? [] : linesOf(setup);
  const known = setupAddresses(setup).find((address) => address.dev === dev);
  if (text === '') return known === undefined ? setup : textOf(lines.filter((_, i) => i !== known.line));
  if (known !== undefined) lines[known.line] = readdressed(lines[known.line] ?? '', text);
  else {
    const up = lines.findIndex((row) => isUp(row, dev));
    lines.splice(up < 0 ? lines.length : up, 0, `ip addr add ${text} dev ${dev}`);
    if (up < 0) lines.push(`ip link set ${dev} up`);
  }
  return textOf(lines);
}

function isUp(row: string, dev: string): boolean {
  const words = row.trim().split(/\s+/);
  return words[0] === 'ip' && words[1]?.startsWith('l') === true && words.includes(dev) && words.at(-1) === 'up';
}

/** The command in a line with another address in it. */
function readdressed(row: string, text: string): string {
  const ip = IP_ADDR.exec(row);
  if (ip !== null) return `${ip[1]}${text}${ip[3]}${ip[4]}${ip[5]}`;
  const [addr = '', length] = text.split('/');
  // A broadcast that was written belongs to the address that was.
  return row.replace(
    IFCONFIG,
    (_whole, head: string, dev: string, gap: string, _addr: string, broadcast: string, _mask: string, rest: string) => {
      const cast = broadcast === '' ? '' : ` broadcast ${addr}`;
      return `${head}${dev}${gap}${addr}${length === '32' ? cast : ''} netmask ${maskOf(Number(length ?? 32))}${rest}`;
    },
  );
}

function classOf(addr: string): number {
  const first = Number(addr.split('.', 1)[0]);
  return first < 128 ? 8 : first < 192 ? 16 : 24;
}

function lengthOf(mask: string): number {
  let bits = parseIpv4(mask) ?? 0;
  let length = 0;
  while (bits !== 0) {
    length += bits & 1;
    bits >>>= 1;
  }
  return length;
}

function maskOf(length: number): string {
  return formatIpv4((length === 0 ? 0 : (0xffffffff << (32 - Math.min(32, length))) >>> 0) as Ipv4);
}

/** The gateway of the last default route; '' if there is none. */
export function setupGateway(setup: string): string {
  return (
    linesOf(setup)
      .map((row) => GATEWAY.exec(row)?.[2])
      .findLast((gateway) => gateway !== undefined) ?? ''
  );
}

export function withGateway(setup: string, gateway: string): string {
  const lines = setup === '' ? [] : linesOf(setup);
  const at = lines.findLastIndex((row) => GATEWAY.test(row));
  if (gateway === '') return at < 0 ? setup : textOf(lines.filter((_, i) => i !== at));
  if (at < 0) lines.push(`ip route add default via ${gateway}`);
  else lines[at] = (lines[at] ?? '').replace(GATEWAY, (_whole, head: string, _old: string, rest: string) => `${head}${gateway}${rest}`);
  return textOf(lines);
}

/** The value that a setup gives to a sysctl, as the last command says; null if it leaves it. */
export function setupSysctl(setup: string, name: string): string | null {
  let value: string | null = null;
  for (const row of linesOf(setup)) value = sysctlIn(row, name) ?? value;
  return value;
}

function sysctlIn(row: string, name: string): string | null {
  const set = SYSCTL.exec(row);
  if (set !== null) return dotted(set[2] ?? '') === name ? (set[4] ?? '') : null;
  const echo = ECHO.exec(row);
  return echo !== null && dotted(echo[4] ?? '') === name ? (echo[2] ?? '') : null;
}

function dotted(name: string): string {
  return name.replaceAll('/', '.');
}

/** @param value null: the setup leaves the sysctl as Linux has it */
export function withSysctl(setup: string, name: string, value: string | null): string {
  const lines = setup === '' ? [] : linesOf(setup);
  const at = lines.findLastIndex((row) => sysctlIn(row, name) !== null);
  if (value === null) return textOf(lines.filter((row) => sysctlIn(row, name) === null));
  if (at < 0) lines.push(`sysctl -w ${name}=${value}`);
  else
    lines[at] = (lines[at] ?? '')
      .replace(SYSCTL, (_whole, head: string, key: string, equals: string) => `${head}${key}${equals}${value}`)
      .replace(ECHO, (_whole, head: string, _old: string, to: string, path: string) => `${head}${value}${to}${path}`);
  return textOf(lines);
}
