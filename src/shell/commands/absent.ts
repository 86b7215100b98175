/**
 * Programs that people reach for and that no host of the lab has. The shell says that it does not find them, as
 * on a machine without them, and then what to do instead. `which` does not find them, and no directory has them.
 * Goes to: sh/simple.ts.
 */

interface Absent {
  readonly names: readonly string[];
  readonly en: string;
  readonly zh: string;
}

const ABSENT: readonly Absent[] = [
  {
    names: ['yum', 'dnf', 'apt', 'apt-get', 'rpm', 'dpkg', 'pip'],
    en: 'nothing has to be installed: ipvsadm, keepalived, httpd, nginx, arptables, tcpdump, curl and more are on every host',
    zh: '无需安装：每台主机上都有 ipvsadm、keepalived、httpd、nginx、arptables、tcpdump、curl 等程序',
  },
  {
    names: ['ab', 'siege', 'wrk', 'hey', 'webbench', 'httperf'],
    en: 'not in the lab; many requests at once: for i in $(seq 20); do curl -s http://ADDRESS/ & done; wait',
    zh: '实验环境没有此程序；并发多个请求：for i in $(seq 20); do curl -s http://地址/ & done; wait',
  },
  { names: ['elinks', 'links', 'lynx', 'w3m', 'firefox'], en: 'not in the lab: use curl', zh: '实验环境没有此程序，请用 curl' },
  { names: ['gawk', 'mawk'], en: 'not in the lab: use awk', zh: '实验环境没有此程序，请用 awk' },
  { names: ['ncat', 'netcat', 'socat'], en: 'not in the lab: use nc', zh: '实验环境没有此程序，请用 nc' },
  {
    names: ['firewall-cmd', 'ufw'],
    en: 'no firewall is switched on in the lab: use iptables',
    zh: '实验环境默认没有启用防火墙，请用 iptables',
  },
  {
    names: ['modinfo', 'depmod'],
    en: 'not in the lab: lsmod lists the modules, modprobe loads one',
    zh: '实验环境没有此程序：lsmod 列出模块，modprobe 加载模块',
  },
  { names: ['hostnamectl'], en: 'not in the lab: use hostname', zh: '实验环境没有此程序，请用 hostname' },
  {
    names: ['getent'],
    en: 'not in the lab: names stand in /etc/hosts, users in /etc/passwd',
    zh: '实验环境没有此程序：主机名在 /etc/hosts，用户在 /etc/passwd',
  },
  { names: ['file', 'ipcalc', 'sha256sum'], en: 'not in the lab', zh: '实验环境没有此程序' },
  {
    names: ['tracepath'],
    en: 'not in the lab: use traceroute; ping -M do -s SIZE finds the path MTU',
    zh: '实验环境没有此程序：请用 traceroute；用 ping -M do -s 大小 可测路径 MTU',
  },
  { names: ['mtr', 'tracert'], en: 'not in the lab: use traceroute', zh: '实验环境没有此程序，请用 traceroute' },
  { names: ['ping6', 'traceroute6', 'ip6tables'], en: 'the lab has no IPv6 traffic', zh: '实验环境没有 IPv6 流量' },
  {
    names: ['ssh', 'scp', 'sftp', 'rsync', 'ssh-copy-id', 'ssh-keygen'],
    en: 'not in the lab: every host has a terminal of its own; files are written where they are needed',
    zh: '实验环境没有此程序：每台主机都有自己的终端，文件请直接写在需要的主机上',
  },
  {
    names: ['lsof', 'fuser'],
    en: 'not in the lab: ss -lntp names the program of a port',
    zh: '实验环境没有此程序：ss -lntp 可查看端口对应的程序',
  },
  { names: ['nmap'], en: 'not in the lab: nc -vz HOST PORT tries a port', zh: '实验环境没有此程序：nc -vz 主机 端口 可测试端口' },
  {
    names: ['top', 'htop', 'vmstat', 'iostat', 'sar', 'df', 'du', 'lscpu', 'lsblk', 'mount', 'umount', 'fdisk'],
    en: 'not in the lab: processors, memory and disks have no part in it; ps lists processes, free shows a memory that never changes',
    zh: '实验环境没有此程序：不涉及处理器、内存和磁盘；ps 列出进程，free 显示固定的内存',
  },
  {
    names: ['iftop', 'nload', 'ifstat', 'nethogs', 'iptraf', 'nstat', 'dstat'],
    en: 'not in the lab: ip -s link, netstat -s and ipvsadm -L --stats have the counters',
    zh: '实验环境没有此程序：计数器见 ip -s link、netstat -s 和 ipvsadm -L --stats',
  },
  { names: ['wireshark', 'tshark', 'ngrep'], en: 'not in the lab: use tcpdump', zh: '实验环境没有此程序，请用 tcpdump' },
  {
    names: ['crontab', 'at', 'anacron'],
    en: 'not in the lab: write a loop with sleep, or an entry in the timeline of the lab file',
    zh: '实验环境没有此程序：请用带 sleep 的循环，或写在实验文件的 timeline 里',
  },
  {
    names: ['journalctl', 'rsyslogd'],
    en: 'not in the lab: programs log to /var/log/messages, and the event list tells every decision',
    zh: '实验环境没有此程序：日志在 /var/log/messages，事件列表记录每个决定',
  },
  {
    names: ['dig', 'host', 'nslookup'],
    en: 'the lab has no name server: write names into /etc/hosts',
    zh: '实验环境没有 DNS 服务器：请把名字写进 /etc/hosts',
  },
  {
    names: ['python', 'python2', 'python3', 'perl', 'php', 'ruby', 'node', 'java', 'gcc', 'make'],
    en: 'not in the lab: scripts are written in bash; service httpd start or nc -lk PORT make a server',
    zh: '实验环境没有此程序：脚本请用 bash；service httpd start 或 nc -lk 端口 可作服务器',
  },
  {
    names: ['ifup', 'ifdown', 'nmtui', 'netplan', 'dhclient'],
    en: 'the lab has no interface files: use ip link set DEV up, ip addr and ip route, or ifconfig and route',
    zh: '实验环境没有网卡配置文件：请用 ip link set 接口 up、ip addr、ip route，或 ifconfig、route',
  },
  {
    names: ['shutdown', 'poweroff', 'halt', 'init'],
    en: 'use the power switch of the page: select the host on the map',
    zh: '请用页面上的电源开关：在图上选中该主机',
  },
  {
    names: ['screen', 'tmux'],
    en: 'not in the lab: every host has a terminal of its own',
    zh: '实验环境没有此程序：每台主机都有自己的终端',
  },
  {
    names: ['vconfig', 'mii-tool'],
    en: 'not in the lab: a switch is a node of its own, set in the lab file',
    zh: '实验环境没有此程序：交换机是独立的节点，在实验文件中设置',
  },
  {
    names: ['tar', 'gzip', 'unzip', 'git'],
    en: 'not in the lab: its hosts reach nothing outside; write files with cat > FILE <<EOF',
    zh: '实验环境没有此程序：主机不能访问外部；请用 cat > 文件 <<EOF 写文件',
  },
];

const hints: ReadonlyMap<string, Absent> = new Map(ABSENT.flatMap((row) => row.names.map((name) => [name, row])));

/** What is told about a program that is not there, in both languages; null when nothing is known of it. */
export function absentHint(name: string): string | null {
  const script = /^\/etc\/(?:rc\.d\/)?init\.d\/([\w.@-]+)$/.exec(name)?.[1];
  if (script !== undefined) return `there is no such script here: service ${script} start\n没有这个脚本，请用：service ${script} start\n`;
  const row = hints.get(name);
  return row === undefined ? null : `${row.en}\n${row.zh}\n`;
}

/** All names that something is told about. */
export const ABSENT_NAMES: readonly string[] = [...hints.keys()];
