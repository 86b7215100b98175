/**
 * service, systemctl, chkconfig: starting what a node offers, and init scripts of one's own.
 * Source: CentOS 7, systemd 219: wording and exit codes. Differs: a unit has no journal and no times.
 */
import { isExecutable } from '../../fs/files.ts';
import { startKeepalived, stopKeepalived } from '../../commands/keepalived.ts';
import { createHttpdState } from '../../programs/httpd.ts';
import { emit, type Shell } from '../shell.ts';
import { newFrame } from '../state.ts';
import { put } from './basic.ts';
import { manOf, type Builtin, type Call, type Outcome } from './call.ts';

interface Unit {
  readonly title: string;
  /** command that puts a server into the background */
  readonly daemon: string | null;
  readonly start: string | null;
  readonly stop: string | null;
  readonly save: string | null;
  /** what a person has to know who relies on it */
  readonly note: string | null;
}

const web = (title: string, daemon: string): Unit => ({
  title,
  daemon,
  start: null,
  stop: null,
  save: null,
  note: null,
});
const quiet = (title: string, note: string | null = null): Unit => ({
  title,
  daemon: null,
  start: null,
  stop: null,
  save: null,
  note,
});

const UNITS: Readonly<Record<string, Unit>> = {
  httpd: web('The Apache HTTP Server', 'httpd'),
  apache2: web('The Apache HTTP Server', 'httpd'),
  nginx: web('The nginx HTTP and reverse proxy server', 'httpd'),
  ipvsadm: {
    title: 'Initialise the Linux Virtual Server',
    daemon: null,
    note: null,
    start: '[ -f /etc/sysconfig/ipvsadm ] && ipvsadm -C && ipvsadm -R < /etc/sysconfig/ipvsadm',
    stop: 'ipvsadm -C',
    save: 'ipvsadm -S -n > /etc/sysconfig/ipvsadm',
  },
  iptables: {
    title: 'IPv4 firewall with iptables',
    daemon: null,
    note: null,
    start: '[ ! -f /etc/sysconfig/iptables ] || iptables-restore < /etc/sysconfig/iptables',
    stop: 'for t in filter nat mangle; do iptables -t $t -F; iptables -t $t -X; done; for c in INPUT FORWARD OUTPUT; do iptables -P $c ACCEPT; done',
    save: 'iptables-save > /etc/sysconfig/iptables',
  },
  keepalived: web('LVS and VRRP High Availability Monitor', 'keepalived'),
  network: quiet('LSB: Bring up/down networking', 'the lab has no interface files: addresses and routes stay as they are'),
  firewalld: quiet('firewalld - dynamic firewall daemon'),
  NetworkManager: quiet('Network Manager'),
  sshd: quiet('OpenSSH server daemon'),
  crond: quiet('Command Scheduler'),
};

/** Servers of a unit that run, by the name of their program. */
function daemons({ net }: Shell, unit: Unit): number[] {
  if (unit.daemon === null) return [];
  return [...net.user.procs.values()].filter((proc) => proc.program === unit.daemon).map((proc) => proc.pid);
}

function entry({ net }: Shell, name: string): { running: boolean; enabled: boolean; pid: number | null } {
  let found = net.user.services.get(name);
  if (found === undefined) net.user.services.set(name, (found = { running: false, enabled: false, pid: null }));
  return found;
}

function isActive(shell: Shell, name: string): boolean {
  const unit = UNITS[name] as Unit;
  return unit.daemon === null ? entry(shell, name).running : daemons(shell, unit).length > 0;
}

/** Runs a text in this shell as one step of a service. */
function runText(call: Call, text: string): Outcome {
  const frame = newFrame('eval', text, 0);
  frame.name = 'service';
  call.sh.frames.push(frame);
  return 'wait';
}

function failed(call: Call, name: string): number {
  emit(
    call,
    2,
    `Job for ${name}.service failed because the control process exited with error code. See "systemctl status ${name}.service" and "journalctl -xe" for details.\n`,
  );
  return 1;
}

function start(call: Call, name: string): Outcome {
  const unit = UNITS[name] as Unit;
  if (unit.note !== null) emit(call, 2, `${name}: ${unit.note}\n`);
  if (isActive(call, name) && unit.start === null) return 0;
  entry(call, name).running = true;
  if (unit.daemon !== null) {
    if (unit.daemon === 'keepalived') {
      const started = startKeepalived(call.net);
      entry(call, name).pid = started;
      return started === null ? failed(call, name) : 0;
    }
    const none = { kind: 'null' } as const;
    const pid = call.net.spawn('httpd', [`/usr/sbin/${name}`], { ppid: 0, tty: null, stdout: none, stderr: none }, createHttpdState());
    entry(call, name).pid = pid;
    return call.net.user.procs.has(pid) ? 0 : failed(call, name);
  }
  if (unit.start === null) return 0;
  return runText(
    call,
    `${unit.start} || { echo "Job for ${name}.service failed because the control process exited with error code. See \\"systemctl status ${name}.service\\" and \\"journalctl -xe\\" for details." >&2; false; }`,
  );
}

