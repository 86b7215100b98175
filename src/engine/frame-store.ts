/**
 * Frames by number, packed into words: a frame as records of its headers costs about ten times the memory.
 * Comes from: trace.ts.  Goes to: whoever asks for a frame, as the same immutable layers again.
 *
 * The first word of a row says which shape it has. A frame that differs from the one it was born from only
 * by Ethernet addresses and TTL (a router's, a director's) keeps these and points at it. Frames of any other
 * make (errors that quote packets, tunnels, pieces) are kept as they are.
 *
 *   bits 0-2 shape · 3 it was born from a frame (number in the last word) · 4 DF · 5 there is data
 *   · 6-13 TTL · 14-21 TOS · 22-27 TCP: which options · 28 TCP: SACK permitted
 *   Ethernet: high halves of both addresses, low words · IPv4: length and id, source, destination · ports …
 */
import {
  ETH_P_ARP,
  ETH_P_IP,
  IPPROTO_ICMP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  makeArp,
  makeEth,
  makeIcmp,
  makePayload,
  makeUdp,
  wrap,
  type EthHdr,
  type Ipv4,
  type Ipv4Hdr,
  type Layer,
  type Layers,
  type Mac,
  type Payload,
  type TcpHdr,
  type TcpOptions,
} from '../wire/index.ts';
import { NO_FRAME, type FrameId } from './ids.ts';
import { int32Page } from './page-memory.ts';

/** What travels on a cable. Immutable: who changes a header makes a new frame. */
export interface Frame {
  readonly id: FrameId;
  /** the frame this one was made from by forwarding, rewriting, wrapping or answering an error */
  readonly bornFrom: FrameId;
  readonly layers: Layers;
}

/** A frame in the hands of whoever sends it: its layers are not joined for the cable and parted again behind it. */
export interface SentFrame {
  readonly id: FrameId;
  /** see Frame */
  readonly bornFrom: FrameId;
  /** null: a packet on its way inside a node, without a header for the cable */
  readonly eth: EthHdr | null;
  /** the layers above Ethernet */
  readonly above: Layers;
}

export function layersOf({ eth, above }: SentFrame): Layers {
  return eth === null ? above : wrap(eth, above);
}

const AS_IT_IS = 0;
const CHANGED_ON_THE_WAY = 1;
const ARP = 2;
const UDP = 3;
const TCP = 4;
const ICMP = 5;

const BORN = 8;
const DF = 16;
const DATA = 32;
const SACK_PERMITTED = 1 << 28;
const OPT_TIMESTAMPS = 1 << 22;
const OPT_MSS = 1 << 23;

/** Words of one page: a row never crosses pages. */
const PAGE_WORDS = 16_384;
const ROW_MAX = 20;
/** Row places of one page of the index. */
const INDEX_PAGE = 4096;
/** The latest frames stay at hand as they came, to be read and compared without unpacking. */
const RECENT = 256;
const TWO32 = 0x100000000;

/** Distinct contents of packets; most packets carry one of a few. */
interface Contents {
  readonly all: Uint8Array[];
  /** the latest ones, by place modulo 4 */
  readonly latest: number[];
}

/** How far a store has come: where another one may go on in its place. */
export interface FrameMark {
  readonly frames: number;
  readonly contents: number;
  readonly others: number;
}

/** Frames that were stored elsewhere; plain data that can be sent to another thread. */
export interface FrameStretch {
  readonly first: number;
  readonly pages: readonly Int32Array[];
  /** place of each frame's row, counted from the first of these pages */
  readonly places: Int32Array;
  readonly contents: readonly Uint8Array[];
  readonly others: readonly Layers[];
}

export class FrameStore {
  private pages: Int32Array[] = [];
  private places: Int32Array[] = [];
  private contents: Contents = { all: [], latest: [-1, -1, -1, -1] };
  private others: Layers[] = [];
  private recent: (SentFrame | null)[] = Array.from({ length: RECENT }, () => null);
  private used = PAGE_WORDS;
  private stored = 0;
  /** frames, contents and others that have been given away by take() */
  private given: FrameMark = { frames: 0, contents: 0, others: 0 };

