/** The form of what is selected while the lab is edited. */
import type { Selection } from '../../lab/index.ts';
import { useLab } from '../common/use-lab.ts';
import { EditProblem } from './edit-problem.tsx';
import { LabForm } from './lab-form.tsx';
import { LinkForm } from './link-form.tsx';
import { NodeForm } from './node-form.tsx';

export function EditForm({ selection }: { readonly selection: Selection | null }) {
  // A form keeps what is being written in it for as long as it is about the same thing.
  const name = useLab((s) => (selection?.kind === 'node' ? (s.lab?.scenario.nodes[selection.node]?.name ?? '') : ''));
  return (
    <>
      <EditProblem at="form" />
      {selection?.kind === 'node' ? (
        <NodeForm key={name} node={selection.node} />
      ) : selection?.kind === 'link' ? (
        <LinkForm key={selection.link} link={selection.link} />
      ) : (
        <LabForm />
      )}
    </>
  );
}
