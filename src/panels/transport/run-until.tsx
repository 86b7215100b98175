/** "Run until …": goes on to where something drops, a frame reaches a node, or an event passes the filter. */
import { FastForward } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import type { NodeId } from '../../engine/index.ts';
import { findUntil, inSlices, lab, NO_FILTER, say as announce, text, whatIf, type PairAxis, type Until } from '../../lab/index.ts';
import { pairHere, pairJump, playback } from '../../playback/index.ts';
import { FinderPopover } from '../common/finder.tsx';
import { MANY } from '../common/matches.ts';
import { useLab, useLang, useSay } from '../common/use-lab.ts';
import css from './run-until.module.css';

export function RunUntil({ onUntil }: { readonly onUntil: (until: Until) => void }) {
  const say = useSay();
  const lang = useLang();
  const nodes = useLab((s) => s.lab?.input.world.nodes) ?? [];
  const filter = useLab((s) => s.filter);
  const set = filter.text !== '' || filter.kind !== null || filter.node !== null;
  const filterText = [
    filter.text,
    filter.kind === null ? '' : say(`kind.${filter.kind}`),
    filter.node === null ? '' : (nodes[filter.node]?.name ?? ''),
  ]
    .filter((part) => part !== '')
    .join(', ');
  const button = useRef<HTMLButtonElement>(null);
  const [finding, setFinding] = useState(false);
  const many = nodes.length > MANY;
  const choose = (key: string): void => {
    if (key === 'node') setFinding(true);
    else if (key === 'drop') onUntil({ kind: 'drop' });
    else if (key === 'filter') onUntil({ kind: 'filter', filter: lab.getState().filter ?? NO_FILTER, lang });
    else onUntil({ kind: 'arrives', node: Number(key) as NodeId });
  };
  return (
    <MenuTrigger>
      <Button ref={button} className={css['button'] ?? ''} aria-label={say('until.label')}>
        <FastForward size={17} aria-hidden />
      </Button>
      <Popover className={css['popover'] ?? ''} offset={4}>
        <p className={css['title']}>{say('until.label')}</p>
        <Menu
          className={css['menu'] ?? ''}
          aria-label={say('until.label')}
          disabledKeys={set ? [] : ['filter']}
          onAction={(key) => choose(String(key))}
        >
          <MenuItem id="drop">{say('until.drop')}</MenuItem>
          <MenuItem id="filter">{set ? say('until.filter', { filter: filterText }) : say('until.noFilter')}</MenuItem>
          {many ? <MenuItem id="node">{say('until.arrivesAt')}</MenuItem> : null}
          {(many ? [] : nodes).map((node, i) => (
            <MenuItem key={node.name} id={String(i)}>
              {say('until.arrives', { node: node.name })}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
      {finding ? (
        <FinderPopover
          label={say('until.arrivesAt')}
          names={nodes.map(({ name }) => name)}
          trigger={button}
          placement="top"
          onFind={(node) => onUntil({ kind: 'arrives', node: node as NodeId })}
          onClose={() => setFinding(false)}
        />
      ) : null}
    </MenuTrigger>
  );
}

let giveUp: () => void = () => {};

/**
 * Searches and then goes there, or says that it does not happen.
 * @param still whether that is wanted still: whoever has gone elsewhere meanwhile stays there
 */
function search(work: Generator<undefined, (() => void) | null>, still: () => boolean): void {
  giveUp();
  giveUp = inSlices(
    work,
    (go) => {
      if (!still()) return;
      if (go !== null) go();
      else announce(text('en', 'until.none'), text('zh', 'until.none'));
    },
    () => {},
  );
}

/** In the one run that is shown. */
export function runUntil(until: Until): void {
  playback.send({ type: 'PAUSE' });
  const { branch, cursor } = lab.getState();
  if (branch === null) return;
  search(
    (function* () {
      const found = yield* findUntil(branch, cursor.executed, until);
      return found === null ? null : () => playback.send({ type: 'JUMP', moment: found.moment, focus: found.record });
    })(),
    () => lab.getState().cursor === cursor && lab.getState().branch === branch,
  );
}

/** In two futures: as far as the one in which it happens first. */
export function pairUntil(axis: PairAxis, until: Until): void {
  // Who is on the way somewhere is there.
  pairJump(pairHere().x);
  const head = pairHere();
  search(
    (function* () {
      const places: number[] = [];
      for (const side of ['a', 'b'] as const) {
        const found = yield* findUntil(axis[side], head[side].executed, until);
        if (found !== null) places.push(axis.placeOfEvent(side, found.moment.executed - 1, found.moment.at));
      }
      const place = Math.min(...places);
      return places.length === 0 ? null : () => pairJump(place);
    })(),
    () => pairHere().x === head.x && whatIf.getState().pair?.axis === axis,
  );
}
