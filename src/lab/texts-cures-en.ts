/** Texts of the comparison of cures in English. */
export const curesEn = {
  'cures.button': 'Compare the cures of the ARP problem',
  'cures.title': 'Cures of the ARP problem',
  'cures.about':
    'The same moment, five futures: real servers that answer for the VIP {vip}, and each cure tried on them. Then the client sends {count} requests.',
  'cures.working': 'Trying the cures one after the other …',
  'cures.cure': 'Cure',
  'cures.commands': 'What is typed',
  'cures.arp': 'Who answers ARP for the VIP',
  'cures.nobody': 'nobody',
  'cures.kept': 'MAC that {node} keeps',
  'cures.keptNone': 'none',
  'cures.served': 'Requests served',
  'cures.balanced': 'Counted by the director',
  'cures.of': '{count} of {all}',
  'cures.show': 'Show',
  'cures.beside': 'Beside “no cure”',
  'cures.none': 'No cure',
  'cures.none.why': 'Every host that has the VIP answers. The first answer stays, and the load is not balanced.',
  'cures.sysctl': 'arp_ignore and arp_announce',
  'cures.sysctl.why':
    'The usual one. Two settings on each real server, for all its VIPs: no answer for addresses of other interfaces, and no ARP request of its own with the VIP as sender.',
  'cures.static': 'Static neighbour entry',
  'cures.static.why':
    'One entry on the router. The real servers still shout, the router does not listen. When a standby director takes over the VIP the entry is wrong.',
  'cures.arptables': 'arptables',
  'cures.arptables.why':
    'A firewall for ARP on each real server: requests for the VIP are dropped, the sender of own requests is rewritten. One pair of rules for each VIP.',
  'cures.redirect': 'No VIP, REDIRECT',
  'cures.redirect.why':
    'Without the VIP nobody can answer for it; iptables hands packets for the VIP to the local service. Costs connection tracking on each real server.',
} as const;
