/**
 * Servers and checkers while they are read, and keywords that all of them have.
 * Comes from: config-check.ts, config-checker.ts.  Goes to: config-complete.ts.
 * Source: keepalived 2.2.7 check/check_parser.c, check/check_data.c, check/check_api.c, check/check_http.c.
 */
import type { Nanos } from '../../../engine/index.ts';
import type { FwdMethod } from '../../../ipvs/index.ts';
import { parseIpv4, type Ipv4 } from '../../../wire/index.ts';
import type { CheckConf, UrlConf, VsEntry } from './config.ts';
import { complain, switchOf, rangeOf, timerOf, wholeOf, type Keyword, type Keywords, type Reader } from './config-reader.ts';

/** Settings that a checker takes from its server, and that from the virtual server. */
export interface CheckDefaults {
  retry: number | null;
  delayBeforeRetry: Nanos | null;
  connectTimeout: Nanos | null;
  delayLoop: Nanos | null;
  warmup: Nanos | null;
  alpha: boolean | null;
  virtualhost: string | null;
}

export interface CheckDraft extends CheckDefaults {
  readonly kind: CheckConf['kind'];
  connectIp: Ipv4 | null;
  connectPort: number | null;
  bindTo: Ipv4 | null;
  urls: UrlConf[];
  httpProtocol: CheckConf['httpProtocol'];
  command: string;
  commandTimeout: Nanos | null;
  dynamic: boolean;
  requireReply: boolean;
  payload: string;
}

export interface RsDraft extends CheckDefaults {
  readonly addr: Ipv4;
  readonly port: number | null;
  fwd: FwdMethod | null;
  weight: number | null;
  uThreshold: number;
  lThreshold: number;
  inhibit: boolean | null;
  notifyUp: string | null;
  notifyDown: string | null;
  checks: CheckDraft[];
}

export interface VsDraft extends CheckDefaults {
  /** words behind virtual_server */
  readonly named: readonly string[];
  proto: number | null;
  scheduler: string | null;
  schedFlags: number;
  onePacket: boolean;
  fwd: FwdMethod | null;
  persistTimeout: number | null;
  persistMask: Ipv4;
  pe: string | null;
  quorum: number;
  hysteresis: number;
  quorumUp: string | null;
  quorumDown: string | null;
  omega: boolean;
  haSuspend: boolean;
  inhibit: boolean;
  weight: number;
  sorry: RsDraft | null;
  servers: RsDraft[];
}

export interface CheckReader extends Reader {
  readonly vsDrafts: VsDraft[];
  readonly vsGroups: Map<string, VsEntry[]>;
  /** the server that the lines are about; null after one that could not be read */
  rs: RsDraft | null;
  check: CheckDraft | null;
}

export const own = (reader: Reader): CheckReader => reader as CheckReader;
export const vsOf = (reader: Reader): VsDraft => own(reader).vsDrafts.at(-1) as VsDraft;

export const noDefaults = (): CheckDefaults => ({
  retry: null,
  delayBeforeRetry: null,
  connectTimeout: null,
  delayLoop: null,
  warmup: null,
  alpha: null,
  virtualhost: null,
});

export function newVs(named: readonly string[]): VsDraft {
  return {
    ...noDefaults(),
    named,
    proto: null,
    scheduler: null,
    schedFlags: 0,
    onePacket: false,
    fwd: null,
    persistTimeout: null,
    persistMask: 0xffffffff as Ipv4,
    pe: null,
    quorum: 1,
    hysteresis: 0,
    quorumUp: null,
    quorumDown: null,
    omega: false,
    haSuspend: false,
    inhibit: false,
    weight: 1,
    sorry: null,
    servers: [],
  };
}

export function newRs(reader: Reader, words: readonly string[], what: 'real' | 'sorry'): RsDraft | null {
  const addr = parseIpv4(words[1] ?? '');
  const port = words[2] === undefined ? null : wholeOf(words[2], 1, 65_535);
  if (addr === null || (words[2] !== undefined && port === null)) {
    complain(
      reader,
      what === 'sorry'
        ? `Invalid sorry server IP address ${words[1] ?? ''} - skipping`
        : `Real server ip address ${words[1] ?? ''} is invalid or has an invalid port - skipping`,
    );
    return null;
  }
  return {
    ...noDefaults(),
    addr,
    port,
    fwd: null,
    weight: null,
    uThreshold: 0,
    lThreshold: 0,
    inhibit: null,
    notifyUp: null,
    notifyDown: null,
    checks: [],
  };
}

export type Of<T> = (reader: Reader) => T | null;

export function spanOf<T>(
  of: Of<T>,
  set: (target: T, value: Nanos) => void,
  message: (text: string) => string | null,
  minMicros = 0,
  mostMicros: number | null = null,
): Keyword {
  return {
    run(reader, words) {
      const value = timerOf(reader, words[1], minMicros, mostMicros);
      const target = of(reader);
      const text = message(words[1] ?? '');
      if (value === null) {
        if (text !== null) complain(reader, text);
      } else if (target !== null) set(target, value);
    },
  };
}

export function numberOf<T>(
  of: Of<T>,
  min: number,
  max: number,
  set: (target: T, value: number) => void,
  message: (text: string) => string,
): Keyword {
  return {
    run(reader, words) {
      const value = rangeOf(reader, words[1], min, max);
      const target = of(reader);
      if (value === null) complain(reader, message(words[1] ?? ''));
      else if (target !== null) set(target, value);
    },
  };
}

/** Keywords that mean the same for virtual servers, real servers and checkers. */
export function defaultKeywords(of: Of<CheckDefaults>, who: string): Keywords {
  return {
    retry: numberOf(
      of,
      1,
      4_294_967_295,
      (target, value) => {
        target.retry = value;
      },
      (text) => (who === 'checker' ? `Invalid retry connection value '${text}'` : `retry value invalid - ${text}`),
    ),
    delay_before_retry: spanOf(
      of,
      (target, value) => {
        target.delayBeforeRetry = value;
      },
      (text) => (who === 'checker' ? null : `${who} delay before retry '${text}' invalid - ignoring`),
    ),
    warmup: spanOf(
      of,
      (target, value) => {
        target.warmup = value;
      },
      (text) => `${who} warmup '${text}' invalid - ignoring`,
    ),
    connect_timeout: spanOf(
      of,
      (target, value) => {
        target.connectTimeout = value;
      },
      (text) => `${who === 'checker' ? '' : `${who} `}connect_timeout ${text} invalid - ignoring`,
      1,
      4_294_967_295,
    ),
    delay_loop: spanOf(
      of,
      (target, value) => {
        target.delayLoop = value;
      },
      (text) => `${who} delay loop '${text}' invalid - ignoring`,
      1,
    ),
    alpha: {
      run(reader, words) {
        const target = of(reader);
        const on = switchOf(words[1]);
        if (on === null) complain(reader, `Invalid alpha parameter ${words[1]}`);
        else if (target !== null) target.alpha = on;
      },
    },
    virtualhost: {
      run(reader, words) {
        const target = of(reader);
        if (words[1] === undefined) complain(reader, `${who} virtualhost missing`);
        else if (target !== null) target.virtualhost = words[1];
      },
    },
  };
}
