/**
 * Carries out one parsed command on a node.
 * Comes from: index.ts, restore.ts.  Goes to: ipvs configuration calls, list.ts.
 * Source: ipvsadm 1.31, process_options(); libipvs.
 */
import {
  addDest,
  addLaddr,
  addService,
  delDest,
  delLaddr,
  delService,
  editDest,
  editService,
  findService,
  flushServices,
  setTimeouts,
  startDaemon,
  stopDaemon,
  zeroService,
  type CtlError,
  type DaemonError,
} from '../../../ipvs/index.ts';
import type { NodeNet } from '../../../world/index.ts';
import { errorText, type Call } from './errors.ts';
import { listAll, listConns, listDaemons, listLaddrs, listService, listTimeouts, saveRules } from './list.ts';
import { keyOf, type Parsed } from './parse.ts';
import { USAGE_TEXT, VERSION_TEXT } from './usage.ts';

export interface Output {
  out(text: string): void;
  err(text: string): void;
}

const KERNEL_ERROR = 255;

function list(net: NodeNet, parsed: Parsed, io: Output): number {
  if (parsed.given.has('connection')) io.out(listConns(net, parsed.format));
  else if (parsed.given.has('timeout')) io.out(listTimeouts(net));
  else if (parsed.given.has('daemon')) io.out(listDaemons(net));
  else if (parsed.given.has('service-address')) {
    const svc = findService(net, keyOf(parsed));
    if (svc === null) {
      io.err(`${errorText('service', 'ESRCH')}\n`);
      return 1;
    }
    io.out(listService(net, svc, parsed.format));
  } else io.out(listAll(net, parsed.format));
  return 0;
}

function changeService(net: NodeNet, parsed: Parsed): CtlError | null {
  const spec = { ...parsed.svc, ...keyOf(parsed) };
  return parsed.cmd === 'add-service' ? addService(net, spec) : editService(net, spec);
}

/** @returns the call and its error, or null */
function change(net: NodeNet, parsed: Parsed): { call: Call; error: CtlError | DaemonError | null } {
  const key = keyOf(parsed);
  switch (parsed.cmd) {
    case 'add-service':
    case 'edit-service':
      return { call: 'service', error: changeService(net, parsed) };
    case 'delete-service':
      return { call: 'service', error: delService(net, key) };
    case 'add-server':
      return { call: 'dest', error: addDest(net, key, parsed.dest) };
    case 'edit-server':
      return { call: 'dest', error: editDest(net, key, parsed.dest) };
    case 'delete-server':
      return { call: 'dest', error: delDest(net, key, parsed.dest.addr, parsed.dest.port, parsed.dest.addr6 ?? null) };
    case 'zero':
      return { call: 'service', error: zeroService(net, parsed.given.has('service-address') ? key : null) };
    case 'start-daemon':
      return { call: 'start-daemon', error: startDaemon(net, parsed.daemon) };
    case 'stop-daemon':
      return { call: 'stop-daemon', error: stopDaemon(net, parsed.daemon.role) };
    case 'add-laddr':
      return { call: 'laddr', error: addLaddr(net, key, parsed.laddr) };
    case 'del-laddr':
      return { call: 'laddr', error: delLaddr(net, key, parsed.laddr) };
    case 'flush':
      flushServices(net);
      return { call: 'service', error: null };
    case 'set':
      setTimeouts(net, ...parsed.timeouts);
      return { call: 'service', error: null };
    default:
      return { call: 'service', error: null };
  }
}

/** All commands but -R. @returns the exit code */
export function runParsed(net: NodeNet, parsed: Parsed, io: Output): number {
  switch (parsed.cmd) {
    case 'help':
      io.out(VERSION_TEXT + USAGE_TEXT);
      return 0;
    case 'version':
      io.out(VERSION_TEXT);
      return 0;
    case 'list':
      return list(net, parsed, io);
    case 'save':
      io.out(saveRules(net, parsed.format.numeric));
      return 0;
    case 'get-laddr':
      io.out(listLaddrs(net, parsed.format, parsed.given.has('service-address') ? findService(net, keyOf(parsed)) : null));
      return 0;
    default: {
      const { call, error } = change(net, parsed);
      if (error === null) return 0;
      io.err(`${errorText(call, error)}\n`);
      return KERNEL_ERROR;
    }
  }
}
