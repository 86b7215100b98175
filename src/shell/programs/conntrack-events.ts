/**
 * `conntrack -E`: tells what becomes of tracked connections as it happens.
 * Comes from: commands/conntrack.ts.  Goes to: host/netfilter ctListen, ctEventRecv.
 * Source: conntrack-tools 1.4.7 src/conntrack.c (event_cb, event_sighandler).
 */
import { ctEventLine, ctEventRecv, ctListen } from '../../host/index.ts';
import type { Program } from '../../world/index.ts';
import { BANNER } from '../commands/conntrack-filter.ts';
import { parse } from '../commands/conntrack-parse.ts';
import { signalCode } from './net-text.ts';

export interface ConntrackMemory {
  /** the command's words: what to tell of */
  readonly words: readonly string[];
  sock: number;
  shown: number;
}

export const conntrackEvents: Program = (net, proc, wake) => {
  const memory = proc.state as ConntrackMemory;
  switch (wake.kind) {
    case 'start':
      memory.sock = ctListen(net, proc.pid);
      return;
    case 'socket': {
      const { tests, events, extended } = parse(memory.words);
      for (let event = ctEventRecv(net, memory.sock); event !== null; event = ctEventRecv(net, memory.sock)) {
        const { entry, what } = event;
        if ((events !== null && !events.includes(what)) || !tests.every((test) => test(entry))) continue;
        memory.shown++;
        net.write(proc.stdout, `${ctEventLine(event, extended)}\n`);
      }
      return;
    }
    case 'signal':
      if (wake.signal !== 'KILL') net.write(proc.stderr, `${BANNER}: ${memory.shown} flow events have been shown.\n`);
      net.exit(proc.pid, wake.signal === 'INT' ? 0 : signalCode(wake));
      return;
    default:
  }
};
