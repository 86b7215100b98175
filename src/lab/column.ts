/**
 * A long list of numbers that grows at its end, in pages: it makes no garbage while it grows, and one that begins as
 * another did shares its pages with it.
 * Comes from: step-index.ts, hop-table.ts, pair-axis.ts.  Goes to: whoever reads the steps of a run.
 */
type Page = Int32Array | Float64Array | Uint8Array;

const PAGE_BITS = 12;
const PAGE = 1 << PAGE_BITS;
const IN_PAGE = PAGE - 1;

export class Column {
  private readonly type: new (length: number) => Page;
  private pages: Page[] = [];
  /** pages that another list reads too: who writes to one makes a copy first */
  private shared: boolean[] = [];
  private count = 0;

  /** @param type which numbers there is room for */
  constructor(type: new (length: number) => Page) {
    this.type = type;
  }

  get length(): number {
    return this.count;
  }

  /** @returns undefined outside of the list */
  get(index: number): number | undefined {
    return index >= 0 && index < this.count ? (this.pages[index >> PAGE_BITS] as Page)[index & IN_PAGE] : undefined;
  }

  push(value: number): void {
    const index = this.count++;
    if ((index & IN_PAGE) === 0) this.shared[this.pages.push(new this.type(PAGE)) - 1] = false;
    this.set(index, value);
  }

  /** @param index of a number that is there */
  set(index: number, value: number): void {
    const page = index >> PAGE_BITS;
    if (this.shared[page] === true) {
      this.pages[page] = (this.pages[page] as Page).slice();
      this.shared[page] = false;
    }
    (this.pages[page] as Page)[index & IN_PAGE] = value;
  }

  /** Makes this list one that begins with the first numbers of another, which is of the same type. */
  beginAs(other: Column, length: number): void {
    this.count = Math.min(length, other.count);
    const pages = Math.ceil(this.count / PAGE);
    this.pages = other.pages.slice(0, pages);
    this.shared = this.pages.map(() => true);
    other.shared.fill(true, 0, pages);
  }

  /** First index whose value is at least `value`, in a list that is sorted. */
  lowerBound(value: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.get(middle) as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** First index whose value is greater than `value`, in a list that is sorted. */
  upperBound(value: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.get(middle) as number) <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  *[Symbol.iterator](): Generator<number, void> {
    for (let i = 0; i < this.count; i++) yield this.get(i) as number;
  }
}
