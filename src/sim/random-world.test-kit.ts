/**
 * Small worlds made by chance, and commands typed in them: hosts on one or two networks, some of them
 * routers, directors and real servers, cables pulled and plugged, firewalls, tunnels, everything at once.
 * The same number gives the same world.
 */
import { nextBelow, seedPrng, type JournalEntry, type Nanos, type NodeId, type PrngState } from '../engine/index.ts';
import type { Mac } from '../wire/index.ts';
import type { LinkId, LinkSpec, NodeSpec, Stimulus, What } from '../world/index.ts';
import type { RunInput } from './run.ts';

export function pick<T>(prng: PrngState, list: readonly T[]): T {
  return list[nextBelow(prng, list.length)] as T;
}

/** What a host needs before it can do anything. */
const SETUPS: readonly (readonly string[])[] = [
  ['sysctl -w net.ipv4.ip_forward=1'],
  ['systemctl start httpd'],
  ['systemctl start httpd', 'ip addr add VIP/32 dev lo', 'sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2'],
  ['ip addr add VIP/24 dev eth0', 'ipvsadm -A -t VIP:80 -s SCHED', 'ipvsadm -a -t VIP:80 -r IP -g', 'ipvsadm -a -t VIP:80 -r IP -g -w 2'],
  [
    'ip addr add VIP/24 dev eth0',
    'sysctl -w net.ipv4.ip_forward=1',
    'ipvsadm -A -t VIP:80 -s SCHED -p 60',
    'ipvsadm -a -t VIP:80 -r IP:80 -m',
    'ipvsadm -a -t VIP:80 -r IP:8080 -m',
  ],
  ['ip addr add VIP/32 dev eth0', 'ipvsadm -A -t VIP:80 -s SCHED', 'ipvsadm -a -t VIP:80 -r IP -i', 'ipvsadm -a -t VIP:80 -r IP -i'],
  ['modprobe ipip', 'ip link set tunl0 up', 'ip addr add VIP/32 dev tunl0', 'systemctl start httpd'],
];

