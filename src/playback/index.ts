/** The playback room: modes, and the way from wall clock to virtual time. */
export { reducedMotion } from './clock.ts';
export { isAtEnd, modeOf, playback, startPlayback, type PlaybackMode } from './machine.ts';
export { momentAt, onPlayhead, playhead } from './playhead.ts';
export { onPairHead, pairDrag, pairHead, pairHere, pairJump, pairState, pairStep, pairToggle } from './pair.ts';
