/**
 * Runs configuration commands on one host without a world: for the tests of this folder.
 */
import { devAdd, hostCalls, hostSysctls, ipipModuleLoaded, type Net } from '../../host/index.ts';
import { createFakeNet, type FakeNet } from '../../host/testing/fake-net.test-kit.ts';
import { ipvsSysctls } from '../../ipvs/index.ts';
import type { Mac } from '../../wire/index.ts';
import type { NodeNet } from '../../world/index.ts';
import { createIpvs } from '../../ipvs/index.ts';
import { restoreWords } from './iptables/save.ts';
import { configCommands } from './config-commands.ts';

export interface Lab {
  readonly net: FakeNet & NodeNet;
  /** one line as typed: words and double quotes only */
  run: (line: string, stdin?: string) => { out: string; code: number };
}

/** A host with eth0 (and eth1), down, as every recorded experiment begins. */
export function createLab(interfaces = 2): Lab {
  const fake = createFakeNet();
  const { tables } = fake;
  const user = {
    nextPid: 1,
    procs: new Map(),
    files: new Map<string, string>(),
    ttys: new Map(),
    services: new Map(),
  };
  const net = Object.assign(fake, {
    tables: { ...tables, sysctls: [...hostSysctls, ...ipvsSysctls], calls: { ...hostCalls } },
    parts: { ipvs: createIpvs(), user },
    ipvs: createIpvs(),
    user,
    modprobe(name: string) {
      if (name === 'nosuch') return 'unknown';
      if (name === 'ipip') ipipModuleLoaded(fake);
      else if (!fake.host.modules.includes(name)) fake.host.modules.push(name);
      return 'loaded';
    },
  }) as unknown as FakeNet & NodeNet;
  for (const [name, mac] of (
    [
      ['eth0', 0x020000000001],
      ['eth1', 0x020000000002],
    ] as const
  ).slice(0, interfaces)) {
    const dev = devAdd(net as Net, { name, kind: 'ethernet', lladdr: mac as Mac, mtu: 1500 });
    dev.carrier = true;
  }
  return {
    net,
    run(line, stdin) {
      const argv = restoreWords(line);
      const command = configCommands.find((one) => one.name === argv[0]);
      if (command === undefined) throw new Error(`no command ${argv[0]}`);
      let out = '';
      const take = (text: string): void => {
        out += text;
      };
      const code = command.run({ net, argv, stdin: stdin ?? null, env: {}, cwd: '/', out: take, err: take });
      if (typeof code !== 'number') throw new Error('goes on');
      return { out, code };
    },
  };
}
