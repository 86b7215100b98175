/** The lab's own moments, and the ones that the person has marked: go there, name one, remove one. */
import { Pencil, X } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { bookmarks, exact, nameBookmark, removeBookmark, type Bookmark } from '../../lab/index.ts';
import { IconButton } from '../common/icon-button.tsx';
import { useLab, useLang, useSay } from '../common/use-lab.ts';
import { goToBookmark, titleOf } from '../transport/bookmark-words.ts';
import { jumpTo } from '../transport/timeline.tsx';
import css from './scenario.module.css';

export function Bookmarks() {
  const say = useSay();
  const lang = useLang();
  const given = useLab((s) => s.lab?.scenario.bookmarks) ?? [];
  const own = useStore(bookmarks, (s) => s.all);
  return (
    <>
      {given.length === 0 ? null : (
        <>
          <h3>{say('scenario.bookmarks')}</h3>
          <ul className={css['links']}>
            {given.map((mark, i) => (
              <li key={i}>
                <button type="button" onClick={() => jumpTo(mark.at)}>
                  {mark.text[lang]}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      {own.length === 0 ? null : (
        <>
          <h3 id="own-bookmarks">{say('bookmarks.title')}</h3>
          <ul className={css['links']} aria-labelledby="own-bookmarks">
            {own.map((mark) => (
              <Own key={mark.id} mark={mark} />
            ))}
          </ul>
        </>
      )}
    </>
  );
}

/** The field that has just been asked for takes the keys. */
function focus(input: HTMLInputElement | null): void {
  input?.focus();
}

function Own({ mark }: { readonly mark: Bookmark }) {
  const say = useSay();
  const lang = useLang();
  const branches = useLab((s) => s.branches);
  const [name, setName] = useState<string | null>(null);
  const done = (): void => {
    if (name !== null) nameBookmark(mark.id, name);
    setName(null);
  };
  if (name !== null)
    return (
      <li>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            done();
          }}
        >
          <input
            ref={focus}
            aria-label={say('bookmarks.name')}
            value={name}
            placeholder={titleOf({ ...mark, name: null }, branches, lang)}
            onChange={(event) => setName(event.target.value)}
            onBlur={done}
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return;
              event.stopPropagation();
              setName(null);
            }}
          />
        </form>
      </li>
    );
  return (
    <li>
      <button type="button" onClick={() => goToBookmark(mark)}>
        <span>{titleOf(mark, branches, lang)}</span>
        <small>{exact(mark.moment.at)}</small>
      </button>
      <IconButton label={say('bookmarks.rename')} onPress={() => setName(mark.name ?? '')}>
        <Pencil size={14} />
      </IconButton>
      <IconButton label={say('bookmarks.remove')} onPress={() => removeBookmark(mark.id)}>
        <X size={15} />
      </IconButton>
    </li>
  );
}
