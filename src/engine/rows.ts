/**
 * A table of rows of whole numbers, in pages of which a checkpoint and the living state share those that have
 * not been written to since: what a checkpoint costs does not depend on the length of the table.
 * Comes from: tables of many thousand like entries (connections, TIME_WAIT).  Goes to: copy.ts, row-index.ts.
 *
 *   chapters ─► chapter of 64 pages ─► page: how many rows are taken, then the rows one after the other
 *
 * Plain data. A page or chapter is written to only by the table that owns it; who owns what is remembered beside
 * the state, because two states are equal whatever was copied on the way to them.
 */
import { countCopied, valuesOf } from './copy-work.ts';

type Chapter = (Int32Array | null)[];

/** Changed by the functions of this file only. Rows are named by number, from 0; there may be gaps. */
export interface Rows {
  readonly paged: true;
  /** words of a row */
  readonly width: number;
  /** a page has 2 to the power of this many rows */
  readonly shift: number;
  readonly chapters: (Chapter | null)[];
  /** number of the last page: it stays when it is empty, for it is about to be written to again */
  last: number;
}

/** Which pages and chapters a table owns: those marked with the present age. Each copy of the table begins a new one. */
interface Owned {
  age: number;
  readonly pages: number[];
  readonly chapters: number[];
}

const CHAPTER_SHIFT = 6;
const CHAPTER_PAGES = 1 << CHAPTER_SHIFT;
/** A page begins with the number of its rows that are taken. */
const HEAD = 1;

const owners = new WeakMap<Rows, Owned>();

export function createRows(width: number, shift: number): Rows {
  return { paged: true, width, shift, chapters: [], last: -1 };
}

export function isRows(value: object): value is Rows {
  return (value as Partial<Rows>).paged === true;
}

/** A copy that shares all pages; from now on either side copies a page before it writes to it. */
export function shareRows(rows: Rows): Rows {
  const owned = owners.get(rows);
  if (owned !== undefined) owned.age++;
  countCopied(rows.chapters.length);
  return { ...rows, chapters: rows.chapters.slice() };
}

function ownedBy(rows: Rows): Owned {
  let owned = owners.get(rows);
  if (owned === undefined) {
    owned = { age: 0, pages: [], chapters: [] };
    // counted, not born as 1: code that took it for a constant would be thrown away at the first checkpoint
    owned.age++;
    owners.set(rows, owned);
  }
  return owned;
}

/** Where a row begins in its page. */
export function rowPlace(rows: Rows, row: number): number {
  return HEAD + (row & ((1 << rows.shift) - 1)) * rows.width;
}

/** The page of a row, for reading; null when it has never been written to or holds nothing any more. */
export function rowPage(rows: Rows, row: number): Int32Array | null {
  const page = row >>> rows.shift;
  const chapter = rows.chapters[page >>> CHAPTER_SHIFT];
  return chapter === undefined || chapter === null ? null : (chapter[page & (CHAPTER_PAGES - 1)] as Int32Array | null);
}

/** The page of a row, for writing. Good until the state is copied, that is for the event under way. */
export function ownPage(rows: Rows, row: number): Int32Array {
  const page = row >>> rows.shift;
  const owned = ownedBy(rows);
  if (owned.pages[page] === owned.age) return (rows.chapters[page >>> CHAPTER_SHIFT] as Chapter)[page & (CHAPTER_PAGES - 1)] as Int32Array;
  return takePage(rows, owned, page);
}

function takePage(rows: Rows, owned: Owned, page: number): Int32Array {
  const chapter = ownChapter(rows, owned, page >>> CHAPTER_SHIFT);
  const before = chapter[page & (CHAPTER_PAGES - 1)] as Int32Array | null;
  const words = before === null ? new Int32Array(HEAD + (rows.width << rows.shift)) : before.slice();
  if (before !== null) countCopied(valuesOf(words.length));
  chapter[page & (CHAPTER_PAGES - 1)] = words;
  while (owned.pages.length <= page) owned.pages.push(0);
  owned.pages[page] = owned.age;
  if (page > rows.last) {
    const emptied = rows.last;
    rows.last = page;
    if (emptied >= 0) dropIfEmpty(rows, emptied);
  }
  return words;
}

function ownChapter(rows: Rows, owned: Owned, number: number): Chapter {
  const { chapters } = rows;
  while (chapters.length <= number) chapters.push(null);
  const before = chapters[number] as Chapter | null;
  if (before !== null && owned.chapters[number] === owned.age) return before;
  const chapter = before === null ? Array.from({ length: CHAPTER_PAGES }, () => null) : before.slice();
  chapters[number] = chapter;
  while (owned.chapters.length <= number) owned.chapters.push(0);
  owned.chapters[number] = owned.age;
  return chapter;
}

/** Counts a row as taken: its page stays while one of its rows is. */
export function takeRow(rows: Rows, row: number): Int32Array {
  const words = ownPage(rows, row);
  words[0] = (words[0] as number) + 1;
  return words;
}

/** Gives a row up. What stands in it stays readable for those that hold its page. */
export function giveRow(rows: Rows, row: number): void {
  const words = ownPage(rows, row);
  words[0] = (words[0] as number) - 1;
  const page = row >>> rows.shift;
  if (words[0] === 0 && page !== rows.last) dropIfEmpty(rows, page);
}

function dropIfEmpty(rows: Rows, page: number): void {
  const words = rowPage(rows, page << rows.shift);
  if (words === null || words[0] !== 0) return;
  const owned = ownedBy(rows);
  const number = page >>> CHAPTER_SHIFT;
  const chapter = ownChapter(rows, owned, number);
  chapter[page & (CHAPTER_PAGES - 1)] = null;
  owned.pages[page] = 0;
  if (number < rows.last >>> CHAPTER_SHIFT && chapter.every((each) => each === null)) rows.chapters[number] = null;
}

/** In a table of single numbers: the one under this row, 0 where nothing stands. */
export function numberAt(rows: Rows, row: number): number {
  const words = rowPage(rows, row);
  return words === null ? 0 : (words[rowPlace(rows, row)] as number);
}

/** In a table of single numbers: puts one under this row, or 0 to take it away. */
export function setNumber(rows: Rows, row: number, value: number): void {
  const before = numberAt(rows, row);
  if (before === value) return;
  const words = ownPage(rows, row);
  words[rowPlace(rows, row)] = value;
  if (value === 0) giveRow(rows, row);
  else if (before === 0) words[0] = (words[0] as number) + 1;
}

/** The first row from `row` on whose page exists, or -1: for walking over a table with large gaps. */
export function rowFrom(rows: Rows, row: number): number {
  let page = row >>> rows.shift;
  let at = row;
  while (page <= rows.last) {
    if (rows.chapters[page >>> CHAPTER_SHIFT] === null) page = ((page >>> CHAPTER_SHIFT) + 1) << CHAPTER_SHIFT;
    else if (rowPage(rows, page << rows.shift) !== null) return at;
    else page++;
    at = page << rows.shift;
  }
  return -1;
}