/** keepalived takes leave of the network before it ends. */
function end(call: Call, unit: Unit): void {
  for (const pid of daemons(call, unit)) {
    if (unit.daemon === 'keepalived') stopKeepalived(call.net, pid);
    else call.net.exit(pid, 0);
  }
}

function reload(call: Call, name: string): Outcome {
  const unit = UNITS[name] as Unit;
  if (unit.daemon !== 'keepalived') return restart(call, name);
  if (!isActive(call, name)) {
    emit(call, 2, `Job for ${name}.service invalid.\n`);
    return 1;
  }
  for (const pid of daemons(call, unit)) call.net.wake(pid, { kind: 'signal', signal: 'HUP' });
  return 0;
}

function stop(call: Call, name: string): Outcome {
  const unit = UNITS[name] as Unit;
  const was = isActive(call, name);
  entry(call, name).running = false;
  end(call, unit);
  if (unit.stop === null || (!was && name !== 'iptables' && name !== 'ipvsadm')) return 0;
  return runText(call, unit.stop);
}

function restart(call: Call, name: string): Outcome {
  const unit = UNITS[name] as Unit;
  end(call, unit);
  entry(call, name).running = false;
  return start(call, name);
}

function status(call: Call, name: string): Outcome {
  const unit = UNITS[name] as Unit;
  const active = isActive(call, name);
  const { enabled } = entry(call, name);
  const pids = daemons(call, unit);
  const lines = [
    `● ${name}.service - ${unit.title}`,
    `   Loaded: loaded (/usr/lib/systemd/system/${name}.service; ${enabled ? 'enabled' : 'disabled'}; vendor preset: disabled)`,
    `   Active: ${active ? `active (${unit.daemon === null ? 'exited' : 'running'})` : 'inactive (dead)'}`,
  ];
  if (pids[0] !== undefined) lines.push(` Main PID: ${pids[0]} (${unit.daemon})`);
  return put(call, `${lines.join('\n')}\n`, active ? 0 : 3);
}

function act(call: Call, verb: string, name: string): Outcome {
  switch (verb) {
    case 'start':
      return start(call, name);
    case 'stop':
      return stop(call, name);
    case 'reload':
      return reload(call, name);
    case 'restart':
    case 'try-restart':
    case 'reload-or-restart':
    case 'force-reload':
    case 'condrestart':
      return restart(call, name);
    case 'status':
      return status(call, name);
    default:
      return 2;
  }
}

const unitName = (text: string): string => text.replace(/\.service$/, '');

function enable(call: Call, name: string, on: boolean): number {
  const unit = entry(call, name);
  const link = `/etc/systemd/system/multi-user.target.wants/${name}.service`;
  if (on && !unit.enabled) emit(call, 2, `Created symlink from ${link} to /usr/lib/systemd/system/${name}.service.\n`);
  if (!on && unit.enabled) emit(call, 2, `Removed symlink ${link}.\n`);
  unit.enabled = on;
  return 0;
}

const systemctl: Builtin = {
  man: {
    ...manOf(
      'starts, stops and shows services',
      '管理服务',
      ['systemctl start|stop|restart|reload|status|is-active|enable|disable|is-enabled unit', 'systemctl list-units'],
      ['units other than those of list-units'],
    ),
    source: 'systemd 219',
  },
  run(call): Outcome {
    const args = call.argv.slice(1).filter((arg) => !arg.startsWith('-'));
    const now = call.argv.includes('--now');
    const [verb, ...names] = args;
    if (verb === undefined || verb === 'list-units' || verb === 'list-unit-files') {
      return put(
        call,
        `UNIT                      LOAD   ACTIVE   DESCRIPTION\n${Object.entries(UNITS)
          .map(
            ([name, unit]) =>
              `${`${name}.service`.padEnd(25)} loaded ${(isActive(call, name) ? 'active' : 'inactive').padEnd(8)} ${unit.title}\n`,
          )
          .join('')}`,
      );
    }
    if (verb === 'daemon-reload' || verb === 'reset-failed') return 0;
    const name = unitName(names[0] ?? '');
    if (name === '') {
      emit(call, 2, 'Too few arguments.\n');
      return 1;
    }
    // One unit at a time; the others follow as commands of their own.
    if (names.length > 1) {
      const frame = newFrame('argv', '', 0);
      frame.argvs = names.map((one) => ['systemctl', ...(now ? ['--now'] : []), verb, one]);
      call.sh.frames.push(frame);
      return 'wait';
    }
    const known = Object.hasOwn(UNITS, name);
    if (verb === 'is-active')
      return put(
        call,
        known && isActive(call, name) ? 'active\n' : known ? 'inactive\n' : 'unknown\n',
        known && isActive(call, name) ? 0 : 3,
      );
    if (!known) {
      emit(
        call,
        2,
        verb === 'status'
          ? `Unit ${name}.service could not be found.\n`
          : verb === 'enable' || verb === 'disable'
            ? 'Failed to execute operation: No such file or directory\n'
            : `Failed to ${verb} ${name}.service: Unit not found.\n`,
      );
      return verb === 'status' ? 4 : verb.endsWith('able') ? 1 : 5;
    }
    if (verb === 'is-enabled') return put(call, entry(call, name).enabled ? 'enabled\n' : 'disabled\n', entry(call, name).enabled ? 0 : 1);
    if (verb === 'enable' || verb === 'disable') {
      enable(call, name, verb === 'enable');
      return now ? act(call, verb === 'enable' ? 'start' : 'stop', name) : 0;
    }
    if (verb === 'mask' || verb === 'unmask') return 0;
    const outcome = act(call, verb, name);
    if (outcome === 2) emit(call, 2, `Unknown operation '${verb}'.\n`);
    return outcome === 2 ? 1 : outcome;
  },
};

