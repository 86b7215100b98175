import { describe, expect, it } from 'vitest';
import { TCP_ACK, TCP_SYN } from '../wire/index.ts';
import { delDest, flushServices } from './ctl.ts';
import { CLIENT, conns, ip, pass, receive, sent, server, service, tcp, withServers } from './ipvs.test-kit.ts';
import { shownCounters } from './stats.ts';

describe('deleted servers', () => {
  it('drops silently with expire_nodest_conn=0', () => {
    const { net, svc } = withServers('droute');
    receive(net, tcp(TCP_SYN, CLIENT));
    delDest(net, svc, ip('192.168.0.3'), 80);
    net.forget();
    receive(net, tcp(TCP_ACK, CLIENT));
    expect(net.records.filter((r) => r.verdict === 'drop').map((r) => r.reason)).toEqual(['ipvs.server-deleted']);
    expect(sent(net)).toEqual([]);
  });

  it('ends the connection with expire_nodest_conn=1', () => {
    const { net, svc } = withServers('droute');
    net.ipvs.sysctl['expire_nodest_conn'] = 1;
    receive(net, tcp(TCP_SYN, CLIENT));
    delDest(net, svc, ip('192.168.0.3'), 80);
    pass(net, 1);
    expect(conns(net)).toEqual([]);
  });

  it('takes the template along with the last of its connections, though it was proven', () => {
    const { net, svc } = withServers('droute', { persistTimeout: 300 });
    net.ipvs.sysctl['expire_nodest_conn'] = 1;
    receive(net, tcp(TCP_SYN, CLIENT));
    receive(net, tcp(TCP_ACK, CLIENT));
    expect(conns(net).map((c) => c.state)).toEqual(['ASSURED', 'ESTABLISHED']);
    delDest(net, svc, ip('192.168.0.3'), 80);
    pass(net, 1);
    expect(conns(net)).toEqual([]);
  });

  it('keeps its counters in a service made anew, less what was shown by then', () => {
    const { net } = withServers('droute');
    receive(net, tcp(TCP_SYN, CLIENT));
    flushServices(net);
    const back = server(net, service(net), '192.168.0.3', 'droute');
    pass(net, 3);
    expect(shownCounters(back.stats)).toMatchObject({ conns: 1, inPkts: 1 });
  });

  it('comes back from the trash with its counters', () => {
    const { net, svc } = withServers('droute');
    receive(net, tcp(TCP_SYN, CLIENT));
    delDest(net, svc, ip('192.168.0.3'), 80);
    const back = server(net, svc, '192.168.0.3', 'droute');
    expect(back).toMatchObject({ activeConns: 1, available: true });
    expect(net.ipvs.trash).toEqual([]);
    net.forget();
    receive(net, tcp(TCP_ACK, CLIENT));
    expect(conns(net)).toMatchObject([{ state: 'ESTABLISHED' }]);
  });

  it('is freed two minutes after nothing refers to it any more', () => {
    const { net, svc } = withServers('droute');
    delDest(net, svc, ip('192.168.0.3'), 80);
    pass(net, 170);
    expect(net.ipvs.trash).toHaveLength(1);
    pass(net, 20);
    expect(net.ipvs.trash).toEqual([]);
  });
});
