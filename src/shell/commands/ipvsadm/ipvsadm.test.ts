import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endText, procIpVs, procIpVsStats, svcName } from '../../../ipvs/index.ts';
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

/**
 * Lines that make a table in which every option of services and servers that -S writes occurs.
 * Virtual IPv4 addresses lie from `min` to `max`.
 */
function tables(min: number, max: number): fc.Arbitrary<string[]> {
  const port = fc.integer({ min: 1, max: 65535 });
  const isV6 = fc.boolean();
  const addr = (v6: boolean): fc.Arbitrary<string> =>
    v6
      ? fc.tuple(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 1, max: 3 })).map(([a, b]) => `[2001:db8:${a.toString(16)}::${b}]`)
      : fc.integer({ min, max }).map((n) => [24, 16, 8, 0].map((by) => (n >>> by) & 255).join('.'));
  const key = fc.oneof(
    isV6.chain((v6) =>
      fc
        .tuple(fc.constantFrom('-t', '-u', '--sctp-service'), addr(v6), port)
        .map(([letter, ip, number]) => ({ key: `${letter} ${ip}:${number}`, v6, udp: letter === '-u' })),
    ),
    fc.tuple(isV6, fc.integer({ min: 1, max: 0x7fffffff })).map(([v6, mark]) => ({ key: `-f ${mark}${v6 ? ' -6' : ''}`, v6, udp: true })),
  );
  const scheduler = fc.oneof(
    fc.tuple(
      fc.constantFrom('rr', 'wrr', 'lc', 'wlc', 'sed', 'nq', 'fo', 'ovf', 'dh', 'lblc', 'lblcr'),
      fc.constantFrom('', ' -b flag-1', ' -b flag-2,flag-3'),
    ),
    fc.tuple(fc.constantFrom('sh', 'mh'), fc.constantFrom('', ' -b flag-1', ' -b flag-2', ' -b flag-1,flag-2,flag-3')),
  );
  const persistence = (v6: boolean): fc.Arbitrary<string> =>
    fc
      .tuple(
        fc.integer({ min: 1, max: 2_678_400 }),
        v6 ? fc.integer({ min: 1, max: 128 }).map(String) : fc.constantFrom('255.255.255.255', '255.255.0.0', '0.0.0.0'),
      )
      .map(([seconds, mask]) => ` -p ${seconds} -M ${mask}`);
  const server = (v6: boolean): fc.Arbitrary<string> =>
    fc
      .tuple(
        fc.oneof(
          fc.tuple(fc.constantFrom('-g', '-m'), fc.constant(v6)),
          fc.tuple(
            fc.constantFrom(
              '-i',
              '-i --tun-type gue --tun-port 77 --tun-remcsum',
              '-i --tun-type gue --tun-port 1 --tun-csum',
              '-i --tun-type gre --tun-csum',
              '-i --tun-type gre',
            ),
            isV6,
          ),
        ),
        fc.integer({ min: 2, max: 9 }),
        fc.integer({ min: 0, max: 0x7fffffff }),
        port,
      )
      .map(([[how, far], last, weight, rport]) => `-r ${far ? `[fd00::${last}]` : `10.0.1.${last}`}:${rport} ${how} -w ${weight}`);
  const service = key.chain(({ key: name, v6, udp }) =>
    fc
      .tuple(
        scheduler,
        fc.option(persistence(v6), { nil: '' }),
        fc.constantFrom('', udp ? ' -o' : ''),
        fc.constantFrom('', ' --pe sip'),
        fc.array(server(v6), { maxLength: 4 }),
      )
      .map(([[by, flags], persist, ops, pe, servers]) => [
        `ipvsadm -A ${name} -s ${by}${flags}${persist}${ops}${pe}`,
        ...servers.map((line) => `ipvsadm -a ${name} ${line}`),
      ]),
  );
  return fc.array(service, { maxLength: 6 }).map((lines) => lines.flat());
}

const LAST_UNICAST = 0xdf_ff_ff_fe;

/** All that -S has to carry over: everything but counters, thresholds and the order of services and servers. */
function table(director: ReturnType<typeof makeDirector>): unknown[] {
  const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
  return director.net.ipvs.services
    .map((svc) => ({
      name: `${svcName(svc)} ${String(svc.addr6)}`,
      set: [svc.scheduler, svc.schedFlags, svc.persistTimeout, svc.persistTimeout === null ? 0 : svc.persistMask, svc.onePacket, svc.pe],
      dests: svc.dests.map((d) => ({ name: endText(d), set: [d.fwd, d.weight, d.tunType, d.tunPort, d.tunFlags] })).sort(byName),
    }))
    .sort(byName);
}

describe('rules', () => {
  /** Makes a table of these lines, saves it, restores it elsewhere and looks at both. */
  function carriedOver(lines: readonly string[]): { saved: string; again: string } {
    const first = makeDirector(['10.0.0.1/24']);
    for (const line of lines) first.type(line);
    const saved = first.type('ipvsadm -S -n').out;
    const second = makeDirector(['10.0.0.1/24']);
    expect(second.type('ipvsadm -R', saved)).toEqual({ code: 0, out: '' });
    expect(table(second)).toEqual(table(first));
    expect(table(first).length).toBeGreaterThan(lines.length === 0 ? -1 : 0);
    return { saved, again: second.type('ipvsadm -Sn').out };
  }

  it('-S | -R is the identity, for every option that -S writes', () => {
    fc.assert(
      fc.property(tables(1, LAST_UNICAST), (lines) => {
        const { saved, again } = carriedOver(lines);
        // Not line by line: see below.
        expect(again.split('\n').sort()).toEqual(saved.split('\n').sort());
      }),
      { numRuns: 100 },
    );
  });

  it('-S prints the same order again when no two addresses are 2^31 or more apart', () => {
    const near = fc.integer({ min: 1, max: LAST_UNICAST }).chain((min) => tables(min, Math.min(LAST_UNICAST, min + 0x7fff_ffff)));
    fc.assert(
      fc.property(near, (lines) => {
        const { saved, again } = carriedOver(lines);
        expect(again).toBe(saved);
      }),
      { numRuns: 100 },
    );
  });

  it('-S turns three addresses of which each stands before the next', () => {
    // ipvsadm's differences wrap round: 128.0.0.2 < 0.0.0.1 < 13.248.86.226 < 128.0.0.2. They share a bucket.
    const circle = ['128.0.0.2:328', '0.0.0.1:331', '13.248.86.226:424'].map((name) => `ipvsadm -A -t ${name} -s rr`);
    const { saved, again } = carriedOver(circle);
    expect(saved).toBe('-A -t 13.248.86.226:424 -s rr\n-A -t 128.0.0.2:328 -s rr\n-A -t 0.0.0.1:331 -s rr\n');
    expect(again).toBe('-A -t 0.0.0.1:331 -s rr\n-A -t 13.248.86.226:424 -s rr\n-A -t 128.0.0.2:328 -s rr\n');
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
