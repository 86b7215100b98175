/**
 * docs/playback.md: the modes of playback as a drawing and a table.
 * Comes from: playback/chart.ts, the very data that the machine of the page is made of.
 */
import { playbackChart, playbackWords } from '../playback/chart.ts';
import { cell, GENERATED, table } from './docs-table.ts';

const INTRODUCTION = `# Playback

What the keys, the transport and the timeline do is decided by one state machine. Its modes say who moves the
playhead; the run itself is not part of it, and no mode can change a run. While two futures stand beside each
other, both are moved by the same keys at one common place.

A step passes over one event, one frame on a cable, what matters of the story, one packet until it arrives or
is lost, or one request until its answer has arrived or it has failed. Steps are the same both ways: Next and
then Back lead to the same moment, also from between two steps.
`;

interface Transition {
  readonly from: string;
  readonly event: string;
  readonly to: string;
  readonly guard: string;
  readonly actions: readonly string[];
}

/** What stands behind an event in the chart, in its longer form. */
interface Target {
  readonly target?: string;
  readonly guard?: string;
  readonly actions?: string | readonly string[];
}

const EVERYWHERE = 'every mode';

function transitionsOf(from: string, on: Readonly<Record<string, unknown>>): Transition[] {
  return Object.entries(on).flatMap(([event, value]) =>
    (Array.isArray(value) ? value : [value]).map((one: string | Target): Transition => {
      const { target = '', guard = '', actions = [] }: Target = typeof one === 'string' ? { target: one } : one;
      const to = target.replace(/^\./, '');
      return { from, event, to, guard, actions: typeof actions === 'string' ? [actions] : actions };
    }),
  );
}

export function transitions(): Transition[] {
  return [
    ...transitionsOf(EVERYWHERE, playbackChart.on),
    ...Object.entries(playbackChart.states).flatMap(([name, state]) => transitionsOf(name, state.on)),
  ];
}

function drawing(): string {
  const lines = ['stateDiagram-v2', `  state "in every mode" as any`, `  [*] --> ${playbackChart.initial}`];
  for (const { from, event, to, guard } of transitions())
    if (to !== '') lines.push(`  ${from === EVERYWHERE ? 'any' : from} --> ${to}: ${event}${guard === '' ? '' : ` [${guard}]`}`);
  return `\`\`\`mermaid\n${lines.join('\n')}\n\`\`\`\n`;
}

function words(title: string, rows: Readonly<Record<string, string>>): string {
  return `\n## ${title}\n\n${table(
    ['Name', 'Meaning'],
    Object.entries(rows).map(([name, text]) => [`\`${name}\``, cell(text)]),
  )}`;
}

export function playbackText(): string {
  const rows = transitions().map(({ from, event, to, guard, actions }) => [
    cell(from),
    `\`${event}\``,
    guard === '' ? '' : cell((playbackWords.guards as Readonly<Record<string, string>>)[guard] ?? guard),
    to === '' ? 'not heard' : cell(to),
    cell(actions.join(', ')),
  ]);
  return [
    `${GENERATED}\n${INTRODUCTION}\n${drawing()}`,
    `\n## Transitions\n\n${table(['In', 'Event', 'Only if', 'Leads to', 'Does'], rows)}`,
    words('Modes', playbackWords.states),
    words('Events', playbackWords.events),
    words('Actions', playbackWords.actions),
  ].join('');
}
