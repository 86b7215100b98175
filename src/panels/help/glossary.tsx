/** Every reason that the simulator can give, in both languages, with what decides and where it is written. */
import { useMemo, useState } from 'react';
import { decidedBy, reasons, sourceText } from '../../sim/index.ts';
import { useLang, useSay } from '../common/use-lab.ts';
import { Window } from '../common/window.tsx';
import css from './help.module.css';

const ROWS = Object.entries(reasons).toSorted(([a], [b]) => (a < b ? -1 : 1));

/** A sentence before its values are filled in: {tpa:ip} is shown as ‹tpa›. */
function pattern(sentence: string): string {
  return sentence.replace(/\{(\w+)(?::\w+)?\}/g, '‹$1›');
}

export function Glossary({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const say = useSay();
  const [search, setSearch] = useState('');
  return (
    <Window title={say('glossary.title')} width={56} open={open} onClose={onClose}>
      <Reasons search={search} onSearch={setSearch} />
    </Window>
  );
}

interface ReasonsProps {
  readonly search: string;
  readonly onSearch: (words: string) => void;
}

/** Drawn only while the glossary is open: these are many hundreds of rows. */
function Reasons({ search, onSearch }: ReasonsProps) {
  const say = useSay();
  const lang = useLang();
  const other = lang === 'en' ? 'zh' : 'en';
  const found = useMemo(() => {
    const words = search.toLowerCase().split(/\s+/);
    return ROWS.filter(([id, row]) => {
      const hay =
        `${id} ${row.en} ${row.zh} ${row.source} ${row.decidedBy ?? ''} ${decidedBy(row, 'zh')} ${row.kernel ?? ''}`.toLowerCase();
      return words.every((word) => hay.includes(word));
    });
  }, [search]);
  return (
    <>
      <p className={css['about']}>{say('glossary.about')}</p>
      <input
        className={css['search']}
        type="search"
        value={search}
        placeholder={say('glossary.search')}
        aria-label={say('glossary.search')}
        onChange={(event) => onSearch(event.target.value)}
      />
      <output className={css['count']}>{say('events.count', { count: found.length })}</output>
      <ul className={css['reasons']}>
        {found.map(([id, row]) => (
          <li key={id}>
            <p>{pattern(row[lang])}</p>
            <p lang={other === 'zh' ? 'zh-CN' : 'en'} className={css['other']}>
              {pattern(row[other])}
            </p>
            <small>
              <code>{id}</code>
              {row.decidedBy === undefined ? null : <span>{decidedBy(row, lang)}</span>}
              <span>{sourceText(row, lang)}</span>
              {row.kernel === undefined ? null : <code>{row.kernel}</code>}
            </small>
          </li>
        ))}
      </ul>
    </>
  );
}
