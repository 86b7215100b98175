/** The lab as a whole, while nothing is selected in the edit mode; and the list of its nodes. */
import type { NodeId } from '../../engine/index.ts';
import { edit, select } from '../../lab/index.ts';
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
      {scenario.nodes.length === 0 ? null : (
        <>
          <h3>{say('build.nodes')}</h3>
          <ul className={css['list']}>
            {scenario.nodes.map((node, i) => (
              <li key={node.name}>
                <button type="button" onClick={() => select({ kind: 'node', node: i as NodeId })}>
                  <b>{node.name}</b> <small>{say(`role.${node.role}`)}</small>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
