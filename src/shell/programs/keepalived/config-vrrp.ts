/**
 * Keywords of `vrrp_instance`.
 * Comes from: config-parse.ts.  Goes to: config-vrrp-draft.ts.
 * Source: keepalived 2.2.7 vrrp/vrrp_parser.c, vrrp/vrrp_ipaddress.c, vrrp/vrrp_track.c.
 */
import type { Nanos } from '../../../engine/index.ts';
import { RT_SCOPE_HOST, RT_SCOPE_LINK, RT_SCOPE_SITE, RT_SCOPE_UNIVERSE } from '../../../host/index.ts';
import { broadcastOf, isMulticast, parseIpv4, type Ipv4 } from '../../../wire/index.ts';
import { PRIO_DEFAULT, PRIO_OWNER, type TrackConf, type VipConf } from './config.ts';
import { notifyKeywords } from './config-notify.ts';
import {
  checkDev,
  complain,
  notModelledKeywords,
  readValues,
  silentKeywords,
  switchOf,
  timerOf,
  unmodelled,
  rangeOf,
  wholeOf,
  type Keyword,
  type Keywords,
  type Reader,
} from './config-reader.ts';
import { draftOf, type VrrpDraft } from './config-vrrp-draft.ts';
import { routeOf } from './vroutes.ts';
import { entryOf } from '../../entry-of.ts';

const SCOPES: Readonly<Record<string, number>> = {
  global: RT_SCOPE_UNIVERSE,
  universe: RT_SCOPE_UNIVERSE,
  site: RT_SCOPE_SITE,
  link: RT_SCOPE_LINK,
  host: RT_SCOPE_HOST,
};

/** `10.1.0.100/24 dev eth0 label eth0:1 scope link brd +` */
function vipOf(reader: Reader, words: readonly string[], excluded: boolean): VipConf | null {
  const [addrText = '', lenText] = (words[0] ?? '').split('/', 2);
  const addr = parseIpv4(addrText);
  if (addr === null) {
    if (addrText.includes(':')) unmodelled(reader, `IPv6 address ${words[0]}`);
    else complain(reader, `VRRP parsed invalid IP ${words[0]}. skipping IP...`);
    return null;
  }
  let prefixLen = lenText === undefined ? 32 : rangeOf(reader, lenText, 0, 32);
  if (prefixLen === null) {
    complain(reader, `Invalid address prefix len ${lenText} for address ${words[0]} - using 32`);
    prefixLen = 32;
  }
  const vip = {
    addr,
    prefixLen,
    dev: null as string | null,
    label: null as string | null,
    scope: null as number | null,
    broadcast: null as Ipv4 | null,
    excluded,
  };
  for (let i = 1; i < words.length; i++) {
    const option = words[i] as string;
    const value = words[i + 1];
    if (option === 'no_track' || option === 'noprefixroute' || option === 'home' || option === '-nodad') continue;
    if (!['dev', 'label', 'scope', 'brd', 'broadcast'].includes(option)) {
      complain(reader, `Unknown configuration entry '${option}' for ip address - ignoring`);
      continue;
    }
    if (value === undefined) {
      complain(reader, `No ${option} parameter specified for ${words[0]}`);
      return null;
    }
    i++;
    if (option === 'dev') {
      vip.dev = value;
      checkDev(reader, value, `WARNING - interface ${value} for ip address ${words[0]} doesn't exist`);
    } else if (option === 'label') vip.label = value;
    else if (option === 'scope') {
      vip.scope = entryOf(SCOPES, value) ?? wholeOf(value, 0, 255);
      if (vip.scope === null) complain(reader, `Invalid scope '${value}' specified for ${words[0]} - ignoring`);
    } else if (value === '+') vip.broadcast = broadcastOf(addr, prefixLen);
    else if (value !== '-') {
      vip.broadcast = parseIpv4(value);
      if (vip.broadcast === null) complain(reader, `VRRP is trying to assign invalid broadcast ${value}. skipping...`);
    }
  }
  return vip;
}

