/**
 * A `vrrp_instance` while it is read.
 * Comes from: config-parse.ts, config-vrrp.ts.  Goes to: config-complete.ts.
 * Source: keepalived 2.2.7 vrrp/vrrp_parser.c.
 */
import type { Nanos } from '../../../engine/index.ts';
import type { Ipv4 } from '../../../wire/index.ts';
import { noNotify, type NotifyConf, type RouteConf, type TrackConf, type VipConf } from './config.ts';
import type { Reader } from './config-reader.ts';

/** An instance while it is read: null is "not said". */
export interface VrrpDraft {
  readonly name: string;
  state: 'MASTER' | 'BACKUP' | null;
  dev: string | null;
  vrid: number;
  priority: number | null;
  advert: Nanos | null;
  version: 2 | 3 | null;
  preempt: boolean;
  preemptDelay: Nanos;
  authType: 'PASS' | 'AH' | null;
  password: string | null;
  vips: VipConf[];
  routes: RouteConf[];
  trackInterfaces: TrackConf[];
  trackScripts: TrackConf[];
  trackPrimary: boolean;
  peers: Ipv4[];
  /** something was said that only matters with peers */
  wantsUnicast: boolean;
  src: Ipv4 | null;
  mcastGroup: Ipv4 | null;
  garp: {
    delay: Nanos | null;
    repeat: number | null;
    refresh: Nanos | null;
    refreshRepeat: number | null;
    lowerPrioDelay: Nanos | null;
    lowerPrioRepeat: number | null;
  };
  downTimerAdverts: number | null;
  lowerPrioNoAdvert: boolean | null;
  higherPrioSendAdvert: boolean | null;
  skipCheckAdvAddr: boolean | null;
  accept: boolean | null;
  strict: boolean | null;
  checkUnicastSrc: boolean;
  notify: NotifyConf;
  /** it was named twice */
  readonly duplicate: boolean;
}

export interface VrrpReader extends Reader {
  readonly drafts: VrrpDraft[];
}

export const draftOf = (reader: Reader): VrrpDraft => (reader as VrrpReader).drafts.at(-1) as VrrpDraft;

export function newDraft(name: string, duplicate: boolean): VrrpDraft {
  return {
    name,
    state: null,
    dev: null,
    vrid: 0,
    priority: null,
    advert: null,
    version: null,
    preempt: true,
    preemptDelay: 0 as Nanos,
    authType: null,
    password: null,
    vips: [],
    routes: [],
    trackInterfaces: [],
    trackScripts: [],
    trackPrimary: true,
    peers: [],
    wantsUnicast: false,
    src: null,
    mcastGroup: null,
    garp: {
      delay: null,
      repeat: null,
      refresh: null,
      refreshRepeat: null,
      lowerPrioDelay: null,
      lowerPrioRepeat: null,
    },
    downTimerAdverts: null,
    lowerPrioNoAdvert: null,
    higherPrioSendAdvert: null,
    skipCheckAdvAddr: null,
    accept: null,
    strict: null,
    checkUnicastSrc: false,
    notify: noNotify(),
    duplicate,
  };
}
