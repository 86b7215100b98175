/**
 * Finds rows of a table by a hash of what stands in them. Rows of one bucket are a chain, the newest first. The
 * index grows by one bucket at a time, so that no row waits for a great move. Chains stand beside the rows: a
 * bucket that is parted writes to pages of five hundred links, not to those of the rows.
 * Comes from: tables of connections.  Goes to: rows.ts.
 * Source: W. Litwin, "Linear hashing", VLDB 1980.
 */
import { createRows, numberAt, rowPage, rowPlace, setNumber, type Rows } from './rows.ts';

/** Hash of the row that begins at `at`; never changes while it is in the index. */
export type HashAt = (words: Int32Array, at: number) => number;

/** Plain data; changed by the functions of this file only. */
export interface RowIndex {
  /** number of the first row of each bucket, 0 for none */
  heads: Rows;
  /** number of the row behind each row of a chain, 0 for none */
  nexts: Rows;
  buckets: number;
  /** rows in it */
  count: number;
}

const FIRST_BUCKETS = 16;
/** On the average, at most: what is looked for is nearly always the newest. */
const ROWS_PER_BUCKET = 2;
/** 512 numbers to a page. */
const NUMBERS_SHIFT = 9;

export function createRowIndex(): RowIndex {
  return { heads: createRows(1, NUMBERS_SHIFT), nexts: createRows(1, NUMBERS_SHIFT), buckets: FIRST_BUCKETS, count: 0 };
}

function bucketOf(buckets: number, hash: number): number {
  const whole = 1 << (31 - Math.clz32(buckets));
  const bucket = hash & (2 * whole - 1);
  return bucket < buckets ? bucket : hash & (whole - 1);
}

/** The first row that may have this hash, or 0. */
export function indexFirst(index: RowIndex, hash: number): number {
  return numberAt(index.heads, bucketOf(index.buckets, hash));
}

/** The row behind this one in its chain, or 0. */
export function indexNext(index: RowIndex, row: number): number {
  return numberAt(index.nexts, row);
}

function bucketOfRow(index: RowIndex, rows: Rows, hashAt: HashAt, row: number): number {
  return bucketOf(index.buckets, hashAt(rowPage(rows, row) as Int32Array, rowPlace(rows, row)));
}

export function indexAdd(index: RowIndex, rows: Rows, hashAt: HashAt, row: number): void {
  if (++index.count > ROWS_PER_BUCKET * index.buckets) split(index, rows, hashAt);
  const bucket = bucketOfRow(index, rows, hashAt, row);
  setNumber(index.nexts, row, numberAt(index.heads, bucket));
  setNumber(index.heads, bucket, row);
}

/** @returns whether the row was in it */
export function indexRemove(index: RowIndex, rows: Rows, hashAt: HashAt, row: number): boolean {
  const { heads, nexts } = index;
  const bucket = bucketOfRow(index, rows, hashAt, row);
  const next = numberAt(nexts, row);
  let before = numberAt(heads, bucket);
  if (before === row) setNumber(heads, bucket, next);
  else {
    while (before !== 0) {
      const after = numberAt(nexts, before);
      if (after === row) break;
      before = after;
    }
    if (before === 0) return false;
    setNumber(nexts, before, next);
  }
  setNumber(nexts, row, 0);
  if (--index.count === 0) {
    index.heads = createRows(1, NUMBERS_SHIFT);
    index.nexts = createRows(1, NUMBERS_SHIFT);
    index.buckets = FIRST_BUCKETS;
  }
  return true;
}

/** Adds a bucket; the rows of the one it is split from keep their order. */
function split(index: RowIndex, rows: Rows, hashAt: HashAt): void {
  const { heads, nexts } = index;
  const added = index.buckets++;
  const from = added - (1 << (31 - Math.clz32(added)));
  let row = numberAt(heads, from);
  let lastStaying = 0;
  let lastMoving = 0;
  while (row !== 0) {
    if (bucketOfRow(index, rows, hashAt, row) === added) {
      if (lastMoving === 0) setNumber(heads, added, row);
      else setNumber(nexts, lastMoving, row);
      lastMoving = row;
    } else {
      if (lastStaying === 0) setNumber(heads, from, row);
      else setNumber(nexts, lastStaying, row);
      lastStaying = row;
    }
    row = numberAt(nexts, row);
  }
  if (lastStaying === 0) setNumber(heads, from, 0);
  else setNumber(nexts, lastStaying, 0);
  if (lastMoving !== 0) setNumber(nexts, lastMoving, 0);
}
