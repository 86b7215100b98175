/** The cables in a node's ports, to go to one of them without a pointer. */
import { Unplug } from 'lucide-react';
import type { NodeId } from '../../engine/index.ts';
import { select } from '../../lab/index.ts';
import { useLab, useSay } from '../common/use-lab.ts';
import { useWorld } from '../common/use-world.ts';
import css from './node-cables.module.css';

export function NodeCables({ node: id }: { readonly node: NodeId }) {
  const say = useSay();
  const names = useLab((s) => s.branch?.cast.names);
  const cables = useWorld((world) =>
    world.shared.links.flatMap(({ ends, up }, link) => {
      const here = ends.find((end) => end.node === id);
      const there = ends.find((end) => end.node !== id);
      return here === undefined || there === undefined ? [] : [{ link, up, dev: here.dev, far: there.node }];
    }),
  );
  if (cables === null || cables.length === 0 || names === undefined) return null;
  return (
    <div className={css['cables']}>
      <span>{say('node.cables')}</span>
      <ul aria-label={say('node.cables')}>
        {cables.map(({ link, up, dev, far }) => (
          <li key={link}>
            <button type="button" data-cut={up ? undefined : ''} onClick={() => select({ kind: 'link', link })}>
              {up ? null : <Unplug size={13} aria-hidden />}
              {names.dev(id, dev)} – {names.node(far)}
              {up ? null : <small>{say('node.cut')}</small>}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