  get length(): number {
    return this.stored;
  }

  get mark(): FrameMark {
    return { frames: this.stored, contents: this.contents.all.length, others: this.others.length };
  }

  /** A store that goes on where another has come to; what lies before it cannot be read here. */
  static after(mark: FrameMark): FrameStore {
    const store = new FrameStore();
    store.stored = mark.frames;
    store.places.length = Math.floor(mark.frames / INDEX_PAGE);
    if (mark.frames % INDEX_PAGE !== 0) store.places.push(int32Page(INDEX_PAGE));
    store.contents.all.length = mark.contents;
    store.others.length = mark.others;
    store.given = mark;
    return store;
  }

  /** Gives away what was stored since the last call, and forgets it. */
  take(): FrameStretch {
    const first = this.given.frames;
    const places = new Int32Array(this.stored - first);
    for (let id = first; id < this.stored; id++)
      places[id - first] = (this.places[Math.floor(id / INDEX_PAGE)] as Int32Array)[id % INDEX_PAGE] as number;
    const pages = this.pages.map((page, i) => page.slice(0, i === this.pages.length - 1 ? this.used : PAGE_WORDS));
    const stretch = {
      first,
      pages,
      places,
      contents: this.contents.all.slice(this.given.contents),
      others: this.others.slice(this.given.others),
    };
    this.pages = [];
    this.used = PAGE_WORDS;
    this.given = this.mark;
    return stretch;
  }

  /** Takes in what a store gave that went on where this one had come to. */
  append({ first, pages, places, contents, others }: FrameStretch): void {
    if (first !== this.stored) throw new RangeError(`frames from ${first} cannot follow frame ${this.stored}`);
    const base = this.pages.length * PAGE_WORDS;
    this.pages.push(...pages);
    // pages of another store are full: the next frame begins a page of its own
    this.used = PAGE_WORDS;
    for (const place of places) {
      const slot = this.stored % INDEX_PAGE;
      if (slot === 0) this.places.push(int32Page(INDEX_PAGE));
      (this.places[this.places.length - 1] as Int32Array)[slot] = base + place;
      this.stored++;
    }
    for (const content of contents) this.contents.all.push(content);
    for (const layers of others) this.others.push(layers);
  }

  /** Stores the next frame; one that a replay makes again is only kept at hand. */
  put(frame: SentFrame): void {
    if (frame.id > this.stored) throw new RangeError(`frame ${frame.id} comes before frame ${this.stored}`);
    if (frame.id === this.stored) {
      const slot = this.stored % INDEX_PAGE;
      if (slot === 0) this.places.push(int32Page(INDEX_PAGE));
      if (this.used + ROW_MAX > PAGE_WORDS) {
        this.pages.push(int32Page(PAGE_WORDS));
        this.used = 0;
      }
      const page = this.pages[this.pages.length - 1] as Int32Array;
      (this.places[this.places.length - 1] as Int32Array)[slot] = (this.pages.length - 1) * PAGE_WORDS + this.used;
      this.used = this.write(page, this.used, frame);
      this.stored++;
    }
    this.recent[frame.id % RECENT] = frame;
  }

  get(id: FrameId): Frame {
    if (!(id >= 0 && id < this.stored)) throw new RangeError(`no frame ${id}: there are ${this.stored}`);
    const near = this.recent[id % RECENT];
    if (near !== null && near !== undefined && near.id === id) return { id, bornFrom: near.bornFrom, layers: layersOf(near) };
    return this.read(id);
  }

  /** Bytes held, unused capacity included. */
  get bytes(): number {
    let bytes = 4 * (this.pages.length * PAGE_WORDS + this.places.length * INDEX_PAGE);
    for (const content of this.contents.all) bytes += content.length + 100;
    return bytes + 400 * this.others.length + 500 * RECENT;
  }

