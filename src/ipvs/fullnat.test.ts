import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emit,
  ICMP_DEST_UNREACH,
  layersLen,
  TCP_ACK,
  TCP_FIN,
  TCP_NO_OPTIONS,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
  type Ipv4Hdr,
  type Layers,
  type TcpHdr,
} from '../wire/index.ts';
import { addLaddr } from './ctl.ts';
import { CLIENT, conns, icmp, ip, receive, sent, tcp, withServers, type Director } from './ipvs.test-kit.ts';
import type { FullnatEnd } from './state.ts';

const LOCAL = '192.168.0.1';
const SERVER = '192.168.0.3';
const CLIENT_ISN = 0xffff_fff0;
const SERVER_ISN = 5000;

function director(): Director {
  const { net, svc } = withServers('fullnat');
  addLaddr(net, svc, ip(LOCAL));
  return net;
}

function segment(layers: Layers, change: Partial<TcpHdr>): Layers {
  const [ip4, ...rest] = layers.map((layer) => (layer.kind === 'tcp' ? { ...layer, ...change } : layer));
  return [{ ...(ip4 as Ipv4Hdr), totalLen: 20 + layersLen(rest) }, ...rest];
}

function fromClient(net: Director, flags: number, change: Partial<TcpHdr>, bytes = 0): TcpHdr {
  net.forget();
  receive(net, segment(tcp(flags, { ...CLIENT, bytes }), change));
  return sent(net)[0]?.[1] as TcpHdr;
}

function local(net: Director): FullnatEnd {
  return conns(net)[0]?.local as FullnatEnd;
}

function fromServer(net: Director, flags: number, change: Partial<TcpHdr>, bytes = 0): TcpHdr {
  net.forget();
  receive(net, segment(tcp(flags, { src: SERVER, sport: 80, dst: LOCAL, dport: local(net).port, bytes }), change), 3);
  return sent(net)[0]?.[1] as TcpHdr;
}

describe('FullNAT, outside mainline', () => {
  it('gives the client a number of its own, without its clock, and takes it back in the answer', () => {
    const net = director();
    const options = { ...TCP_NO_OPTIONS, mss: 1460, timestamps: { val: 7, ecr: 0 } };
    const syn = fromClient(net, TCP_SYN, { seq: CLIENT_ISN, ack: 0, options });
    const delta = (syn.seq - CLIENT_ISN) >>> 0;
    expect(delta).not.toBe(0);
    expect(syn.options).toMatchObject({ mss: 1460, timestamps: null, toa: { addr: ip('10.0.0.9'), port: 40001 } });
    expect(((sent(net)[0] as Layers)[0] as Ipv4Hdr).totalLen).toBe(20 + 20 + 4 + 8);
    // A SYN that is sent again gets the same number.
    expect(fromClient(net, TCP_SYN, { seq: CLIENT_ISN, options }).seq).toBe(syn.seq);
    const back = { seq: SERVER_ISN, ack: (syn.seq + 1) >>> 0, options: { ...TCP_NO_OPTIONS, mss: 1460 } };
    const answer = fromServer(net, TCP_SYN | TCP_ACK, back);
    expect(answer).toMatchObject({ sport: 80, dport: 40001, seq: SERVER_ISN, ack: (CLIENT_ISN + 1) >>> 0 });
    expect(answer.options.mss).toBe(1452);
    expect(fromClient(net, TCP_ACK, { seq: CLIENT_ISN + 17 }).seq).toBe((syn.seq + 17) >>> 0);
  });

  it('sends the client along until the client has acknowledged data of the server', () => {
    const net = director();
    const syn = fromClient(net, TCP_SYN, { seq: CLIENT_ISN, ack: 0 });
    fromServer(net, TCP_SYN | TCP_ACK, { seq: SERVER_ISN, ack: syn.seq + 1 });
    const data = { seq: CLIENT_ISN + 1, ack: SERVER_ISN + 1 };
    expect(fromClient(net, TCP_ACK, data).options.toa).not.toBeNull();
    expect(fromClient(net, TCP_ACK | TCP_PSH, data, 100).options.toa).not.toBeNull();
    // No room left within the MTU of 1500, and none in a reset.
    expect(fromClient(net, TCP_ACK, data, 1460).options.toa).toBeNull();
    expect(fromClient(net, TCP_ACK | TCP_FIN, { ...data, ack: SERVER_ISN + 2 }).options.toa).toBeNull();
    expect(fromClient(net, TCP_ACK | TCP_RST, data).options.toa).toBeNull();
  });

  it('leads errors to whom they concern, in the names and numbers that he knows', () => {
    const net = director();
    const syn = fromClient(net, TCP_SYN, { seq: CLIENT_ISN, ack: 0 });
    const { port } = local(net);
    const request = sent(net)[0] as Layers;
    expect((request[1] as TcpHdr).seq).toBe(syn.seq);
    net.forget();
    receive(net, icmp(ICMP_DEST_UNREACH, 3, { src: SERVER, dst: LOCAL }, request), 3);
    expect(sent(net)[0]).toMatchObject([
      { src: ip('10.0.0.100'), dst: ip('10.0.0.9') },
      { type: ICMP_DEST_UNREACH, code: 3 },
      { src: ip('10.0.0.9'), dst: ip('10.0.0.100') },
      { sport: 40001, dport: 80, seq: CLIENT_ISN },
    ]);
    fromServer(net, TCP_SYN | TCP_ACK, { seq: SERVER_ISN, ack: syn.seq + 1 });
    const answer = sent(net)[0] as Layers;
    net.forget();
    receive(net, icmp(ICMP_DEST_UNREACH, 1, { src: '10.0.0.5', dst: '10.0.0.100' }, answer));
    expect(sent(net)[0]).toMatchObject([
      { src: ip(LOCAL), dst: ip(SERVER) },
      { type: ICMP_DEST_UNREACH, code: 1 },
      { src: ip(SERVER), dst: ip(LOCAL) },
      { sport: 80, dport: port, seq: SERVER_ISN },
    ]);
  });

  it('round trip: what goes in by one number comes back as the other, and lengths hold', () => {
    const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
    fc.assert(
      fc.property(uint32, uint32, fc.integer({ min: 0, max: 60_000 }), (isn, serverIsn, offset) => {
        const net = director();
        fromClient(net, TCP_SYN, { seq: isn, ack: 0 });
        const seen = fromClient(net, TCP_ACK, { seq: (isn + offset) >>> 0, ack: (serverIsn + 1) >>> 0 }, 3);
        const [ip4, , payload] = sent(net)[0] as Layers;
        expect((ip4 as Ipv4Hdr).totalLen).toBe(emit(sent(net)[0] as Layers).length);
        expect(payload).toBeDefined();
        const right = (seen.seq + 3) >>> 0;
        const sack = [{ left: seen.seq, right }];
        const back = fromServer(net, TCP_ACK, { seq: serverIsn, ack: right, options: { ...TCP_NO_OPTIONS, sack } });
        const wanted = { left: (isn + offset) >>> 0, right: (isn + offset + 3) >>> 0 };
        expect([back.ack, back.options.sack]).toEqual([wanted.right, [wanted]]);
      }),
      { numRuns: 50 },
    );
  });
});
