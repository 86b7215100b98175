import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readNotes } from './read-notes.ts';

const notes = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');

function realServer(node: string, first: string): string[] {
  return [
    `${node}|${first}|service httpd start|启动httpd服务,或者设置为自动启动`,
    `${node}|Demo${node.at(-1)}|echo 1 > /proc/sys/net/ipv4/conf/lo/arp_ignore|定义lo网卡arp通告响应级别 1表示仅响应通过本地接口`,
    `${node}|Demo${node.at(-1)}|echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore|定义所有网卡arp通告响应级别`,
    `${node}|Demo${node.at(-1)}|echo 2 > /proc/sys/net/ipv4/conf/lo/arp_announce|定义lo网卡arp通告限制级别 0是默认级别,通告所有网卡MAC信息  1是不把地址通告给非本地网络 2是只通告属于本地网络`,
    `${node}|Demo${node.at(-1)}|echo 2 > /proc/sys/net/ipv4/conf/all/arp_announce|定义所有网卡arp通告限制`,
    `${node}|Demo${node.at(-1)}|ifconfig lo:0 172.18.20.128 broadcast 172.18.20.128 netmask 255.255.255.255 up|将arp响应配置在本地回环接口别名上,配置广播地址、子网掩码,只响应VIP请求`,
    `${node}|Demo${node.at(-1)}|route add -host 172.18.20.1 dev lo:0|添加一条主机路由在别名网卡上`,
  ];
}

describe('a transcript with prompts', () => {
  const read = readNotes(notes('dr-lab.txt'));

  it('gives the commands as a person would type them, their slips included', () => {
    expect(read.map(({ node, host, command, remark }) => [node, host, command, remark].join('|'))).toEqual([
      ...realServer('RIP1', 'Demo1'),
      ...realServer('RIP2', 'Demo1'),
      'DIP|Demo3|echo 1 > /proc/sys/net/ipv4/ip_forward|打开DIP主机端口转发功能',
      'DIP|Demo3|ifconfig eth0:0 172.18.20.128 broadcast 172.18.20.128 netmask 255.255.255.255 up|将arp响应配置在eth0别名上,配置广播地址、子网掩码,只响应VIP请求',
      'DIP|Demo3|route add -host 172.18.20.1 dev eth0:0|添加一条主机路由在别名网卡上',
      'DIP|Demo3|ipvsadm -A -t 172.18.20.128:80 -s wlc|创建http集群,指定集群算法',
      'DIP|Demo3|ipvsadm -a -t 172.18.20.128:80 -r 172.18.20.124 -g -w 1|为集群添加RIP1,指定模型及权重',
      'DIP|Demo3|ipvsadm -a -t 172.18.20.128:80 -r 172.18.20.125 -g -w 2|为集群添加RIP2,指定模型及权重',
    ]);
  });

  it('doubts the prompt that was copied along', () => {
    expect(read.filter(({ doubts }) => doubts.length > 0).map(({ line, doubts }) => [line, doubts])).toEqual([
      [23, [{ kind: 'other-host', text: 'Demo1' }]],
    ]);
  });
});

describe('notes without prompts', () => {
  it('tell commands from prose', () => {
    const read = readNotes(notes('nat-demo.txt'));
    expect(read.map(({ command }) => command)).toEqual([
      'echo 1 > /proc/sys/net/ipv4/ip_forward',
      'ipvsadm -A -t 172.16.100.1:80 -s rr',
      'ipvsadm -a -t 172.16.100.1:80 -r 192.168.10.8 -m',
      'ipvsadm -a -t 172.16.100.1:80 -r 192.168.10.9 -m',
      'ipvsadm -L -n',
      'ipvsadm -L -n --stats',
      'ipvsadm -E -t 172.16.100.1:80 -s wrr',
      'ipvsadm -e -t 172.16.100.1:80 -r 192.168.10.8 -m -w 3',
      'ipvsadm -e -t 172.16.100.1:80 -r 192.168.10.9 -m -w 1',
      'ipvsadm -S > /path/to/somefile',
      'ipvsadm -R < /path/from/somefile',
    ]);
    expect(read[0]?.remark).toBe('打开网卡间的转换');
    expect(read.at(-1)?.doubts).toEqual([{ kind: 'placeholder', text: '/path/from/somefile' }]);
  });
});

