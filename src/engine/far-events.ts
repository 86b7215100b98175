/**
 * Events that are due much later, in buckets of time: a bucket that is reached is poured into finer ones, at
 * last into the heap. Each is ten words of a page; a timer is only numbers.
 * Comes from: event.ts.
 *
 *   0-1 at   2-3 tie   4-5 seq   6 node   7 cause   8 name of the timer (its place in `names`, or OTHER)   9 key, or whom it is for
 *
 * What is put in is written behind all else and stays there until the bucket goes as a whole. So a copy of a
 * bucket for a checkpoint is its number of events: whoever goes on from that copy takes pages of his own first.
 */

/** One bucket. Plain data; changed by the functions of this file only. */
export interface Bucket {
  /** in ticks: lengths of the finest buckets since the beginning */
  readonly begins: number;
  /** events before this many count; others may stand behind them, put in after a copy was made */
  count: number;
  readonly pages: Int32Array[];
}

/** By level, 64 places each: what is on a level lies within one bucket of the next one, so that no two meet in a place. */
export type Buckets = (Bucket | null)[];

/** A timer, as programs schedule it. What else is scheduled is kept as it is. */
interface Timer {
  readonly kind: 'timer';
  readonly timer: string;
  readonly key: number;
}

export interface FarEvents<What> {
  buckets: Buckets;
  /** names of timers, in the order in which they came */
  names: string[];
  /** by sequence number: what is no timer */
  others: Map<number, What>;
  /** words of all pages that were ever made: tells what a checkpoint may be the last to hold */
  made: number;
}

/** Length of the finest buckets, nanoseconds: a tick. */
const BUCKET_NS = 0x1000000;
/** The buckets of each level are 64 times as long as those of the level below, 78 hours at last. */
const LEVEL_SHIFT = 6;
const LEVEL_PLACES = 1 << LEVEL_SHIFT;
const TOP = 4;
const PLACES = (TOP + 1) * LEVEL_PLACES;
const TWO_32 = 0x100000000;

export const FAR_WORDS = 10;
const PAGE_SHIFT = 8;
const PAGE_EVENTS = 1 << PAGE_SHIFT;
const FIRST_EVENTS = 4;
const OTHER = -1;

/**
 * Pages of full size that nobody holds any more, and lists of pages that a checkpoint holds too. Not part of the
 * state: which page a bucket gets is nobody's business.
 */
const spare: Int32Array[] = [];
const SPARE_MAX = 1024;
const shared = new WeakSet<readonly Int32Array[]>();

export function createFar<What>(): FarEvents<What> {
  return { buckets: Array.from({ length: PLACES }, () => null), names: [], others: new Map(), made: 0 };
}

/** Place of the bucket of an event: on the finest level whose next coarser bucket has been reached already. */
function placeOf(tick: number, reached: number): number {
  const apart = 31 - Math.clz32(tick ^ reached);
  let level = 0;
  // the highest bit in which they differ
  for (let bit = apart - LEVEL_SHIFT; bit >= 0 && level < TOP; bit -= LEVEL_SHIFT) level++;
  return level * LEVEL_PLACES + ((tick >>> (level * LEVEL_SHIFT)) & (LEVEL_PLACES - 1));
}

/** Only timers have ties below 0; so nothing else is looked at. */
function isTimer(tie: number, what: unknown): what is Timer {
  if (tie >= 0 || typeof what !== 'object' || what === null) return false;
  const { kind, key } = what as Partial<Timer>;
  return kind === 'timer' && typeof key === 'number' && (key | 0) === key;
}

function nameCode(names: string[], name: string): number {
  for (let i = 0; i < names.length; i++) if (names[i] === name) return i;
  return names.push(name) - 1;
}

function bucketFor(buckets: Buckets, tick: number, reached: number): Bucket {
  const place = placeOf(tick, reached);
  const known = buckets[place] as Bucket | null;
  if (known !== null) return known;
  const shift = levelAt(place) * LEVEL_SHIFT;
  const bucket: Bucket = { begins: (tick >>> shift) << shift, count: 0, pages: [] };
  buckets[place] = bucket;
  return bucket;
}

