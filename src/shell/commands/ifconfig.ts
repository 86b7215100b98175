/**
 * The command ifconfig: interfaces and their addresses the old way, by ioctl; aliases such as lo:0.
 * Comes from: config-commands.ts.  Goes to: host/dev addrAdd, addrDel, devSetUp and their kin; ifconfig-print.ts.
 * Source: net-tools 2.10 ifconfig.c; Linux 6.1 net/ipv4/devinet.c, devinet_ioctl().
 * Differs: IPv4 and Ethernet only; a refused flag is reported once.
 */
import { broadcastOf, formatIpv4, isGroupMac, isMulticast, maskOf, prefixLenOf, type Ipv4 } from '../../wire/index.ts';
import {
  addrAdd,
  addrDel,
  devRename,
  devSetLladdr,
  devSetMtu,
  devByName,
  devSetNoarp,
  devSetUp,
  type Dev,
  type IfAddr,
} from '../../host/index.ts';
import type { Command, CommandContext } from '../command.ts';
import type { NodeNet } from '../../world/index.ts';
import { listInterfaces, printInterface, SHORT_HEAD } from './ifconfig-print.ts';
import { findDev } from './ip/run.ts';
import { leadingInt } from './net-args.ts';
import { classLen, inetAton, lenAsTyped, looseMac, netToolsVersion, unknownHost } from './net-tools.ts';
import { IFCONFIG_USAGE } from './net-tools-usage.ts';
import { errnoText, notModelled, runTool, ToolError } from './tool-error.ts';

const SYNOPSIS = [
  'ifconfig [-a] [-s] [DEV]',
  'ifconfig DEV[:N] ADDR[/LEN] [netmask MASK] [broadcast ADDR] [up]',
  'ifconfig DEV[:N] up|down',
  'ifconfig DEV [mtu N] [hw ether MAC] [[-]arp] [[-]promisc] [txqueuelen N] [add ADDR] [del ADDR] [name NEW]',
] as const;

const TRY_HELP = "ifconfig: `--help' gives usage information.\n";

function usage(): ToolError {
  return new ToolError(IFCONFIG_USAGE, 3);
}

/** One interface, or an alias of one, as the ioctls see it. */
class Interface {
  readonly label: string;
  private readonly net: NodeNet;
  private readonly ctx: CommandContext;
  private failed = 0;

  constructor(ctx: CommandContext, label: string) {
    this.ctx = ctx;
    this.net = ctx.net;
    this.label = label;
  }

  get exitCode(): number {
    return this.failed;
  }

  get isAlias(): boolean {
    return this.label.includes(':');
  }

  dev(): Dev | null {
    return findDev(this.net, this.label.split(':')[0] ?? '');
  }

  private ifa(dev: Dev): IfAddr | undefined {
    const label = this.label.slice(0, 15);
    return dev.addrs.find((one) => one.label === label);
  }

  /** The errors of ifconfig's ioctls do not stop it; the exit code remembers. */
  private fail(text: string, code: number): void {
    this.ctx.err(text);
    this.failed |= code;
  }

  private devOr(ioctl: string): Dev | null {
    const dev = this.dev();
    if (dev === null) this.fail(`${ioctl}: ${errnoText('ENODEV')}\n`, 1);
    return dev;
  }

  /** SIOCSIFADDR: one address per label, with the mask of its class. */
  setAddress(addr: Ipv4): void {
    const dev = this.devOr('SIOCSIFADDR');
    if (dev === null) return;
    if (isMulticast(addr)) return this.fail(`SIOCSIFADDR: ${errnoText('EINVAL')}\n`, 1);
    const old = this.ifa(dev);
    if (old?.local === addr) return;
    if (old !== undefined) addrDel(this.net, dev, { local: old.local, prefixLen: old.prefixLen, label: old.label });
    if (addr === 0) return;
    const pointToPoint = dev.kind === 'ipip' && (dev.tunnel?.remote ?? null) !== null;
    const prefixLen = pointToPoint ? 32 : classLen(addr);
    const broadcast = this.classBroadcast(dev, addr, prefixLen);
    const refusal = this.insert(dev, { local: addr, address: addr, prefixLen, broadcast });
    if (refusal !== null) this.fail(`SIOCSIFADDR: ${errnoText(refusal)}\n`, 1);
  }

  private classBroadcast(dev: Dev, addr: Ipv4, prefixLen: number): Ipv4 | null {
    return hasBroadcast(dev) && prefixLen < 31 ? broadcastOf(addr, prefixLen) : null;
  }

