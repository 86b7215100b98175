/**
 * The lab: what it is about, its switches, things to do, its futures, and the other labs.
 * Goes to: app/, at the left.
 */
import { FolderOpen, RotateCcw } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { emptyLab, library, openLab, openToEdit, restartLab } from '../../lab/index.ts';
import { useLab, useLang, useSay } from '../common/use-lab.ts';
import { useSoon } from '../common/use-soon.ts';
import { BranchTree } from '../what-if/branch-tree.tsx';
import { Showpiece, WhatIfSection } from '../what-if/what-if-section.tsx';
import { Bookmarks } from './bookmarks.tsx';
import { Doings } from './doings.tsx';
import { FileChoice, type FileChooser } from './file-choice.tsx';
import { Pins } from './pins.tsx';
import { SetupTrouble } from './setup-trouble.tsx';
import css from './scenario.module.css';

export function ScenarioPanel() {
  const say = useSay();
  const lang = useLang();
  const open = useLab((s) => s.lab);
  // What another lab offers comes a moment after its map and its words.
  const drawn = useSoon(open?.id);
  return (
    <section className={css['panel']} aria-label={say('scenario.label')}>
      {open === null ? null : (
        <>
          <h2>{open.title[lang]}</h2>
          <About text={open.about[lang]} />
          {open.id !== drawn ? null : (
            <>
              <SetupTrouble />
              <Showpiece />
              <Pins />
              <Doings />
              <WhatIfSection />
              <BranchTree />
              <Bookmarks />
            </>
          )}
        </>
      )}
      <Labs />
    </section>
  );
}

/** More than this is folded: what a person does is worth more room than what is said about it. */
const ABOUT_MAX = 280;

/** Paragraphs; `code` in backquotes. */
function About({ text }: { readonly text: string }) {
  const say = useSay();
  const [whole, setWhole] = useState(false);
  // A Chinese character says as much as two or three letters.
  const length = text.replace(/[\u2e80-\uffef]/g, 'xxx').length;
  const long = length > ABOUT_MAX;
  return (
    <div className={css['about']} data-folded={(long && !whole) || undefined}>
      <div>
        {text
          .trim()
          .split(/\n\s*\n/)
          .map((paragraph, i) => (
            <p key={i}>{paragraph.split(/`([^`]+)`/).map((part, j) => (j % 2 === 1 ? <code key={j}>{part}</code> : part))}</p>
          ))}
      </div>
      {long ? (
        <button type="button" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {say(whole ? 'scenario.less' : 'scenario.more')}
        </button>
      ) : null}
    </div>
  );
}

function Labs() {
  const say = useSay();
  const lang = useLang();
  const file = useRef<FileChooser>(null);
  const current = useLab((s) => s.lab?.id);
  return (
    <>
      <h3>{say('scenario.labs')}</h3>
      <ul className={css['labs']}>
        {library.map((entry) => (
          <li key={entry.id}>
            <button
              type="button"
              aria-current={entry.id === current ? 'true' : undefined}
              onClick={() => openLab(entry.file, entry.text, entry.id)}
            >
              {entry.title[lang]}
            </button>
          </li>
        ))}
        <li>
          <button
            type="button"
            aria-current={current === emptyLab.id ? 'true' : undefined}
            onClick={() => openToEdit(emptyLab.file, emptyLab.text, emptyLab.id)}
          >
            {say('lab.empty')}
          </button>
        </li>
      </ul>
      <div className={css['files']}>
        <Button className={css['button'] ?? ''} onPress={() => file.current?.choose()}>
          <FolderOpen size={15} aria-hidden /> {say('scenario.open')}
        </Button>
        <Button className={css['button'] ?? ''} onPress={restartLab}>
          <RotateCcw size={15} aria-hidden /> {say('scenario.restart')}
        </Button>
        <FileChoice ref={file} />
      </div>
      <p className={css['quiet']}>{say('scenario.drop')}</p>
    </>
  );
}
