/**
 * Every reason this room gives, for captions, the event list and the glossary.
 * Comes from: reasons-in.ts, reasons-xmit.ts, reasons-ctl.ts, reasons-pick.ts.  Goes to: world/tables.ts.
 */
import type { ReasonTable } from '../host/index.ts';
import { ctlReasons, syncReasons } from './reasons-ctl.ts';
import { inReasons } from './reasons-in.ts';
import { pickReasons } from './reasons-pick.ts';
import { xmitReasons } from './reasons-xmit.ts';

export const ipvsReasons = {
  ...inReasons,
  ...xmitReasons,
  ...ctlReasons,
  ...syncReasons,
  ...pickReasons,
} as const satisfies ReasonTable;
