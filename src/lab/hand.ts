/**
 * What a hand can do to a lab besides typing: press a power switch, take a frame off its cable, move a timer.
 * Comes from: the inspector, the form of what-if.  Goes to: actions.ts, what-if-plans.ts, as deeds with names.
 */
import { formatSpan, NS_PER_S, type Nanos, type NodeId } from '../engine/index.ts';
import { timerNames, type FrameDue, type PendingTimer } from '../world/index.ts';
import type { Both, Branch } from './branch.ts';
import { text, type TextKey } from './say.ts';
import type { Doing } from './what-if.ts';

/** Something that can be done now, and what the future in which it is done is called. */
export interface Deed {
  readonly doings: readonly Doing[];
  readonly label: Both;
}

function named(key: TextKey, values: (lang: 'en' | 'zh') => Readonly<Record<string, string>>): Both {
  return { en: text('en', key, values('en')), zh: text('zh', key, values('zh')) };
}

export function powerDeed(branch: Branch, node: NodeId, how: 'on' | 'off' | 'reboot'): Deed {
  const name = branch.run.nodeName(node);
  const switches = { on: [true], off: [false], reboot: [false, true] }[how];
  return {
    doings: switches.map((on) => ({ node, stimulus: { kind: 'power', on } })),
    label: named(`label.${how}`, () => ({ node: name })),
  };
}

/** @param delayNs null: it is dropped */
export function frameDeed(branch: Branch, { node, dev, due, nth }: FrameDue, delayNs: Nanos | null): Deed {
  const name = branch.run.nodeName(node);
  const which = { kind: 'frame', dev, due, nth } as const;
  return delayNs === null
    ? { doings: [{ node, stimulus: { ...which, deed: 'drop' } }], label: named('label.dropped', () => ({ node: name })) }
    : {
        doings: [{ node, stimulus: { ...which, deed: 'delay', delayNs } }],
        label: named('label.delayed', () => ({ node: name, span: formatSpan(delayNs) })),
      };
}

/** How far a timer is put off by one press. */
export const PUT_OFF_NS = (10 * NS_PER_S) as Nanos;

/** @param byNs null: it fires now */
export function timerDeed(branch: Branch, node: NodeId, { timer, key, name, of }: PendingTimer, byNs: Nanos | null): Deed {
  const what = (lang: 'en' | 'zh'): string => `${timerNames[name]?.[lang] ?? name} ${of}`.trim();
  return {
    doings: [{ node, stimulus: { kind: 'timer', timer, key, byNs } }],
    label: named(byNs === null ? 'label.fired' : 'label.putOff', (lang) => ({ node: branch.run.nodeName(node), what: what(lang) })),
  };
}
