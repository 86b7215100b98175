/** The commands that the file types at a node, each at its moment. */
import { Plus, X } from 'lucide-react';
import { useId, useState } from 'react';
import { edit } from '../../lab/index.ts';
import { IconButton } from '../common/icon-button.tsx';
import { useSay } from '../common/use-lab.ts';
import { Field } from './field.tsx';
import css from './edit.module.css';
import type { File } from './use-edit.ts';

export function CommandList({ file, node }: { readonly file: File; readonly node: string }) {
  const say = useSay();
  const id = useId();
  const [at, setAt] = useState('');
  const [run, setRun] = useState('');
  const entries = file.scenario.timeline.flatMap((entry, index) => (entry.node === node ? [{ index }] : []));
  const what = { en: `timed commands of ${node}`, zh: `修改 ${node} 的定时命令` };
  return (
    <>
      <h3>{say('build.timeline')}</h3>
      <ul className={css['commands']}>
        {entries.map(({ index }, i) => (
          <li key={index}>
            <Field
              mono
              quiet
              label={say('build.at', { number: i + 1 })}
              value={file.figures.command(index, 'at')}
              onCommit={(text) => edit([{ kind: 'set-command', index, at: text }], what)}
            />
            <Field
              mono
              quiet
              label={say('build.run', { number: i + 1 })}
              value={file.figures.command(index, 'run')}
              onCommit={(text) => edit([{ kind: 'set-command', index, run: text }], what)}
            />
            <IconButton
              label={say('build.removeCommand', { number: i + 1 })}
              onPress={() => void edit([{ kind: 'remove-command', index }], what)}
            >
              <X size={15} />
            </IconButton>
          </li>
        ))}
      </ul>
      <form
        className={css['newCommand']}
        onSubmit={(event) => {
          event.preventDefault();
          if (run.trim() === '') return;
          if (edit([{ kind: 'add-command', node, at: at.trim() === '' ? '1s' : at, run: run.trim() }], what)) {
            setAt('');
            setRun('');
          }
        }}
      >
        <label htmlFor={`${id}at`}>{say('build.newAt')}</label>
        <input id={`${id}at`} data-mono="" value={at} placeholder="1s" autoComplete="off" onChange={(event) => setAt(event.target.value)} />
        <label htmlFor={`${id}run`}>{say('build.newRun')}</label>
        <input
          id={`${id}run`}
          data-mono=""
          value={run}
          placeholder="ping -c 1 10.0.0.2"
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setRun(event.target.value)}
        />
        <button type="submit" disabled={run.trim() === ''}>
          <Plus size={15} aria-hidden /> {say('build.addCommand')}
        </button>
      </form>
    </>
  );
}
