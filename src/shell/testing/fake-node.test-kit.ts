/**
 * A node without a network for tests of the shell: processes, time, files, two interfaces, some sysctls.
 * It keeps the rules of world/context.ts for spawn, exit, wake and write.
 */
import { copyPlain, type Nanos, type TraceArgs } from '../../engine/index.ts';
import { createHost, type SysctlRow, type Wake } from '../../host/index.ts';
import { createIpvs } from '../../ipvs/index.ts';
import { createUser, hostTables, type NodeNet, type Proc, type Program, type ProgramTable, type Sink } from '../../world/index.ts';
import { programs } from '../programs/index.ts';
import { openTerminal, runScript } from '../terminal.ts';

interface Pending {
  at: number;
  seq: number;
  pid: number;
  wake: Wake;
}

export interface FakeState {
  now: number;
  seq: number;
  queue: Pending[];
  user: NodeNet['user'];
  values: Record<string, string>;
  modules: string[];
}

export interface FakeNode {
  readonly net: NodeNet;
  state: FakeState;
  /** all that was printed on terminals */
  printed: string;
  readonly records: { stage: string; reason: string; args: TraceArgs | null }[];
  /** runs events until none is left or a number of them has run */
  settle(max?: number): void;
  /** one event; false when none is left */
  event(): boolean;
  type(text: string | null, tty?: string): void;
  interrupt(tty?: string): void;
  /** types a line, lets everything happen, gives what was printed */
  line(text: string): string;
  /** as `bash -c` */
  script(text: string, max?: number): { out: string; code: number };
  /** exit code of the last command */
  code(): number;
}

const INTERFACES = ['lo', 'eth0', 'eth1'];

function rows(node: { state: FakeState }): SysctlRow[] {
  const row = (name: string, initial: string): SysctlRow => ({
    name,
    en: '',
    zh: '',
    source: '',
    defaultText: initial,
    range: { min: 0, max: 100 },
    writable: true,
    read: (_net, iface) => {
      if (name.includes('*') && !['all', 'default', ...INTERFACES].includes(iface)) return null;
      return node.state.values[name.replace('*', iface)] ?? initial;
    },
    write: (_net, iface, text) => {
      if (!/^-?\d+$/.test(text)) return 'EINVAL';
      node.state.values[name.replace('*', iface)] = text;
      return null;
    },
  });
  return [
    row('net.ipv4.ip_forward', '0'),
    row('net.ipv4.conf.*.arp_ignore', '0'),
    row('net.ipv4.conf.*.arp_announce', '0'),
    row('net.ipv4.conf.*.rp_filter', '0'),
    row('net.ipv4.vs.conntrack', '0'),
  ];
}

