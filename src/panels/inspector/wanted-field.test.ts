import { expect, it } from 'vitest';
import { select } from '../../lab/index.ts';
import { askForFigure, wantedField } from './wanted-field.ts';

it('a field that was asked for is wanted no more when something else was selected before it came', () => {
  askForFigure(2, 'loss');
  expect(wantedField.getState()).toEqual({ link: 2, figure: 'loss' });
  select({ kind: 'link', link: 3 });
  select({ kind: 'link', link: 2 });
  expect(wantedField.getState().figure).toBeNull();
});
