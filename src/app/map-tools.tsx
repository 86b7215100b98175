/** Zoom and fit, in the corner of the map. */
import { Maximize, Minus, Plus } from 'lucide-react';
import type { MapControls } from '../canvas/index.ts';
import { IconButton, useSay } from '../panels/index.ts';
import css from './app.module.css';

export function MapTools({ map }: { readonly map: MapControls | null }) {
  const say = useSay();
  return (
    <div className={css['tools']}>
      <IconButton label={say('map.out')} onPress={() => map?.zoomBy(1 / 1.3)}>
        <Minus size={16} />
      </IconButton>
      <IconButton label={say('map.in')} onPress={() => map?.zoomBy(1.3)}>
        <Plus size={16} />
      </IconButton>
      <IconButton label={say('map.fit')} keys="f" onPress={() => map?.fit()}>
        <Maximize size={16} />
      </IconButton>
    </div>
  );
}
