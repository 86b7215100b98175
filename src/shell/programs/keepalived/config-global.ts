/**
 * Keywords of `global_defs`.
 * Comes from: config-parse.ts.
 * Source: keepalived 2.2.7 core/global_parser.c.
 */
import { isMulticast, parseIpv4 } from '../../../wire/index.ts';
import {
  complain,
  notModelledKeywords,
  readValues,
  secondsOf,
  silentKeywords,
  switchOf,
  rangeOf,
  type Keyword,
  type Keywords,
  type Reader,
} from './config-reader.ts';

const UINT_MAX = 4_294_967_295;

function span(set: (reader: Reader, value: NonNullable<ReturnType<typeof secondsOf>>) => void, min = 0): Keyword {
  return {
    run(reader, words) {
      const value = secondsOf(words[1], min);
      if (value === null) complain(reader, `${words[0]} '${words[1] ?? ''}' is invalid`);
      else set(reader, value);
    },
  };
}

function whole(min: number, max: number, set: (reader: Reader, value: number) => void, message: string | null = null): Keyword {
  return {
    run(reader, words) {
      const value = rangeOf(reader, words[1], min, max);
      if (value === null) complain(reader, message ?? `${words[0]} '${words[1] ?? ''}' is invalid`);
      else set(reader, value);
    },
  };
}

function flag(set: (reader: Reader, on: boolean) => void): Keyword {
  return {
    run(reader, words) {
      const on = switchOf(words[1]);
      if (on === null) complain(reader, `Invalid value '${words[1]}' for global ${words[0]} specified`);
      else set(reader, on);
    },
  };
}

const lvsTimeouts: Keyword = {
  run(reader, words) {
    const { lvsTimeouts: timeouts } = reader.config.global;
    for (let i = 1; i < words.length; i += 2) {
      const given = words[i + 1];
      const value = rangeOf(reader, given, 0, 86_400 * 31);
      if (given === undefined) complain(reader, `No value specified for lvs_timout ${words[i]} - ignoring`);
      else if (value === null) complain(reader, `Invalid lvs_timeout ${words[i]} (${given}) - ignoring`);
      else if (words[i] === 'tcp') timeouts.tcp = value;
      else if (words[i] === 'tcpfin') timeouts.tcpFin = value;
      else if (words[i] === 'udp') timeouts.udp = value;
      else complain(reader, `Unknown option ${words[i]} specified for lvs_timeouts`);
    }
  },
};

const syncDaemon: Keyword = {
  run(reader, words) {
    const [, dev, instance, ...rest] = words;
    if (dev === undefined || instance === undefined) return complain(reader, 'lvs_sync_daemon requires interface, VRRP instance');
    const at = rest.indexOf('id');
    const given = at >= 0 ? rest[at + 1] : rest[0];
    const id = given === undefined ? null : rangeOf(reader, given, 0, 255);
    if (given !== undefined && id === null) complain(reader, `Invalid syncid (${given}) - defaulting to vrid`);
    reader.config.global.syncDaemon = { dev, instance, id };
  },
};

