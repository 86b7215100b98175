import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadScenario } from './load.ts';

const FOLDER = join(import.meta.dirname, '../../scenarios');

describe('the labs that come with the program', () => {
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'))) {
    const loaded = loadScenario(readFileSync(join(FOLDER, file), 'utf8'));

    it(`${file} is valid`, () => {
      expect(loaded.ok ? [] : loaded.problems.map((p) => `${p.line}:${p.column} ${p.message.en}`)).toEqual([]);
    });

    it(`${file} is told in both languages`, () => {
      if (!loaded.ok) throw new Error('not loaded');
      const { title, about, timeline, hints, bookmarks } = loaded.scenario;
      const texts = [
        title,
        about,
        ...timeline.flatMap((entry) => (entry.title === null ? [] : [entry.title])),
        ...[...hints, ...bookmarks].map((remark) => remark.text),
      ];
      for (const text of texts) expect(text.zh, text.en).toMatch(/[\u4e00-\u9fff]/);
    });
  }
});