export const COMMANDS: readonly string[] = [
  'ping -c 2 -i 0.2 IP',
  'ping -c 1 -s 4000 IP',
  'ping -c 1 -s 1600 -M do IP',
  'ping -b -c 1 10.0.0.255',
  'ping -c 1 VIP',
  'ping -c 1 -t 1 IP',
  'ping -c 1 224.0.0.1',
  'ping -c 1 10.9.9.9',
  'ping -f -c 5 IP',
  'curl -m 2 http://VIP/',
  'curl -m 2 http://IP/',
  'curl -m 1 http://IP:81/',
  'curl -m 2 VIP; curl -m 2 VIP; curl -m 2 VIP',
  'traceroute -n -q 1 -m 3 -w 1 IP',
  'arping -c 1 -I eth0 IP',
  'arping -c 2 -U -I eth0 VIP',
  'arping -c 1 -A -I eth0 IP',
  'arping -c 1 -D -I eth0 IP',
  'echo hello | nc -u -w 1 IP 53',
  'nc -u -l -p 53 &',
  'nc -l -p 81 &',
  'echo x | nc -w 1 IP 81',
  'ip neigh flush all',
  'ip neigh replace IP lladdr 02:00:00:00:00:99 dev eth0',
  'ip neigh add proxy IP dev eth0',
  'ip link set eth0 down',
  'ip link set eth0 up',
  'ip link set eth1 down',
  'ip link set eth0 mtu 600',
  'ip link set eth0 address 02:00:00:00:01:0N',
  'ip link add d0 type dummy; ip link set d0 up; ip route add 10.7.0.0/16 dev d0',
  'ping -c 1 -W 1 10.7.0.1',
  'ip link del d0',
  'ip addr flush dev eth0',
  'ip addr add IP/24 dev eth0',
  'ip addr add IP/24 dev eth1',
  'ip addr del IP/24 dev eth0',
  'ip route add default via IP',
  'ip route del default',
  'ip route add unreachable IP',
  'ip route add blackhole 10.0.1.0/24',
  'ip route add prohibit 10.0.1.0/25',
  'ip route add VIP via IP',
  'ip route replace 10.9.0.0/16 via IP',
  'ip rule add from IP table 100',
  'ip tunnel add t1 mode ipip remote IP; ip link set t1 up; ip route add 10.8.0.0/16 dev t1',
  'ping -c 1 -W 1 10.8.0.1',
  'ip tunnel del t1',
  'modprobe ipip; ip link set tunl0 up',
  'modprobe -r ipip',
  'sysctl -w net.ipv4.ip_forward=1',
  'sysctl -w net.ipv4.ip_forward=0',
  'sysctl -w net.ipv4.conf.all.rp_filter=1',
  'sysctl -w net.ipv4.conf.all.arp_ignore=8',
  'sysctl -w net.ipv4.conf.eth0.proxy_arp=1',
  'sysctl -w net.ipv4.conf.all.arp_accept=1',
  'sysctl -w net.ipv4.conf.all.arp_notify=1',
  'sysctl -w net.ipv4.conf.all.accept_local=1',
  'sysctl -w net.ipv4.icmp_echo_ignore_all=1',
  'sysctl -w net.ipv4.icmp_echo_ignore_broadcasts=0',
  'sysctl -w net.ipv4.vs.expire_nodest_conn=1',
  'sysctl -w net.ipv4.vs.conntrack=1',
  'sysctl -w net.ipv4.vs.drop_entry=3',
  'sysctl -w net.ipv4.neigh.eth0.unres_qlen_bytes=2000',
  'sysctl -w net.ipv4.ip_default_ttl=1',
  'sysctl -w net.ipv4.neigh.eth0.proxy_delay=50',
  'iptables -A INPUT -p tcp --dport 80 -j DROP',
  'iptables -A INPUT -p icmp -j REJECT',
  'iptables -A INPUT -p tcp -j REJECT --reject-with tcp-reset',
  'iptables -A FORWARD -j DROP',
  'iptables -A OUTPUT -d IP -j DROP',
  'iptables -t nat -A POSTROUTING -j MASQUERADE',
  'iptables -t nat -A PREROUTING -d VIP -j DNAT --to-destination IP',
  'iptables -t mangle -A PREROUTING -j MARK --set-mark 7',
  'iptables -A INPUT -m conntrack --ctstate INVALID -j DROP',
  'iptables -A INPUT -p tcp -m limit --limit 1/s -j ACCEPT',
  'iptables -P INPUT DROP',
  'iptables -F',
  'iptables -A FORWARD -j REJECT',
  'iptables -A OUTPUT -j REJECT',
  'arptables -A INPUT -d VIP -j DROP',
  'arptables -A OUTPUT -s VIP -j mangle --mangle-ip-s IP',
  'arptables -A OUTPUT -j DROP',
  'arptables -F',
  'ipvsadm -A -f 7 -s SCHED; ipvsadm -a -f 7 -r IP -m',
  'ipvsadm -d -t VIP:80 -r IP',
  'ipvsadm -D -t VIP:80',
  'ipvsadm -C',
  'ipvsadm -E -t VIP:80 -s SCHED',
  'ipvsadm -e -t VIP:80 -r IP -w 0',
  'ipvsadm -A -u VIP:53 -s SCHED -o; ipvsadm -a -u VIP:53 -r IP -m',
  'ipvsadm --start-daemon master --mcast-interface eth0',
  'ipvsadm --start-daemon backup --mcast-interface eth0',
  'systemctl stop httpd',
  'systemctl start httpd',
  'tcp-get VIP 80',
  'udp-get IP 53',
  'tcpdump -c 3 -n -i any &',
  'ss -tan',
  'cat /proc/net/ip_vs_conn',
  'kill %1',
  'killall nc',
];

const SCHEDULERS: readonly string[] = ['rr', 'wrr', 'lc', 'wlc', 'sh', 'dh', 'sed', 'nq', 'mh', 'lblc', 'lblcr', 'fo', 'ovf'];