export const globalKeywords: Keywords = {
  router_id: {
    run(reader, words) {
      reader.config.global.routerId = words[1] ?? null;
      if (words[1] === undefined) complain(reader, 'routerid name missing - ignoring');
    },
  },
  vrrp_version: whole(
    2,
    3,
    ({ config }, value) => {
      config.global.version = value === 3 ? 3 : 2;
    },
    'VRRP Error: Version must be either 2 or 3',
  ),
  vrrp_mcast_group4: {
    run(reader, words) {
      const group = parseIpv4(words[1] ?? '');
      if (group === null || !isMulticast(group))
        complain(reader, `Configuration error: Cant parse vrrp_mcast_group4 [${words[1] ?? ''}]. Skipping`);
      else reader.config.global.mcastGroup = group;
    },
  },
  vrrp_garp_master_delay: span(({ config }, value) => {
    config.global.garp.delay = value;
  }),
  vrrp_garp_master_repeat: whole(1, UINT_MAX, ({ config }, value) => {
    config.global.garp.repeat = value;
  }),
  vrrp_garp_master_refresh: span(({ config }, value) => {
    config.global.garp.refresh = value;
  }),
  vrrp_garp_master_refresh_repeat: whole(1, UINT_MAX, ({ config }, value) => {
    config.global.garp.refreshRepeat = value;
  }),
  vrrp_garp_interval: span(({ config }, value) => {
    config.global.garp.interval = value;
  }),
  vrrp_garp_lower_prio_delay: span(({ config }, value) => {
    config.global.garp.lowerPrioDelay = value;
  }),
  vrrp_garp_lower_prio_repeat: whole(0, 255, ({ config }, value) => {
    config.global.garp.lowerPrioRepeat = value;
  }),
  vrrp_down_timer_adverts: whole(1, 100, ({ config }, value) => {
    config.global.downTimerAdverts = value;
  }),
  vrrp_lower_prio_no_advert: flag(({ config }, on) => {
    config.global.lowerPrioNoAdvert = on;
  }),
  vrrp_higher_prio_send_advert: flag(({ config }, on) => {
    config.global.higherPrioSendAdvert = on;
  }),
  vrrp_skip_check_adv_addr: flag(({ config }, on) => {
    config.global.skipCheckAdvAddr = on;
  }),
  vrrp_strict: flag(({ config }, on) => {
    config.global.strict = on;
  }),
  vrrp_check_unicast_src: flag(({ config }, on) => {
    config.global.checkUnicastSrc = on;
  }),
  enable_script_security: {
    run(reader) {
      reader.config.global.scriptSecurity = true;
    },
  },
  log_unknown_vrids: flag(({ config }, on) => {
    config.global.logUnknownVrids = on;
  }),
  vrrp_startup_delay: span(({ config }, value) => {
    config.global.startupDelay = value;
  }),
  default_interface: {
    run(reader, words) {
      if (words[1] !== undefined) reader.config.global.defaultInterface = words[1];
    },
  },
  lvs_flush: {
    run(reader) {
      reader.config.global.lvsFlush = true;
    },
  },
  lvs_timeouts: lvsTimeouts,
  lvs_sync_daemon: syncDaemon,
  notification_email: { run: (reader, words) => readValues(reader, words, () => undefined) },
  ...silentKeywords([
    'notification_email_from',
    'smtp_server',
    'smtp_helo_name',
    'smtp_connect_timeout',
    'smtp_alert',
    'smtp_alert_vrrp',
    'smtp_alert_checker',
    'no_email_faults',
    'no_checker_emails',
    'process_names',
    'process_name',
    'vrrp_process_name',
    'checker_process_name',
    'lvs_process_name',
    'bfd_process_name',
    'vrrp_priority',
    'vrrp_no_swap',
    'vrrp_rt_priority',
    'vrrp_cpu_affinity',
    'vrrp_rlimit_rttime',
    'vrrp_rlimit_rtime',
    'checker_priority',
    'checker_no_swap',
    'checker_rt_priority',
    'checker_cpu_affinity',
    'checker_rlimit_rttime',
    'checker_rlimit_rtime',
    'bfd_priority',
    'bfd_no_swap',
    'bfd_rt_priority',
    'bfd_cpu_affinity',
    'bfd_rlimit_rttime',
    'bfd_rlimit_rtime',
    'snmp_socket',
    'enable_traps',
    'enable_snmp_vrrp',
    'enable_snmp_keepalived',
    'enable_snmp_rfc',
    'enable_snmp_rfcv2',
    'enable_snmp_rfcv3',
    'enable_snmp_checker',
    'enable_dbus',
    'dbus_service_name',
    'script_user',
    'vrrp_netlink_cmd_rcv_bufs',
    'vrrp_netlink_cmd_rcv_bufs_force',
    'vrrp_netlink_monitor_rcv_bufs',
    'vrrp_netlink_monitor_rcv_bufs_force',
    'process_monitor_rcv_bufs',
    'process_monitor_rcv_bufs_force',
    'lvs_netlink_cmd_rcv_bufs',
    'lvs_netlink_cmd_rcv_bufs_force',
    'lvs_netlink_monitor_rcv_bufs',
    'lvs_netlink_monitor_rcv_bufs_force',
    'vrrp_rx_bufs_policy',
    'vrrp_rx_bufs_multiplier',
    'umask',
    'random_seed',
    'config_save_dir',
    'tmp_config_directory',
    'data_use_instance',
    'checker_log_all_failures',
    'disable_local_igmp',
    'vrrp_notify_priority_changes',
    'use_pid_dir',
    'max_auto_priority',
    'min_auto_priority_delay',
    'linkbeat_use_polling',
    'rs_init_notifies',
  ]),
  ...notModelledKeywords([
    'startup_script',
    'startup_script_timeout',
    'shutdown_script',
    'shutdown_script_timeout',
    'dynamic_interfaces',
    'lvs_flush_on_stop',
    'lvs_flush_onstop',
    'vrrp_mcast_group6',
    'vrrp_gna_interval',
    'vrrp_min_garp',
    'vrrp_garp_extra_if',
    'vrrp_vmac_garp_intvl',
    'vrrp_iptables',
    'vrrp_ipsets',
    'nftables',
    'nftables_priority',
    'nftables_ifindex',
    'nftables_ipvs',
    'nftables_ipvs_priority',
    'nftables_ipvs_start_fwmark',
    'nftables_counters',
    'notify_fifo',
    'notify_fifo_script',
    'vrrp_notify_fifo',
    'vrrp_notify_fifo_script',
    'fifo_write_vrrp_states_on_reload',
    'lvs_notify_fifo',
    'lvs_notify_fifo_script',
    'vmac_prefix',
    'vmac_addr_prefix',
    'reload_check_config',
    'reload_time_file',
    'reload_repeat',
    'reload_file',
    'include_check',
    'net_namespace',
    'net_namespace_ipvs',
    'instance',
    'interface_up_down_delays',
  ]),
};
