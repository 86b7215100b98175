/**
 * The lab that the map is measured with: clients, a router, a director, and many real servers, with delays
 * as between cities, so that a thousand frames are on their way at once.
 * Goes to: bench-canvas.tsx.
 */
const VIP = '172.16.9.9';

/** The text of a lab file. `requests` of each client begin one after the other and run beside each other. */
export function crowdedLab(servers: number, clients: number, requests: number): string {
  const nodes: string[] = [];
  const links: string[] = [];
  const host = (name: string, role: string, interfaces: number, setup: readonly string[]): void => {
    const named = Array.from({ length: interfaces }, (_, i) => `eth${i}: {}`).join(', ');
    nodes.push(
      `  ${name}:\n    role: ${role}\n    interfaces: { ${named} }\n    setup: |\n${setup.map((line) => `      ${line}\n`).join('')}`,
    );
  };
  const cable = (a: string, b: string, rest: string): void => void links.push(`  - { ends: [${a}, ${b}], ${rest} }\n`);
  const all = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

  for (const i of all(clients)) {
    host(`c${i}`, 'client', 1, [`ip addr add 10.0.0.${i + 1}/24 dev eth0`, 'ip link set eth0 up', 'ip route add default via 10.0.0.1']);
    cable(`c${i}:eth0`, `wan:${i}`, 'delay: 20ms, rate: 100M');
  }
  nodes.push(`  wan: { kind: switch, ports: ${clients + 1} }\n`);
  host('router', 'router', 2, [
    'ip addr add 10.0.0.1/24 dev eth0',
    'ip link set eth0 up',
    'ip addr add 172.16.0.1/16 dev eth1',
    'ip link set eth1 up',
    'sysctl -w net.ipv4.ip_forward=1',
  ]);
  nodes.push(`  lan: { kind: switch, ports: ${servers + 2} }\n`);
  host('director', 'director', 1, [
    'ip addr add 172.16.0.2/16 dev eth0',
    'ip link set eth0 up',
    `ip addr add ${VIP}/32 dev eth0`,
    `ipvsadm -A -t ${VIP}:80 -s rr`,
    ...all(servers).map((i) => `ipvsadm -a -t ${VIP}:80 -r 172.16.1.${i} -g`),
  ]);
  cable(`wan:${clients + 1}`, 'router:eth0', 'delay: 20ms');
  cable('router:eth1', 'lan:1', 'delay: 20ms');
  cable('director:eth0', 'lan:2', 'delay: 5ms');
  for (const i of all(servers)) {
    host(`rs${i}`, 'realserver', 1, [
      'sysctl -w net.ipv4.conf.all.arp_ignore=1',
      'sysctl -w net.ipv4.conf.all.arp_announce=2',
      `ip addr add 172.16.1.${i}/16 dev eth0`,
      'ip link set eth0 up',
      `ip addr add ${VIP}/32 dev lo`,
      'ip route add default via 172.16.0.1',
      'service httpd start',
    ]);
    cable(`rs${i}:eth0`, `lan:${i + 2}`, 'delay: 30ms, rate: 1G');
  }
  const load = `for i in $(seq ${requests}); do curl -s http://${VIP}/ & sleep 0.004; done`;
  const timeline = all(clients).map((i) => `  - { at: 1s, node: c${i}, run: '${load}' }\n`);
  const head = `lvs-lab: 1\ntitle: { en: ${servers} real servers, zh: ${servers} 台后端服务器 }\nabout: { en: Many clients ask at once., zh: 许多客户端同时请求。 }\n`;
  return `${head}nodes:\n${nodes.join('')}links:\n${links.join('')}timeline:\n${timeline.join('')}until: 4s\n`;
}
