/**
 * A keepalived configuration from its file.
 * Comes from: keepalived.ts, commands/keepalived.ts.  Goes to: the program's memory.
 * Source: keepalived 2.2.7 lib/parser.c, init_data(); vrrp/vrrp_parser.c, check/check_parser.c, core/global_parser.c.
 */
import type { NodeNet } from '../../../world/index.ts';
import { fileKind, isExecutable, resolvePath } from '../../fs/files.ts';
import { defaultGlobals, noNotify, type Config, type ConfigError, type NotifyConf, type ScriptConf, type VsConf } from './config.ts';
import { groupBlock, vsKeywords } from './config-check.ts';
import { canRun, completeGroups, completeInstance, completeVirtualServer } from './config-complete.ts';
import { newVs, type CheckReader } from './config-drafts.ts';
import { globalKeywords } from './config-global.ts';
import { readLines } from './config-lines.ts';
import { complain, notModelledKeywords, readBlock, silentKeywords, type Keyword, type Keywords, type Reader } from './config-reader.ts';
import { newDraft, type VrrpDraft, type VrrpReader } from './config-vrrp-draft.ts';
import { groupKeywords, newScript, scriptKeywords } from './config-vrrp-group.ts';
import { instanceKeywords } from './config-vrrp.ts';

type AllReader = VrrpReader & CheckReader;

/** A block at the top that belongs to one of the parts. */
function root(who: ConfigError['who'], keyword: Keyword): Keyword {
  return {
    ...keyword,
    run(reader, words) {
      reader.who = who;
      keyword.run?.(reader, words);
    },
    end(reader) {
      keyword.end?.(reader);
      reader.who = 'Keepalived';
    },
  };
}

const rootKeywords: Keywords = {
  global_defs: {
    run(reader) {
      reader.global = true;
    },
    block: globalKeywords,
    end(reader) {
      reader.global = false;
    },
  },
  vrrp_script: root('Keepalived_vrrp', {
    run: (reader, words) => void reader.config.scripts.push(newScript(words[1] ?? '')),
    block: scriptKeywords,
    end(reader) {
      const { scripts } = reader.config;
      const { name, command } = scripts.at(-1) as ScriptConf;
      if (command !== '') return;
      complain(reader, `No script set for vrrp_script ${name} - removing`);
      scripts.pop();
    },
  }),
  vrrp_instance: root('Keepalived_vrrp', {
    run(reader, words) {
      const { drafts } = reader as VrrpReader;
      const name = words[1] ?? '';
      const duplicate = drafts.some((draft) => draft.name === name);
      if (duplicate) complain(reader, `vrrp instance ${name} already defined`);
      drafts.push(newDraft(name, duplicate));
    },
    block: instanceKeywords,
  }),
  vrrp_sync_group: root('Keepalived_vrrp', {
    run: (reader, words) =>
      void reader.config.groups.push({ name: words[1] ?? '', members: [], trackingWeight: false, notify: noNotify() }),
    block: groupKeywords,
  }),
  virtual_server_group: root('Keepalived_healthcheckers', groupBlock),
  virtual_server: root('Keepalived_healthcheckers', {
    run: (reader, words) => void (reader as CheckReader).vsDrafts.push(newVs(words.slice(1))),
    block: vsKeywords,
  }),
  ...silentKeywords(['linkbeat_use_polling', 'use_pid_dir', 'child_wait_time']),
  ...notModelledKeywords([
    'SSL',
    'static_ipaddress',
    'static_routes',
    'static_rules',
    'track_group',
    'vrrp_track_process',
    'vrrp_track_file',
    'track_file',
    'bfd_instance',
    'garp_group',
    'linkbeat_interfaces',
    'interface_up_down_delays',
    'net_namespace',
    'net_namespace_ipvs',
    'instance',
    'namespace_with_ipsets',
  ]),
};

function vridConflicts(reader: Reader): void {
  const { config } = reader;
  config.instances = config.instances.filter((instance, index) => {
    const other = config.instances
      .slice(0, index)
      .find((one) => one.vrid === instance.vrid && one.dev === instance.dev && one.peers.length === 0 && instance.peers.length === 0);
    if (other === undefined) return true;
    complain(reader, `${other.name} and ${instance.name} both use VRID ${instance.vrid} with IPv4 on interface ${instance.dev}`);
    return false;
  });
}

/** Directories in which everybody may put something in a script's place. */
const OPEN_DIRS = /^\/(var\/)?tmp\//;

/** @param what how the complaint names it @returns whether a command can be run, as far as its path tells */
function canRunScript(reader: Reader, net: NodeNet, command: string, what: string): boolean {
  const path = command.split(' ', 1)[0] ?? '';
  if (!path.startsWith('/')) return true;
  const where = resolvePath('/', path);
  if (fileKind(net, where) !== 'file') complain(reader, `Disabling ${what} since not found/accessible`);
  else if (!isExecutable(net, where)) complain(reader, `WARNING - script '${path}' is not executable for uid:gid 0:0 - disabling.`);
  else if (reader.config.global.scriptSecurity && OPEN_DIRS.test(where)) complain(reader, `Disabling ${what} due to insecure`);
  else return true;
  return false;
}

