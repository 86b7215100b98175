/**
 * Where the programs of a node live, so that `which`, `ls /usr/sbin` and `[ -x /sbin/ipvsadm ]` answer
 * as on CentOS 7. The programs themselves are commands and builtins of this room.
 */

/** Programs of the administrator, in /usr/sbin. */
const SBIN = [
  'arp', 'arping', 'arptables', 'arptables-restore', 'arptables-save', 'chkconfig', 'conntrack', 'ethtool', 'httpd', 'ifconfig', 'ifdown', 'ifup', 'insmod', 'ip',
  'iptables', 'iptables-restore', 'iptables-save', 'ipvsadm', 'ipvsadm-restore', 'ipvsadm-save', 'keepalived', 'lsmod', 'mii-tool', 'modinfo',
  'modprobe', 'nginx', 'rmmod', 'route', 'service', 'ss', 'sysctl', 'tcpdump', 'traceroute', 'tracepath', 'brctl', 'bridge', 'vconfig', 'nft',
] as const;

/** Programs of everybody, in /usr/bin. */
const BIN = [
  '[', 'ab', 'awk', 'basename', 'bash', 'cat', 'chmod', 'chown', 'clear', 'column', 'cp', 'curl', 'cut', 'date', 'diff', 'dig', 'dirname', 'dmesg', 'echo', 'egrep', 'env',
  'expr', 'false', 'fgrep', 'file', 'find', 'free', 'gawk', 'getent', 'grep', 'head', 'host', 'hostname', 'id', 'ipcalc', 'kill', 'killall', 'less', 'ln', 'ls', 'man', 'mkdir',
  'mktemp', 'more', 'mv', 'nc', 'ncat', 'netstat', 'nice', 'nl', 'nohup', 'nslookup', 'paste', 'pgrep', 'pidof', 'ping', 'pkill', 'printf', 'ps', 'pwd', 'readlink',
  'realpath', 'rev', 'rm', 'rmdir', 'sed', 'seq', 'sh', 'sleep', 'sort', 'stat', 'su', 'sudo', 'systemctl', 'tac', 'tail', 'tcp-get', 'tcp-serve', 'tee', 'telnet',
  'test', 'time', 'timeout', 'touch', 'tr', 'true', 'tty', 'udp-get', 'udp-serve', 'uname', 'uniq', 'uptime', 'vi', 'vim', 'nano', 'watch', 'wc', 'wget', 'which', 'who',
  'whoami', 'xargs', 'yes', 'journalctl', 'hostnamectl', 'nproc', 'logger', 'sync', 'sha256sum', 'md5sum', 'nmcli', 'firewall-cmd', 'getenforce', 'setenforce',
] as const;

const directories: ReadonlyMap<string, string> = new Map([
  ...BIN.map((name): [string, string] => [name, '/usr/bin']),
  ...SBIN.map((name): [string, string] => [name, '/usr/sbin']),
  ['setenforce', '/usr/sbin'],
  ['getenforce', '/usr/sbin'],
]);

/** The directory of a program, or null if there is none of that name. */
export function binaryDir(name: string): string | null {
  return directories.get(name) ?? null;
}

export function binariesIn(dir: string): string[] {
  return [...directories].filter(([, where]) => where === dir).map(([name]) => name);
}

/** The program that a full path such as /sbin/ipvsadm names, or null. */
export function binaryAt(path: string): string | null {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  return directories.get(name) === path.slice(0, slash) ? name : null;
}