function levelAt(place: number): number {
  return place >>> LEVEL_SHIFT;
}

/** A place behind the last event. @returns the page; the place in it is that of the bucket's count before */
function pageForNext(far: { made: number }, bucket: Bucket): Int32Array {
  const number = bucket.count >>> PAGE_SHIFT;
  const place = bucket.count & (PAGE_EVENTS - 1);
  bucket.count++;
  const page = bucket.pages[number];
  if (page !== undefined && place * FAR_WORDS < page.length) return page;
  const events = page === undefined ? (number === 0 ? FIRST_EVENTS : PAGE_EVENTS) : place * 2;
  const wider = (events === PAGE_EVENTS ? spare.pop() : undefined) ?? new Int32Array(events * FAR_WORDS);
  far.made += wider.length;
  if (page !== undefined) wider.set(page);
  bucket.pages[number] = wider;
  return wider;
}

function put(words: Int32Array, place: number, value: number): void {
  words[place] = value;
  words[place + 1] = Math.floor(value / TWO_32);
}

/** A number that takes two words. */
export function farNumber(words: Int32Array, place: number): number {
  return (words[place + 1] as number) * TWO_32 + ((words[place] as number) >>> 0);
}

/** A whole number below 2^31, as virtual time ends after a hundred days. */
function tickOf(at: number): number {
  return (at / BUCKET_NS) | 0;
}

/** @param reached what is due before this moment stands elsewhere */
export function farPush<What>(
  far: FarEvents<What>,
  reached: number,
  at: number,
  tie: number,
  seq: number,
  node: number,
  cause: number,
  what: What,
  to: number,
): void {
  const bucket = bucketFor(far.buckets, tickOf(at), tickOf(reached));
  const place = (bucket.count & (PAGE_EVENTS - 1)) * FAR_WORDS;
  const page = pageForNext(far, bucket);
  put(page, place, at);
  put(page, place + 2, tie);
  put(page, place + 4, seq);
  page[place + 6] = node;
  page[place + 7] = cause;
  if (isTimer(tie, what)) {
    page[place + 8] = nameCode(far.names, what.timer);
    page[place + 9] = what.key;
  } else {
    page[place + 8] = OTHER;
    page[place + 9] = to;
    far.others.set(seq, what);
  }
}

/** What the event at this place of a page carries. A timer is made anew. */
export function farWhat<What>(far: FarEvents<What>, words: Int32Array, place: number): What {
  const code = words[place + 8] as number;
  if (code === OTHER) return far.others.get(farNumber(words, place + 4)) as What;
  return { kind: 'timer', timer: far.names[code] as string, key: words[place + 9] as number } as What;
}

/** Whom the event at this place of a page is for; a timer is for nobody in particular. */
export function farTo(words: Int32Array, place: number): number {
  return words[place + 8] === OTHER ? (words[place + 9] as number) : 0;
}

/** Forgets what an event carries that has been taken out. */
export function farForget<What>(far: FarEvents<What>, words: Int32Array, place: number): void {
  if (words[place + 8] === OTHER) far.others.delete(farNumber(words, place + 4));
}

/**
 * The events of a bucket one after the other.
 * @returns words and place of number `i`
 */
export function farPage(bucket: Bucket, i: number): Int32Array {
  return bucket.pages[i >>> PAGE_SHIFT] as Int32Array;
}

export function farPlace(i: number): number {
  return (i & (PAGE_EVENTS - 1)) * FAR_WORDS;
}

/** Place of the bucket that begins first, the coarsest of several; -1 when there is none. */
function firstPlace(buckets: Buckets): number {
  let first = -1;
  let begins = Infinity;
  for (let place = 0; place < PLACES; place++) {
    const bucket = buckets[place] as Bucket | null;
    if (bucket === null || bucket.begins > begins) continue;
    first = place;
    begins = bucket.begins;
  }
  return first;
}

/**
 * Takes out the bucket of the finest level that is due next.
 * @returns the bucket, or null when nothing waits
 */
