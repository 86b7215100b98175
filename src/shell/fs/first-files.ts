/**
 * What a newly installed node has on its disk, as far as lab notes and scripts refer to it.
 * The function library is our own; it offers the functions that init scripts call.
 */

export const FIRST_DIRS: ReadonlySet<string> = new Set([
  '/',
  '/boot',
  '/dev',
  '/etc',
  '/etc/keepalived',
  '/etc/rc.d',
  '/etc/rc.d/init.d',
  '/etc/sysconfig',
  '/etc/sysconfig/network-scripts',
  '/etc/sysctl.d',
  '/home',
  '/mnt',
  '/opt',
  '/proc',
  '/proc/net',
  '/proc/sys',
  '/root',
  '/run',
  '/srv',
  '/sys',
  '/sys/class',
  '/sys/class/net',
  '/tmp',
  '/usr',
  '/usr/bin',
  '/usr/lib',
  '/usr/lib64',
  '/usr/local',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/share',
  '/var',
  '/var/lock',
  '/var/lock/subsys',
  '/var/log',
  '/var/www',
  '/var/www/html',
  '/usr/share/nginx',
  '/usr/share/nginx/html',
  '/etc/httpd',
  '/etc/nginx',
  '/etc/modprobe.d',
  '/etc/modules-load.d',
  '/lib/modules',
]);

const INIT_FUNCTIONS = `# Functions for init scripts.
success() { echo -n "[  OK  ]"; return 0; }
failure() { echo -n "[FAILED]"; return 1; }
passed() { echo -n "[PASSED]"; return 1; }
warning() { echo -n "[WARNING]"; return 1; }
echo_success() { success; }
echo_failure() { failure; }
action() {
  local what="$1"
  shift
  echo -n "$what "
  if "$@"; then success; echo; return 0; fi
  failure
  echo
  return 1
}
daemon() {
  while [ "\${1#-}" != "$1" ]; do shift; done
  "$@"
}
killproc() { pkill -x "\${1##*/}"; }
status() {
  local pid
  pid=$(pidof "\${1##*/}")
  if [ -n "$pid" ]; then echo "\${1##*/} (pid $pid) is running..."; return 0; fi
  echo "\${1##*/} is stopped"
  return 3
}
`;

export function firstFiles(hostname: string): readonly (readonly [string, string])[] {
  return [
    ['/etc/hosts', '127.0.0.1   localhost localhost.localdomain localhost4 localhost4.localdomain4\n'],
    ['/etc/hostname', `${hostname}\n`],
    ['/etc/resolv.conf', ''],
    ['/etc/sysctl.conf', '# System settings; `sysctl -p` reads this file.\n'],
    ['/etc/redhat-release', 'CentOS Linux release 7.9.2009 (Core)\n'],
    ['/etc/os-release', 'NAME="CentOS Linux"\nVERSION="7 (Core)"\nID="centos"\nVERSION_ID="7"\nPRETTY_NAME="CentOS Linux 7 (Core)"\n'],
    ['/etc/passwd', 'root:x:0:0:root:/root:/bin/bash\n'],
    ['/etc/group', 'root:x:0:\n'],
    ['/etc/sysconfig/network', 'NETWORKING=yes\n'],
    ['/etc/rc.d/rc.local', '#!/bin/bash\ntouch /var/lock/subsys/local\n'],
    ['/etc/rc.d/init.d/functions', INIT_FUNCTIONS],
    ['/var/log/messages', ''],
  ];
}
