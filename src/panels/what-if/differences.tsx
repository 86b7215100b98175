/**
 * What differs between the two futures, at the end or at the moment shown; only of one node when one is
 * selected on a map.
 */
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { Button } from 'react-aria-components';
import { compareAt, select, type WhatIf } from '../../lab/index.ts';
import { pairState } from '../../playback/index.ts';
import { SECTIONS, type Contrast, type Section } from '../../sim/index.ts';
import { Segments } from '../common/segments.tsx';
import { useLab, useLang, useSay } from '../common/use-lab.ts';
import css from './what-if.module.css';

/** Rows of a section that are shown at first. */
const ROWS = 6;
/** The moment is compared when it has stood for so long. */
const STANDS_MS = 120;

export function Differences({ pair }: { readonly pair: WhatIf }) {
  const say = useSay();
  const [when, setWhen] = useState<'end' | 'now'>('end');
  const at = useStore(pairState, (s) => s.at);
  const still = useStore(pairState, (s) => s.mode === 'paused');
  const ready = pair.comparison !== null;
  const node = useLab((s) => (s.selection?.kind === 'node' ? s.selection.node : null));
  const name = useLab((s) => (node === null ? '' : (s.lab?.input.world.nodes[node]?.name ?? '')));

  useEffect(() => {
    if (!ready || (when === 'now' && !still)) return undefined;
    const timer = setTimeout(() => compareAt(when === 'now' ? at : null), when === 'now' ? STANDS_MS : 0);
    return () => clearTimeout(timer);
  }, [when, at, still, ready]);

  if (pair.comparison === null) return <section className={css['differences']} aria-busy="true" />;
  const all = when === 'now' ? (pair.now?.differences ?? []) : pair.comparison.differences;
  const rows = node === null ? all : all.filter((row) => row.node === node);
  return (
    <section className={css['differences']} aria-label={say('whatIf.table')}>
      <header>
        <h2>{say('whatIf.table')}</h2>
        <Segments<'end' | 'now'>
          label={say('whatIf.when')}
          value={when}
          options={[
            { value: 'end', label: say('whatIf.atEnd') },
            { value: 'now', label: say('whatIf.atNow') },
          ]}
          onChange={setWhen}
        />
        {node === null ? null : (
          <span className={css['only']}>
            {say('whatIf.onlyNode', { node: name })}
            <Button className={css['quietButton'] ?? ''} onPress={() => select(null)}>
              {say('whatIf.allNodes')}
            </Button>
          </span>
        )}
      </header>
      {rows.length === 0 ? (
        <p className={css['none']}>
          {all.length > 0 ? say('whatIf.noneNode', { node: name }) : say(when === 'now' ? 'whatIf.noneNow' : 'whatIf.same')}
        </p>
      ) : (
        <Sections rows={rows} />
      )}
    </section>
  );
}

function Sections({ rows }: { readonly rows: readonly Contrast[] }) {
  return (
    <div className={css['sections']}>
      {SECTIONS.map((section) => {
        const own = rows.filter((row) => row.section === section);
        return own.length === 0 ? null : <SectionTable key={section} section={section} rows={own} />;
      })}
    </div>
  );
}

function SectionTable({ section, rows }: { readonly section: Section; readonly rows: readonly Contrast[] }) {
  const say = useSay();
  const lang = useLang();
  const [whole, setWhole] = useState(false);
  const shown = whole ? rows : rows.slice(0, ROWS);
  return (
    <div className={css['sectionBox']}>
      <table>
        <thead>
          <tr>
            <th scope="col">{say(`section.${section}`)}</th>
            <th scope="col">
              <span className={css['tag']} data-side="a">
                A
              </span>
            </th>
            <th scope="col">
              <span className={css['tag']} data-side="b">
                B
              </span>
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={row.key}>
              <th scope="row">{row.what[lang]}</th>
              <td data-pre={section === 'terminal' || undefined}>{row.a[lang]}</td>
              <td data-pre={section === 'terminal' || undefined}>{row.b[lang]}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > ROWS && !whole ? (
        <Button className={css['quietButton'] ?? ''} onPress={() => setWhole(true)}>
          {say('whatIf.more', { count: rows.length - ROWS })}
        </Button>
      ) : null}
    </div>
  );
}
