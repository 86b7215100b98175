/** The transport of the one run that is shown. */
import { markMoment } from './bookmark-words.ts';
import { usePlayer } from './player.ts';
import { runUntil, RunUntil } from './run-until.tsx';
import { Transport } from './transport.tsx';

export function RunTransport() {
  return (
    <Transport player={usePlayer()} onBookmark={() => markMoment()}>
      <RunUntil onUntil={runUntil} />
    </Transport>
  );
}