function save(call: Call, name: string, unit: Unit): Outcome {
  const what = name === 'ipvsadm' ? 'IPVS table' : 'firewall rules';
  return runText(call, `${unit.save} && echo "${name}: Saving ${what} to /etc/sysconfig/${name}: [  OK  ]"`);
}

const service: Builtin = {
  man: {
    ...manOf('starts and stops services and init scripts', '管理服务和启动脚本', [
      'service name start|stop|restart|status',
      'service ipvsadm save',
      'service iptables save',
    ]),
    source: 'initscripts 9.49',
  },
  run(call): Outcome {
    const [, name, verb, ...rest] = call.argv;
    if (name === undefined || name.startsWith('-') || verb === undefined) {
      if (name === '--status-all')
        return put(
          call,
          Object.keys(UNITS)
            .map((one) => `${one} is ${isActive(call, one) ? 'running' : 'stopped'}\n`)
            .join(''),
        );
      emit(call, 2, 'Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] ]\n');
      return 1;
    }
    const script = `/etc/rc.d/init.d/${name}`;
    if (isExecutable(call.net, script)) {
      const frame = newFrame('argv', '', 0);
      frame.argvs = [['sh', script, verb, ...rest]];
      frame.words = ['plain'];
      call.sh.frames.push(frame);
      return 'wait';
    }
    const unit = Object.hasOwn(UNITS, name) ? UNITS[name] : undefined;
    if (unit !== undefined && verb === 'save' && unit.save !== null) return save(call, name, unit);
    emit(call, 2, `Redirecting to /bin/systemctl ${verb} ${name}.service\n`);
    if (unit === undefined) {
      emit(
        call,
        2,
        verb === 'status' ? `Unit ${name}.service could not be found.\n` : `Failed to ${verb} ${name}.service: Unit not found.\n`,
      );
      return verb === 'status' ? 4 : 5;
    }
    const outcome = act(call, verb, name);
    if (outcome === 2) emit(call, 2, `Unknown operation '${verb}'.\n`);
    return outcome === 2 ? 1 : outcome;
  },
};

const chkconfig: Builtin = {
  man: {
    ...manOf('switches services on at boot', '设置服务开机启动', ['chkconfig name on|off', 'chkconfig --list'], ['runlevels']),
    source: 'chkconfig 1.7',
  },
  run(call): Outcome {
    const args = call.argv.slice(1).filter((arg) => !/^--(?:add|del|level)$/.test(arg));
    if (args[0] === undefined || args[0] === '--list') {
      return put(
        call,
        Object.keys(UNITS)
          .map(
            (name) =>
              `${name.padEnd(15)}\t0:off\t1:off\t2:${entry(call, name).enabled ? 'on' : 'off'}\t3:${entry(call, name).enabled ? 'on' : 'off'}\t4:off\t5:off\t6:off\n`,
          )
          .join(''),
      );
    }
    const [name, state] = args;
    const known = Object.hasOwn(UNITS, name) || isExecutable(call.net, `/etc/rc.d/init.d/${name}`);
    if (!known) {
      emit(call, 2, `error reading information on service ${name}: No such file or directory\n`);
      return 1;
    }
    if (state === 'on' || state === 'off') entry(call, name).enabled = state === 'on';
    return 0;
  },
};

export const serviceBuiltins: Readonly<Record<string, Builtin>> = { systemctl, service, chkconfig };
