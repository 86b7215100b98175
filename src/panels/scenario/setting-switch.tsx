/**
 * A setting as a row of values; choosing one is typing `sysctl -w` at the node at the moment shown.
 * Goes to: pinned switches, the node inspector.
 */
import { memo } from 'react';
import type { NodeId } from '../../engine/index.ts';
import { choicesOf, lab, shortName } from '../../lab/index.ts';
import { Segments } from '../common/segments.tsx';
import { typeAt } from '../terminal/type-at.ts';

export interface SettingSwitchProps {
  readonly node: NodeId;
  readonly name: string;
  readonly value: string;
}

/** Most steps change no setting. */
export const SettingSwitch = memo(function SettingSwitch({ node, name, value }: SettingSwitchProps) {
  const known = choicesOf(name);
  const values = known.includes(value) ? known : [...known, value];
  return (
    <Segments
      mono
      label={name}
      value={value}
      options={values.map((v) => ({ value: v, label: v }))}
      onChange={(next) => setValue(node, name, next)}
    />
  );
});

export function setValue(node: NodeId, name: string, value: string): void {
  const host = lab.getState().lab?.input.world.nodes[node]?.name ?? '';
  const what = `${shortName(name)}=${value}`;
  typeAt(node, `sysctl -w ${name}=${value}`, { en: `${what} on ${host}`, zh: `${host} 上 ${what}` }, false);
}
