/** What the map shows, and from where: layer, trail, zoom, fit; beside it at narrow screens. */
import { Maximize, Minus, Pencil, Plus, Spline } from 'lucide-react';
import type { MapControls } from '../canvas/index.ts';
import { choose, stopEditing } from '../lab/index.ts';
import { beginEditing, IconButton, LayerChoice, useEditor, useSay, useSettings } from '../panels/index.ts';
import css from './app.module.css';

export function MapTools({ map }: { readonly map: MapControls | null }) {
  const say = useSay();
  const trail = useSettings((s) => s.trail);
  const editing = useEditor((s) => s.on);
  return (
    <div className={css['tools']}>
      <LayerChoice />
      <IconButton label={say('map.trail')} keys="t" pressed={trail} onPress={() => choose({ trail: !trail })}>
        <Spline size={16} />
      </IconButton>
      <IconButton label={say(editing ? 'edit.off' : 'edit.on')} keys="e" pressed={editing} onPress={editing ? stopEditing : beginEditing}>
        <Pencil size={16} />
      </IconButton>
      <IconButton label={say('map.out')} className={css['roomy']} onPress={() => map?.zoomBy(1 / 1.3)}>
        <Minus size={16} />
      </IconButton>
      <IconButton label={say('map.in')} className={css['roomy']} onPress={() => map?.zoomBy(1.3)}>
        <Plus size={16} />
      </IconButton>
      <IconButton label={say('map.fit')} keys="f" onPress={() => map?.fit()}>
        <Maximize size={16} />
      </IconButton>
    </div>
  );
}