  private insert(dev: Dev, ifa: Pick<IfAddr, 'local' | 'address' | 'prefixLen' | 'broadcast'>): 'EEXIST' | 'EINVAL' | null {
    return addrAdd(this.net, dev, {
      local: ifa.local,
      peer: ifa.address,
      prefixLen: ifa.prefixLen,
      broadcast: ifa.broadcast,
      label: this.label.slice(0, 15),
    });
  }

  /** Takes the address out and puts it back changed, as the kernel does. */
  private replace(ioctl: string, change: (ifa: IfAddr) => Partial<IfAddr> | null): void {
    const dev = this.devOr(ioctl);
    if (dev === null) return;
    const old = this.ifa(dev);
    if (old === undefined) return this.fail(`${ioctl}: ${errnoText('EADDRNOTAVAIL')}\n`, 1);
    const changes = change(old);
    if (changes === null) return;
    addrDel(this.net, dev, { local: old.local, prefixLen: old.prefixLen, label: old.label });
    this.insert(dev, { ...old, ...changes });
  }

  setNetmask(mask: Ipv4): void {
    const len = prefixLenOf(mask);
    if (len === null && this.dev() !== null) return this.fail(`SIOCSIFNETMASK: ${errnoText('EINVAL')}\n`, 1);
    this.replace('SIOCSIFNETMASK', (old) => {
      if (len === null || old.prefixLen === len) return null;
      const dev = this.dev();
      const follows = dev !== null && hasBroadcast(dev) && len < 31 && old.broadcast === broadcastOf(old.local, old.prefixLen);
      return { prefixLen: len, broadcast: follows ? broadcastOf(old.local, len) : old.broadcast };
    });
  }

  setBroadcast(addr: Ipv4): void {
    this.replace('SIOCSIFBRDADDR', (old) => (old.broadcast === addr ? null : { broadcast: addr }));
    this.keepFlags();
  }

  setPeer(addr: Ipv4): void {
    this.replace('SIOCSIFDSTADDR', (old) => (old.address === addr ? null : { address: addr }));
  }

  /** A flag is set that the kernel does not let be changed, with the interface's own: an alias without UP is taken away. */
  keepFlags(): void {
    const dev = this.dev();
    if (dev === null) this.noFlags();
    else if (this.isAlias && (!dev.up || this.ifa(dev) === undefined)) this.setUp(false);
  }

  private noFlags(): void {
    this.fail(`${this.label}: ERROR while getting interface flags: ${errnoText('ENODEV')}\n`, 255);
  }

  /** Bringing an alias down deletes its address; bringing it up changes nothing. */
  setUp(up: boolean): void {
    const dev = this.dev();
    if (dev === null) return this.noFlags();
    if (!this.isAlias) return devSetUp(this.net, dev, up);
    const ifa = this.ifa(dev);
    if (ifa === undefined) return this.fail(`SIOCSIFFLAGS: ${errnoText('EADDRNOTAVAIL')}\n`, 255);
    if (!up) addrDel(this.net, dev, { local: ifa.local, prefixLen: ifa.prefixLen, label: ifa.label });
  }

  setMtu(text: string): void {
    const dev = this.devOr('SIOCSIFMTU');
    if (dev === null) return;
    if (!/^\d+$/.test(text) || devSetMtu(this.net, dev, Number(text)) !== null) this.fail(`SIOCSIFMTU: ${errnoText('EINVAL')}\n`, 1);
  }

  setMac(text: string): void {
    const mac = looseMac(text);
    if (mac === null) throw new ToolError(`${text}: invalid ether address.\n`, 1);
    const dev = this.devOr('SIOCSIFHWADDR');
    if (dev === null) return;
    if (dev.kind !== 'ethernet' && dev.kind !== 'dummy')
      return this.fail(`SIOCSIFHWADDR: ${errnoText(dev.kind === 'loopback' ? 'EINVAL' : 'EOPNOTSUPP')}\n`, 1);
    if (isGroupMac(mac) || mac === 0) return this.fail(`SIOCSIFHWADDR: ${errnoText('EADDRNOTAVAIL')}\n`, 1);
    devSetLladdr(this.net, dev, mac);
  }

  setFlag(flag: 'noarp' | 'promisc' | 'nomulticast', on: boolean): void {
    const dev = this.dev();
    if (dev === null) return this.noFlags();
    if (this.isAlias) return this.keepFlags();
    if (flag === 'noarp') devSetNoarp(this.net, dev, on);
    else dev[flag] = on;
  }

