import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setupAddresses, setupGateway, setupSysctl, withAddress, withGateway, withSysctl } from './setup-words.ts';

const NOTES = `ifconfig eth0 172.18.20.126 netmask 255.255.255.0 up
route add default gw 172.18.20.1
# forward
echo 1 > /proc/sys/net/ipv4/ip_forward
ifconfig eth0:0 172.18.20.128 broadcast 172.18.20.128 netmask 255.255.255.255 up
ip addr add 10.0.0.1/24 dev eth1
ip link set eth1 up
sysctl -w net.ipv4.conf.all.arp_ignore=1
`;

describe('settings in the commands of a setup', () => {
  it('are found whichever tool sets them', () => {
    expect(setupAddresses(NOTES)).toEqual([
      { dev: 'eth0', text: '172.18.20.126/24', line: 0 },
      { dev: 'eth0:0', text: '172.18.20.128/32', line: 4 },
      { dev: 'eth1', text: '10.0.0.1/24', line: 5 },
    ]);
    expect(setupGateway(NOTES)).toBe('172.18.20.1');
    expect(setupSysctl(NOTES, 'net.ipv4.ip_forward')).toBe('1');
    expect(setupSysctl(NOTES, 'net.ipv4.conf.all.arp_ignore')).toBe('1');
    expect(setupSysctl(NOTES, 'net.ipv4.conf.lo.arp_ignore')).toBe(null);
  });

  it('are changed in the command that stands there', () => {
    expect(withAddress(NOTES, 'eth0', '10.1.0.5/16').split('\n')[0]).toBe('ifconfig eth0 10.1.0.5 netmask 255.255.0.0 up');
    expect(withAddress(NOTES, 'eth0:0', '10.1.0.9/32').split('\n')[4]).toBe(
      'ifconfig eth0:0 10.1.0.9 broadcast 10.1.0.9 netmask 255.255.255.255 up',
    );
    expect(withAddress(NOTES, 'eth1', '10.0.0.2/24').split('\n')[5]).toBe('ip addr add 10.0.0.2/24 dev eth1');
    expect(withGateway(NOTES, '172.18.20.2').split('\n')[1]).toBe('route add default gw 172.18.20.2');
    expect(withSysctl(NOTES, 'net.ipv4.ip_forward', '0').split('\n')[3]).toBe('echo 0 > /proc/sys/net/ipv4/ip_forward');
    expect(withSysctl(NOTES, 'net.ipv4.conf.all.arp_ignore', '2').split('\n')[7]).toBe('sysctl -w net.ipv4.conf.all.arp_ignore=2');
  });

  it('are added as commands, and taken away with them', () => {
    let setup = withAddress('ip link set eth0 up\n', 'eth0', '10.0.0.1/24');
    expect(setup).toBe('ip addr add 10.0.0.1/24 dev eth0\nip link set eth0 up\n');
    setup = withSysctl(withGateway(setup, '10.0.0.254'), 'net.ipv4.ip_forward', '1');
    expect(setup).toBe(
      'ip addr add 10.0.0.1/24 dev eth0\nip link set eth0 up\nip route add default via 10.0.0.254\nsysctl -w net.ipv4.ip_forward=1\n',
    );
    setup = withSysctl(withGateway(withAddress(setup, 'eth0', ''), ''), 'net.ipv4.ip_forward', null);
    expect(setup).toBe('ip link set eth0 up\n');
    expect(withAddress('', 'eth3', '10.0.0.1/24')).toBe('ip addr add 10.0.0.1/24 dev eth3\nip link set eth3 up\n');
  });

  it('read back as they were written, and leave all other lines', () => {
    const address = fc.tuple(fc.nat(223), fc.nat(255), fc.nat(255), fc.nat(255), fc.integer({ min: 1, max: 32 }));
    fc.assert(
      fc.property(
        address,
        fc.constantFrom('eth0', 'eth0:0', 'eth1', 'eth2'),
        fc.constantFrom(NOTES, ''),
        ([a, b, c, d, length], dev, setup) => {
          const text = `${a}.${b}.${c}.${d}/${length}`;
          const after = withAddress(setup, dev, text);
          expect(setupAddresses(after).find((found) => found.dev === dev)?.text).toBe(text);
          const kept = setup.split('\n').filter((line) => !line.includes(`${dev} `) && !line.endsWith(dev));
          expect(after.split('\n')).toEqual(expect.arrayContaining(kept));
        },
      ),
    );
  });
});
