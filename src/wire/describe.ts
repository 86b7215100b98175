/**
 * The headers of a packet as a packet inspector shows them: every field with its name, its value
 * in words, and the bytes it stands in.
 * Comes from: layers.  Goes to: the packet inspector, which highlights bytes for a field.
 * Source: field names are those of Wireshark 4.0 display filters.
 * Differs: only the fields that the lab models; fields shorter than a byte name the bytes they share.
 */
import { formatIpv4, formatMac } from './address.ts';
import { emit } from './emit.ts';
import {
  ARP_REPLY,
  ARP_REQUEST,
  ETH_P_ARP,
  ETH_P_IP,
  ICMP_DEST_UNREACH,
  ICMP_ECHO,
  ICMP_ECHOREPLY,
  ICMP_FRAG_NEEDED,
  ICMP_REDIRECT,
  layerLen,
  tcpHeaderLen,
  type ArpHdr,
  type EthHdr,
  type IcmpHdr,
  type Ipv4Hdr,
  type Layer,
  type Layers,
  type Payload,
  type TcpHdr,
  type UdpHdr,
  type VrrpHdr,
} from './layers.ts';

export interface Label {
  readonly en: string;
  readonly zh: string;
}

export interface FieldView {
  /** Wireshark's name for it: 'ip.ttl' */
  readonly name: string;
  readonly label: Label;
  readonly value: string;
  /** place in the frame, bytes */
  readonly offset: number;
  readonly length: number;
}

export interface LayerView {
  readonly kind: Layer['kind'];
  readonly title: Label;
  /** place of the header in the frame, bytes */
  readonly offset: number;
  readonly length: number;
  readonly fields: readonly FieldView[];
}

/** One row of a header: name, labels, place within the header, value. */
type Row = readonly [name: string, en: string, zh: string, at: number, length: number, value: string];

/** @param bytes what emit() made of the layers, when it is at hand already */
export function describe(layers: Layers, bytes: Uint8Array = emit(layers)): LayerView[] {
  const views: LayerView[] = [];
  let offset = 0;
  layers.forEach((layer, i) => {
    const header = bytes.subarray(offset, offset + layerLen(layer));
    views.push({
      kind: layer.kind,
      title: titleOf(layers, i),
      offset,
      length: header.length,
      fields: rowsOf(layer, header).map(([name, en, zh, at, length, value]) => ({
        name,
        label: { en, zh },
        value,
        offset: offset + at,
        length,
      })),
    });
    offset += header.length;
  });
  return views;
}

function titleOf(layers: Layers, index: number): Label {
  const layer = layers[index] as Layer;
  const above = layers.slice(0, index);
  const wrapped = above.some((l) => l.kind === 'icmp');
  const inner = layer.kind === 'ipv4' && !wrapped && above.some((l) => l.kind === 'ipv4');
  const base = TITLES[layer.kind];
  if (wrapped && layer.kind !== 'payload')
    return { en: `${base.en} (of the packet the error is about)`, zh: `${base.zh}（出错的原始报文）` };
  if (inner) return { en: `${base.en} (inner)`, zh: `${base.zh}（内层）` };
  return base;
}

const TITLES: Readonly<Record<Layer['kind'], Label>> = {
  eth: { en: 'Ethernet', zh: '以太网' },
  arp: { en: 'ARP', zh: 'ARP 地址解析' },
  ipv4: { en: 'IPv4', zh: 'IPv4' },
  icmp: { en: 'ICMP', zh: 'ICMP' },
  udp: { en: 'UDP', zh: 'UDP' },
  tcp: { en: 'TCP', zh: 'TCP' },
  vrrp: { en: 'VRRP', zh: 'VRRP' },
  payload: { en: 'Data', zh: '数据' },
};

function rowsOf(layer: Layer, header: Uint8Array): Row[] {
  switch (layer.kind) {
    case 'eth':
      return ethRows(layer);
    case 'arp':
      return arpRows(layer);
    case 'ipv4':
      return ipv4Rows(layer, header);
    case 'icmp':
      return icmpRows(layer, header);
    case 'udp':
      return udpRows(layer, header);
    case 'tcp':
      return tcpRows(layer, header);
    case 'vrrp':
      return vrrpRows(layer, header);
    case 'payload':
      return payloadRows(layer);
  }
}

