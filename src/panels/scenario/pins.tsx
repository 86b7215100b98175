/** Settings that decide between a healthy and a broken lab, as switches, with what they do now. */
import { effectiveNote, effectOf, lab, readSetting, shortName, usualPins, type Pin } from '../../lab/index.ts';
import type { NodeId } from '../../engine/index.ts';
import type { WorldView } from '../../sim/index.ts';
import { useLang, useSay } from '../common/use-lab.ts';
import { useWorld } from '../common/use-world.ts';
import { SettingSwitch } from './setting-switch.tsx';
import css from './scenario.module.css';

export function Pins() {
  const say = useSay();
  const lang = useLang();
  const rows = useWorld((world) =>
    pinsOf(world).flatMap((pin) => {
      const node = world.nodes[pin.node];
      if (node?.kind !== 'linux') return [];
      const value = readSetting(node, pin.sysctl);
      return value === null ? [] : [{ ...pin, host: node.name, value, note: effectiveNote(node, pin.sysctl) }];
    }),
  );
  if (rows === null || rows.length === 0) return null;
  return (
    <>
      <h3>{say('pins.title')}</h3>
      <ul className={css['pins']}>
        {rows.map((row) => (
          <li key={`${row.node} ${row.sysctl}`}>
            <div>
              <span>
                <b>{row.host}</b> <code title={row.sysctl}>{shortName(row.sysctl)}</code>
              </span>
              <SettingSwitch node={row.node} name={row.sysctl} value={row.value} />
            </div>
            <p>{effectOf(row.sysctl, row.value)?.[lang] ?? ''}</p>
            {row.note === null ? null : <p className={css['counts']}>{say('pins.counts', { dev: row.note.dev, value: row.note.value })}</p>}
          </li>
        ))}
      </ul>
    </>
  );
}

/** As the scenario's author chose them, or else what is usual. */
function pinsOf(world: WorldView): Pin[] {
  const { lab: open } = lab.getState();
  const given = open?.scenario.pins ?? [];
  if (given.length === 0) return usualPins(world.nodes);
  return given.flatMap((pin) => {
    const node = world.nodes.findIndex((n) => n.name === pin.node);
    return node < 0 ? [] : [{ node: node as NodeId, sysctl: pin.sysctl }];
  });
}
