/** What the event list shows: by node, by kind, by words. */
import { Search, X } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import type { NodeId } from '../../engine/index.ts';
import { EVENT_KINDS, lab, NO_FILTER, setFilter, type EventKind } from '../../lab/index.ts';
import { IconButton } from '../common/icon-button.tsx';
import { NodeChoice } from '../common/node-choice.tsx';
import { useLab, useSay } from '../common/use-lab.ts';
import { answered, searchCall } from './search-call.ts';
import css from './event-list.module.css';

export function EventFilter() {
  const say = useSay();
  const filter = useLab((s) => s.filter);
  const nodes = useLab((s) => s.lab?.input.world.nodes);
  const names = useMemo(() => (nodes ?? []).map(({ name }) => name), [nodes]);
  const search = useCalledField();
  const used = filter.text !== '' || filter.node !== null || filter.kind !== null;
  return (
    <search className={css['filter']} aria-label={say('events.filter')}>
      <label className={css['search']}>
        <Search size={14} aria-hidden />
        <input
          ref={search}
          type="search"
          value={filter.text}
          placeholder={say('events.search')}
          aria-label={say('events.search')}
          onChange={(event) => setFilter({ text: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === 'Escape') event.currentTarget.blur();
          }}
        />
        <kbd>/</kbd>
      </label>
      <NodeChoice
        label={say('events.byNode')}
        names={names}
        value={filter.node ?? -1}
        none={say('events.allNodes')}
        onChange={(node) => setFilter({ node: node < 0 ? null : (node as NodeId) })}
      />
      <select
        aria-label={say('events.byKind')}
        value={filter.kind ?? ''}
        onChange={(event) => setFilter({ kind: event.target.value === '' ? null : (event.target.value as EventKind) })}
      >
        <option value="">{say('events.allKinds')}</option>
        {EVENT_KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {say(`kind.${kind}`)}
          </option>
        ))}
      </select>
      {used ? (
        <IconButton label={say('events.clear')} onPress={() => lab.setState({ filter: NO_FILTER })}>
          <X size={15} />
        </IconButton>
      ) : null}
    </search>
  );
}

/** The field takes the keyboard when it is called for, also if that was before it was there. */
function useCalledField() {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const answer = (): void => {
      // Tabs are drawn a second time outside the document, to be counted.
      if (!searchCall.getState().open || field.current?.isConnected !== true) return;
      field.current.focus();
      answered();
    };
    answer();
    return searchCall.subscribe(answer);
  }, []);
  return field;
}
