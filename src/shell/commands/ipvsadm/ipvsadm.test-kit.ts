/** A director for tests of ipvsadm: one host with an interface, and the command's output. */
import { addrAdd, devAdd, devSetUp } from '../../../host/index.ts';
import { createFakeNet, type FakeNet } from '../../../host/testing/fake-net.test-kit.ts';
import { createIpvs, type IpvsState } from '../../../ipvs/index.ts';
import { parseIpv4, type Ipv4, type Mac } from '../../../wire/index.ts';
import type { NodeNet } from '../../../world/index.ts';
import { ipvsadm } from './index.ts';

export interface Director {
  readonly net: NodeNet & FakeNet;
  /** one command line, words separated by blanks */
  type(line: string, stdin?: string): { code: number; out: string };
}

export function makeDirector(addrs: readonly string[]): Director {
  const fake = createFakeNet({ hostname: 'director' });
  const ipvs: IpvsState = createIpvs();
  const net = Object.assign(fake, {
    ipvs,
    user: { files: new Map<string, string>() },
    modprobe: (name: string) => (fake.host.modules.push(name), 'loaded' as const),
  }) as unknown as NodeNet & FakeNet;
  const dev = devAdd(net, { name: 'eth0', kind: 'ethernet', lladdr: 0x020000000001 as Mac, mtu: 1500 });
  devSetUp(net, dev, true);
  for (const text of addrs) {
    const [addr = '', len = '32'] = text.split('/');
    addrAdd(net, dev, { local: parseIpv4(addr) as Ipv4, prefixLen: Number(len) });
  }
  return {
    net,
    type(line, stdin) {
      let out = '';
      const take = (text: string): void => {
        out += text;
      };
      const argv = line.trim().split(/\s+/);
      const code = ipvsadm.run({ net, argv, stdin: stdin ?? null, env: {}, cwd: '/', out: take, err: take });
      return { code: code as number, out };
    },
  };
}