  setQueue(text: string): void {
    const dev = this.devOr('SIOCSIFTXQLEN');
    if (dev === null) return;
    const length = leadingInt(text);
    if (length < 0) this.fail(`SIOCSIFTXQLEN: ${errnoText('EINVAL')}\n`, 1);
    else dev.txQueueLen = length;
  }

  /** What no interface of the lab's kinds can be told. */
  refuse(ioctl: string): void {
    this.fail(`${ioctl}: ${errnoText('EOPNOTSUPP')}\n`, 1);
  }

  /** The tool looks at the flag and does not set it. */
  stillBroadcast(): void {
    const dev = this.dev();
    if (dev === null) this.noFlags();
    else if (hasBroadcast(dev)) this.ctx.err(`Warning: Interface ${this.label} still in BROADCAST mode.\n`);
  }

  rename(name: string): void {
    const dev = this.devOr('SIOCSIFNAME');
    if (dev === null) return;
    const errno = devRename(this.net, dev, name);
    if (errno !== null) this.fail(`SIOCSIFNAME: ${errnoText(errno)}\n`, 1);
  }

  /** An alias of the first free number, with the mask of the interface's own address. */
  addAlias(addr: Ipv4): void {
    const dev = this.aliasDev();
    if (dev === null) return;
    const own = this.ifa(dev);
    const prefixLen = own?.prefixLen ?? classLen(addr);
    let number = 0;
    while (dev.addrs.some((ifa) => ifa.label === `${this.label}:${number}`)) number++;
    addrAdd(this.net, dev, {
      local: addr,
      prefixLen,
      broadcast: this.classBroadcast(dev, addr, prefixLen),
      label: `${this.label}:${number}`,
    });
  }

  /** An address that no alias has is added, as the tool does. */
  delAlias(addr: Ipv4): void {
    const dev = this.aliasDev();
    if (dev === null) return;
    const ifa = dev.addrs.find((one) => one.local === addr);
    if (ifa === undefined) this.addAlias(addr);
    else addrDel(this.net, dev, { local: addr, prefixLen: ifa.prefixLen, label: ifa.label });
  }

  /** The tool looks the interface up twice, and goes on without it. */
  private aliasDev(): Dev | null {
    const dev = this.dev();
    if (dev === null) this.ctx.err(`${this.label}: error fetching interface information: Device not found\n`.repeat(2));
    return dev;
  }
}

function hasBroadcast(dev: Dev): boolean {
  return dev.kind === 'ethernet' || dev.kind === 'dummy';
}

function address(text: string): Ipv4 {
  const addr = text === 'default' ? (0 as Ipv4) : inetAton(text);
  if (addr === null) throw new ToolError(`${unknownHost(text)}`, 1);
  return addr;
}

const UNMODELLED = ['allmulti', '-allmulti', 'trailers', '-trailers', 'dynamic', '-dynamic', 'tunnel', 'media', 'inet6'];

/** Settings of hardware and of serial lines: the ioctl that is refused. */
const REFUSED: Readonly<Record<string, string>> = {
  keepalive: 'SIOCSKEEPALIVE',
  outfill: 'SIOCSOUTFILL',
  mem_start: 'mem_start: SIOCSIFMAP',
  io_addr: 'io_addr: SIOCSIFMAP',
  irq: 'irq: SIOCSIFMAP',
};

/** Options are carried out one after the other, in the order given; a prefix length comes last. */
function configure(ctx: CommandContext, name: string, words: string[]): number {
  const itf = new Interface(ctx, name);
  const lens: number[] = [];
  const value = (): string => {
    const word = words.shift();
    if (word === undefined) throw usage();
    return word;
  };
  while (words.length > 0) {
    const word = value();
    if (word === 'netmask') itf.setNetmask(address(value()));
    else if (word === 'pointopoint' || word === 'dstaddr') {
      itf.setPeer(address(value()));
      if (word === 'pointopoint') itf.keepFlags();
    } else if (word === 'broadcast' && words.length > 0) itf.setBroadcast(address(value()));
    else if (word === 'mtu') itf.setMtu(value());
    else if (word === 'hw') setHardware(itf, value(), value);
    else if (word === 'txqueuelen') itf.setQueue(value());
    else if (word === 'name') itf.rename(value());
    else if (word === 'add') itf.addAlias(address(value()));
    else if (word === 'del') itf.delAlias(address(value()));
    else if (Object.hasOwn(REFUSED, word)) {
      value();
      itf.refuse(REFUSED[word] ?? word);
    } else if (!setFlags(itf, word)) assign(itf, word, lens);
  }
  // the tool shifts 32 bits by 32, which x86 takes for a shift by none: /32 becomes the mask 0.0.0.0
  for (const len of lens) itf.setNetmask(maskOf(len === 32 ? 0 : len));
  return itf.exitCode;
}