  /** A store of its own that holds the first `frames` frames. Full pages are shared: nobody writes to them again. */
  branch(frames: number): FrameStore {
    const copy = new FrameStore();
    copy.pages = this.pages.slice();
    copy.places = this.places.slice(0, Math.ceil(frames / INDEX_PAGE));
    copy.contents = { all: this.contents.all.slice(), latest: this.contents.latest.slice() };
    copy.others = this.others.slice();
    copy.used = PAGE_WORDS;
    copy.stored = frames;
    if (frames % INDEX_PAGE !== 0) {
      const last = copy.places.length - 1;
      copy.places[last] = (copy.places[last] as Int32Array).slice();
    }
    return copy;
  }

  private write(page: Int32Array, at: number, frame: SentFrame): number {
    const { eth, above, bornFrom } = frame;
    const next = above[0];
    if (eth === null || next === undefined) return this.writeOther(page, at, frame);
    const born = bornFrom === NO_FRAME ? 0 : BORN;
    if (next.kind === 'ipv4') {
      if (next.mf || next.fragOffset !== 0 || eth.type !== ETH_P_IP) return this.writeOther(page, at, frame);
      if (born !== 0 && this.isChangedOnTheWay(bornFrom, next, above)) {
        page[at] = CHANGED_ON_THE_WAY | BORN | (next.ttl << 6);
        writeEth(page, at + 1, eth);
        page[at + 4] = bornFrom;
        return at + 5;
      }
      return this.writeIpv4(page, at, frame, eth, next, born);
    }
    if (next.kind === 'arp' && above.length === 1 && eth.type === ETH_P_ARP) {
      page[at] = ARP | born | (next.op << 6);
      writeEth(page, at + 1, eth);
      page[at + 4] = ((next.sha / TWO32) << 16) | (next.tha / TWO32);
      page[at + 5] = next.sha;
      page[at + 6] = next.spa;
      page[at + 7] = next.tha;
      page[at + 8] = next.tpa;
      page[at + 9] = bornFrom;
      return at + (born === 0 ? 9 : 10);
    }
    return this.writeOther(page, at, frame);
  }

  /** All that lies above IPv4 is the parent's, and of IPv4 only the TTL is new. */
  private isChangedOnTheWay(bornFrom: FrameId, ip: Ipv4Hdr, above: Layers): boolean {
    const parent = this.recent[bornFrom % RECENT];
    if (parent === null || parent === undefined || parent.id !== bornFrom || parent.eth === null) return false;
    const before = parent.above;
    if (before.length !== above.length) return false;
    for (let i = 1; i < above.length; i++) if (above[i] !== before[i]) return false;
    const was = before[0];
    if (was === undefined || was.kind !== 'ipv4') return false;
    if (was === ip) return true;
    return (
      was.src === ip.src && was.dst === ip.dst && was.id === ip.id && was.totalLen === ip.totalLen &&
      was.tos === ip.tos && was.proto === ip.proto && was.df === ip.df && was.mf === ip.mf && was.fragOffset === ip.fragOffset
    ); // prettier-ignore
  }

  private writeIpv4(page: Int32Array, at: number, frame: SentFrame, eth: EthHdr, ip: Ipv4Hdr, born: number): number {
    const layers = frame.above;
    const above = layers[1];
    const data = layers[2];
    if (above === undefined || layers.length > 3 || (data !== undefined && data.kind !== 'payload'))
      return this.writeOther(page, at, frame);
    let shape = born | (ip.df ? DF : 0) | (data === undefined ? 0 : DATA) | (ip.ttl << 6) | (ip.tos << 14);
    let end = at + 7;
    if (above.kind === 'udp') {
      if (ip.proto !== IPPROTO_UDP || above.len !== ip.totalLen - 20) return this.writeOther(page, at, frame);
      shape |= UDP;
      page[end++] = (above.sport << 16) | above.dport;
    } else if (above.kind === 'tcp') {
      const { options } = above;
      if (ip.proto !== IPPROTO_TCP || options.sack !== null || options.toa !== null) return this.writeOther(page, at, frame);
      shape |= TCP;
      if (options.sackPermitted) shape |= SACK_PERMITTED;
      if (options.timestamps !== null) shape |= OPT_TIMESTAMPS;
      if (options.mss !== null || options.windowScale !== null) shape |= OPT_MSS;
      end = writeTcp(page, end, above);
    } else if (above.kind === 'icmp') {
      if (ip.proto !== IPPROTO_ICMP) return this.writeOther(page, at, frame);
      shape |= ICMP;
      page[end++] = (above.type << 8) | above.code;
      page[end++] = above.rest;
    } else return this.writeOther(page, at, frame);
    if (data !== undefined) page[end++] = this.numberOf((data as Payload).bytes);
    if (born !== 0) page[end++] = frame.bornFrom;
    page[at] = shape;
    writeEth(page, at + 1, eth);
    page[at + 4] = (ip.totalLen << 16) | ip.id;
    page[at + 5] = ip.src;
    page[at + 6] = ip.dst;
    return end;
  }

