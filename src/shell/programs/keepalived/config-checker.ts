/**
 * Keywords of the checkers: TCP_CHECK, HTTP_GET, MISC_CHECK, UDP_CHECK and PING_CHECK.
 * Comes from: config-check.ts.
 * Source: keepalived 2.2.7 check/check_parser.c, check/check_data.c, check/check_api.c, check/check_http.c,
 *   check/check_misc.c, check/check_udp.c, check/check_ping.c.
 */
import { parseIpv4 } from '../../../wire/index.ts';
import type { CheckConf, UrlConf } from './config.ts';
import { own, noDefaults, numberOf, spanOf, defaultKeywords, type Of, type CheckDraft } from './config-drafts.ts';
import {
  commandOf,
  complain,
  notModelledKeywords,
  silentKeywords,
  unmodelled,
  wholeOf,
  type Keyword,
  type Keywords,
  type Reader,
} from './config-reader.ts';

const checkOf: Of<CheckDraft> = (reader) => own(reader).check;

function urlOf(reader: Reader): UrlConf | null {
  return own(reader).check?.urls.at(-1) ?? null;
}

function statusCodes(reader: Reader, words: readonly string[]): void {
  const url = urlOf(reader);
  for (const word of words.slice(1)) {
    const [first, last = first] = word.split('-', 2);
    const [min, max] = [wholeOf(first, 100, 599), wholeOf(last, 100, 599)];
    if (min === null || max === null || min > max) complain(reader, `Invalid HTTP_GET status_code '${word}'`);
    else url?.statusCodes.push([min, max]);
  }
}

const urlKeywords: Keywords = {
  path: {
    run(reader, words) {
      const url = urlOf(reader);
      if (url !== null) url.path = words[1] ?? '/';
    },
  },
  status_code: { run: statusCodes },
  virtualhost: {
    run(reader, words) {
      const url = urlOf(reader);
      if (url !== null) url.virtualhost = words[1] ?? null;
    },
  },
  ...notModelledKeywords(['digest', 'regex', 'regex_no_match', 'regex_options', 'regex_min_offset', 'regex_max_offset', 'regex_stack']),
};

export const connectKeywords: Keywords = {
  ...defaultKeywords(checkOf, 'checker'),
  connect_ip: {
    run(reader, words) {
      const check = checkOf(reader);
      const addr = parseIpv4(words[1] ?? '');
      if (addr === null) complain(reader, `Invalid connect_ip address ${words[1] ?? ''} - ignoring`);
      else if (check !== null) check.connectIp = addr;
    },
  },
  connect_port: numberOf(
    checkOf,
    1,
    65_535,
    (check, value) => {
      check.connectPort = value;
    },
    (text) => `Invalid checker connect_port '${text}'`,
  ),
  bindto: {
    run(reader, words) {
      const check = checkOf(reader);
      const addr = parseIpv4(words[1] ?? '');
      if (addr === null) complain(reader, `Invalid bindto address ${words[1] ?? ''} - ignoring`);
      else if (check !== null) check.bindTo = addr;
    },
  },
  ...silentKeywords(['log_all_failures']),
  ...notModelledKeywords(['bind_port', 'bind_if', 'fwmark']),
};

export function checker(kind: CheckConf['kind'], block: Keywords): Keyword {
  return {
    run(reader) {
      own(reader).check = {
        ...noDefaults(),
        kind,
        connectIp: null,
        connectPort: null,
        bindTo: null,
        urls: [],
        httpProtocol: '1.0',
        command: '',
        commandTimeout: null,
        dynamic: false,
        requireReply: false,
        payload: '',
      };
    },
    block,
    end(reader) {
      const { check, rs } = own(reader);
      own(reader).check = null;
      if (check === null || rs === null) return;
      if (check.kind === 'http' && check.urls.length === 0) complain(reader, 'HTTP/SSL_GET checker has no urls specified - ignoring');
      else if (check.kind === 'misc' && check.command === '')
        complain(reader, 'No script path has been specified for MISC_CHECKER - skipping');
      else rs.checks.push(check);
    },
  };
}

export const httpKeywords: Keywords = {
  ...connectKeywords,
  nb_get_retry: numberOf(
    checkOf,
    0,
    4_294_967_295,
    (check, value) => {
      check.retry = value;
    },
    (text) => `Invalid nb_get_retry value '${text}'`,
  ),
  http_protocol: {
    run(reader, words) {
      const check = checkOf(reader);
      const version = words[1];
      if (version !== '1.0' && version !== '1.0C' && version !== '1.1' && version !== '1.0c')
        complain(reader, `Invalid http_protocol version ${version ?? ''}`);
      else if (check !== null) check.httpProtocol = version === '1.1' ? '1.1' : version === '1.0' ? '1.0' : '1.0C';
    },
  },
  url: {
    run: (reader) => void own(reader).check?.urls.push({ path: '/', statusCodes: [], virtualhost: null }),
    block: urlKeywords,
    end(reader) {
      const url = urlOf(reader);
      if (url?.statusCodes.length === 0) url.statusCodes.push([200, 299]);
    },
  },
  ...notModelledKeywords(['fast_recovery', 'enable_sni', 'ssl_handshake_timeout']),
};

/** What all checkers have, without what belongs to connections. */
export const miscKeywords: Keywords = {
  ...defaultKeywords(checkOf, 'checker'),
  misc_path: {
    run(reader, words) {
      const check = checkOf(reader);
      if (check !== null) check.command = commandOf(words) ?? '';
    },
  },
  misc_timeout: spanOf(
    checkOf,
    (check, value) => {
      check.commandTimeout = value;
    },
    (text) => `Invalid misc_timeout value '${text}'`,
  ),
  misc_dynamic: {
    run(reader) {
      const check = checkOf(reader);
      if (check !== null) check.dynamic = true;
    },
  },
  ...silentKeywords(['log_all_failures', 'user']),
};

export const udpKeywords: Keywords = {
  ...connectKeywords,
  payload: {
    run(reader, words) {
      const check = checkOf(reader);
      const text = words.slice(1).join('');
      if (!/^([0-9a-fA-F]{2})+$/.test(text)) complain(reader, `UDP_CHECK invalid payload '${text}'`);
      else if (check !== null) check.payload = text;
    },
  },
  require_reply: {
    run(reader, words) {
      const check = checkOf(reader);
      if (check !== null) check.requireReply = true;
      if (words[1] !== undefined) unmodelled(reader, 'require_reply with data');
    },
  },
  ...notModelledKeywords(['min_reply_length', 'max_reply_length']),
};
