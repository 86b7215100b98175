import { describe, expect, it } from 'vitest';
import type { Canonical } from '../../capture/index.ts';
import type { Case, Played, SeenPacket, Truth } from './case.ts';
import { compareCase } from './compare.ts';
import { normaliseOutput } from './normalise.ts';

const CASE: Case = {
  name: 'made-up',
  about: '',
  tags: [],
  networks: [{ name: 'lan' }],
  nodes: [{ name: 'a' }, { name: 'b' }],
  steps: [
    { at: 'a', run: 'ping -c1 10.0.0.2' },
    { at: 'a', run: 'tcp-get 10.0.0.2:80', bg: 'get' },
    { wait: 'get' },
    { at: 'b', run: 'ip neigh' },
  ],
  capture: ['a:eth0'],
};

function frame(ttl: number, flags: readonly string[] = ['SYN']): SeenPacket {
  const summary: Canonical = {
    eth: { dst: '02:00:00:00:00:02', src: '02:00:00:00:00:01', type: '0800' },
    ip: {
      src: '10.0.0.1',
      dst: '10.0.0.2',
      proto: 6,
      ttl,
      len: 40,
      df: true,
      tcp: { sport: 1, dport: 2, flags, seq: 0, len: 0 },
    },
  };
  return { dir: 'out', summary };
}

const TRUTH: Truth = {
  kernel: '6.1',
  stable: true,
  steps: [
    { rc: 0, out: '64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=0.123 ms\n' },
    { rc: 0, out: '' },
    { rc: 0, out: 'ok b\n' },
    { rc: 0, out: 'x REACHABLE \ny STALE \n' },
  ],
  packets: { 'a:eth0': [frame(64), frame(63), frame(62)] },
};

function played(change: (copy: { steps: { rc?: number; out?: string }[]; packets: Record<string, SeenPacket[]> }) => void): Played {
  const copy = structuredClone({
    steps: [...TRUTH.steps],
    packets: { 'a:eth0': [...(TRUTH.packets['a:eth0'] ?? [])] },
  });
  change(copy);
  return copy;
}

describe('compareCase', () => {
  it('is content with the same', () => {
    expect(
      compareCase(
        CASE,
        TRUTH,
        played(() => {}),
      ),
    ).toEqual([]);
  });

  it('does not mind times and the order of a hash table', () => {
    const other = played((copy) => {
      copy.steps[0] = { rc: 0, out: '64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=9.9 ms\n' };
      copy.steps[3] = { rc: 0, out: 'y STALE \nx REACHABLE \n' };
    });
    expect(compareCase(CASE, TRUTH, other)).toEqual([]);
  });

  it('finds a changed frame and names the field', () => {
    const other = played((copy) => void (copy.packets['a:eth0'] as SeenPacket[]).splice(1, 1, frame(60)));
    expect(compareCase(CASE, TRUTH, other)).toMatchObject([{ where: 'a:eth0, frame 2 of 3', what: 'ip.ttl 63 became 60' }]);
  });

  it('finds a frame in the other direction', () => {
    const other = played((copy) => void (copy.packets['a:eth0'] as SeenPacket[]).splice(1, 1, { ...frame(63), dir: 'in' }));
    expect(compareCase(CASE, TRUTH, other)).toMatchObject([{ where: 'a:eth0, frame 2 of 3', what: 'direction' }]);
  });

  it.each([0, 1, 2])('finds a missing frame (%i)', (index) => {
    const other = played((copy) => void (copy.packets['a:eth0'] as SeenPacket[]).splice(index, 1));
    expect(compareCase(CASE, TRUTH, other)).toMatchObject([{ where: `a:eth0, frame ${index + 1} of 3`, what: 'a frame is missing' }]);
  });

  it('finds a frame too many', () => {
    const other = played((copy) => void (copy.packets['a:eth0'] as SeenPacket[]).splice(1, 0, frame(9)));
    expect(compareCase(CASE, TRUTH, other)).toMatchObject([{ where: 'a:eth0, frame 2 of 3', what: 'a frame too many' }]);
  });

  it('finds that nothing was captured', () => {
    const other = played((copy) => void delete copy.packets['a:eth0']);
    expect(compareCase(CASE, TRUTH, other)).toMatchObject([{ what: 'a frame is missing', got: 'no further frame' }]);
  });

  it('finds a changed output and a changed exit code', () => {
    const other = played((copy) => {
      copy.steps[2] = { rc: 1, out: 'timeout\n' };
    });
    expect(compareCase(CASE, TRUTH, other)).toEqual([
      {
        where: 'step 2 (a: tcp-get 10.0.0.2:80)',
        expected: '"ok b"',
        got: '"timeout"',
        what: 'output, line 1',
      },
      {
        where: 'step 2 (a: tcp-get 10.0.0.2:80)',
        expected: 'exit code 0',
        got: 'exit code 1',
        what: 'exit code',
      },
    ]);
  });

  it('leaves out bare acknowledgements only where they vary', () => {
    const other = played((copy) => void (copy.packets['a:eth0'] as SeenPacket[]).splice(1, 0, frame(64, ['ACK'])));
    expect(compareCase(CASE, TRUTH, other)).toHaveLength(1);
    expect(compareCase(CASE, { ...TRUTH, pure_acks_vary: true }, other)).toEqual([]);
  });

  it('leaves out what was not stable on Linux', () => {
    const other = played((copy) => {
      copy.steps[2] = { rc: 1, out: '' };
      copy.packets['a:eth0'] = [];
    });
    expect(compareCase(CASE, { ...TRUTH, stable: false, unstable_steps: [2], unstable_captures: ['a:eth0'] }, other)).toEqual([]);
  });
});

describe('normaliseOutput', () => {
  it.each([
    ['ping -c1 x', 'rtt min/avg/max/mdev = 1/2/3/4 ms', 'rtt'],
    [
      'ping -c1 x',
      '1 packets transmitted, 1 received, 0% packet loss, time 1017ms',
      '1 packets transmitted, 1 received, 0% packet loss, time Tms',
    ],
    ['arping x', 'Unicast reply from 10.0.0.1 [02:00:00:00:00:01]  0.612ms', 'Unicast reply from 10.0.0.1 [02:00:00:00:00:01]  Tms'],
    ['traceroute x', ' 1  10.0.0.1  0.047 ms  12.300 ms !H *', ' 1  10.0.0.1  T ms  T ms !H *'],
    ['ipvsadm -L -n -c', 'TCP 01:59  FIN_WAIT    a b c', 'TCP MM:SS  FIN_WAIT    a b c'],
    ['ip -s neigh', '10.0.0.1 dev eth0 lladdr x ref 1 used 2/2/2 probes 4 STALE', '10.0.0.1 dev eth0 lladdr x used T probes 4 STALE'],
  ])('%s: %s', (command, output, expected) => {
    expect(normaliseOutput(command, output)).toBe(expected);
  });
});
