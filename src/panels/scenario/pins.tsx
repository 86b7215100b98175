/** Settings that decide between a healthy and a broken lab, as switches, with what they do now. */
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { effectiveNote, effectOf, lab, readSetting, shortName, usualPins, type Pin } from '../../lab/index.ts';
import type { NodeId } from '../../engine/index.ts';
import type { WorldView } from '../../sim/index.ts';
import { useLab, useLang, useSay } from '../common/use-lab.ts';
import { useWorld } from '../common/use-world.ts';
import { SettingSwitch } from './setting-switch.tsx';
import css from './scenario.module.css';

/** So many are drawn at once: a lab of a hundred servers has two hundred, which would take several frames at each step. */
const ROWS_AT_ONCE = 12;

export function Pins() {
  // Another lab begins with few again.
  const open = useLab((s) => s.lab?.id);
  return <PinList key={open} />;
}

function PinList() {
  const say = useSay();
  const lang = useLang();
  const [wanted, setWanted] = useState(ROWS_AT_ONCE);
  const all = useWorld(pinsOf)?.length ?? 0;
  const rows = useWorld((world) =>
    pinsOf(world)
      .slice(0, wanted)
      .flatMap((pin) => {
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
      {all <= wanted ? null : (
        <Button className={css['button'] ?? ''} onPress={() => setWanted(wanted + ROWS_AT_ONCE)}>
          {say('pins.more', { count: Math.min(ROWS_AT_ONCE, all - wanted) })}
        </Button>
      )}
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
