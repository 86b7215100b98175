import { describe, expect, it } from 'vitest';
import { makeDirector } from './ipvs.test-kit.ts';
import { vsDefaults } from './sysctl-defaults.ts';
import { ipvsSysctls } from './sysctls.ts';

function row(name: string) {
  const found = ipvsSysctls.find((r) => r.name === `net.ipv4.vs.${name}`);
  if (found === undefined) throw new Error(name);
  return found;
}

describe('net.ipv4.vs', () => {
  it('has a row for every setting, with the default that a new node shows', () => {
    const net = makeDirector();
    expect(ipvsSysctls.map((r) => r.name.slice('net.ipv4.vs.'.length)).sort()).toEqual(Object.keys(vsDefaults()).sort());
    for (const r of ipvsSysctls) expect([r.name, r.read(net, '')]).toEqual([r.name, r.defaultText]);
  });

  it.each([
    ['conntrack', '1', null, '1'],
    ['conntrack', '2', null, '2'],
    ['pmtu_disc', '-1', null, '-1'],
    ['sync_version', '2', 'EINVAL', '1'],
    ['conntrack', 'x', 'EINVAL', '0'],
    ['conn_reuse_mode', '3', null, '3'],
    ['sync_threshold', '2 50', null, '2\t50'],
    ['sync_threshold', '2', null, '2\t50'],
    ['sync_threshold', '50 50', 'EINVAL', '3\t50'],
    ['sync_threshold', '1 0', null, '1\t0'],
    ['sync_threshold', '1 2 3', null, '1\t2'],
    ['drop_packet', '4', 'EINVAL', '0'],
    ['drop_packet', '3', null, '3'],
    // automatic, and no memory is short: back to 1
    ['secure_tcp', '2', null, '1'],
    ['sync_ports', '0', 'EINVAL', '1'],
    ['sync_ports', '5', 'EINVAL', '1'],
    ['sync_ports', '4', null, '4'],
  ] as const)('%s = %j', (name, written, refusal, shown) => {
    const net = makeDirector();
    expect([row(name).write(net, '', written), row(name).read(net, '')]).toEqual([refusal, shown]);
  });
});