/** A script that is not there is not tracked, and no check: it does not count as failed. */
function dropChecks(reader: Reader, net: NodeNet): void {
  for (const { servers } of reader.config.servers) {
    for (const rs of servers)
      rs.checks = rs.checks.filter(({ kind, command }) => kind !== 'misc' || canRunScript(reader, net, command, `misc script ${command}`));
  }
}

function dropNotifies(reader: Reader, net: NodeNet, notify: NotifyConf): void {
  for (const kind of ['master', 'backup', 'fault', 'stop', 'any'] as const) {
    const command = notify[kind];
    if (command !== null && !canRunScript(reader, net, command, `notify script ${command}`)) notify[kind] = null;
  }
}

function dropScripts(reader: Reader, net: NodeNet): void {
  const { config } = reader;
  config.scripts = config.scripts.filter(({ name, command }) => canRunScript(reader, net, command, `track script ${name}`));
  for (const { notify } of [...config.instances, ...config.groups]) dropNotifies(reader, net, notify);
  for (const instance of config.instances)
    instance.trackScripts = instance.trackScripts.filter((track) => config.scripts.some((script) => script.name === track.name));
}

const WITH_RIGHTS_OF_ROOT = 'are being executed but script_security not enabled.';

function warnOfRights(reader: Reader, what: string): void {
  const { config, who } = reader;
  const text = `SECURITY VIOLATION - ${what} ${WITH_RIGHTS_OF_ROOT}`;
  if (!config.global.scriptSecurity) config.errors.push({ who, place: null, text, unmodelled: false, insecure: true });
}

const hasNotify = ({ master, backup, fault, stop, any }: NotifyConf): boolean =>
  [master, backup, fault, stop, any].some((command) => command !== null);

function hasCommands({ quorumUp, quorumDown, servers }: VsConf): boolean {
  if (quorumUp !== null || quorumDown !== null) return true;
  return servers.some((rs) => rs.notifyUp !== null || rs.notifyDown !== null || rs.checks.some(({ kind }) => kind === 'misc'));
}

function completeVrrp(reader: AllReader, net: NodeNet, drafts: readonly VrrpDraft[]): void {
  const { config } = reader;
  for (const draft of drafts) {
    const instance = completeInstance(reader, net.host, draft);
    if (instance !== null) config.instances.push(instance);
    else config.badVrrp = true;
  }
  dropScripts(reader, net);
  vridConflicts(reader);
  completeGroups(reader);
  const isTracked = config.instances.some(({ trackScripts }) => trackScripts.length > 0);
  if (isTracked || [...config.instances, ...config.groups].some(({ notify }) => hasNotify(notify))) warnOfRights(reader, 'scripts');
}

export function parseConfig(net: NodeNet, path: string): Config {
  const read = readLines(net, path);
  const config: Config = {
    global: defaultGlobals(),
    scripts: [],
    instances: [],
    groups: [],
    servers: [],
    errors: [],
    manyFiles: read.many,
    badVrrp: false,
    fatal: read.missing.includes(path),
  };
  for (const missing of read.missing)
    config.errors.push({
      who: 'Keepalived',
      place: null,
      text: `Config files missing '${missing}'.`,
      unmodelled: false,
    });
  for (const { file, number, text } of read.unmodelled) {
    config.errors.push({
      who: 'Keepalived',
      place: { file, number },
      text: `not modelled in this lab: ${text}`,
      unmodelled: true,
    });
  }
  const reader: AllReader = {
    lines: read.lines,
    at: 0,
    line: null,
    depth: 0,
    who: 'Keepalived',
    global: false,
    noSuchDev: false,
    host: net.host,
    config,
    drafts: [],
    vsDrafts: [],
    vsGroups: new Map(),
    rs: null,
    check: null,
  };
  readBlock(reader, rootKeywords, true, true);
  reader.line = null;
  reader.global = false;
  if (reader.depth > 0) complain(reader, `There are ${reader.depth} missing '}'s or extra '{'s`);
  reader.who = 'Keepalived_vrrp';
  const drafts = reader.drafts.filter(({ duplicate }) => !duplicate);
  config.badVrrp = !drafts.every((draft) => canRun(reader, net.host, draft));
  if (!config.badVrrp) completeVrrp(reader, net, drafts);
  if (reader.noSuchDev) {
    complain(reader, 'Non-existent interface specified in configuration');
    config.badVrrp = true;
  }
  reader.who = 'Keepalived_healthcheckers';
  for (const draft of reader.vsDrafts) {
    const server = completeVirtualServer(reader, draft);
    if (server !== null) config.servers.push(server);
  }
  dropChecks(reader, net);
  if (config.servers.some(hasCommands)) warnOfRights(reader, 'check scripts');
  return config;
}
