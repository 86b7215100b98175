import { describe, expect, it } from 'vitest';
import { ip } from '../testing/host.test-kit.ts';
import { createRouter, ipOf, ping, udp } from '../testing/router.test-kit.ts';
import { ipSend } from '../ipv4/send.ts';
import { silenceAddr, unsilenceAddr } from './silent.ts';

const CLIENT = '10.1.0.10';

describe('an address that may not accept packets', () => {
  it('gets none and sends none, and the sender is not told; other addresses are as before', () => {
    const router = createRouter();
    silenceAddr(router.net, ip('10.2.0.1'));
    silenceAddr(router.net, ip('10.2.0.1'));
    router.receive(router.eth0, ping(CLIENT, '10.2.0.1'));
    expect(router.left()).toEqual([]);
    expect(router.net.reasons()).toContain('netfilter.silent-address');
    router.receive(router.eth0, ping(CLIENT, '10.1.0.1'));
    expect(router.left()).toHaveLength(1);
    const send = (src: string): unknown =>
      ipSend(router.net, { src: ip(src), dst: ip(CLIENT), proto: 17, layers: udp(src, 1, CLIENT, 2).slice(1), df: false });
    expect(send('10.2.0.1')).toBeNull();
    expect(router.left()).toEqual([]);
    expect(send('10.1.0.1')).toBeNull();
    expect(router.left().map((layers) => ipOf(layers).src)).toEqual([ip('10.1.0.1')]);
  });

  it('is passed by what is forwarded, and speaks again afterwards', () => {
    const router = createRouter();
    silenceAddr(router.net, ip('10.2.0.10'));
    router.receive(router.eth0, ping(CLIENT, '10.2.0.10'));
    expect(router.left()).toHaveLength(1);
    silenceAddr(router.net, ip('10.2.0.1'));
    unsilenceAddr(router.net, ip('10.2.0.1'));
    router.receive(router.eth0, ping(CLIENT, '10.2.0.1'));
    expect(router.left()).toHaveLength(1);
    unsilenceAddr(router.net, ip('10.2.0.10'));
  });
});
