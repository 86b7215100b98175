/** What a person should know about the run itself: it is under way, was stopped, broke, branched. */
import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { Copy, GitBranch, OctagonAlert, X } from 'lucide-react';
import { cancelAdvance, goOn, lab } from '../../lab/index.ts';
import { IconButton } from './icon-button.tsx';
import { useLab, useLang, useSay } from './use-lab.ts';
import css from './notices.module.css';

/** Long enough to be read twice. */
const SAID_MS = 12_000;

/** Ready runs are over before anybody could read this. */
const SHOW_PROGRESS_FROM = 3000;

export function Notices() {
  return (
    <div className={css['notices']}>
      <Broken />
      <Progress />
      <Stopped />
    </div>
  );
}

function Progress() {
  const say = useSay();
  const phase = useLab((s) => s.phase);
  const head = useLab((s) => (s.version >= 0 ? (s.branch?.run.head ?? 0) : 0));
  if (phase !== 'advancing' || head < SHOW_PROGRESS_FROM) return null;
  return (
    <output className={css['notice']}>
      <span>{say('progress.events', { count: head.toLocaleString('en') })}</span>
      <Button onPress={cancelAdvance}>{say('progress.stop')}</Button>
    </output>
  );
}

function Stopped() {
  const say = useSay();
  const stoppedAt = useLab((s) => s.stoppedAt);
  const limit = useLab((s) => s.branch?.end);
  if (stoppedAt === null) return null;
  const final = limit === 'event-limit' || limit === 'trace-limit';
  return (
    <output className={css['notice']}>
      <OctagonAlert size={16} aria-hidden />
      <span>{say('stopped.events', { count: stoppedAt.toLocaleString('en') })}</span>
      {final ? null : <Button onPress={goOn}>{say('stopped.goOn')}</Button>}
    </output>
  );
}

/** What an action has done, in the bar at the top, where it covers nothing. */
export function Said() {
  const lang = useLang();
  const say = useSay();
  const notice = useLab((s) => s.notice);
  useEffect(() => {
    if (notice === null) return undefined;
    const timer = setTimeout(() => lab.setState({ notice: null }), SAID_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <output className={css['said']}>
      {notice === null ? null : (
        <>
          <GitBranch size={15} aria-hidden />
          <span>{notice[lang]}</span>
          <IconButton label={say('close')} onPress={() => lab.setState({ notice: null })}>
            <X size={14} />
          </IconButton>
        </>
      )}
    </output>
  );
}

function Broken() {
  const say = useSay();
  const crash = useLab((s) => s.crash);
  const [copied, setCopied] = useState(false);
  if (crash === null) return null;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(crash.report);
    setCopied(true);
  };
  return (
    <div className={css['notice']} data-broken="" role="alert">
      <OctagonAlert size={16} aria-hidden />
      <div>
        <b>{say('crash.title')}</b>
        <p>{say('crash.text')}</p>
        <code>{crash.message}</code>
      </div>
      <Button onPress={() => void copy()}>
        <Copy size={14} aria-hidden /> {copied ? say('crash.copied') : say('crash.copy')}
      </Button>
      <Button onPress={() => lab.setState({ crash: null })}>{say('close')}</Button>
    </div>
  );
}