  private writeOther(page: Int32Array, at: number, frame: SentFrame): number {
    page[at] = AS_IT_IS;
    page[at + 1] = this.others.push(layersOf(frame)) - 1;
    page[at + 2] = frame.bornFrom;
    return at + 3;
  }

  private numberOf(bytes: Uint8Array): number {
    const { all, latest } = this.contents;
    for (let i = 0; i < 4; i++) {
      const number = latest[i] as number;
      if (number >= 0 && all[number] === bytes) return number;
    }
    // equal contents in another array, such as a program's line sent again
    for (let i = 0; i < 4; i++) {
      const number = latest[i] as number;
      if (number >= 0 && equalBytes(all[number] as Uint8Array, bytes)) return number;
    }
    const number = all.push(bytes) - 1;
    latest[number & 3] = number;
    return number;
  }

  private placeOf(id: FrameId): { page: Int32Array; at: number } {
    const place = (this.places[Math.floor(id / INDEX_PAGE)] as Int32Array)[id % INDEX_PAGE] as number;
    return { page: this.pages[Math.floor(place / PAGE_WORDS)] as Int32Array, at: place % PAGE_WORDS };
  }

  private read(id: FrameId): Frame {
    const { page, at } = this.placeOf(id);
    const head = page[at] as number;
    const shape = head & 7;
    if (shape === AS_IT_IS) return { id, bornFrom: page[at + 2] as FrameId, layers: this.others[page[at + 1] as number] as Layers };
    const type = shape === ARP ? ETH_P_ARP : ETH_P_IP;
    const eth = readEth(page, at + 1, type);
    if (shape === CHANGED_ON_THE_WAY) {
      const bornFrom = page[at + 4] as FrameId;
      const [, ip, ...rest] = this.get(bornFrom).layers;
      return { id, bornFrom, layers: [eth, { ...(ip as Ipv4Hdr), ttl: (head >>> 6) & 255 }, ...rest] };
    }
    if (shape === ARP) {
      const high = page[at + 4] as number;
      const arp = makeArp(
        (head >>> 6) & 0xffff,
        macOf(high >>> 16, page[at + 5] as number),
        unsigned(page[at + 6]) as Ipv4,
        macOf(high & 0xffff, page[at + 7] as number),
        unsigned(page[at + 8]) as Ipv4,
      );
      return { id, bornFrom: ((head & BORN) === 0 ? NO_FRAME : page[at + 9]) as FrameId, layers: [eth, arp] };
    }
    return this.readIpv4(id, page, at, head, eth);
  }

