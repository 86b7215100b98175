/**
 * Carries out `ip route add|change|replace|prepend|append|del` once the words are read.
 * Comes from: route.ts.  Goes to: host/fib routeAdd, routeDel.
 * Source: iproute2 6.1.0 ip/iproute.c, iproute_modify(); lib/libnetlink.c (how refusals are printed).
 * Differs: nothing known.
 */
import { RT_SCOPE_NOWHERE, routeAdd, routeDel, type Dev, type RouteMode, type RouteRefusal, type RouteType } from '../../../host/index.ts';
import { errnoText, ToolError } from '../tool-error.ts';
import { rtnetlink, type Prefix } from './args.ts';
import type { RouteWords } from './route.ts';
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
  const { words, dst, dev } = request;
  const hop = dev === null && words.gateway === null ? [] : [{ dev: dev?.ifindex, gateway: words.gateway, onlink: words.onlink }];
  const nexthops = words.nexthops.length > 0 ? words.nexthops.map((nh) => (nh.dev === 0 ? { ...nh, dev: undefined } : nh)) : hop;
  const spec = {
    dst: dst.addr,
    prefixLen: dst.len,
    table: request.table,
    tos: words.tos,
    metric: words.metric ?? undefined,
    prefSrc: words.prefSrc,
    mtu: words.mtu,
    nexthops,
  };
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

/** The kernel's words where it gives some, else the text of the errno. */
function refused(refusal: RouteRefusal): ToolError {
  return refusal.message === null ? rtnetlink(errnoText(refusal.errno)) : new ToolError(`Error: ${refusal.message}.\n`, 2);
}
