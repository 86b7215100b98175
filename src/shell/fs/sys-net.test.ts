import { describe, expect, it } from 'vitest';
import { createLab } from '../commands/config.test-kit.ts';
import { listDir, readFile, writeFile } from './files.ts';

describe('/sys/class/net', () => {
  it('tells what ip tells, in files', () => {
    const { net, run } = createLab();
    run('ip link set eth0 up');
    run('ip link set eth0 alias lan promisc on');
    run('ip tunnel add tt mode ipip local 10.1.1.1 remote 10.1.1.9');
    const of = (path: string): unknown => readFile(net, `/sys/class/net/${path}`);
    expect(of('eth0/flags')).toEqual({ text: '0x1103\n' });
    expect(of('eth0/ifalias')).toEqual({ text: 'lan\n' });
    expect(of('eth0/statistics/rx_errors')).toEqual({ text: '0\n' });
    expect([of('lo/type'), of('lo/operstate'), of('eth0/operstate')]).toEqual([{ text: '772\n' }, { text: 'unknown\n' }, { text: 'up\n' }]);
    expect([of('tt/address'), of('tt/broadcast'), of('tt/addr_len')]).toEqual([
      { text: '10.1.1.1\n' },
      { text: '10.1.1.9\n' },
      { text: '4\n' },
    ]);
    // an interface that is down does not know whether there is a carrier
    expect(of('eth1/carrier')).toEqual({ error: 'Invalid argument' });
    expect(of('eth1/ifalias')).toEqual({ text: '' });
    expect(of('eth1/nosuch')).toEqual({ error: 'No such file or directory' });
    expect(listDir(net, '/sys/class/net/eth0')).toContain('statistics');
    expect(listDir(net, '/sys/class/net')).toEqual(['eth0', 'eth1', 'lo', 'tt', 'tunl0']);
  });

  it('takes a few settings, and refuses the others', () => {
    const { net } = createLab();
    const write = (path: string, text: string): string | null => writeFile(net, `/sys/class/net/${path}`, text, false);
    expect([write('eth0/mtu', '1400\n'), write('eth0/tx_queue_len', '50\n'), write('eth0/ifalias', 'wan\n')]).toEqual([null, null, null]);
    expect(net.host.devs[2]).toMatchObject({ mtu: 1400, txQueueLen: 50, alias: 'wan' });
    expect([write('eth0/mtu', ''), write('eth0/mtu', 'x\n'), write('eth0/mtu', '20\n')]).toEqual([
      null,
      'Invalid argument',
      'Invalid argument',
    ]);
    expect(write('eth0/address', '02:00:00:00:00:09\n')).toBe('Permission denied');
    expect(net.host.devs[2]?.mtu).toBe(1400);
  });
});