function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

function hex16(header: Uint8Array, at: number): string {
  return hex(((header[at] as number) << 8) | (header[at + 1] as number), 4);
}

function bit(flags: number, mask: number): string {
  return (flags & mask) === 0 ? '0' : '1';
}

function ethRows(eth: EthHdr): Row[] {
  const types: Readonly<Record<number, string>> = { [ETH_P_IP]: 'IPv4', [ETH_P_ARP]: 'ARP' };
  const type = types[eth.type];
  return [
    ['eth.dst', 'Destination', '目的 MAC', 0, 6, formatMac(eth.dst)],
    ['eth.src', 'Source', '源 MAC', 6, 6, formatMac(eth.src)],
    ['eth.type', 'Type', '类型', 12, 2, type === undefined ? hex(eth.type, 4) : `${type} (${hex(eth.type, 4)})`],
  ];
}

function arpRows(arp: ArpHdr): Row[] {
  const op = arp.op === ARP_REQUEST ? 'request (1)' : arp.op === ARP_REPLY ? 'reply (2)' : String(arp.op);
  return [
    ['arp.hw.type', 'Hardware type', '硬件类型', 0, 2, 'Ethernet (1)'],
    ['arp.proto.type', 'Protocol type', '协议类型', 2, 2, 'IPv4 (0x0800)'],
    ['arp.hw.size', 'Hardware size', '硬件地址长度', 4, 1, '6'],
    ['arp.proto.size', 'Protocol size', '协议地址长度', 5, 1, '4'],
    ['arp.opcode', 'Opcode', '操作码', 6, 2, op],
    ['arp.src.hw_mac', 'Sender MAC', '发送方 MAC', 8, 6, formatMac(arp.sha)],
    ['arp.src.proto_ipv4', 'Sender IP', '发送方 IP', 14, 4, formatIpv4(arp.spa)],
    ['arp.dst.hw_mac', 'Target MAC', '目标 MAC', 18, 6, formatMac(arp.tha)],
    ['arp.dst.proto_ipv4', 'Target IP', '目标 IP', 24, 4, formatIpv4(arp.tpa)],
  ];
}

const PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'ICMP',
  2: 'IGMP',
  4: 'IPIP',
  6: 'TCP',
  17: 'UDP',
  112: 'VRRP',
  132: 'SCTP',
};

function ipv4Rows(ip: Ipv4Hdr, header: Uint8Array): Row[] {
  const proto = PROTOCOLS[ip.proto];
  return [
    ['ip.version', 'Version', '版本', 0, 1, '4'],
    ['ip.hdr_len', 'Header length', '首部长度', 0, 1, '20'],
    ['ip.dsfield', 'Differentiated services', '区分服务', 1, 1, hex(ip.tos, 2)],
    ['ip.len', 'Total length', '总长度', 2, 2, String(ip.totalLen)],
    ['ip.id', 'Identification', '标识', 4, 2, `${hex(ip.id, 4)} (${ip.id})`],
    ['ip.flags.df', "Don't fragment", '不分片', 6, 1, ip.df ? '1' : '0'],
    ['ip.flags.mf', 'More fragments', '还有分片', 6, 1, ip.mf ? '1' : '0'],
    ['ip.frag_offset', 'Fragment offset', '片偏移', 6, 2, String(ip.fragOffset)],
    ['ip.ttl', 'Time to live', '生存时间 TTL', 8, 1, String(ip.ttl)],
    ['ip.proto', 'Protocol', '协议', 9, 1, proto === undefined ? String(ip.proto) : `${proto} (${ip.proto})`],
    ['ip.checksum', 'Header checksum', '首部校验和', 10, 2, hex16(header, 10)],
    ['ip.src', 'Source', '源 IP', 12, 4, formatIpv4(ip.src)],
    ['ip.dst', 'Destination', '目的 IP', 16, 4, formatIpv4(ip.dst)],
  ];
}

const ICMP_TYPES: Readonly<Record<number, string>> = {
  0: 'echo reply',
  3: 'destination unreachable',
  4: 'source quench',
  5: 'redirect',
  8: 'echo request',
  11: 'time exceeded',
  12: 'parameter problem',
};

