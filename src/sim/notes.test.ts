/** What students bring along: transcripts of notes and start scripts, typed as they are into a real world. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readNotes } from '../shell/index.ts';
import { bare, Desk, shipped, type Answer } from './desk.test-kit.ts';

const ADDRESSES = /^(?:ip |sysctl |ifconfig eth\d 1\d\d\.|route add default|echo '|service httpd)/;
/** As ADDRESSES, but what the notes do themselves is left to them. */
const BARE = /^(?:ip |sysctl |ifconfig eth\d 1\d\d\.[\d.]* netmask|route add default|echo ')/;
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

/** Types the commands of notes where the notes say. */
function paste(desk: Desk, notes: string, nodes: Readonly<Record<string, string>>): (Answer & { readonly command: string })[] {
  return readNotes(notes).map(({ node, command }) => ({
    command,
    ...desk.type(nodes[node ?? ''] ?? '', command),
  }));
}

function failed(answers: readonly (Answer & { readonly command: string })[]): string[] {
  return answers.filter(({ code }) => code !== 0).map(({ command, out, code }) => `${command} -> ${code}: ${out.trim()}`);
}

function fetched(desk: Desk, url: string, times: number): string[] {
  return Array.from({ length: times }, () => desk.type('client', `curl -s -m 3 ${url}`).out.trim());
}

describe('the transcripts of the notes', () => {
  it('the DR notes make a cluster that serves by weight, and the director sees no reply', () => {
    const desk = new Desk(bare(shipped('dr-lab'), BARE));
    expect(desk.type('client', 'curl -s -m 2 172.18.20.128').code).toBe(28);
    const answers = paste(desk, read('../shell/notes/fixtures/dr-lab.txt'), {
      RIP1: 'rs1',
      RIP2: 'rs2',
      DIP: 'director',
    });
    expect(answers).toHaveLength(20);
    expect(failed(answers)).toEqual([]);
    desk.type('router', 'ip neigh flush all');
    expect(new Set(fetched(desk, '172.18.20.128', 6))).toEqual(new Set(['rs1 172.18.20.124', 'rs2 172.18.20.125']));
    // the kernel refreshes these numbers every 2 s
    desk.pass(3000);
    expect(desk.type('director', 'ipvsadm -L -n --stats').out).toMatch(/TCP {2}172\.18\.20\.128:80 +6 +\d+ +0 +\d+ +0\n/);
  });

  it('the NAT notes make a cluster; saving to a path that is not there fails as on Linux', () => {
    const desk = new Desk(bare(shipped('nat-demo'), ADDRESSES));
    const answers = paste(desk, read('../shell/notes/fixtures/nat-demo.txt'), { '': 'director' });
    expect(failed(answers)).toEqual([
      'ipvsadm -S > /path/to/somefile -> 1: bash: /path/to/somefile: No such file or directory',
      'ipvsadm -R < /path/from/somefile -> 1: bash: /path/from/somefile: No such file or directory',
    ]);
    const pages = fetched(desk, '172.16.100.1', 8);
    expect(pages.filter((page) => page === 'rs1 192.168.10.8')).toHaveLength(6);
    expect(pages.filter((page) => page === 'rs2 192.168.10.9')).toHaveLength(2);
    expect(
      desk.type('director', 'ipvsadm -S -n > /root/rules && ipvsadm -C && ipvsadm -R < /root/rules && ipvsadm -Ln | grep -c Masq').out,
    ).toBe('2\n');
  });
});

/** A file, as somebody pastes it. */
function write(desk: Desk, node: string, path: string, text: string): void {
  expect(desk.type(node, `cat > ${path} <<'END_OF_FILE'\n${text.trimEnd()}\nEND_OF_FILE`).code).toBe(0);
}

const SETTINGS = 'cd /proc/sys/net/ipv4/conf; cat all/arp_ignore lo/arp_ignore all/arp_announce lo/arp_announce | paste -sd" "; cd';

describe('scripts in the manner of realserver.sh, unchanged', () => {
  it('one starts and stops both real servers of a cluster', () => {
    const desk = new Desk(bare(shipped('dr-lab'), BARE));
    for (const line of ['ifconfig eth0:0 172.18.20.128 netmask 255.255.255.255 up', 'ipvsadm -A -t 172.18.20.128:80 -s rr'])
      expect(desk.type('director', line).code).toBe(0);
    for (const [node, address] of [
      ['rs1', '172.18.20.124'],
      ['rs2', '172.18.20.125'],
    ] as const) {
      expect(desk.type('director', `ipvsadm -a -t 172.18.20.128:80 -r ${address} -g`).code).toBe(0);
      write(desk, node, 'realserver.sh', read('../shell/fixtures/realserver-lo.sh'));
      expect(desk.type(node, 'chmod +x realserver.sh; service httpd start; ./realserver.sh start')).toMatchObject({ code: 0 });
      expect(desk.type(node, SETTINGS).out).toBe('1 1 2 2\n');
      expect(desk.type(node, 'ip -br addr show lo').out).toMatch(/172\.18\.20\.128\/32/);
      expect(desk.type(node, './realserver.sh status').out).toBe('quiet\n');
    }
    expect(
      fetched(desk, '172.18.20.128', 4)
        .map((page) => page.slice(0, 3))
        .toSorted(),
    ).toEqual(['rs1', 'rs1', 'rs2', 'rs2']);
    expect(desk.type('rs1', './realserver.sh stop')).toEqual({
      out: 'real server leaves 172.18.20.128\n',
      code: 0,
    });
    expect(desk.type('rs1', SETTINGS).out).toBe('0 0 0 0\n');
    expect(desk.type('rs1', 'ip -br addr show lo; ip route show table local').out).not.toMatch(/172\.18\.20\.128/);
    expect(new Set(fetched(desk, '172.18.20.128', 4))).toEqual(new Set(['rs2 172.18.20.125', '']));
  });

  it('one with a list of addresses', () => {
    const desk = new Desk(bare(shipped('dr-lab'), BARE));
    write(desk, 'rs1', 'rs.sh', read('../shell/fixtures/realserver-list.sh'));
    expect(desk.type('rs1', 'sh rs.sh').code).toBe(2);
    expect(desk.type('rs1', 'sh rs.sh start').code).toBe(0);
    expect(desk.type('rs1', SETTINGS).out).toBe('1 1 2 0\n');
    expect(desk.type('rs1', 'ip -o addr show lo | grep -c 10.1.0.10').out).toBe('2\n');
    expect(desk.type('rs1', 'ping -c 1 10.1.0.101').code).toBe(0);
    expect(desk.type('rs1', 'sh rs.sh stop').code).toBe(0);
    expect(desk.type('rs1', SETTINGS).out).toBe('0 0 0 0\n');
    expect(desk.type('rs1', 'ip -o addr show lo | grep -c 10.1.0.10').out).toBe('0\n');
  });

  it('one that checks what it is given', () => {
    const desk = new Desk(bare(shipped('dr-lab'), BARE));
    write(desk, 'rs2', 'rs.sh', read('../shell/fixtures/realserver-checked.sh'));
    expect(desk.type('rs2', 'bash rs.sh 172.18.20.128 eth9')).toEqual({
      out: 'all.arp_ignore       0 -> 1\nrs.sh: no such setting: eth9.arp_ignore\nleft with 4\n',
      code: 4,
    });
    expect(desk.type('rs2', 'bash rs.sh 172.18.20.128')).toEqual({
      out: expect.stringMatching(/all\.arp_announce +0 -> 2\nleft with 0\n$/) as string,
      code: 0,
    });
    expect(desk.type('rs2', 'ip -br addr show lo').out).toMatch(/172\.18\.20\.128\/32/);
    expect(desk.type('rs2', 'ifconfig lo:0 down; ip -br addr show lo').out).not.toMatch(/172\.18\.20\.128/);
  });
});
