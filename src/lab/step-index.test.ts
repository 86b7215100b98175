import { describe, expect, it } from 'vitest';
import type { TraceReader, TraceRecord } from '../engine/index.ts';
import { LONG_WAIT_NS, lowerBound, MARK, StepIndex } from './step-index.ts';

interface Written {
  readonly at: number;
  readonly records: readonly {
    readonly stage: string;
    readonly verdict: 'pass' | 'drop' | 'state';
    readonly reason: string;
    readonly cause?: number;
    readonly until?: number;
  }[];
}

/** What a trace of these events reads like; frames cross cables as 'link:tx' says. */
function traceOf(events: readonly Written[]): TraceReader {
  const records: TraceRecord[] = [];
  const firsts: number[] = [];
  events.forEach(({ at, records: written }, event) => {
    firsts.push(records.length);
    for (const { stage, verdict, reason, cause, until } of written) {
      const args = until === undefined ? null : { toNode: 1, toDev: 1, start: at, until };
      const numbers = {
        id: records.length,
        at,
        event,
        node: 0,
        dev: 1,
        frame: 0,
        frameOut: -1,
        cause: cause ?? -1,
      };
      records.push({ ...numbers, stage, verdict, reason, args } as unknown as TraceRecord);
    }
  });
  const reader = {
    length: records.length,
    eventCount: events.length,
    frameCount: 0,
    frame: () => ({ bornFrom: -1, layers: [] }),
    get: (id: number) => records[id],
    kindOf: (id: number) => records[id],
    causeOf: (id: number) => records[id]?.cause,
    firstOf: (event: number) => firsts[event] ?? records.length,
    timeOf: (event: number) => events[event]?.at,
    nodeOf: () => 0,
  };
  return reader as unknown as TraceReader;
}

const sent = (until: number) => ({ stage: 'link:tx', verdict: 'pass', reason: 'link.sent', until }) as const;

describe('StepIndex', () => {
  const trace = traceOf([
    { at: 0, records: [sent(100)] },
    { at: 0, records: [] },
    { at: 100, records: [{ stage: 'arp', verdict: 'drop', reason: 'link.down', cause: 0 }] },
    { at: 100 + LONG_WAIT_NS, records: [{ stage: 'sh:start', verdict: 'state', reason: 'shell.start' }] },
  ]);
  const steps = new StepIndex(0);
  steps.extend(trace, 2);
  steps.extend(trace, 4);

  it('leaves out events that wrote nothing, also when it reads on in pieces', () => {
    expect([...steps.event]).toEqual([0, 2, 3]);
  });

  it('gives more room to a frame on its way than to a wait, however long', () => {
    const [first = 0, second = 0, third = 0] = steps.x;
    expect(second - first).toBeGreaterThan(third - second);
    expect(third - second).toBeGreaterThan(0);
  });

  it('marks drops and commands', () => {
    expect(steps.marks.get(1)).toBe(MARK.drop);
    expect(steps.marks.get(2)).toBe(MARK.command);
  });

  it('goes from place to time and back', () => {
    expect(steps.timeAt((steps.x.get(1) as number) / 2)).toBe(50);
    expect(steps.placeOf(1, 50)).toBeCloseTo((steps.x.get(1) as number) / 2);
    expect(steps.stepAt(steps.x.get(2) as number)).toBe(2);
    expect(steps.timeAt(1e9)).toBe(100 + LONG_WAIT_NS);
  });

  it('shows a frame until the event in which it arrives', () => {
    expect(steps.flying(trace, 1, 0)).toHaveLength(1);
    expect(steps.flying(trace, 2, 50)).toHaveLength(1);
    expect(steps.flying(trace, 2, 100)).toHaveLength(1);
    expect(steps.flying(trace, 3, 100)).toHaveLength(0);
  });

  it('steps by grain in both directions', () => {
    expect(steps.next(-1, 'hop', true)).toBe(0);
    expect(steps.next(0, 'hop', true)).toBe(1);
    expect(steps.next(2, 'event', false)).toBe(1);
    expect(steps.position(1, 'hop')).toEqual({ number: 2, of: 3 });
  });

  it('stands at every command by hop, though it sends nothing', () => {
    expect(steps.next(1, 'hop', true)).toBe(2);
    expect(steps.counts(2, 'hop')).toBe(true);
  });

  it('leads from the last step of a grain to the end of the run, and from there nowhere', () => {
    expect(steps.counts(2, 'packet')).toBe(false);
    expect(steps.next(1, 'packet', true)).toBe(2);
    expect(steps.next(2, 'packet', true)).toBe(-1);
    expect(steps.next(2, 'packet', false)).toBe(1);
  });
});

describe('lowerBound', () => {
  it.each([
    [[], 1, 0],
    [[1, 3, 5], 3, 1],
    [[1, 3, 5], 4, 2],
    [[1, 3, 5], 9, 3],
  ])('%j at %i', (sorted, value, index) => {
    expect(lowerBound(sorted, value)).toBe(index);
  });
});
