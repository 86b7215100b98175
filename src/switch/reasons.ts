/** Why a switch did what it did. */
export const switchReasons = {
  'switch.learned': {
    en: '{node} learns: {mac:mac} is behind port {port}.',
    zh: '{node} 学到：{mac:mac} 在端口 {port} 之后。',
    source: 'IEEE 802.1D-2004 §7.8',
    notability: 0,
    decidedBy: 'forwarding database',
  },
  'switch.link-down': {
    en: '{node} has no link at port {port} any more and forgets the addresses behind it ({count}): frames for them go out of every port.',
    zh: '{node} 的端口 {port} 失去链路，忘记其后的 {count} 个地址：发往它们的帧将从所有端口发出。',
    source: 'Linux 6.1 net/bridge/br_stp_if.c, br_stp_disable_port(); br_fdb.c, br_fdb_delete_by_port()',
    notability: 2,
    decidedBy: 'forwarding database',
  },
  'switch.moved': {
    en: '{node} now finds {mac:mac} behind port {port}; it was behind port {old}.',
    zh: '{node} 发现 {mac:mac} 从端口 {old} 移到了端口 {port}。',
    source: 'IEEE 802.1D-2004 §7.8',
    notability: 2,
    decidedBy: 'forwarding database',
  },
  'switch.forward': {
    en: '{node} knows {mac:mac} behind port {port} and sends the frame there only.',
    zh: '{node} 知道 {mac:mac} 在端口 {port}，只从该端口发出。',
    source: 'IEEE 802.1D-2004 §7.7',
    notability: 0,
    decidedBy: 'forwarding database',
  },
  'switch.flood-group': {
    en: '{node} sends the frame out of every other port: {mac:mac} is a broadcast or multicast address.',
    zh: '{node} 从其他所有端口发出该帧：{mac:mac} 是广播或组播地址。',
    source: 'IEEE 802.1D-2004 §7.7',
    notability: 1,
  },
  'switch.flood-unknown': {
    en: '{node} does not know where {mac:mac} is and sends the frame out of every other port.',
    zh: '{node} 不知道 {mac:mac} 在哪个端口，从其他所有端口发出该帧。',
    source: 'IEEE 802.1D-2004 §7.7',
    notability: 1,
    decidedBy: 'forwarding database',
  },
  'switch.no-other-port': {
    en: '{node} drops the frame for {mac:mac}: no other port has a cable.',
    zh: '{node} 丢弃发往 {mac:mac} 的帧：没有其他端口插着网线。',
    source: 'IEEE 802.1D-2004 §7.7',
    notability: 2,
    decidedBy: 'cables',
  },
  'switch.same-port': {
    en: '{node} drops the frame: {mac:mac} is behind the port it came from.',
    zh: '{node} 丢弃该帧：{mac:mac} 就在它进来的端口。',
    source: 'IEEE 802.1D-2004 §7.7',
    notability: 1,
    decidedBy: 'forwarding database',
  },
} as const;