export function createFakeNode(hostname = 'rs1', extra: ProgramTable = {}): FakeNode {
  const table: ProgramTable = { ...programs, httpd: () => {}, ...extra };
  const fresh: FakeState = {
    now: 0,
    seq: 0,
    queue: [],
    values: {},
    modules: ['ip_vs'],
    user: { ...createUser(), nextPid: 100 },
  };
  const node = { state: fresh, printed: '', records: [] } as unknown as FakeNode;
  const sysctls = rows(node);
  const later = (pid: number, wake: Wake, delay = 0): void => {
    node.state.queue.push({ at: node.state.now + delay, seq: node.state.seq++, pid, wake });
  };
  const host = createHost(hostname);
  // Interfaces without addresses: what the stack does with them is tested elsewhere.
  const lo = host.devs[1] as NonNullable<(typeof host.devs)[number]>;
  host.devs = [
    null,
    ...INTERFACES.map((name, i) =>
      i === 0
        ? lo
        : {
            ...copyPlain(lo),
            ifindex: (i + 1) as typeof lo.ifindex,
            name,
            kind: 'ethernet' as const,
            addrs: [],
          },
    ),
  ];
  const net = {
    node: 0,
    get now() {
      return node.state.now as Nanos;
    },
    get user() {
      return node.state.user;
    },
    get host() {
      host.modules = node.state.modules;
      return host;
    },
    ipvs: createIpvs(),
    parts: {},
    tables: { ...hostTables, sysctls },
    tracing: true,
    wake: (pid: number, wake: Wake) => later(pid, wake),
    sleep: (pid: number, key: string, delay: number) => later(pid, { kind: 'timer', key }, delay),
    trace: (stage: string, _verdict: string, reason: string, _skb: unknown, args: TraceArgs | null = null) =>
      node.records.push({ stage, reason, args }) - 1,
    random: () => 4,
    randomBelow: () => 0,
    processor: () => net.now,
    modprobe: (name: string) => {
      node.state.modules.push(name);
      return 'loaded';
    },
    spawn(program: string, argv: readonly string[], io: { ppid: number; tty: string | null; stdout: Sink; stderr: Sink }, state: unknown) {
      const run = table[program];
      if (run === undefined) throw new RangeError(`no program ${program}`);
      const pid = node.state.user.nextPid++;
      const proc: Proc = { pid, program, argv: [...argv], startedAt: node.state.now as Nanos, state, ...io };
      node.state.user.procs.set(pid, proc);
      run(net as unknown as NodeNet, proc, { kind: 'start' });
      return pid;
    },
    exit(pid: number, code: number) {
      const { procs } = node.state.user;
      const proc = procs.get(pid);
      if (proc === undefined) return;
      procs.delete(pid);
      const out = proc.stdout;
      if (out.kind === 'pipe' && ![...procs.values()].some((other) => other.stdout.kind === 'pipe' && other.stdout.pid === out.pid))
        later(out.pid, { kind: 'stdin', text: null });
      if (procs.has(proc.ppid)) later(proc.ppid, { kind: 'child', pid, code });
    },
    write(sink: Sink, text: string) {
      if (sink.kind === 'tty') node.printed += text;
      else if (sink.kind === 'pipe') later(sink.pid, { kind: 'stdin', text });
      else if (sink.kind === 'file') node.state.user.files.set(sink.path, (node.state.user.files.get(sink.path) ?? '') + text);
    },
  };
  const resume = (pid: number, wake: Wake): void => {
    const proc = node.state.user.procs.get(pid);
    if (proc !== undefined) (table[proc.program] as Program)(net as unknown as NodeNet, proc, wake);
  };
  const shellOf = (tty: string): number => node.state.user.ttys.get(tty) ?? openTerminal(net as unknown as NodeNet, tty);
  return Object.assign(node, {
    net: net as unknown as NodeNet,
    event() {
      const { queue } = node.state;
      let best = 0;
      for (let i = 1; i < queue.length; i++) {
        const a = queue[i] as Pending;
        const b = queue[best] as Pending;
        if (a.at < b.at || (a.at === b.at && a.seq < b.seq)) best = i;
      }
      const [next] = queue.splice(best, 1);
      if (next === undefined) return false;
      node.state.now = next.at;
      resume(next.pid, next.wake);
      return true;
    },
    settle(max = 100_000) {
      for (let i = 0; i < max && node.event(); i++);
    },
    type(text: string | null, tty = 'tty1') {
      resume(shellOf(tty), { kind: 'stdin', text });
    },
    interrupt(tty = 'tty1') {
      resume(shellOf(tty), { kind: 'signal', signal: 'INT' });
    },
    line(text: string) {
      const before = node.printed.length;
      node.type(text);
      node.settle();
      return node.printed.slice(before);
    },
    script(text: string, max = 100_000) {
      const before = node.printed.length;
      runScript(net as unknown as NodeNet, 'setup', text);
      node.settle(max);
      return { out: node.printed.slice(before), code: node.code() };
    },
    code: () => Number(node.records.findLast((record) => record.stage === 'sh:done')?.args?.['code'] ?? -1),
  });
}
