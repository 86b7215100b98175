import { expect, it } from 'vitest';
import { lab, readLab } from '../lab/index.ts';
import { heldAt, stillHeld } from './hold.ts';

function show(names: readonly string[]): void {
  const text = `lvs-lab: 1\ntitle: some\nabout: Some nodes.\nnodes: { ${names.map((name) => `${name}: {}`).join(', ')} }\n`;
  const read = readLab('some', 'some.yaml', text);
  if (!read.ok) throw new Error(read.problem.lines[0]?.message.en);
  lab.setState({ lab: read.lab });
}

it('what is dragged is the same node in a lab in which it has another number, and none where it is gone', () => {
  show(['a', 'b', 'c']);
  const hold = heldAt(null, 2, { x: 1, y: 1 });
  expect(hold).toMatchObject({ node: 2, name: 'c' });
  show(['b', 'c']);
  const later = stillHeld(hold);
  expect(later).toMatchObject({ node: 1, name: 'c' });
  // The hand still knows it by the number that it had.
  expect(heldAt(later, 2, { x: 5, y: 6 })).toEqual({ grabbed: 2, node: 1, name: 'c', place: { x: 5, y: 6 } });
  show(['a', 'b']);
  expect(stillHeld(later)?.node).toBe(-1);
});
