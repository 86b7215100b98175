import { describe, expect, it } from 'vitest';
import { NO_FRAME, NO_TRACE, Trace, type FrameId, type Nanos, type NodeId, type TraceId } from './index.ts';

const node = (n: number): NodeId => n as NodeId;

function begin(trace: Trace, event: number, at: number): void {
  trace.beginEvent(event, at as Nanos, node(1));
}

describe('the record of a frame on a cable', () => {
  const cabling = [[], [null, { node: node(2), dev: 3 }]];

  it.each([
    [0, 10_880],
    [99_999_999, 10_880],
    [0, 60_000_000_000],
    [5_000_000_000, 4_294_967_295],
  ])('keeps a wait of %d ns and a span of %d ns', (wait, span) => {
    const trace = new Trace('full', cabling);
    begin(trace, 0, 7_000_000_000);
    trace.putHop(0 as TraceId, 0, node(1), 1, 5 as FrameId, NO_TRACE, 1518, wait, span);
    expect(trace.get(0 as TraceId)).toEqual({
      id: 0,
      at: 7_000_000_000,
      event: 0,
      node: 1,
      dev: 1,
      frame: 5,
      frameOut: NO_FRAME,
      stage: 'link:tx',
      verdict: 'pass',
      reason: 'link.sent',
      cause: NO_TRACE,
      args: {
        toNode: 2,
        toDev: 3,
        bytes: 1518,
        start: 7_000_000_000 + wait,
        until: 7_000_000_000 + wait + span,
      },
    });
  });
});

describe('the records of an event', () => {
  it('are found by its number, also over pages and past events without any', () => {
    const trace = new Trace();
    const first: number[] = [];
    let id = 0;
    for (let event = 0; event < 9000; event++) {
      begin(trace, event, event);
      first.push(id);
      for (let i = 0; i < event % 3; i++)
        trace.put(id++ as TraceId, event, node(1), 0, NO_FRAME, NO_FRAME, 'toy', 'pass', 'toy.seen', NO_TRACE, null);
    }
    for (let event = 0; event < 9000; event++) expect(trace.firstOf(event)).toBe(first[event]);
    for (let event = 8999; event >= 0; event -= 7) expect(trace.firstOf(event)).toBe(first[event]);
    expect(trace.firstOf(9000)).toBe(id);
    expect(trace.timeOf(8999)).toBe(8999);
  });
});

describe('a trace that only counts', () => {
  it('knows how many events there were and keeps nothing', () => {
    const trace = new Trace('count');
    begin(trace, 0, 5);
    begin(trace, 1, 6);
    expect([trace.eventCount, trace.length]).toEqual([2, 0]);
  });
});
