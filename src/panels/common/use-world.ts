/**
 * Reads the world at the cursor. The world is a view that the next reader may change: what a component
 * keeps must be copied in `read`.
 */
import type { WorldView } from '../../sim/index.ts';
import { worldNow } from '../../lab/index.ts';
import { useLab } from './use-lab.ts';

export function useWorld<T>(read: (world: WorldView) => T): T | null {
  useLab((s) => s.cursor.executed);
  useLab((s) => s.version);
  const world = worldNow();
  return world === null ? null : read(world);
}
