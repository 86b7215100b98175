/** Lets somebody choose a lab file from the disk. What is wrong with it is told over the page: problem-box.tsx. */
import { useImperativeHandle, useRef, type Ref } from 'react';
import { lab, openLab, readFile } from '../../lab/index.ts';
import { useSay } from '../common/use-lab.ts';

export interface FileChooser {
  choose(): void;
}

export function FileChoice({ ref }: { readonly ref: Ref<FileChooser> }) {
  const say = useSay();
  const input = useRef<HTMLInputElement>(null);
  useImperativeHandle(ref, () => ({ choose: () => input.current?.click() }), []);
  return (
    <input
      ref={input}
      type="file"
      accept=".yaml,.yml,.json,text/yaml"
      hidden
      aria-label={say('scenario.open')}
      onChange={(event) => {
        const chosen = event.target.files?.[0];
        event.target.value = '';
        if (chosen !== undefined) void openFile(chosen);
      }}
    />
  );
}

/** Counts the files that were chosen. */
let files = 0;

/** Opens a lab from a file, chosen or dropped; what is wrong with it is told over the page. */
export async function openFile(file: File): Promise<void> {
  const mine = ++files;
  const { asked } = lab.getState();
  const read = await readFile(file);
  // Reading takes its time: whoever has asked for another lab since does not want this one.
  if (mine !== files || lab.getState().asked !== asked) return;
  if (read.ok) openLab(file.name, read.text);
  else lab.setState({ problem: read.problem });
}
