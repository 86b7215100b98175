/** All settings of this room; the world adds those of the rooms above. */
import { confRows } from './conf-rows.ts';
import { globalRows } from './global-rows.ts';
import { keptRows } from './kept-rows.ts';
import { neighRows } from './neigh-rows.ts';
import { netfilterSysctls } from '../netfilter/sysctls.ts';
import type { SysctlRow } from './row.ts';

export const hostSysctls: readonly SysctlRow[] = [...globalRows, ...keptRows, ...confRows, ...neighRows, ...netfilterSysctls];