function vipBlock(excluded: boolean): Keyword {
  return {
    run: (reader, words) =>
      readValues(reader, words, (_, line) => {
        const vip = vipOf(reader, line, excluded);
        const { vips } = draftOf(reader);
        if (vip !== null && !vips.some((other) => other.addr === vip.addr && other.dev === vip.dev)) vips.push(vip);
      }),
  };
}

/** `eth1 weight -20 reverse` */
function trackOf(reader: Reader, what: string, words: readonly string[]): TrackConf {
  const { name } = draftOf(reader);
  let weight = 0;
  if (words[1] === 'weight') {
    const value = rangeOf(reader, words[2], -254, 254);
    if (value === null)
      complain(
        reader,
        what === 'track_script'
          ? `(${name}) track script ${words[0]}: weight must be between [-253..253] inclusive, ignoring...`
          : `(${name}) weight ${words[2] ?? ''} for ${words[0]} must be between [-253..253] inclusive. Ignoring...`,
      );
    else weight = value === 254 ? 253 : value === -254 ? -253 : value;
  } else if (words[1] !== undefined && words[1] !== 'reverse')
    complain(reader, `(${name}) unknown ${what} ${words[0]} option ${words[1]} - ignoring`);
  return { name: words[0] as string, weight, reverse: words.includes('reverse') };
}

function span(
  set: (draft: VrrpDraft, value: Nanos) => void,
  message: (name: string, text: string) => string,
  mostMicros: number | null = null,
): Keyword {
  return {
    run(reader, words) {
      const value = timerOf(reader, words[1], 0, mostMicros);
      const draft = draftOf(reader);
      if (value === null) complain(reader, message(draft.name, words[1] ?? ''));
      else set(draft, value);
    },
  };
}

function whole(
  min: number,
  max: number,
  set: (draft: VrrpDraft, value: number) => void,
  message: (name: string, text: string) => string,
): Keyword {
  return {
    run(reader, words) {
      const value = rangeOf(reader, words[1], min, max);
      const draft = draftOf(reader);
      if (value === null) complain(reader, message(draft.name, words[1] ?? ''));
      else set(draft, value);
    },
  };
}

function flag(set: (draft: VrrpDraft, on: boolean) => void): Keyword {
  return {
    run(reader, words) {
      const on = switchOf(words[1]);
      if (on === null) complain(reader, `(${draftOf(reader).name}) invalid ${words[0]} ${words[1]} specified`);
      else set(draftOf(reader), on);
    },
  };
}

const invalid =
  (keyword: string) =>
  (name: string, text: string): string =>
    `(${name}): ${keyword} '${text}' invalid - ignoring`;

function address(set: (draft: VrrpDraft, addr: Ipv4) => void, what: string): Keyword {
  return {
    run(reader, words) {
      const addr = parseIpv4(words[1] ?? '');
      const draft = draftOf(reader);
      if (addr === null)
        complain(reader, `Configuration error: VRRP instance[${draft.name}] malformed ${what}[${words[1] ?? ''}]. Skipping...`);
      else set(draft, addr);
    },
  };
}

const setSrc = (draft: VrrpDraft, addr: Ipv4): void => {
  draft.src = addr;
};

const stateKeyword: Keyword = {
  run(reader, words) {
    const draft = draftOf(reader);
    if (words[1] === 'MASTER') draft.state = 'MASTER';
    else if (words[1] !== 'BACKUP') {
      complain(reader, `(${draft.name}) unknown state '${words[1] ?? ''}', defaulting to BACKUP`);
      draft.state = 'BACKUP';
    } else if (draft.state === 'MASTER') complain(reader, `(${draft.name}) state previously set as MASTER - ignoring BACKUP`);
    else draft.state = 'BACKUP';
  },
};

