/** Keys, signs and words: what a newcomer looks for once. */
import { RolePill } from '../common/address.tsx';
import { useSay } from '../common/use-lab.ts';
import { Fingerprint } from './fingerprint.tsx';
import { Window } from '../common/window.tsx';
import css from './help.module.css';

const KEYS = [
  ['→', 'help.next'],
  ['←', 'help.back'],
  ['Shift + ← →', 'help.coarse'],
  ['Space', 'help.play'],
  ['Home / End', 'help.ends'],
  ['/', 'help.search'],
  ['b', 'help.bookmark'],
  ['n / Shift + N', 'help.bookmarks'],
  ['f', 'help.fit'],
  ['0 2 3 4', 'help.layers'],
  ['t', 'help.trail'],
  ['p', 'help.present'],
  ['e', 'help.edit'],
  ['c', 'help.connect'],
  ['Delete', 'help.delete'],
  ['← ↑ → ↓', 'help.nudge'],
  ['Shift + F10', 'help.menu'],
  ['Esc', 'help.escape'],
  ['Ctrl + Z', 'help.undo'],
  ['?', 'help.help'],
] as const;

const ROLES = [
  ['CIP', 'help.cip'],
  ['VIP', 'help.vip'],
  ['DIP', 'help.dip'],
  ['RIP', 'help.rip'],
  ['LIP', 'help.lip'],
] as const;

const SIGNS = ['help.tcp', 'help.arp', 'help.icmp', 'help.ipip', 'help.cross', 'help.badge', 'help.trailSign', 'help.marks'] as const;

export function Help({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const say = useSay();
  return (
    <Window title={say('help.title')} width={56} open={open} onClose={onClose}>
      <div className={css['columns']}>
        <section>
          <h3>{say('help.keys')}</h3>
          <dl>
            {KEYS.map(([key, text]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{say(text)}</dd>
              </div>
            ))}
          </dl>
        </section>
        <section>
          <h3>{say('help.roles')}</h3>
          <dl>
            {ROLES.map(([role, text]) => (
              <div key={role}>
                <dt>
                  <RolePill role={role} label={role} />
                </dt>
                <dd>{say(text)}</dd>
              </div>
            ))}
          </dl>
          <h3>{say('help.signs')}</h3>
          <ul>
            {SIGNS.map((text) => (
              <li key={text}>{say(text)}</li>
            ))}
          </ul>
        </section>
      </div>
      <Fingerprint />
    </Window>
  );
}
