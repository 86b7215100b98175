/** Name of the page, and what is chosen once: language, theme, size; help and glossary. */
import { AArrowUp, BookOpen, CircleHelp, Monitor, Moon, Presentation, Sun } from 'lucide-react';
import type { ReactNode } from 'react';
import { choose, type Language, type Theme } from '../lab/index.ts';
import { IconButton, LabsTitle, Said, Segments, useLang, useSay, useSettings } from '../panels/index.ts';
import css from './app.module.css';

const NEXT_THEME: Readonly<Record<Theme, Theme>> = { auto: 'light', light: 'dark', dark: 'auto' };

export interface TopBarProps {
  readonly onHelp: () => void;
  readonly onGlossary: () => void;
  /** null: there is nothing to present just now */
  readonly onPresent: (() => void) | null;
  /** for the map and the panels around it */
  readonly children: ReactNode;
}

export function TopBar({ onHelp, onGlossary, onPresent, children }: TopBarProps) {
  const say = useSay();
  const lang = useLang();
  const theme = useSettings((s) => s.theme);
  const size = useSettings((s) => s.size);
  return (
    <header className={css['bar']}>
      <h1>
        <Mark />
        <span className={css['name']}>LVS Lab</span>
      </h1>
      <div className={css['title']}>
        <LabsTitle />
      </div>
      <Said />
      {children}
      <div className={css['barEnd']}>
        <Segments<Language>
          label={say('app.language')}
          value={lang}
          options={[
            { value: 'en', label: 'EN' },
            { value: 'zh', label: '中文' },
          ]}
          onChange={(next) => choose({ lang: next })}
        />
        <IconButton label={say(`theme.${theme}`)} onPress={() => choose({ theme: NEXT_THEME[theme] })}>
          {theme === 'auto' ? <Monitor size={17} /> : theme === 'light' ? <Sun size={17} /> : <Moon size={17} />}
        </IconButton>
        {onPresent === null ? null : (
          <IconButton label={say('presenter.start')} keys="p" className={css['wideOnly']} onPress={onPresent}>
            <Presentation size={17} />
          </IconButton>
        )}
        <IconButton
          label={say('app.projector')}
          pressed={size === 'large'}
          onPress={() => choose({ size: size === 'large' ? 'normal' : 'large' })}
        >
          <AArrowUp size={18} />
        </IconButton>
        <IconButton label={say('glossary.title')} onPress={onGlossary}>
          <BookOpen size={17} />
        </IconButton>
        <IconButton label={say('help.title')} keys="?" onPress={onHelp}>
          <CircleHelp size={17} />
        </IconButton>
      </div>
    </header>
  );
}

/** One line that splits into three. */
function Mark() {
  return (
    <svg
      width="22"
      height="22"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M2 12h7l8-7M9 12h9M9 12l8 7" />
      <circle cx="19.5" cy="4" r="2" />
      <circle cx="21" cy="12" r="2" />
      <circle cx="19.5" cy="20" r="2" />
    </svg>
  );
}
