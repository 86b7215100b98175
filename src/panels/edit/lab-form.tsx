/** The lab as a whole, while nothing is selected in the edit mode; and the list of its nodes. */
import { useMemo, useState } from 'react';
import type { NodeId } from '../../engine/index.ts';
import { edit, select } from '../../lab/index.ts';
import type { ScenarioNode } from '../../scenario/index.ts';
import { matching, MANY } from '../common/matches.ts';
import { useSay } from '../common/use-lab.ts';
import { Field } from './field.tsx';
import css from './edit.module.css';
import { useFile } from './use-edit.ts';

export function LabForm() {
  const say = useSay();
  const file = useFile();
  if (file === null) return null;
  const { scenario, figures } = file;
  const { title } = scenario;
  const titled = { en: 'another title', zh: '修改标题' };
  return (
    <div className={css['form']}>
      <p className={css['how']}>{say('build.labHow')}</p>
      <Field
        label={say('build.titleEn')}
        value={title.en}
        onCommit={(en) => edit([{ kind: 'set-lab', title: { ...title, en: en.trim() } }], titled)}
      />
      <Field
        label={say('build.titleZh')}
        value={title.zh}
        onCommit={(zh) => edit([{ kind: 'set-lab', title: { ...title, zh: zh.trim() } }], titled)}
      />
      <Field
        mono
        label={say('build.until')}
        value={figures.lab('until')}
        placeholder={say('build.untilNone')}
        onCommit={(until) => edit([{ kind: 'set-lab', until }], { en: 'another end of the run', zh: '修改结束时刻' })}
      />
      <Field
        mono
        label={say('build.seed')}
        value={figures.lab('seed')}
        placeholder="1"
        onCommit={(seed) =>
          edit([{ kind: 'set-lab', seed: seed.trim() === '' ? null : Number(seed) }], { en: 'another seed', zh: '修改随机种子' })
        }
      />
      {scenario.nodes.length === 0 ? null : <NodeList nodes={scenario.nodes} />}
    </div>
  );
}

function NodeList({ nodes }: { readonly nodes: readonly ScenarioNode[] }) {
  const say = useSay();
  const [typed, setTyped] = useState('');
  const names = useMemo(() => nodes.map(({ name }) => name), [nodes]);
  const many = names.length > MANY;
  const { shown, more } = matching(names, many ? typed : '', MANY);
  return (
    <>
      <h3>{say('build.nodes')}</h3>
      {many ? (
        <input
          type="search"
          value={typed}
          aria-label={say('find.node')}
          placeholder={say('find.node')}
          onChange={(event) => setTyped(event.target.value)}
        />
      ) : null}
      <ul className={css['list']}>
        {shown.map((i) => (
          <li key={names[i]}>
            <button type="button" onClick={() => select({ kind: 'node', node: i as NodeId })}>
              <b>{names[i]}</b> <small>{say(`role.${nodes[i]?.role ?? 'host'}`)}</small>
            </button>
          </li>
        ))}
      </ul>
      {more > 0 ? <p className={css['how']}>{say('find.more', { count: more })}</p> : null}
    </>
  );
}
