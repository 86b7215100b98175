import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { procIpVs, procIpVsStats } from '../../../ipvs/index.ts';
import recorded from './fixtures/ipvsadm-1.31.json' with { type: 'json' };
import { makeDirector } from './ipvsadm.test-kit.ts';
import { largeNumber } from './list.ts';
import { parseIpvsadm } from './parse.ts';
import { restoreRules } from './restore.ts';
import { inetAton } from './values.ts';

describe.each(recorded)('as recorded: $name', ({ addrs, setup, steps }) => {
  it('prints and returns what ipvsadm 1.31 did', () => {
    const director = makeDirector(addrs);
    for (const line of setup) director.type(line);
    for (const [line, code, out] of steps as [string, number, string][]) {
      const got = line.startsWith('cat')
        ? { code: 0, out: line.endsWith('stats') ? procIpVsStats(director.net) : procIpVs(director.net) }
        : director.type(line);
      expect({ line, ...got }).toEqual({ line, code, out });
    }
  });
});

describe('numbers of --stats', () => {
  it.each([
    [0, '        0'],
    [99_999_999, ' 99999999'],
    [100_000_000, '  100000K'],
    [1_234_567_890, '    1234M'],
    [123_456_789_012, '     123G'],
    [100_000_000_000_000, '     100T'],
  ])('%d', (value, text) => {
    expect(largeNumber(value, false)).toBe(text);
  });

  it('--exact shows all digits', () => {
    expect(largeNumber(1_234_567_890, true)).toBe(' 1234567890');
  });
});

describe('addresses', () => {
  it.each([
    ['172.168.100', 0xaca80064],
    ['10', 10],
    ['0x0a.1', 0x0a000001],
    ['010.0.0.1', 0x08000001],
    ['172.18.20.300', null],
    ['1.2.3.4.5', null],
    ['1.2.3.4.', null],
  ])('%s', (text, value) => {
    expect(inetAton(text)).toBe(value);
  });
});

describe('rules', () => {
  const port = fc.integer({ min: 1, max: 65535 });
  const scheduler = fc.constantFrom('rr', 'wrr', 'lc', 'wlc', 'sh', 'mh', 'sed', 'nq', 'fo', 'ovf', 'dh', 'lblc', 'lblcr');
  const service = fc.record({
    proto: fc.constantFrom('-t', '-u'),
    port,
    scheduler,
    persist: fc.boolean(),
    flags: fc.boolean(),
  });
  const server = fc.record({
    last: fc.integer({ min: 2, max: 99 }),
    fwd: fc.constantFrom('-g', '-i', '-m'),
    weight: fc.integer({ min: 0, max: 9 }),
  });

  it('-S | -R is the identity on what -S prints', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ service, servers: fc.array(server, { maxLength: 4 }) }), { maxLength: 5 }), (wanted) => {
        const first = makeDirector(['10.0.0.1/24']);
        for (const { service: s, servers } of wanted) {
          const key = `${s.proto} 10.0.0.100:${s.port}`;
          const flags = s.flags && (s.scheduler === 'sh' || s.scheduler === 'mh') ? ` -b ${s.scheduler}-port,${s.scheduler}-fallback` : '';
          first.type(`ipvsadm -A ${key} -s ${s.scheduler}${s.persist ? ' -p 77' : ''}${flags}`);
          for (const d of servers) first.type(`ipvsadm -a ${key} -r 10.0.0.${d.last} ${d.fwd} -w ${d.weight}`);
        }
        const saved = first.type('ipvsadm -S -n').out;
        const second = makeDirector(['10.0.0.1/24']);
        second.type('ipvsadm -R', saved);
        expect(second.type('ipvsadm -Sn').out).toBe(saved);
      }),
      { numRuns: 40 },
    );
  });

  it('-R goes on after a line that fails, and ends at one that it cannot understand', () => {
    const director = makeDirector(['10.0.0.1/24']);
    let err = '';
    const io = { out: () => undefined, err: (text: string) => (err += text) };
    const text = '# services\nipvsadm -A -t 10.0.0.9:80 -s rr\n-A -t 10.0.0.9:80\n\n-A -t 10.0.0.9:81\nbad line\n-A -t 10.0.0.9:82\n';
    expect(restoreRules(director.net, text, io)).toBe(255);
    expect(err).toBe("Service already exists\nTry `ipvsadm -h' or 'ipvsadm --help' for more information.\n");
    expect(director.type('ipvsadm -Sn').out).toBe('-A -t 10.0.0.9:80 -s rr\n-A -t 10.0.0.9:81 -s wlc\n');
  });
});

