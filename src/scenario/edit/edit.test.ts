import { describe, expect, it } from 'vitest';
import { FILE, edited, refused, load, changes } from './edit.test-kit.ts';
import type { Edit } from './types.ts';

describe('editScenario writes only what changes', () => {
  const CASES: readonly (readonly [what: string, edit: Edit, changes: readonly string[]])[] = [
    [
      'a new host',
      { kind: 'add-node', name: 'rs1', role: 'realserver', at: [300.4, 99.6] },
      [
        '+  rs1:',
        '+    role: realserver',
        '+    at: [300, 100]',
        "+    interfaces: { eth0: { mac: '02:00:00:00:00:0b' } }",
        '+    setup: |',
        '+      ip link set eth0 up',
      ],
    ],
    ['a new switch', { kind: 'add-node', name: 'sw2', role: 'switch', at: [1, 2] }, ['+  sw2: { kind: switch, at: [1, 2], ports: 8 }']],
    [
      'a removed node with what hangs on it',
      { kind: 'remove-node', name: 'b' },
      [
        '-  b: { interfaces: { eth0: } }',
        '-  - [b:eth0, sw]   # bare',
        '-  - at: 1.5s',
        '-    node: b   # the other',
        '-    run: ip neigh',
        "-pins: ['a: net.ipv4.ip_forward', 'b: net.ipv4.ip_forward']",
        "+pins: ['a: net.ipv4.ip_forward']",
      ],
    ],
    [
      'another name, wherever it stands',
      { kind: 'rename-node', name: 'a', to: 'asker' },
      [
        '-  a:',
        '+  asker:',
        '-  - { ends: [a:eth0, sw:2], delay: 1ms, rate: 100M, loss: 5% }',
        '+  - { ends: [asker:eth0, sw:2], delay: 1ms, rate: 100M, loss: 5% }',
        "-  - { at: 1s, node: a, run: 'ping -c1 10.0.0.2', title: Ping }",
        "+  - { at: 1s, node: asker, run: 'ping -c1 10.0.0.2', title: Ping }",
        "-pins: ['a: net.ipv4.ip_forward', 'b: net.ipv4.ip_forward']",
        "+pins: ['asker: net.ipv4.ip_forward', 'b: net.ipv4.ip_forward']",
      ],
    ],
    [
      'another name of an interface, in its cable and in the commands that name it',
      { kind: 'rename-interface', node: 'a', name: 'eth0', to: 'lan0' },
      [
        "-    interfaces: { eth0: { mac: '02:00:00:00:00:0a' }, eth1: {} }",
        "+    interfaces: { lan0: { mac: '02:00:00:00:00:0a' }, eth1: {} }",
        '-      ip addr add 10.0.0.1/24 dev eth0',
        '+      ip addr add 10.0.0.1/24 dev lan0',
        '-      ip link set eth0 up',
        '+      ip link set lan0 up',
        '-  - { ends: [a:eth0, sw:2], delay: 1ms, rate: 100M, loss: 5% }',
        '+  - { ends: [a:lan0, sw:2], delay: 1ms, rate: 100M, loss: 5% }',
      ],
    ],
    ['another role', { kind: 'set-node', name: 'a', role: 'host' }, ['-    role: client     # asks', '+    role: host     # asks']],
    [
      'commands of a node that had none, within brackets',
      { kind: 'set-node', name: 'b', setup: 'ip link set eth0 up\nuname' },
      ['-  b: { interfaces: { eth0: } }', '+  b: { interfaces: { eth0: }, setup: "ip link set eth0 up\\nuname\\n" }'],
    ],
    ['a moved node', { kind: 'move-nodes', places: [['a', [11, 21]]] }, ['-    at: [10, 20]', '+    at: [11, 21]']],
    [
      'a place for a node that had none',
      { kind: 'move-nodes', places: [['sw', [5, 5]]] },
      ['-  sw: { kind: switch, ports: 4 } # four', '+  sw: { kind: switch, at: [5, 5], ports: 4 } # four'],
    ],
    ['a cable to a free interface and the next port', { kind: 'connect', ends: ['a', 'sw'] }, ['+  - { ends: [a:eth1, sw:3] }']],
    [
      'a cable for which an interface is made',
      { kind: 'connect', ends: ['sw:4', 'b'] },
      [
        '-  b: { interfaces: { eth0: } }',
        `+  b: { interfaces: { eth0:, eth1: { mac: '02:00:00:00:00:0b' } }, setup: "ip link set eth1 up\\n" }`,
        '+  - { ends: [sw:4, b:eth1] }',
      ],
    ],
    ['a cable taken away', { kind: 'disconnect', link: 0 }, ['-  - { ends: [a:eth0, sw:2], delay: 1ms, rate: 100M, loss: 5% }']],
    [
      'figures of a cable',
      { kind: 'set-link', link: 0, delay: '2ms', rate: '', loss: '0' },
      ['-  - { ends: [a:eth0, sw:2], delay: 1ms, rate: 100M, loss: 5% }', '+  - { ends: [a:eth0, sw:2], delay: 2ms, loss: 0 }'],
    ],
    [
      'a figure of a bare cable',
      { kind: 'set-link', link: 1, delay: '5ms' },
      ['-  - [b:eth0, sw]   # bare', '+  - { ends: [b:eth0, sw], delay: 5ms }   # bare'],
    ],
    [
      'another end of a cable',
      { kind: 'set-link', link: 0, ends: ['a:eth1', 'sw:2'] },
      [
        '-  - { ends: [a:eth0, sw:2], delay: 1ms, rate: 100M, loss: 5% }',
        '+  - { ends: [a:eth1, sw:2], delay: 1ms, rate: 100M, loss: 5% }',
      ],
    ],
    [
      'an interface taken out with its cable and its commands',
      { kind: 'remove-interface', node: 'a', name: 'eth0' },
      [
        "-    interfaces: { eth0: { mac: '02:00:00:00:00:0a' }, eth1: {} }",
        '+    interfaces: { eth1: {} }',
        '-      ip addr add 10.0.0.1/24 dev eth0',
        '-      ip link set eth0 up',
        '-  - { ends: [a:eth0, sw:2], delay: 1ms, rate: 100M, loss: 5% }',
      ],
    ],
    [
      'an MTU',
      { kind: 'set-interface', node: 'a', name: 'eth0', mtu: 1400 },
      [
        "-    interfaces: { eth0: { mac: '02:00:00:00:00:0a' }, eth1: {} }",
        "+    interfaces: { eth0: { mac: '02:00:00:00:00:0a', mtu: 1400 }, eth1: {} }",
      ],
    ],
    [
      'an MTU where nothing stood',
      { kind: 'set-interface', node: 'b', name: 'eth0', mtu: 1400 },
      ['-  b: { interfaces: { eth0: } }', '+  b: { interfaces: { eth0: { mtu: 1400 } } }'],
    ],
    ['a command', { kind: 'add-command', node: 'b', at: '1.7s', run: "echo 'x: y'" }, [`+  - { at: 1.7s, node: b, run: "echo 'x: y'" }`]],
    [
      'a command changed',
      { kind: 'set-command', index: 1, run: 'ip route', at: '1.6s' },
      ['-  - at: 1.5s', '+  - at: 1.6s', '-    run: ip neigh', '+    run: ip route'],
    ],
    ['a command taken out', { kind: 'remove-command', index: 1 }, ['-  - at: 1.5s', '-    node: b   # the other', '-    run: ip neigh']],
    [
      'a title in one language',
      { kind: 'set-lab', title: { en: 'Two, hosts', zh: '两台主机' } },
      ['-title: { en: Two hosts, zh: 两台主机 }   # both languages', "+title: { en: 'Two, hosts', zh: 两台主机 }   # both languages"],
    ],
    ['a longer run', { kind: 'set-lab', until: '4s' }, ['-until: 2s', '+until: 4s']],
    ['a seed', { kind: 'set-lab', seed: 7 }, ['+seed: 7']],
    ['no end of the run', { kind: 'set-lab', until: '' }, ['-until: 2s']],
    [
      'another text about it',
      { kind: 'set-lab', about: { en: 'New.', zh: 'New.' } },
      ['-about: >-', '-  A cable', '-  and a switch.', '+about: New.'],
    ],
  ];
  it.each(CASES)('%s', (_what, edit, expected) => {
    const after = edited(FILE, edit);
    // Where lines of equal worth stand in the list of changes is of no account.
    expect(changes(FILE, after).toSorted()).toEqual([...expected].toSorted());
  });

  it('new lines stand where a person would write them', () => {
    const after = edited(FILE, { kind: 'add-node', name: 'c', role: 'client', at: [0, 0] }, { kind: 'set-lab', seed: 3 });
    const at = (line: string): number => after.split('\n').indexOf(line);
    expect(at('  c:')).toBe(at('  sw: { kind: switch, ports: 4 } # four') + 1);
    expect(at('seed: 3')).toBe(at('  and a switch.') + 1);
  });

  it('takes the last of a list and puts a first one in again', () => {
    const none = edited(FILE, { kind: 'disconnect', link: 0 }, { kind: 'disconnect', link: 0 });
    expect(none).toContain('links: []\n  # the first\n# what happens');
    expect(edited(none, { kind: 'connect', ends: ['a:eth0', 'sw:2'] })).toContain('links:\n  - { ends: [a:eth0, sw:2] }\n  # the first\n');
  });

  it('builds a lab from nothing', () => {
    const empty = 'lvs-lab: 1\ntitle: Empty\nabout: Nothing yet.\nnodes: {} # none\n';
    const built = edited(
      empty,
      { kind: 'add-node', name: 'a', role: 'client', at: [0, 0] },
      { kind: 'add-node', name: 'sw', role: 'switch', at: [100, 0] },
      { kind: 'connect', ends: ['a', 'sw'] },
      { kind: 'add-command', node: 'a', at: '1s', run: 'ip addr' },
    );
    expect(built).toBe(`lvs-lab: 1
title: Empty
about: Nothing yet.
nodes: # none
  a:
    role: client
    at: [0, 0]
    interfaces: { eth0: {} }
    setup: |
      ip link set eth0 up
  sw: { kind: switch, at: [100, 0], ports: 8 }
links:
  - { ends: [a:eth0, sw:1] }
timeline:
  - { at: 1s, node: a, run: ip addr }
`);
    const gone = edited(built, { kind: 'remove-node', name: 'a' }, { kind: 'remove-node', name: 'sw' });
    expect(gone).toBe('lvs-lab: 1\ntitle: Empty\nabout: Nothing yet.\nnodes: {} # none\nlinks: []\ntimeline: []\n');
  });

  it('keeps JSON what it is', () => {
    const json = `{ "lvs-lab": 1, "title": "J", "about": "J", "nodes": {} }`;
    const built = edited(
      json,
      { kind: 'add-node', name: 'a', role: 'host', at: [0, 0] },
      { kind: 'add-node', name: 'b', role: 'host', at: [9, 0] },
      { kind: 'connect', ends: ['a', 'b'] },
      { kind: 'rename-node', name: 'b', to: 'c' },
    );
    expect(JSON.parse(built)).toMatchObject({
      nodes: { a: { at: [0, 0] }, c: { setup: 'ip link set eth0 up\n' } },
      links: [{ ends: ['a:eth0', 'c:eth0'] }],
    });
  });

  it('gives a shared value text of its own before it changes one of them', () => {
    const shared = `lvs-lab: 1
title: S
about: S
nodes:
  a: &host
    role: host
    interfaces: { eth0: {} }
    setup: |
      ip link set eth0 up
  b: *host
`;
    const after = load(edited(shared, { kind: 'set-node', name: 'b', role: 'client' }));
    expect(after.nodes.map((node) => node.role)).toEqual(['host', 'client']);
    expect(refused(shared, { kind: 'remove-node', name: 'a' })).toMatch(/^5:6 .*an alias of an anchor.*"\*host"/);
  });

  it('takes no MAC address that another interface has', () => {
    const text = FILE.replace('eth1: {} }', "eth1: { mac: '02:00:00:00:00:09' } }");
    expect(edited(text, { kind: 'add-interface', node: 'b', name: null })).toContain("eth1: { mac: '02:00:00:00:00:0b' }");
  });

  it('keeps the empty lines that belong to a value', () => {
    const text = 'lvs-lab: 1\ntitle: S\nabout: S\nnodes:\n  a:\n    setup: |+\n      cat <<E\n\n\n  b: {}\n';
    const after = edited(
      text,
      { kind: 'set-node', name: 'a', role: 'client' },
      { kind: 'add-node', name: 'c', role: 'switch', at: [0, 0] },
    );
    expect(after).toContain('      cat <<E\n\n\n  b: {}\n');
    expect(edited(text.replace('  b: {}\n', ''), { kind: 'add-node', name: 'c', role: 'switch', at: [0, 0] })).toContain(
      'cat <<E\n\n\n  c: {',
    );
  });

  it('keeps the line ends of the file', () => {
    const windows = FILE.replaceAll('\n', '\r\n');
    const after = edited(windows, { kind: 'add-node', name: 'c', role: 'client', at: [0, 0] }, { kind: 'connect', ends: ['c', 'a'] });
    expect(after.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it('writes behind a last line that does not end', () => {
    const text = 'lvs-lab: 1\ntitle: S\nabout: S\nnodes:\n  a: { role: host }';
    expect(edited(text, { kind: 'add-node', name: 'b', role: 'switch', at: [0, 0] })).toBe(
      `${text}\n  b: { kind: switch, at: [0, 0], ports: 8 }`,
    );
  });
});

describe('editScenario refuses', () => {
  const CASES: readonly (readonly [what: string, edit: Edit, message: RegExp])[] = [
    ['a name that is taken', { kind: 'add-node', name: 'b', role: 'host', at: [0, 0] }, /^21:3 .*no other node has.*"b"/],
    ['a name that is none', { kind: 'add-node', name: 'b c', role: 'host', at: [0, 0] }, /a name of letters.*"b c"/],
    ['to name two nodes alike', { kind: 'rename-node', name: 'a', to: 'b' }, /^21:3 .*no other node has/],
    ['to name two interfaces alike', { kind: 'rename-interface', node: 'a', name: 'eth0', to: 'eth1' }, /^12:\d+ .*"eth1"/],
    ['a name that no interface can have', { kind: 'rename-interface', node: 'a', name: 'eth0', to: 'a b' }, /"a b"/],
    ['a node that is not there', { kind: 'remove-node', name: 'x' }, /^7:1 .*name of a node/],
    ['a cable from a node to itself', { kind: 'connect', ends: ['a', 'a:eth1'] }, /another node/],
    ['two cables in one interface', { kind: 'connect', ends: ['a:eth0', 'sw'] }, /an end without a cable.*"a:eth0"/],
    ['two cables in one port', { kind: 'connect', ends: ['a', 'sw:p2'] }, /an end without a cable/],
    ['a port that the switch has not', { kind: 'connect', ends: ['a', 'sw:5'] }, /an interface that the node has/],
    ['an interface that is not there', { kind: 'connect', ends: ['a:eth7', 'sw'] }, /an interface that the node has/],
    ['a taken end for a cable', { kind: 'set-link', link: 0, ends: ['b:eth0', 'sw:2'] }, /an end without a cable/],
    ['a figure that is none', { kind: 'set-link', link: 0, delay: 'long' }, /a span of time.*"long"/],
    ['a loss above all', { kind: 'set-link', link: 0, loss: '500%' }, /a share/],
    ['a host turned into a switch', { kind: 'set-node', name: 'a', role: 'switch' }, /a switch stays a switch/],
    ['a switch turned into a host', { kind: 'set-node', name: 'sw', role: 'host' }, /a switch stays a switch/],
    ['commands at a switch', { kind: 'set-node', name: 'sw', setup: 'ls' }, /no such key on a switch/],
    ['fewer ports than cables', { kind: 'set-node', name: 'sw', ports: 1 }, /interface that the node has/],
    ['a command after the end', { kind: 'add-command', node: 'a', at: '3s', run: 'ls' }, /before the end/],
    ['a command at a switch', { kind: 'add-command', node: 'sw', at: '1s', run: 'ls' }, /name of a Linux node/],
    ['a group address', { kind: 'set-interface', node: 'a', name: 'eth0', mac: '01:00:00:00:00:01' }, /MAC address of one host/],
    ['an interface twice', { kind: 'add-interface', node: 'a', name: 'eth1' }, /no other interface of the node/],
    ['a cable that is not there', { kind: 'disconnect', link: 9 }, /a cable of this file/],
  ];
  it.each(CASES)('%s', (_what, edit, message) => {
    expect(refused(FILE, edit)).toMatch(message);
  });

  it('a cable into a full switch', () => {
    const full = edited(FILE, { kind: 'set-node', name: 'sw', ports: 2 });
    expect(refused(full, { kind: 'connect', ends: ['a', 'sw'] })).toMatch(/a switch with a free port.*"sw"/);
  });

  it('does all changes or none', () => {
    expect(refused(FILE, { kind: 'set-lab', seed: 5 }, { kind: 'remove-node', name: 'x' })).toMatch(/name of a node/);
  });
});

// ---- properties ----
