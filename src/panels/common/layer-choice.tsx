/** Which layer is looked at: all, or only what layer 2, 3 or 4 knows. */
import { choose, type LayerView } from '../../lab/index.ts';
import { Segments } from './segments.tsx';
import { useSay, useSettings } from './use-lab.ts';

const LAYERS: readonly LayerView[] = ['all', 'l2', 'l3', 'l4'];

export function LayerChoice() {
  const say = useSay();
  const layer = useSettings((s) => s.layer);
  return (
    <Segments<LayerView>
      label={`${say('map.layer')}: ${say(`layer.${layer}.about`)}`}
      value={layer}
      options={LAYERS.map((value) => ({ value, label: say(`layer.${value}`) }))}
      onChange={(next) => choose({ layer: next })}
    />
  );
}