export function farNext(far: Pick<FarEvents<unknown>, 'buckets' | 'made'>): Bucket | null {
  const { buckets } = far;
  for (;;) {
    const place = firstPlace(buckets);
    const bucket = place < 0 ? null : (buckets[place] as Bucket | null);
    if (bucket === null) return null;
    buckets[place] = null;
    if (levelAt(place) === 0) return bucket;
    for (let i = 0; i < bucket.count; i++) toFiner(far, bucket, i);
    farDone(bucket);
  }
}

/** A bucket has been emptied: pages that no checkpoint holds can be used again. */
export function farDone({ pages }: Bucket): void {
  if (shared.has(pages)) return;
  for (const page of pages) if (page.length === PAGE_EVENTS * FAR_WORDS && spare.length < SPARE_MAX) spare.push(page.fill(0));
}

/** Puts the event number `i` of a bucket that has been reached into the finer one where it belongs. */
function toFiner(far: Pick<FarEvents<unknown>, 'buckets' | 'made'>, bucket: Bucket, i: number): void {
  const words = farPage(bucket, i);
  const from = farPlace(i);
  const finer = bucketFor(far.buckets, tickOf(farNumber(words, from)), bucket.begins);
  const to = farPlace(finer.count);
  const page = pageForNext(far, finer);
  for (let word = 0; word < FAR_WORDS; word++) page[to + word] = words[from + word] as number;
}

/** When a bucket that farNext() gave is over, nanoseconds. By a half, so that it is a double from the first. */
export function farEnd({ begins }: Bucket): number {
  return (begins + 0.5) * BUCKET_NS + BUCKET_NS / 2;
}

export function farCount(far: Pick<FarEvents<unknown>, 'buckets'>): number {
  let count = 0;
  for (const bucket of far.buckets) if (bucket !== null) count += bucket.count;
  return count;
}

/** A copy that is good for reading, while the original is added to. */
export function shareFar<What>({ buckets, names, others, made }: FarEvents<What>): FarEvents<What> {
  const copy = buckets.map((bucket) => {
    if (bucket === null) return null;
    shared.add(bucket.pages);
    return { ...bucket };
  });
  return { buckets: copy, names: names.slice(), others: new Map(others), made };
}

/** A copy that may be added to, whoever else adds to the original. */
export function partFar<What>({ buckets, names, others, made }: FarEvents<What>): FarEvents<What> {
  const copy = buckets.map((bucket) => (bucket === null ? null : partBucket(bucket)));
  return { buckets: copy, names: names.slice(), others: new Map(others), made };
}

function partBucket({ begins, count, pages }: Bucket): Bucket {
  const used = (count + PAGE_EVENTS - 1) >>> PAGE_SHIFT;
  const own = pages.slice(0, used);
  const last = count & (PAGE_EVENTS - 1);
  // full pages are never written to again
  if (last !== 0) own[used - 1] = headOf(own[used - 1] as Int32Array, last, used === 1);
  shared.add(own);
  return { begins, count, pages: own };
}

/** A page of its own with the first so many events, as large as one that was never larger. */
function headOf(page: Int32Array, events: number, isFirst: boolean): Int32Array {
  let room = isFirst ? FIRST_EVENTS : PAGE_EVENTS;
  while (room < events) room *= 2;
  const own = new Int32Array(room * FAR_WORDS);
  own.set(page.subarray(0, events * FAR_WORDS));
  return own;
}

/** Takes events out by their sequence numbers. */
export function farRemove<What>(far: FarEvents<What>, seqs: ReadonlySet<number>): void {
  far.buckets.forEach((bucket, at) => {
    if (bucket === null) return;
    const kept: Bucket = { begins: bucket.begins, count: 0, pages: [] };
    for (let i = 0; i < bucket.count; i++) {
      const words = farPage(bucket, i);
      const from = farPlace(i);
      if (seqs.has(farNumber(words, from + 4))) {
        farForget(far, words, from);
        continue;
      }
      const to = farPlace(kept.count);
      pageForNext(far, kept).set(words.subarray(from, from + FAR_WORDS), to);
    }
    far.buckets[at] = kept.count === 0 ? null : kept;
  });
}