describe('what stands in the way of a command', () => {
  const VIP = '-t 10.0.0.100:80';
  it.each([
    ['-A -b bogus', "invalid scheduler flag `bogus'"],
    [`-D ${VIP} -b sh-port`, "incompatible scheduler flag `sh-port'"],
    [`-A ${VIP} -s rr -o -b flag-1`, 'One-Packet Scheduling is only for UDP virtual services'],
    [`-a ${VIP} -r 10.0.1.2 -i --tun-type gue`, "You need to supply the 'tun-port' option for the 'gue' tunnel type"],
    [`-a ${VIP} -r 10.0.1.2 -i --tun-port 5`, "Illegal 'tun-port' option with the 'ipip' tunnel type"],
    [
      `-a ${VIP} -r 10.0.1.2 -i --tun-type gre --tun-csum --tun-nocsum`,
      "The option 'tun-csum' conflicts with the 'tun-nocsum' option in the 'gre' tunnel type",
    ],
    [`-a -r 10.0.1.2:http ${VIP} -m`, 'illegal real server address[:port] specified'],
    ['-A --sctp-service 10.0.0.100:http', 'illegal virtual server address[:port] specified'],
    ['-L --numeric=1', '--numeric=1: option does not take an argument'],
  ])('%s', (line, text) => {
    expect(parseIpvsadm(['ipvsadm', ...line.split(' ')], '')).toMatchObject({ refusal: { text } });
  });
});

describe('what is shown', () => {
  it('marks are signed numbers, and their servers have no names of ports', () => {
    const director = makeDirector(['10.0.0.1/24']);
    director.type('ipvsadm -A -f 4294967295 -s rr');
    director.type('ipvsadm -a -f 4294967295 -r 10.0.1.2:80 -m');
    expect(director.type('ipvsadm -S').out).toBe('-A -f -1 -s rr\n-a -f -1 -r 10.0.1.2:80 -m -w 1\n');
  });

  it('ports have the names of services(5), by protocol', () => {
    const director = makeDirector(['10.0.0.1/24']);
    director.type('ipvsadm -A -t 10.0.0.100:1 -s rr');
    director.type('ipvsadm -A -u 10.0.0.100:514 -s rr');
    expect(director.type('ipvsadm -S').out).toBe('-A -t 10.0.0.100:tcpmux -s rr\n-A -u 10.0.0.100:syslog -s rr\n');
  });
});

describe('FullNAT, outside mainline', () => {
  it('takes local addresses and the forwarding method', () => {
    const director = makeDirector(['10.0.0.1/24']);
    director.type('ipvsadm -A -t 10.0.0.100:80 -s rr');
    expect(director.type('ipvsadm -P -t 10.0.0.100:80 -z 10.0.0.50').code).toBe(0);
    expect(director.type('ipvsadm -a -t 10.0.0.100:80 -r 10.0.1.2:8080 -b -w 2').code).toBe(0);
    expect(director.type('ipvsadm -Ln').out).toContain('  -> 10.0.1.2:8080                FullNat 2      0          0         \n');
  });

  it.each(['ipvsadm -Q', 'ipvsadm -P', 'ipvsadm -G'])('%s alone is no command, as in mainline', (line) => {
    expect(parseIpvsadm(line.split(' '), '')).toMatchObject({ refusal: { code: 255 } });
  });
});
