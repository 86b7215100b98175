/** The playback room: modes, and the way from wall clock to virtual time. */
export { reducedMotion, STEP_MS } from './clock.ts';
export { isAtEnd, modeOf, playback, startPlayback, type PlaybackEvent, type PlaybackMode } from './machine.ts';
export { momentAt, onPlayhead, playhead, type Playhead } from './playhead.ts';
export { onPairHead, pairDrag, pairHead, pairJump, pairState, pairStep, pairToggle } from './pair.ts';