  private readIpv4(id: FrameId, page: Int32Array, at: number, head: number, eth: EthHdr): Frame {
    const shape = head & 7;
    const lengthAndId = page[at + 4] as number;
    const totalLen = lengthAndId >>> 16;
    const layers: Layer[] = [
      eth,
      {
        kind: 'ipv4',
        tos: (head >>> 14) & 255,
        totalLen,
        id: lengthAndId & 0xffff,
        df: (head & DF) !== 0,
        mf: false,
        fragOffset: 0,
        ttl: (head >>> 6) & 255,
        proto: shape === UDP ? IPPROTO_UDP : shape === TCP ? IPPROTO_TCP : IPPROTO_ICMP,
        src: unsigned(page[at + 5]) as Ipv4,
        dst: unsigned(page[at + 6]) as Ipv4,
      },
    ];
    let end = at + 7;
    if (shape === UDP) {
      const ports = page[end++] as number;
      layers.push(makeUdp(ports >>> 16, ports & 0xffff, totalLen - 20));
    } else if (shape === ICMP) {
      const typeAndCode = page[end++] as number;
      layers.push(makeIcmp(typeAndCode >>> 8, typeAndCode & 255, unsigned(page[end++])));
    } else {
      layers.push(readTcp(page, end, head));
      end = endOfTcp(end, head);
    }
    if ((head & DATA) !== 0) layers.push(makePayload(this.contents.all[page[end++] as number] as Uint8Array));
    return { id, bornFrom: ((head & BORN) === 0 ? NO_FRAME : page[end]) as FrameId, layers };
  }
}

function unsigned(word: number | undefined): number {
  return (word as number) >>> 0;
}

function macOf(high: number, low: number): Mac {
  return (high * TWO32 + (low >>> 0)) as Mac;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** A word takes the low 32 bits of what is written to it. */
function writeEth(page: Int32Array, at: number, eth: EthHdr): void {
  page[at] = ((eth.dst / TWO32) << 16) | (eth.src / TWO32);
  page[at + 1] = eth.dst;
  page[at + 2] = eth.src;
}

function readEth(page: Int32Array, at: number, type: number): EthHdr {
  const high = page[at] as number;
  return makeEth(macOf(high >>> 16, page[at + 1] as number), macOf(high & 0xffff, page[at + 2] as number), type);
}

function writeTcp(page: Int32Array, at: number, tcp: TcpHdr): number {
  const { timestamps, mss, windowScale } = tcp.options;
  page[at] = (tcp.sport << 16) | tcp.dport;
  page[at + 1] = tcp.seq;
  page[at + 2] = tcp.ack;
  page[at + 3] = (tcp.flags << 16) | tcp.window;
  let end = at + 4;
  if (timestamps !== null) {
    page[end++] = timestamps.val;
    page[end++] = timestamps.ecr;
  }
  // each with a bit of its own, because both may be absent or zero
  if (mss !== null || windowScale !== null)
    page[end++] = (mss === null ? 0 : 0x10000 | mss) | (windowScale === null ? 0 : 0x20000 | (windowScale << 18));
  return end;
}

function endOfTcp(at: number, head: number): number {
  return at + 4 + ((head & OPT_TIMESTAMPS) === 0 ? 0 : 2) + ((head & OPT_MSS) === 0 ? 0 : 1);
}

function readTcp(page: Int32Array, at: number, head: number): TcpHdr {
  const ports = page[at] as number;
  const flagsAndWindow = page[at + 3] as number;
  const hasTimestamps = (head & OPT_TIMESTAMPS) !== 0;
  const sizes = (head & OPT_MSS) === 0 ? 0 : (page[at + (hasTimestamps ? 6 : 4)] as number);
  const options: TcpOptions = {
    mss: (sizes & 0x10000) === 0 ? null : sizes & 0xffff,
    sackPermitted: (head & SACK_PERMITTED) !== 0,
    timestamps: hasTimestamps ? { val: unsigned(page[at + 4]), ecr: unsigned(page[at + 5]) } : null,
    windowScale: (sizes & 0x20000) === 0 ? null : (sizes >>> 18) & 255,
    sack: null,
    toa: null,
  };
  return {
    kind: 'tcp',
    sport: ports >>> 16,
    dport: ports & 0xffff,
    seq: unsigned(page[at + 1]),
    ack: unsigned(page[at + 2]),
    flags: (flagsAndWindow >>> 16) & 0xffff,
    window: flagsAndWindow & 0xffff,
    options,
  };
}
