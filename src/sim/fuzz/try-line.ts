/**
 * Types one line at a real node of a real world and tells what came of it: an exit code and a message, or
 * what went wrong.
 * Comes from: fuzz.ts.  Goes to: world/, as a terminal does.
 */
import type { Engine, NodeId, TraceId } from '../../engine/index.ts';
import type { LinuxNode, NodeState, Shared, Stimulus, What } from '../../world/index.ts';
import { settingsOf } from './settings.ts';

export type WorldEngine = Engine<NodeState, Shared, What>;

export type Trouble = 'crash' | 'hang' | 'no message' | 'state changed';

export interface Outcome {
  readonly line: string;
  readonly code: number;
  readonly output: string;
  readonly trouble: Trouble | null;
  /** it failed, and what the host was configured to was compared */
  readonly compared: boolean;
  /** what was thrown, or how the state changed */
  readonly detail: string;
}

const EVENTS_MAX = 20_000;
/** A command that still runs after this much virtual time is interrupted. */
const PATIENCE_NS = 20_000_000_000;

/** Several commands in one line, output that goes elsewhere, an exit code turned round: the exit code is not that of one tool alone. */
const COMPOUND = /[;&|`$(){}<>\n]|^\s*!/;

/** Commands whose failure says nothing, as on Linux. */
const SILENT: readonly RegExp[] = [
  /^(?:false|test|\[|grep|egrep|fgrep|zgrep|cmp|diff|exit|return|logout|let|expr|read|wait|pgrep|pidof|timeout|nc|ncat|netcat|sh|bash|env|exec|eval|command|xargs|watch|nohup|time|sudo|which|kill|killall|pkill|getopts|find|unalias|hash|type|getent|tcpdump|mountpoint|shopt|alias|ls|declare|export|readlink|keepalived)\b/,
  /\s-[a-zA-Z]*[sq]/,
  /--(?:silent|quiet|no-messages)/,
  // the shortest that curl takes for --silent
  /^curl\b.* --si(?:l(?:en?)?)?(?:\s|$)/,
  // procps 4.0 ends without a word on an = alone, and on a name without one behind -w
  /^sysctl\b.*(?:\s=$|\s-[a-z]*w\b)/,
  /^systemctl .*is-/,
  /^\w+=/,
];

/** Commands that have done part of their work before they fail, on Linux too; the reason stands beside each. */
const PARTIAL: readonly (readonly [RegExp, string])[] = [
  [/^sysctl\b/, 'settings in front of the wrong one have been written: sysctl goes on behind an error'],
  [/^ifconfig\b/, 'ifconfig makes one ioctl call for each word, in order'],
  [/^(?:systemctl|service)\b/, 'units in front of the wrong one have been changed'],
  [/^ip .*\bt(?:u|un|unn|unne|unnel|unl0)\b/, 'the kernel loads the module ipip for whoever names tunl0, and tunl0 stays'],
  [/^ip .*\btype ipip\b/, 'the kernel loads the module ipip before it makes the interface, and tunl0 stays'],
  [/^modprobe\b/, 'modules in front of the wrong one have been loaded'],
  [/^(?:ip .*link|ip .*l) (?:.* )?(?:set|change|s)\b/, 'the kernel changes one attribute after the other in do_setlink()'],
];

function isPartial(line: string): boolean {
  return PARTIAL.some(([pattern]) => pattern.test(line));
}

class Attempt {
  private readonly engine: WorldEngine;
  private readonly node: NodeId;
  private readonly tty: string;
  private read: number;
  output = '';
  code: number | null = null;
  more = false;

  constructor(engine: WorldEngine, node: NodeId, tty: string) {
    this.engine = engine;
    this.node = node;
    this.tty = tty;
    this.read = engine.trace.length;
  }

  send(stimulus: Stimulus): void {
    this.engine.act(this.engine.state.now, this.node, { kind: 'stimulus', stimulus });
  }

  /** Goes on until the line has ended, asks for more, or patience ends. */
  wait(events: number, span: number): void {
    const until = this.engine.state.now + span;
    this.more = false;
    for (let i = 0; i < events && this.code === null && !this.more; i++) {
      const next = this.engine.nextAt;
      if (next === null || next > until) return;
      this.engine.advance();
      this.look();
    }
  }

  private look(): void {
    const { trace } = this.engine;
    for (; this.read < trace.length; this.read++) {
      const { args, stage } = trace.get(this.read as TraceId);
      if (args?.['tty'] !== this.tty) continue;
      if (stage === 'tty') this.output += String(args['text']);
      else if (stage === 'sh:more') this.more = true;
      else if (stage === 'sh:done') this.code = Number(args['code']);
    }
  }
}

/** The line is over in any case: input ends, signals come, the gentlest first. */
function bringToEnd(attempt: Attempt, tty: string): void {
  attempt.wait(EVENTS_MAX, PATIENCE_NS);
  if (attempt.code === null) attempt.send({ kind: 'eof', tty });
  for (const signal of ['INT', 'INT', 'TERM', 'KILL'] as const) {
    attempt.wait(EVENTS_MAX / 4, PATIENCE_NS);
    if (attempt.code !== null) return;
    attempt.send({ kind: 'signal', tty, signal });
  }
  attempt.wait(EVENTS_MAX / 4, PATIENCE_NS);
}

export function tryLine(engine: WorldEngine, node: NodeId, tty: string, line: string): Outcome {
  const state = (): LinuxNode => engine.state.nodes[node] as LinuxNode;
  const before = settingsOf(state());
  const attempt = new Attempt(engine, node, tty);
  const outcome = (trouble: Trouble | null, detail = '', compared = false): Outcome => ({
    line,
    code: attempt.code ?? -1,
    output: attempt.output,
    trouble,
    compared,
    detail,
  });
  try {
    attempt.send({ kind: 'exec', tty, text: line });
    bringToEnd(attempt, tty);
  } catch (error) {
    return outcome('crash', error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  if (attempt.code === null) return /^\s*(?:#.*|exit\b.*|logout\b.*|exec\b.*)?$/.test(line) ? outcome(null) : outcome('hang');
  if (attempt.code === 0 || COMPOUND.test(line)) return outcome(null);
  if (attempt.output === '' && !SILENT.some((pattern) => pattern.test(line.trim()))) return outcome('no message');
  if (attempt.code >= 128 || isPartial(line.trim())) return outcome(null);
  const after = settingsOf(state());
  if (after !== before) return outcome('state changed', differenceOf(before, after), true);
  return outcome(null, '', true);
}

/** The first place at which two texts differ, with what stands around it. */
function differenceOf(before: string, after: string): string {
  let at = 0;
  while (before[at] === after[at]) at++;
  return `…${before.slice(Math.max(0, at - 60), at + 60)}…\nnow …${after.slice(Math.max(0, at - 60), at + 60)}…`;
}
