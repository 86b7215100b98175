/** The form of what is selected while the lab is edited. */
import { useState } from 'react';
import { EditProblem } from './edit-problem.tsx';
import { LabForm } from './lab-form.tsx';
import { LinkForm } from './link-form.tsx';
import { NodeForm } from './node-form.tsx';
import { usePresent, usePresentSelection } from './use-edit.ts';

export function EditForm() {
  const selection = usePresentSelection();
  const number = useSubject(selection?.kind === 'node' ? selection.node : -1);
  return (
    <>
      <EditProblem at="form" />
      {selection?.kind === 'node' ? (
        <NodeForm key={number} node={selection.node} />
      ) : selection?.kind === 'link' ? (
        <LinkForm key={selection.link} link={selection.link} />
      ) : (
        <LabForm />
      )}
    </>
  );
}

/**
 * A form keeps what is being written in it, and the keys, for as long as it is about the same node: one that has
 * another name now is still the same, one that stands in its place in the list is not.
 */
function useSubject(node: number): number {
  const nodes = usePresent()?.scenario.nodes;
  const name = nodes?.[node]?.name ?? '';
  const [subject, setSubject] = useState({ node, name, count: nodes?.length, number: 0 });
  if (subject.node === node && subject.name === name && subject.count === nodes?.length) return subject.number;
  const renamed = subject.count === nodes?.length && nodes?.every((other) => other.name !== subject.name) === true;
  const same = subject.node === node && (subject.name === name || renamed);
  const number = same ? subject.number : subject.number + 1;
  setSubject({ node, name, count: nodes?.length, number });
  return number;
}
