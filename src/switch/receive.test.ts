import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_FRAME, type FrameId, type Nanos } from '../engine/index.ts';
import { MAC_BROADCAST, makeEth, type EthHdr, type Mac } from '../wire/index.ts';
import { createSwitch, createSwitchMemory, switchForget, switchPortDown, switchReceive, type SwitchNet } from './index.ts';

const mac = (n: number): Mac => (0x020000000000 + n) as Mac;

/** @param remembers false: each frame has a header of its own, and the ports remember nothing of the last one */
function bench(ports = 4, cables: readonly number[] = [1, 2, 3, 4], remembers = true) {
  const sw = createSwitch(Array.from({ length: ports }, (_, i) => `p${i + 1}`));
  const kept = createSwitchMemory(sw);
  const headers = new Map<string, EthHdr>();
  const sent: number[] = [];
  const reasons: string[] = [];
  let now = 0;
  const send = (inPort: number, dst: Mac, src: Mac): number[] => {
    sent.length = 0;
    const memory = remembers ? kept : createSwitchMemory(sw);
    const known = headers.get(`${dst} ${src}`);
    const eth = known !== undefined && remembers ? known : makeEth(dst, src, 0x0800);
    headers.set(`${dst} ${src}`, eth);
    const frame = { id: 1 as FrameId, bornFrom: NO_FRAME, eth, above: [] };
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

const MACS = [mac(1), mac(2), mac(3), MAC_BROADCAST, 0x01005e000051 as Mac] as const;

type Deed = { readonly kind: 'send'; readonly port: number; readonly dst: Mac; readonly src: Mac } | { readonly kind: 'forget' } | { readonly kind: 'down'; readonly port: number } | { readonly kind: 'pass'; readonly ns: number }; // prettier-ignore

const port = fc.integer({ min: 1, max: 4 });
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constant('send' as const), port, dst: fc.constantFrom(...MACS), src: fc.constantFrom(...MACS) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'forget' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('down' as const), port }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), ns: fc.constantFrom(1, 150_000_000_000, 300_000_000_000) }) },
);

describe('a learning switch', () => {
  it('does with every frame what one does whose ports remember nothing', () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 60, size: 'max' }), (deeds) => {
        const [one, other] = [bench(), bench(4, [1, 2, 3, 4], false)].map((each) =>
          deeds.map((what) => {
            if (what.kind === 'send') return [...each.send(what.port, what.dst, what.src), each.reasons.splice(0).join(' ')].join(' ');
            if (what.kind === 'pass') each.pass(what.ns);
            else if (what.kind === 'down') switchPortDown(each.sw, what.port);
            else switchForget(each.sw);
            return '';
          }),
        );
        expect(one).toEqual(other);
      }),
    );
  });

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

  it('counts the silence from the last frame, whatever frames those were', () => {
    const { send, pass } = bench();
    send(2, MAC_BROADCAST, mac(5));
    for (let i = 0; i < 3; i++) {
      pass(200_000_000_000);
      send(2, mac(1), mac(5));
    }
    pass(299_999_999_999);
    expect(send(1, mac(5), mac(1))).toEqual([2]);
  });

  it('does not flood into ports without a cable', () => {
    const { send } = bench(4, [1, 3]);
    expect(send(1, MAC_BROADCAST, mac(1))).toEqual([3]);
  });
});
