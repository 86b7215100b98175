/** Leaving frames: break, continue, return, exit, and giving up on a line. */
import type { Shell } from './shell.ts';
import { popFrame } from './shell.ts';
import type { FrameKind } from './state.ts';

const LOOPS: ReadonlySet<FrameKind> = new Set(['for', 'cfor', 'while']);
const BORDERS: ReadonlySet<FrameKind> = new Set(['call', 'source']);

/** Loops around the command under way, up to the border of its function. */
export function loopDepth({ sh }: Shell): number {
  let depth = 0;
  for (let i = sh.frames.length - 1; i >= 0; i--) {
    const kind = sh.frames[i]?.kind as FrameKind;
    if (kind === 'call') break;
    if (LOOPS.has(kind)) depth++;
  }
  return depth;
}

export function canReturn({ sh }: Shell): boolean {
  return sh.frames.some((frame) => BORDERS.has(frame.kind));
}

/** Takes frames away until the one that is meant. */
export function unwind(shell: Shell): void {
  const { sh } = shell;
  const to = sh.unwind;
  sh.unwind = null;
  if (to === null) return;
  let levels = to.kind === 'break' || to.kind === 'continue' ? to.levels : 0;
  for (let frame = sh.frames.at(-1); frame !== undefined; frame = sh.frames.at(-1)) {
    if (to.kind === 'return' && BORDERS.has(frame.kind)) {
      popFrame(sh);
      return;
    }
    if (levels > 0 && LOOPS.has(frame.kind) && --levels === 0) {
      if (to.kind === 'break') {
        popFrame(sh);
        sh.status = 0;
      } else if (frame.kind === 'while') frame.pc = 0;
      return;
    }
    popFrame(sh);
  }
  if (to.kind === 'exit') sh.frames.length = 0;
}
