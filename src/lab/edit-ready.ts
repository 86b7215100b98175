/**
 * Commands that a real server and a director of direct routing need, ready to be put into a setup.
 * Comes from: the form of a node.  Goes to: the setup of the scenario file.
 */
import { setupAddresses, withSysctl, type Scenario } from '../scenario/index.ts';

/** The virtual address that the lab has already: one with /32 at a director or a real server; '' if none. */
export function virtualAddress(scenario: Scenario): string {
  for (const node of scenario.nodes) {
    if (node.kind !== 'linux' || (node.role !== 'director' && node.role !== 'realserver')) continue;
    const setup = node.setup.map((command) => command.text).join('\n');
    const found = setupAddresses(setup).find(({ text, dev }) => text.endsWith('/32') && !text.startsWith('127.') && dev !== '');
    if (found !== undefined) return found.text.slice(0, -3);
    const service = /^\s*ipvsadm\s+-A\s+-[tu]\s+([\d.]+):/m.exec(setup)?.[1];
    if (service !== undefined) return service;
  }
  return '';
}

function has(setup: string, line: string): boolean {
  return setup.split('\n').some((row) => row.trim() === line);
}

function withLines(setup: string, lines: readonly string[]): string {
  return (
    setup +
    lines
      .filter((line) => !has(setup, line))
      .map((line) => `${line}\n`)
      .join('')
  );
}

/** ARP is silenced before the VIP is there: nobody learns the wrong owner in between. */
export function asServer(setup: string, name: string, vip: string): string {
  const quiet = withSysctl(withSysctl(setup, 'net.ipv4.conf.all.arp_ignore', '1'), 'net.ipv4.conf.all.arp_announce', '2');
  return withLines(quiet, [`ip addr add ${vip}/32 dev lo`, `echo '${name}' > /var/www/html/index.html`, 'service httpd start']);
}

export function asDirector(setup: string, vip: string, scenario: Scenario): string {
  const dev = setupAddresses(setup)[0]?.dev ?? 'eth0';
  const servers = scenario.nodes.flatMap((node) => {
    if (node.kind !== 'linux' || node.role !== 'realserver') return [];
    const rip = setupAddresses(node.setup.map((command) => command.text).join('\n')).find(
      ({ dev: at }) => at !== 'lo' && !at.includes(':'),
    );
    return rip === undefined ? [] : [rip.text.split('/', 1)[0] ?? ''];
  });
  return withLines(setup, [
    `ip addr add ${vip}/32 dev ${dev}`,
    `ipvsadm -A -t ${vip}:80 -s rr`,
    ...servers.map((rip) => `ipvsadm -a -t ${vip}:80 -r ${rip} -g`),
  ]);
}