const authKeywords: Keywords = {
  auth_type: {
    run(reader, words) {
      const draft = draftOf(reader);
      const type = words[1] ?? '';
      if (type === 'AH') unmodelled(reader, 'auth_type AH');
      else if (type === 'PASS') draft.authType = 'PASS';
      else complain(reader, `(${draft.name}) unknown authentication type '${type}'`);
    },
  },
  auth_pass: {
    run(reader, words) {
      const draft = draftOf(reader);
      const text = words[1] ?? '';
      if (text.length > 8) complain(reader, `Truncating auth_pass to 8 characters`);
      draft.password = text.slice(0, 8);
    },
  },
};

export const instanceKeywords: Keywords = {
  state: stateKeyword,
  interface: {
    run(reader, words) {
      const draft = draftOf(reader);
      draft.dev = words[1] ?? null;
      if (draft.dev !== null) checkDev(reader, draft.dev, `WARNING - interface ${draft.dev} for vrrp_instance ${draft.name} doesn't exist`);
    },
  },
  virtual_router_id: whole(
    1,
    255,
    (draft, value) => {
      draft.vrid = value;
    },
    (name, text) => `(${name}): VRID '${text}' not valid - must be between 1 & 255`,
  ),
  priority: {
    run(reader, words) {
      const draft = draftOf(reader);
      const value = rangeOf(reader, words[1], 1, PRIO_OWNER);
      if (value === null)
        complain(reader, `(${draft.name}) Priority not valid! must be between 1 & ${PRIO_OWNER}. Using default ${PRIO_DEFAULT}`);
      draft.priority = value ?? PRIO_DEFAULT;
    },
  },
  advert_int: {
    run(reader, words) {
      const draft = draftOf(reader);
      const value = timerOf(reader, words[1], 10_000, 255_000_000);
      if (value === null) complain(reader, `(${draft.name}) Advert interval (${words[1] ?? ''}) not valid! Must be > 0 - ignoring`);
      else draft.advert = value;
    },
  },
  version: whole(
    2,
    3,
    (draft, value) => {
      draft.version = value === 3 ? 3 : 2;
    },
    (name) => `(${name}): Version must be either 2 or 3`,
  ),
  nopreempt: {
    run(reader) {
      draftOf(reader).preempt = false;
    },
  },
  preempt: {
    run(reader) {
      draftOf(reader).preempt = true;
    },
  },
  preempt_delay: span(
    (draft, value) => {
      draft.preemptDelay = value;
    },
    (name) => `(${name}) Preempt_delay not valid! must be between 0-1000`,
    1_000_000_000,
  ),
  virtual_ipaddress: vipBlock(false),
  virtual_ipaddress_excluded: vipBlock(true),
  virtual_routes: {
    run: (reader, words) =>
      readValues(reader, words, (_, line) => {
        const route = routeOf(reader, line);
        if (route !== null) draftOf(reader).routes.push(route);
      }),
  },
  track_interface: {
    run: (reader, words) =>
      readValues(reader, words, (_, line) => {
        const { trackInterfaces, name } = draftOf(reader);
        checkDev(reader, line[0] as string, `(${name}) tracked interface ${line[0]} doesn't exist`);
        trackInterfaces.push(trackOf(reader, 'track_interface', line));
      }),
  },
  track_script: {
    run: (reader, words) =>
      readValues(reader, words, (_, line) => {
        const { trackScripts, name } = draftOf(reader);
        if (reader.config.scripts.some((script) => script.name === line[0])) trackScripts.push(trackOf(reader, 'track_script', line));
        else complain(reader, `(${name}) track script ${line[0]} not found, ignoring...`);
      }),
  },
  dont_track_primary: {
    run(reader) {
      draftOf(reader).trackPrimary = false;
    },
  },
  unicast_peer: {
    run: (reader, words) =>
      readValues(reader, words, (_, line) => {
        const addr = parseIpv4(line[0] ?? '');
        if (addr === null)
          complain(
            reader,
            `Configuration error: VRRP instance[${draftOf(reader).name}] malformed unicast peer address[${line[0]}]. Skipping...`,
          );
        else draftOf(reader).peers.push(addr);
      }),
  },
  unicast_src_ip: address((draft, addr) => {
    setSrc(draft, addr);
    draft.wantsUnicast = true;
  }, 'src address'),
  mcast_src_ip: address(setSrc, 'src address'),
  mcast_dst_ip: {
    run(reader, words) {
      const group = parseIpv4(words[1] ?? '');
      const { name } = draftOf(reader);
      if (group === null) complain(reader, `(${name}) malformed mcast dest address ${words[1] ?? ''}. Skipping...`);
      else if (!isMulticast(group)) complain(reader, `(${name}) mcast_dst_ip ${words[1]} not multicast. Skipping...`);
      else draftOf(reader).mcastGroup = group;
    },
  },
  check_unicast_src: {
    run(reader) {
      draftOf(reader).checkUnicastSrc = true;
    },
  },
  garp_master_delay: span((draft, value) => {
    draft.garp.delay = value;
  }, invalid('garp_master_delay')),
  garp_master_refresh: span((draft, value) => {
    draft.garp.refresh = value;
  }, invalid('garp_master_refresh')),
  garp_master_repeat: whole(
    1,
    4_294_967_295,
    (draft, value) => {
      draft.garp.repeat = value;
    },
    invalid('garp_master_repeat'),
  ),
  garp_master_refresh_repeat: whole(
    1,
    4_294_967_295,
    (draft, value) => {
      draft.garp.refreshRepeat = value;
    },
    invalid('garp_master_refresh_repeat'),
  ),
  garp_lower_prio_delay: span((draft, value) => {
    draft.garp.lowerPrioDelay = value;
  }, invalid('garp_lower_prio_delay')),
  garp_lower_prio_repeat: whole(
    0,
    255,
    (draft, value) => {
      draft.garp.lowerPrioRepeat = value;
    },
    (name, text) => `(${name}): Invalid garp_lower_prio_repeat '${text}'`,
  ),
  down_timer_adverts: whole(
    1,
    100,
    (draft, value) => {
      draft.downTimerAdverts = value;
    },
    (name, text) => `(${name}): Invalid down_timer_adverts [1:100] '${text}'`,
  ),
  lower_prio_no_advert: flag((draft, on) => {
    draft.lowerPrioNoAdvert = on;
  }),
  higher_prio_send_advert: flag((draft, on) => {
    draft.higherPrioSendAdvert = on;
  }),
  skip_check_adv_addr: flag((draft, on) => {
    draft.skipCheckAdvAddr = on;
  }),
  strict_mode: flag((draft, on) => {
    draft.strict = on;
  }),
  accept: {
    run(reader) {
      draftOf(reader).accept = true;
    },
  },
  no_accept: {
    run(reader) {
      draftOf(reader).accept = false;
    },
  },
  authentication: { block: authKeywords },
  debug: whole(
    0,
    4,
    () => {},
    (name, text) => `(${name}) Debug value '${text}' not valid; must be between 0-4`,
  ),
  ...notifyKeywords(draftOf),
  ...silentKeywords([
    'smtp_alert',
    'notify_priority_changes',
    'kernel_rx_buf_size',
    'notify_master_rx_lower_pri',
    'notify_deleted',
    'linkbeat_use_polling',
    'track_src_ip',
    'promote_secondaries',
  ]),
  ...notModelledKeywords([
    'use_vmac',
    'use_vmac_addr',
    'vmac_xmit_base',
    'use_ipvlan',
    'unicast_fault_no_peer',
    'old_unicast_checksum',
    'native_ipv6',
    'vrf',
    'track_file',
    'track_process',
    'track_bfd',
    'unicast_ttl',
    'virtual_rules',
    'lvs_sync_daemon_interface',
    'garp_extra_if',
    'vmac_garp_intvl',
  ]),
};
