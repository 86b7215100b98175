import { expect, test } from 'vitest';
import { playbackChart, playbackWords } from '../playback/chart.ts';
import { playbackText, transitions } from './docs-playback.ts';

test('every mode, event, guard and action of the chart has its words, and there are no others', () => {
  const all = transitions();
  const named = (values: readonly string[]): string[] => [...new Set(values.filter((value) => value !== ''))].toSorted();
  expect(Object.keys(playbackChart.states).toSorted()).toEqual(Object.keys(playbackWords.states).toSorted());
  expect(named(all.map(({ event }) => event))).toEqual(Object.keys(playbackWords.events).toSorted());
  expect(named(all.map(({ guard }) => guard))).toEqual(Object.keys(playbackWords.guards).toSorted());
  expect(named([...all.flatMap(({ actions }) => actions), 'settle'])).toEqual(Object.keys(playbackWords.actions).toSorted());
});

test('every mode can be reached and left, and the drawing has an arrow for each transition', () => {
  const all = transitions().filter(({ to }) => to !== '');
  const arrows = playbackText()
    .split('\n')
    .filter((line) => line.startsWith('  ') && line.includes(' --> '));
  expect(arrows).toHaveLength(all.length + 1);
  for (const mode of Object.keys(playbackChart.states)) {
    expect(
      all.some(({ to }) => to === mode),
      `into ${mode}`,
    ).toBe(true);
    expect(
      all.some(({ from }) => from === mode),
      `out of ${mode}`,
    ).toBe(true);
  }
});
