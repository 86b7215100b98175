/** The fingerprint of the run on screen: the same scenario, seed and journal give the same one anywhere. */
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useLab, useSay } from '../common/use-lab.ts';
import common from '../common/common.module.css';
import css from './help.module.css';

export function Fingerprint() {
  const say = useSay();
  const run = useLab((state) => state.branch?.run ?? null);
  const [known, setKnown] = useState<{ run: unknown; head: number; hash: string } | null>(null);
  if (run === null) return null;
  // A run that has gone on since is another run.
  const hash = known !== null && known.run === run && known.head === run.head ? known.hash : null;
  return (
    <section className={css['fingerprint']} aria-label={say('help.fingerprint')}>
      <h3>{say('help.fingerprint')}</h3>
      <p>{say('help.fingerprint.about')}</p>
      {hash === null ? (
        <Button className={common['button'] ?? ''} onPress={() => setKnown({ run, head: run.head, hash: run.hash() })}>
          {say('help.fingerprint.compute')}
        </Button>
      ) : (
        <code>{hash}</code>
      )}
    </section>
  );
}