describe('a summary of a program', () => {
  it('gives the examples behind a bare #, and leaves the grammar', () => {
    expect(readNotes(notes('ipvsadm-grammar.txt')).map(({ command, doubts }) => [command, ...doubts.map(({ kind }) => kind)])).toEqual([
      ['ipvsadm -A -t 172.168.100.1：:80 -s rr', 'full-width'],
      ['ipvsadm -a -t 172.168.100.1:80 -r 172.168.10.8 -m'],
      ['ipvsadm -a -t 172.168.100.1:80 -r 172.168.10.9 -m'],
      ['ipvsadm -S > /path/to/somefile', 'placeholder'],
      ['ipvsadm -R < /path/from/somefile', 'placeholder'],
      ['service ipvsadm save'],
      ['service ipvsadm restart'],
      ['service ipvsadm start'],
    ]);
  });

  it.each(['#echo 1 > /proc/sys/net/ipv4/ip_forward', '#route tables are shown here', '#!/bin/bash\n#ipvsadm -C'])(
    'finds no command in: %s',
    (text) => {
      expect(readNotes(text)).toEqual([]);
    },
  );
});

describe('single lines', () => {
  it.each([
    ['[root@rs1 ~]# ip addr show lo', 'ip addr show lo', '', []],
    ['root@lvs-1:~# ipvsadm -Ln', 'ipvsadm -Ln', '', []],
    ['$ curl 10.0.0.100', 'curl 10.0.0.100', '', []],
    ['# ipvsadm -C', 'ipvsadm -C', '', []],
    ['[root@d ~]# ipvsadm –A -t 172.168.100.1：:80 -s rr', 'ipvsadm –A -t 172.168.100.1：:80 -s rr', '', ['dash', 'full-width']],
    ['[root@d ~]# ipvsadm -Ln   # show the table', 'ipvsadm -Ln', 'show the table', []],
    ['[root@d ~]# ipvsadm -Ln       shows the virtual services', 'ipvsadm -Ln', 'shows the virtual services', ['english-remark']],
    ['[root@d ~]# echo "启动 服务" > /tmp/x', 'echo "启动 服务" > /tmp/x', '', []],
    ['[root@d ~]# route -n查看路由', 'route -n', '查看路由', ['joined-remark']],
    ['[root@d ~]# ifconfig eth0:0 down     VIP 下线', 'ifconfig eth0:0 down', 'VIP 下线', []],
    ['[root@d ~]# ipvsadn -L', 'ipvsadn -L', '', ['unknown-command']],
    ['[root@d ~]# ls /tmp（临时目录）', 'ls /tmp', '（临时目录）', ['joined-remark']],
  ])('%s', (text, command, remark, kinds) => {
    const read = readNotes(text);
    expect(read.map((one) => [one.command, one.remark, one.doubts.map((doubt) => doubt.kind)])).toEqual([[command, remark, kinds]]);
  });

  it('joins wrapped lines', () => {
    expect(
      readNotes('[root@d ~]# ifconfig lo:0 10.0.0.100 netmask 255.255.255.255 \\\n  broadcast 10.0.0.100 up').map(({ command }) => command),
    ).toEqual(['ifconfig lo:0 10.0.0.100 netmask 255.255.255.255 \\\n  broadcast 10.0.0.100 up']);
    const [wrapped] = readNotes('[root@d ~]# ifconfig lo:0 10.0.0.100\n   netmask 255.255.255.255 up    配置VIP');
    expect([wrapped?.command, wrapped?.remark, wrapped?.doubts.map(({ kind }) => kind)]).toEqual([
      'ifconfig lo:0 10.0.0.100 netmask 255.255.255.255 up',
      '配置VIP',
      ['wrapped'],
    ]);
  });

  it.each([
    '',
    '实验环境:相同物理网络',
    'The director has two cards.',
    'test the connection',
    '# a remark',
    'real server1:192.168.10.8',
    '[root@d ~]# ',
  ])('finds no command in: %s', (text) => {
    expect(readNotes(text)).toEqual([]);
  });
});
