/**
 * A hand that reaches into one row of a table of numbers: the base of the records that code sees instead of rows.
 * Comes from: ipvs/conn-row.ts, host/netfilter/ct-row.ts, host/socket/timewait-table.ts.  Goes to: rows.ts.
 */
import { ownPage, rowPlace, type Rows } from './rows.ts';

const TWO_32 = 0x100000000;

/** Good for the event under way, and kept nowhere: the page may belong to a checkpoint afterwards. */
export abstract class RowHand {
  // declared only: fields that are made empty before the constructor fills them double what a hand costs
  declare private readonly rows: Rows;
  /** its number in the table */
  declare readonly row: number;
  declare protected words: Int32Array;
  /** where the row begins in `words` */
  declare protected readonly at: number;
  declare private owned: boolean;

  /**
   * @param words the row's page
   * @param owned the page is there for writing already
   */
  constructor(rows: Rows, row: number, words: Int32Array, owned: boolean) {
    this.rows = rows;
    this.row = row;
    this.words = words;
    this.at = rowPlace(rows, row);
    this.owned = owned;
  }

  /** The page, for writing. */
  protected own(): Int32Array {
    if (!this.owned) {
      this.words = ownPage(this.rows, this.row);
      this.owned = true;
    }
    return this.words;
  }

  /** A whole number that takes two words. */
  protected long(place: number): number {
    const at = this.at + place;
    return (this.words[at + 1] as number) * TWO_32 + ((this.words[at] as number) >>> 0);
  }

  protected setLong(place: number, value: number): void {
    const words = this.own();
    words[this.at + place] = value;
    words[this.at + place + 1] = Math.floor(value / TWO_32);
  }

  /** A whole number from 0 on, or null: kept one higher, so that 0 is none. */
  protected longOrNull(place: number): number | null {
    const value = this.long(place);
    return value === 0 ? null : value - 1;
  }

  protected setLongOrNull(place: number, value: number | null): void {
    this.setLong(place, value === null ? 0 : value + 1);
  }
}

/**
 * The place of each name in a list, which is how a row keeps it.
 * @param names every name of the type: one that is missing is refused by the compiler
 */
export function placesOf<All extends string, Listed extends All>(
  names: readonly Listed[] & ([All] extends [Listed] ? unknown : never),
): Readonly<Record<All, number>> {
  const places: Partial<Record<All, number>> = {};
  names.forEach((name, place) => {
    places[name] = place;
  });
  return places as Record<All, number>;
}
