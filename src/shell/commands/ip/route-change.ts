/**
 * Carries out `ip route add|change|replace|prepend|append|del` once the words are read.
 * Comes from: route.ts.  Goes to: host/fib routeAdd, routeDel.
 * Source: iproute2 6.1.0 ip/iproute.c, iproute_modify(); lib/libnetlink.c (how refusals are printed).
 * Differs: nothing known.
 */
import {
  RT_SCOPE_NOWHERE,
  routeAdd,
  routeDel,
  routeRefusal,
  type Dev,
  type RouteMode,
  type RouteRefusal,
  type RouteSpec,
  type RouteType,
} from '../../../host/index.ts';
import { errnoText, notModelled, ToolError } from '../tool-error.ts';
import { rtnetlink, type Prefix } from './args.ts';
import type { RouteWords } from './route-words.ts';
import type { IpRun } from './run.ts';

export type RouteVerb = RouteMode | 'del';

/** Words with the defaults of iproute2 filled in. */
export interface RouteRequest {
  readonly words: RouteWords;
  readonly dst: Prefix;
  readonly dev: Dev | null;
  readonly type: RouteType;
  readonly table: number;
  readonly scope: number;
}

export function changeRoute(run: IpRun, verb: RouteVerb, request: RouteRequest): void {
  const { words } = request;
  const spec = specOf(request);
  if (words.unmodelled !== null) {
    const refusal = verb === 'del' ? null : routeRefusal(run.net, { ...spec, type: request.type, scope: request.scope });
    throw refusal === null ? notModelled('ip', `route ${words.unmodelled}`) : refused(refusal);
  }
  const refusal =
    verb === 'del'
      ? routeDel(run.net, {
          ...spec,
          type: words.type ?? undefined,
          scope: request.scope === RT_SCOPE_NOWHERE ? undefined : request.scope,
          proto: words.proto ?? undefined,
        })
      : routeAdd(run.net, { ...spec, type: request.type, scope: request.scope, proto: words.proto ?? 'boot' }, verb);
  if (refusal !== null) throw refused(refusal);
}

function specOf(request: RouteRequest): RouteSpec {
  const { words, dst, dev } = request;
  const gateway = words.gateway ?? null;
  const hop = dev === null && gateway === null ? [] : [{ dev: dev?.ifindex, gateway, onlink: words.onlink }];
  const { values, mtu, locked } = words.metrics;
  return {
    dst: dst.addr,
    prefixLen: dst.len,
    table: request.table,
    tos: words.tos,
    metric: words.metric ?? undefined,
    prefSrc: words.prefSrc,
    mtu,
    metrics: values,
    locked,
    realms: words.realms ?? undefined,
    nexthops: words.nexthops.length > 0 ? words.nexthops.map((nh) => (nh.dev === 0 ? { ...nh, dev: undefined } : nh)) : hop,
  };
}

/** The kernel's words where it gives some, else the text of the errno. */
function refused(refusal: RouteRefusal): ToolError {
  return refusal.message === null ? rtnetlink(errnoText(refusal.errno)) : new ToolError(`Error: ${refusal.message}.\n`, 2);
}