const ICMP_CODES: Readonly<Record<number, readonly string[]>> = {
  3: [
    'network',
    'host',
    'protocol',
    'port',
    'fragmentation needed',
    'source route failed',
    '',
    '',
    '',
    'net prohibited',
    'host prohibited',
    '',
    '',
    'filtered',
  ],
  5: ['for the network', 'for the host'],
  11: ['TTL exceeded in transit', 'fragment reassembly time exceeded'],
};

function icmpRows(icmp: IcmpHdr, header: Uint8Array): Row[] {
  const type = ICMP_TYPES[icmp.type];
  const code = ICMP_CODES[icmp.type]?.[icmp.code];
  const rows: Row[] = [
    ['icmp.type', 'Type', '类型', 0, 1, type === undefined ? String(icmp.type) : `${icmp.type} (${type})`],
    ['icmp.code', 'Code', '代码', 1, 1, code === undefined || code === '' ? String(icmp.code) : `${icmp.code} (${code})`],
    ['icmp.checksum', 'Checksum', '校验和', 2, 2, hex16(header, 2)],
  ];
  if (icmp.type === ICMP_ECHO || icmp.type === ICMP_ECHOREPLY) {
    rows.push(
      ['icmp.ident', 'Identifier', '标识符', 4, 2, String(icmp.rest >>> 16)],
      ['icmp.seq', 'Sequence number', '序号', 6, 2, String(icmp.rest & 0xffff)],
    );
  } else if (icmp.type === ICMP_DEST_UNREACH && icmp.code === ICMP_FRAG_NEEDED) {
    rows.push(['icmp.mtu', 'MTU of next hop', '下一跳 MTU', 6, 2, String(icmp.rest & 0xffff)]);
  } else if (icmp.type === ICMP_REDIRECT) {
    rows.push(['icmp.redir_gw', 'Gateway', '网关', 4, 4, formatIpv4(icmp.rest as never)]);
  }
  return rows;
}

function udpRows(udp: UdpHdr, header: Uint8Array): Row[] {
  return [
    ['udp.srcport', 'Source port', '源端口', 0, 2, String(udp.sport)],
    ['udp.dstport', 'Destination port', '目的端口', 2, 2, String(udp.dport)],
    ['udp.length', 'Length', '长度', 4, 2, String(udp.len)],
    ['udp.checksum', 'Checksum', '校验和', 6, 2, hex16(header, 6)],
  ];
}

const VRRP_AUTH: readonly string[] = ['none (0)', 'simple password (1)', 'IP Authentication Header (2)'];

function vrrpRows(vrrp: VrrpHdr, header: Uint8Array): Row[] {
  const rows: Row[] = [
    ['vrrp.version', 'Version', '版本', 0, 1, String(vrrp.version)],
    ['vrrp.type', 'Type', '类型', 0, 1, vrrp.type === 1 ? 'advertisement (1)' : String(vrrp.type)],
    ['vrrp.virt_rtr_id', 'Virtual router ID', '虚拟路由器 ID', 1, 1, String(vrrp.vrid)],
    ['vrrp.prio', 'Priority', '优先级', 2, 1, vrrp.priority === 0 ? '0 (the master stops)' : String(vrrp.priority)],
    ['vrrp.addr_count', 'Number of addresses', '地址数量', 3, 1, String(vrrp.addrs.length)],
  ];
  if (vrrp.version === 2) {
    rows.push(
      ['vrrp.auth_type', 'Authentication type', '认证类型', 4, 1, VRRP_AUTH[vrrp.authType] ?? String(vrrp.authType)],
      ['vrrp.adver_int', 'Advertisement interval', '通告间隔', 5, 1, `${vrrp.interval} s`],
    );
  } else rows.push(['vrrp.short_adver_int', 'Maximum advertisement interval', '最大通告间隔', 4, 2, `${vrrp.interval} cs`]);
  rows.push(['vrrp.checksum', 'Checksum', '校验和', 6, 2, hex16(header, 6)]);
  vrrp.addrs.forEach((addr, i) => {
    rows.push(['vrrp.ip_addr', 'Virtual address', '虚拟 IP', 8 + 4 * i, 4, formatIpv4(addr)]);
  });
  if (vrrp.auth !== null) rows.push(['vrrp.auth_string', 'Password', '认证密码', 8 + 4 * vrrp.addrs.length, 8, vrrp.auth]);
  return rows;
}

