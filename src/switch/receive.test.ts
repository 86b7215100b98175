import { describe, expect, it } from 'vitest';
import { NO_FRAME, type FrameId, type Nanos } from '../engine/index.ts';
import { MAC_BROADCAST, makeEth, type Mac } from '../wire/index.ts';
import { createSwitch, createSwitchMemory, switchForget, switchPortDown, switchReceive, type SwitchNet } from './index.ts';

const mac = (n: number): Mac => (0x020000000000 + n) as Mac;

function bench(ports = 4, cables: readonly number[] = [1, 2, 3, 4]) {
  const sw = createSwitch(Array.from({ length: ports }, (_, i) => `p${i + 1}`));
  const memory = createSwitchMemory(sw);
  const sent: number[] = [];
  const reasons: string[] = [];
  let now = 0;
  const send = (inPort: number, dst: Mac, src: Mac): number[] => {
    sent.length = 0;
    const frame = { id: 1 as FrameId, bornFrom: NO_FRAME, eth: makeEth(dst, src, 0x0800), above: [] };
    const net: SwitchNet<typeof frame> = {
      now: now as Nanos,
      tracing: true,
      memory,
      plugged: (port) => cables.includes(port),
      send: (port) => void sent.push(port),
      trace: (_v, reason) => void reasons.push(reason),
    };
    switchReceive(net, sw, inPort, frame);
    return [...sent];
  };
  return { sw, send, reasons, pass: (ns: number) => void (now += ns) };
}

describe('a learning switch', () => {
  it('remembers nothing of a table that it has lost', () => {
    const { sw, send } = bench();
    send(3, mac(1), mac(7));
    expect([send(1, mac(7), mac(1)), send(1, mac(7), mac(1))]).toEqual([[3], [3]]);
    switchForget(sw);
    expect(send(1, mac(7), mac(1))).toEqual([4, 3, 2]);
    expect([...sw.fdb.keys()]).toEqual([mac(1)]);
  });

  it('forgets what was behind a port whose link is gone, and nothing else', () => {
    const { sw, send } = bench();
    send(3, mac(1), mac(7));
    send(3, mac(1), mac(8));
    send(2, mac(1), mac(9));
    expect([send(1, mac(7), mac(1)), send(1, mac(8), mac(1)), send(1, mac(9), mac(1))]).toEqual([[3], [3], [2]]);
    expect(switchPortDown(sw, 3)).toBe(2);
    expect([send(1, mac(7), mac(1)), send(1, mac(9), mac(1))]).toEqual([[4, 3, 2], [2]]);
    expect(switchPortDown(sw, 4)).toBe(0);
  });

  it('follows an address that moves while both ports remember it', () => {
    const { send, reasons } = bench();
    send(3, mac(1), mac(7));
    expect(send(1, mac(7), mac(1))).toEqual([3]);
    send(4, mac(1), mac(7));
    expect(send(1, mac(7), mac(1))).toEqual([4]);
    expect(reasons.filter((reason) => reason === 'switch.moved')).toHaveLength(1);
  });

  it('floods an unknown address to every other port, the last plugged in first', () => {
    const { send, reasons } = bench();
    expect(send(2, mac(9), mac(1))).toEqual([4, 3, 1]);
    expect(reasons).toEqual(['switch.learned', 'switch.flood-unknown']);
  });

  it('sends to the learnt port only', () => {
    const { send } = bench();
    send(3, MAC_BROADCAST, mac(7));
    expect(send(1, mac(7), mac(1))).toEqual([3]);
  });

  it('floods broadcasts and multicasts always', () => {
    const { send } = bench();
    expect(send(1, MAC_BROADCAST, mac(1))).toEqual([4, 3, 2]);
    expect(send(1, 0x01005e000051 as Mac, mac(1))).toEqual([4, 3, 2]);
  });

  it('keeps a frame back whose address is behind the port it came from', () => {
    const { send, reasons } = bench();
    send(2, MAC_BROADCAST, mac(5));
    expect(send(2, mac(5), mac(6))).toEqual([]);
    expect(reasons.at(-1)).toBe('switch.same-port');
  });

  it('follows a station that moves', () => {
    const { send, reasons } = bench();
    send(2, MAC_BROADCAST, mac(5));
    send(4, MAC_BROADCAST, mac(5));
    expect(reasons).toContain('switch.moved');
    expect(send(1, mac(5), mac(1))).toEqual([4]);
  });

  it('forgets an address after 300 s of silence', () => {
    const { send, pass } = bench();
    send(2, MAC_BROADCAST, mac(5));
    pass(299_999_999_999);
    expect(send(1, mac(5), mac(1))).toEqual([2]);
    pass(1);
    expect(send(1, mac(5), mac(1))).toEqual([4, 3, 2]);
  });

  it('does not flood into ports without a cable', () => {
    const { send } = bench(4, [1, 3]);
    expect(send(1, MAC_BROADCAST, mac(1))).toEqual([3]);
  });
});
