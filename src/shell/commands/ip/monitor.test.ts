import { describe, expect, it } from 'vitest';
import type { RtEvent } from '../../../host/index.ts';
import { createLab } from '../config.test-kit.ts';
import { monitorText, type IpMonitorMemory } from './monitor.ts';
import { ip } from './index.ts';
import type { CommandContext } from '../../command.ts';

const { net } = createLab();

function memoryOf(...argv: string[]): IpMonitorMemory {
  const ctx: CommandContext = { net, argv, stdin: null, env: {}, cwd: '/', out: () => undefined, err: () => undefined };
  const result = ip.run(ctx);
  if (typeof result === 'number') throw new Error('it does not listen');
  return result.state as IpMonitorMemory;
}

function linkEvent(name: string): RtEvent {
  const dev = net.host.devs.find((one) => one?.name === name);
  if (dev === null || dev === undefined) throw new Error(name);
  return { kind: 'link', gone: false, dev };
}

describe('ip monitor', () => {
  it('keeps labels of interfaces that were not asked for until one that was, or until the buffer is full', () => {
    const memory = memoryOf('ip', 'monitor', 'label', 'dev', 'eth1');
    expect(monitorText(net, linkEvent('eth0'), memory)).toBe('');
    expect(monitorText(net, linkEvent('eth1'), memory)).toMatch(/^\[LINK\]\[LINK\]3: eth1/);
    let told = '';
    for (let i = 0; i < 1000; i++) told += monitorText(net, linkEvent('eth0'), memory);
    expect(told + memory.pending).toBe('[LINK]'.repeat(1000));
    expect(memory.pending.length).toBeLessThanOrEqual(1024);
  });

  it.each([
    [['-t'], /^Timestamp: \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4} \d+ usec\n/],
    [['-ts'], /^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\] /],
    [['-ts', '-t'], /^\[/],
  ])('%s: with the time', (options, begins) => {
    expect(monitorText(net, linkEvent('eth0'), memoryOf('ip', ...options, 'monitor'))).toMatch(begins);
  });
});
