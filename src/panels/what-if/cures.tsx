/** The table of cures of the ARP problem: what is typed, who answers, who serves. */
import { Columns2, Eye } from 'lucide-react';
import { Button } from 'react-aria-components';
import { useStore } from 'zustand';
import { CURE_REQUESTS, CURES, closeCures, cures, goToBranch, lab, putBeside, type Outcome } from '../../lab/index.ts';
import { useSay } from '../common/use-lab.ts';
import { Window } from '../common/window.tsx';
import css from './cures.module.css';

export default function Cures() {
  const say = useSay();
  const { phase, vip, asker, outcomes } = useStore(cures);
  const none = outcomes.find(({ cure }) => cure === 'none');
  return (
    <Window title={say('cures.title')} width={76} onClose={closeCures}>
      <p className={css['about']}>{say('cures.about', { vip, count: CURE_REQUESTS })}</p>
      <div className={css['scroll']}>
        <table>
          <thead>
            <tr>
              <th>{say('cures.cure')}</th>
              <th>{say('cures.commands')}</th>
              <th>{say('cures.arp')}</th>
              <th>{say('cures.kept', { node: asker })}</th>
              <th>{say('cures.served')}</th>
              <th>{say('cures.balanced')}</th>
            </tr>
          </thead>
          <tbody>
            {outcomes.map((outcome) => (
              <Row key={outcome.cure} outcome={outcome} none={none ?? null} />
            ))}
          </tbody>
        </table>
      </div>
      {phase === 'working' ? (
        <output className={css['working']}>
          {say('cures.working')} {outcomes.length} / {CURES.length}
        </output>
      ) : null}
    </Window>
  );
}

function Row({ outcome, none }: { readonly outcome: Outcome; readonly none: Outcome | null }) {
  const say = useSay();
  const asker = useStore(cures, (s) => s.asker);
  const { cure, branch, lines, answeredArp, kept, served, balanced } = outcome;
  const nodes = branch.run.input.world.nodes;
  const all = [...served.values()].reduce((sum, count) => sum + count, 0);
  return (
    <tr data-cure={cure}>
      <th scope="row">
        <b>{say(`cures.${cure}`)}</b>
        <p>{say(`cures.${cure}.why`)}</p>
        <div className={css['buttons']}>
          <Button onPress={() => (goToBranch(branch.id), closeCures())}>
            <Eye size={14} aria-hidden /> {say('cures.show')}
          </Button>
          {none === null || none === outcome ? null : (
            <Button onPress={() => beside(none, outcome)}>
              <Columns2 size={14} aria-hidden /> {say('cures.beside')}
            </Button>
          )}
        </div>
      </th>
      <td className={css['lines']}>
        {lines.map(({ node, text }) => (
          <code key={`${node} ${text}`}>
            <i>{nodes[node]?.name}</i>{' '}
            {text.split(/(?<= )/).map((word, i) => (
              <span key={`${i} ${word}`}>{word}</span>
            ))}
          </code>
        ))}
      </td>
      <td data-label={say('cures.arp')}>{answeredArp.length === 0 ? say('cures.nobody') : answeredArp.join(', ')}</td>
      <td data-label={say('cures.kept', { node: asker })}>{kept ?? say('cures.keptNone')}</td>
      <td data-label={say('cures.served')}>
        {served.size === 0 ? say('cures.nobody') : null}
        {[...served].map(([name, count]) => (
          <div key={name}>
            {name}: {count}
          </div>
        ))}
      </td>
      <td data-label={say('cures.balanced')} data-whole={balanced === all ? '' : undefined}>
        {say('cures.of', { count: balanced, all })}
      </td>
    </tr>
  );
}

function beside(none: Outcome, outcome: Outcome): void {
  closeCures();
  putBeside(none.branch, outcome.branch, lab.getState().cursor.at);
}
