/**
 * The modes of playback and what leads from one to another, as plain data: machine.ts runs it, and
 * docs/playback.md shows it. Guards and actions stand here by their names.
 */
export const playbackChart = {
  id: 'playback',
  initial: 'loading',
  on: {
    LOADING: '.loading',
    JUMP: { target: '.paused', actions: ['forget', 'jump'] },
    DRAG: { target: '.paused', actions: ['forget', 'drag'] },
    START: { target: '.paused', actions: ['forget', 'start'] },
    FINISH: { target: '.atEnd', actions: ['forget', 'finish'] },
    STEP: { guard: 'canStep', target: '.seeking', actions: ['arrive', 'aim'], reenter: true },
  },
  states: {
    loading: { on: { LOADED: 'paused', STEP: {}, JUMP: {}, DRAG: {} } },
    paused: {
      on: {
        PLAY: { guard: 'canPlay', target: 'playing', actions: 'forget' },
        TOGGLE: { guard: 'canPlay', target: 'playing', actions: 'forget' },
      },
    },
    playing: {
      invoke: { src: 'play' },
      exit: 'settle',
      on: { PAUSE: 'paused', TOGGLE: 'paused', END: { target: 'atEnd', actions: 'finish' } },
    },
    seeking: {
      invoke: { src: 'glide' },
      on: {
        ARRIVED: { target: 'paused', actions: 'arrive' },
        PLAY: { target: 'playing', actions: ['arrive', 'forget'] },
        TOGGLE: { target: 'playing', actions: ['arrive', 'forget'] },
        PAUSE: { target: 'paused', actions: 'arrive' },
      },
    },
    atEnd: {
      on: {
        PLAY: { guard: 'canPlay', target: 'playing', actions: 'forget' },
        TOGGLE: [
          { guard: 'canPlay', target: 'playing', actions: 'forget' },
          { target: 'playing', actions: ['forget', 'start'] },
        ],
      },
    },
  },
} as const;

/** What each mode, event, guard and action is, for the documentation. */
export const playbackWords = {
  states: {
    loading: 'There is no lab yet.',
    paused: 'The playhead stands; the person looks, types, steps.',
    playing: 'The clock moves the playhead at the chosen speed.',
    seeking: 'The playhead glides to the step that was asked for.',
    atEnd: 'The playhead stands after the last event.',
  },
  events: {
    LOADED: 'a lab has been opened and set up',
    LOADING: 'another lab is being opened',
    PLAY: 'Play is pressed',
    PAUSE: 'Pause is pressed',
    TOGGLE: 'Space: play or pause',
    STEP: 'Next or Back, by the chosen grain',
    JUMP: 'a moment is chosen: an event, a bookmark, where a search ends',
    DRAG: 'the handle of the timeline is dragged',
    START: 'Home',
    FINISH: 'End',
    ARRIVED: 'the glide is over',
    END: 'the clock has come to the end of the run',
  },
  guards: {
    canStep: 'there is a step of this grain in that direction',
    canPlay: 'the run is not at its end',
  },
  actions: {
    forget: 'gives up what was being sought and the way back',
    arrive: 'the picture stands at what was being sought, where the panels stand already',
    aim: 'chooses the moment to go to – the next step, or back to where the opposite press began – and tells the panels',
    jump: 'stands at the moment',
    drag: 'moves the playhead under the pointer',
    start: 'stands where the story opens',
    finish: 'stands after the very last event',
    settle: 'tells the panels where the playhead is',
  },
} as const;