function setHardware(itf: Interface, type: string, value: () => string): void {
  const title = ['loop', 'slip', 'ppp', 'tunnel', 'sit'].includes(type);
  if (type !== 'ether' && !title) throw usage();
  const text = value();
  if (title) throw new ToolError(`hw address type \`${type}' has no handler to set address. failed.\n`, 1);
  itf.setMac(text);
}

/** Words that stand alone. @returns whether it was one */
function setFlags(itf: Interface, word: string): boolean {
  if (word === 'up' || word === 'down') itf.setUp(word === 'up');
  else if (word === 'arp' || word === '-arp') itf.setFlag('noarp', word === '-arp');
  else if (word === 'promisc' || word === '-promisc') itf.setFlag('promisc', word === 'promisc');
  else if (word === 'multicast' || word === '-multicast') itf.setFlag('nomulticast', word === '-multicast');
  else if (word === '-broadcast') itf.stillBroadcast();
  else if (word === 'broadcast' || word === '-pointopoint') itf.keepFlags();
  else if (UNMODELLED.includes(word)) throw notModelled('ifconfig', word);
  else return word === 'inet';
  return true;
}

/** An address, perhaps with a prefix length; the interface is brought up, were it without any address. */
function assign(itf: Interface, word: string, lens: number[]): void {
  const slash = word.indexOf('/');
  const text = slash < 0 ? word : word.slice(0, slash);
  const addr = text === 'default' ? (0 as Ipv4) : inetAton(text);
  const len = slash < 0 ? null : lenAsTyped(word.slice(slash + 1));
  if (slash >= 0 && len === null) throw usage();
  if (addr === null) throw new ToolError(`${unknownHost(text)}${TRY_HELP}`, 1);
  itf.setAddress(addr);
  if (len !== null) lens.push(len);
  if (addr !== 0 || !itf.isAlias) itf.setUp(true);
}

function run(ctx: CommandContext): number {
  const words = ctx.argv.slice(1);
  let all = false;
  let short = false;
  while (words[0]?.startsWith('-') === true) {
    const word = words.shift() ?? '';
    if (word === '-a') all = true;
    else if (word === '-s') short = true;
    else if (word === '-v') continue;
    else if (word === '-V' || word === '--version') {
      ctx.out(netToolsVersion('ifconfig'));
      return 0;
    } else if (word === '-h' || word === '--help' || word === '-?') {
      ctx.out(IFCONFIG_USAGE);
      return 0;
    } else throw new ToolError(`ifconfig: option \`${word}' not recognised.\n${TRY_HELP}`, 1);
  }
  const name = words.shift();
  if (name === undefined) {
    ctx.out(listInterfaces(ctx.net, all, short));
    return 0;
  }
  if (words.length > 0) return configure(ctx, name, words);
  const devName = name.split(':')[0] ?? '';
  // the counters are read first: asking for tunl0 may then load its module
  const counted = devByName(ctx.net.host, devName) !== null;
  const dev = findDev(ctx.net, devName);
  if (dev === null) {
    if (short) ctx.out(SHORT_HEAD);
    throw new ToolError(`${name}: error fetching interface information: Device not found\n`, 1);
  }
  ctx.out(printInterface(dev, name, short, counted));
  return 0;
}

export const ifconfig: Command = {
  name: 'ifconfig',
  man: {
    en: 'shows and changes interfaces and their addresses, aliases such as lo:0 included',
    zh: '查看和修改接口及其地址，包括 lo:0 这样的别名',
    synopsis: SYNOPSIS,
    notModelled: ['IPv6', 'allmulti, trailers and dynamic', 'hardware other than ether', 'tunnel, media'],
    source: 'net-tools 2.10',
  },
  run: (ctx) => runTool(ctx, () => run(ctx)),
  complete: (net, words) => {
    const typed = words.at(-1) ?? '';
    if (words.length <= 2)
      return net.host.devs
        .flatMap((dev) => (dev === null ? [] : [dev.name, ...dev.addrs.map((ifa) => ifa.label)]))
        .filter((one, i, every) => one.startsWith(typed) && every.indexOf(one) === i);
    const addrs = net.host.devs.flatMap((dev) => (dev === null ? [] : dev.addrs.map((ifa) => formatIpv4(ifa.local))));
    return ['up', 'down', 'netmask', 'broadcast', 'mtu', 'hw', 'arp', '-arp', 'promisc', '-promisc', 'add', 'del', ...addrs].filter((one) =>
      one.startsWith(typed),
    );
  },
};
