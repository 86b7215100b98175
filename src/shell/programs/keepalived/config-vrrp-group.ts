/**
 * Keywords of `vrrp_sync_group` and of the scripts that instances track, `vrrp_script`.
 * Comes from: config-parse.ts.  Goes to: config-complete.ts.
 * Source: keepalived 2.2.7 vrrp/vrrp_parser.c, vrrp/vrrp_track.c.
 */
import { seconds, type Nanos } from '../../../engine/index.ts';
import type { GroupConf, ScriptConf } from './config.ts';
import { notifyKeywords } from './config-notify.ts';
import {
  commandOf,
  complain,
  notModelledKeywords,
  rangeOf,
  readValues,
  timerOf,
  silentKeywords,
  type Keyword,
  type Keywords,
  type Reader,
} from './config-reader.ts';

const groupOf = (reader: Reader): GroupConf => reader.config.groups.at(-1) as GroupConf;
const scriptOf = (reader: Reader): ScriptConf => reader.config.scripts.at(-1) as ScriptConf;

export const groupKeywords: Keywords = {
  group: {
    run: (reader, words) =>
      readValues(reader, words, (_, line) => {
        for (const member of line) if (!groupOf(reader).members.includes(member)) groupOf(reader).members.push(member);
      }),
  },
  ...notifyKeywords(groupOf),
  sync_group_tracking_weight: {
    run(reader) {
      groupOf(reader).trackingWeight = true;
    },
  },
  ...silentKeywords(['smtp_alert', 'global_tracking', 'notify_priority_changes']),
  ...notModelledKeywords(['track_interface', 'track_script', 'track_file', 'track_process', 'track_bfd']),
};

export function newScript(name: string): ScriptConf {
  return {
    name,
    command: '',
    interval: seconds(1),
    timeout: 0 as Nanos,
    weight: 0,
    reverse: false,
    rise: 1,
    fall: 1,
    initFail: false,
  };
}

function scriptNumber(min: number, max: number, set: (script: ScriptConf, value: number) => void): Keyword {
  return {
    run(reader, words) {
      const value = rangeOf(reader, words[1], min, max);
      if (value === null)
        complain(reader, `(${scriptOf(reader).name}): vrrp script ${words[0]} value '${words[1] ?? ''}' invalid, defaulting to 1`);
      set(scriptOf(reader), value ?? 1);
    },
  };
}

function scriptSpan(set: (script: ScriptConf, value: Nanos) => void): Keyword {
  return {
    run(reader, words) {
      const value = timerOf(reader, words[1]);
      if (value === 0) complain(reader, `(${scriptOf(reader).name}): vrrp script ${words[0]} must be greater than 0, setting to 1`);
      if (value !== null) set(scriptOf(reader), value === 0 ? seconds(1) : value);
    },
  };
}

export const scriptKeywords: Keywords = {
  script: {
    run(reader, words) {
      scriptOf(reader).command = commandOf(words) ?? '';
    },
  },
  interval: scriptSpan((script, value) => {
    script.interval = value;
  }),
  timeout: scriptSpan((script, value) => {
    script.timeout = value;
  }),
  weight: {
    run(reader, words) {
      const value = rangeOf(reader, words[1], -253, 253);
      if (value === null) complain(reader, `vrrp_script ${scriptOf(reader).name} weight ${words[1] ?? ''} must be in [-253, 253]`);
      else scriptOf(reader).weight = value;
      scriptOf(reader).reverse = words[2] === 'reverse';
    },
  },
  rise: scriptNumber(1, 2_147_483_647, (script, value) => {
    script.rise = value;
  }),
  fall: scriptNumber(1, 2_147_483_647, (script, value) => {
    script.fall = value;
  }),
  init_fail: {
    run(reader) {
      scriptOf(reader).initFail = true;
    },
  },
  ...silentKeywords(['user']),
};