interface Place {
  readonly host: number;
  readonly net: number;
  readonly iface: string;
}

/** A run made from a number. */
export function randomRun(number: number): RunInput {
  const prng = seedPrng(number);
  const nets = 1 + nextBelow(prng, 2);
  const hosts = 2 + nextBelow(prng, 4);
  const places: Place[] = [];
  for (let host = 0; host < hosts; host++) {
    places.push({ host, net: nextBelow(prng, nets), iface: 'eth0' });
    if (nextBelow(prng, 3) === 0) places.push({ host, net: nextBelow(prng, nets), iface: 'eth1' });
  }
  const nodes: NodeSpec[] = [];
  for (let host = 0; host < hosts; host++) {
    const interfaces = places
      .filter((place) => place.host === host)
      .map((place) => ({ name: place.iface, mac: macOf(places.indexOf(place)), mtu: 1500 }));
    nodes.push({ kind: 'linux', name: `h${host}`, role: 'host', interfaces });
  }
  const links: LinkSpec[] = [];
  for (let net = 0; net < nets; net++) {
    const ports = places.filter((place) => place.net === net);
    nodes.push({ kind: 'switch', name: `s${net}`, role: 'switch', ports: ports.map((_, i) => `p${i}`) });
    for (const [i, { host, iface }] of ports.entries()) {
      const timing = {
        delayNs: 10_000 * nextBelow(prng, 20),
        rateBps: nextBelow(prng, 2) === 0 ? null : 10_000_000,
        lossPpm: nextBelow(prng, 5) === 0 ? 200_000 : 0,
      };
      links.push({
        ends: [
          [`h${host}`, iface],
          [`s${net}`, `p${i}`],
        ],
        ...timing,
      });
    }
  }
  const journal: JournalEntry<What>[] = [];
  const enter = (at: number, node: number, stimulus: Stimulus): unknown =>
    journal.push({ after: 0, at: at as Nanos, node: node as NodeId, what: { kind: 'stimulus', stimulus } });
  const typed = (at: number, host: number, text: string): unknown =>
    enter(at, host, { kind: 'exec', tty: 'tty1', text: filled(prng, text, places.map(addressOf)) });
  for (const place of places)
    typed(0, place.host, `ip addr add ${addressOf(place, places.indexOf(place))}/24 dev ${place.iface}; ip link set ${place.iface} up`);
  for (let host = 0; host < hosts; host++) for (const line of pick(prng, SETUPS)) typed(0, host, line);
  const count = 3 + nextBelow(prng, 12);
  for (let i = 0; i < count; i++) {
    const at = nextBelow(prng, 5_000) * 1_000_000;
    const host = nextBelow(prng, hosts);
    const kind = nextBelow(prng, 12);
    if (kind === 0)
      enter(at, host, {
        kind: 'link',
        link: nextBelow(prng, links.length) as LinkId,
        up: nextBelow(prng, 2) === 0,
      });
    else if (kind === 1) enter(at, host, { kind: 'signal', tty: 'tty1', signal: 'INT' });
    else typed(at, host, pick(prng, COMMANDS));
  }
  const until = (6_000_000_000 + nextBelow(prng, 60_000) * 1_000_000) as Nanos;
  return { world: { nodes, links, oneKernel: nextBelow(prng, 4) === 0, seed: number }, journal, until };
}

function macOf(place: number): Mac {
  return (0x020000000001 + place) as Mac;
}

function addressOf({ net }: Place, index: number): string {
  return `10.0.${net}.${index + 1}`;
}

/** A command with its places for addresses and names filled in. */
export function filled(prng: PrngState, text: string, addresses: readonly string[]): string {
  return text
    .replace(/\bIP\b/g, () => pick(prng, addresses))
    .replaceAll('VIP', '10.0.0.100')
    .replaceAll('SCHED', () => pick(prng, SCHEDULERS))
    .replaceAll('0N', `0${nextBelow(prng, 9)}`);
}