const TCP_FLAG_ROWS = [
  ['tcp.flags.cwr', 'CWR', 0x80],
  ['tcp.flags.ece', 'ECE', 0x40],
  ['tcp.flags.urg', 'URG', 0x20],
  ['tcp.flags.ack', 'ACK', 0x10],
  ['tcp.flags.push', 'PSH', 0x08],
  ['tcp.flags.reset', 'RST', 0x04],
  ['tcp.flags.syn', 'SYN', 0x02],
  ['tcp.flags.fin', 'FIN', 0x01],
] as const;

function tcpRows(tcp: TcpHdr, header: Uint8Array): Row[] {
  return [
    ['tcp.srcport', 'Source port', '源端口', 0, 2, String(tcp.sport)],
    ['tcp.dstport', 'Destination port', '目的端口', 2, 2, String(tcp.dport)],
    ['tcp.seq_raw', 'Sequence number', '序列号', 4, 4, String(tcp.seq)],
    ['tcp.ack_raw', 'Acknowledgment number', '确认号', 8, 4, String(tcp.ack)],
    ['tcp.hdr_len', 'Header length', '首部长度', 12, 1, String(tcpHeaderLen(tcp))],
    ...TCP_FLAG_ROWS.map(([name, label, mask]): Row => [name, label, label, 13, 1, bit(tcp.flags, mask)]),
    ['tcp.window_size_value', 'Window', '窗口', 14, 2, String(tcp.window)],
    ['tcp.checksum', 'Checksum', '校验和', 16, 2, hex16(header, 16)],
    ['tcp.urgent_pointer', 'Urgent pointer', '紧急指针', 18, 2, '0'],
    ...tcpOptionRows(tcp),
  ];
}

/** Places follow the order in which emit.ts writes the options. */
function tcpOptionRows(tcp: TcpHdr): Row[] {
  const { mss, sackPermitted, timestamps, windowScale, sack, toa } = tcp.options;
  const rows: Row[] = [];
  let at = 20;
  if (mss !== null) {
    rows.push(['tcp.options.mss_val', 'Maximum segment size', '最大报文段长度 MSS', at, 4, String(mss)]);
    at += 4;
  }
  if (sackPermitted) {
    rows.push(['tcp.options.sack_perm', 'SACK permitted', '允许 SACK', timestamps === null ? at + 2 : at, 2, '1']);
  }
  if (timestamps !== null) {
    rows.push(['tcp.options.timestamp.tsval', 'Timestamp value', '时间戳', at + 4, 4, String(timestamps.val)]);
    rows.push(['tcp.options.timestamp.tsecr', 'Timestamp echo reply', '回显时间戳', at + 8, 4, String(timestamps.ecr)]);
    at += 12;
  } else if (sackPermitted) at += 4;
  if (windowScale !== null) {
    rows.push(['tcp.options.wscale.shift', 'Window scale', '窗口扩大因子', at + 1, 3, String(windowScale)]);
    at += 4;
  }
  if (sack !== null) {
    at += 4;
    for (const { left, right } of sack) {
      rows.push(['tcp.options.sack_le', 'SACK block, left edge', 'SACK 块左边界', at, 4, String(left)]);
      rows.push(['tcp.options.sack_re', 'SACK block, right edge', 'SACK 块右边界', at + 4, 4, String(right)]);
      at += 8;
    }
  }
  if (toa !== null) rows.push(['tcp.options.toa', 'Client address (TOA)', '客户端地址 TOA', at, 8, `${formatIpv4(toa.addr)}:${toa.port}`]);
  return rows;
}

/** As much of the data as can be read, with a mark where there is more. */
const SHOWN_BYTES = 64;

function payloadRows(payload: Payload): Row[] {
  const length = payload.bytes.length;
  let text = '';
  for (const byte of payload.bytes.subarray(0, SHOWN_BYTES)) {
    text += byte === 10 ? '\\n' : byte === 13 ? '\\r' : byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.';
  }
  return [
    ['data.data', 'Data', '数据', 0, length, length > SHOWN_BYTES ? `${text}…` : text],
    ['data.len', 'Length', '长度', 0, length, String(length)],
  ];
}
