/**
 * A set that remembers when each key came in and went out, so that it can be had as it was earlier.
 * Comes from: requests.ts, as it reads a trace.
 */
export class TurnSet {
  /** by key: the records at which it came in and went out, in turn */
  private readonly turns = new Map<string, readonly number[]>();

  has(key: string): boolean {
    return isIn(this.turns.get(key));
  }

  /** @param at not before any that was given */
  add(key: string, at: number): void {
    const known = this.turns.get(key);
    if (!isIn(known)) this.turns.set(key, [...(known ?? []), at]);
  }

  /** @returns whether it was in */
  delete(key: string, at: number): boolean {
    const known = this.turns.get(key);
    if (known === undefined || !isIn(known)) return false;
    this.turns.set(key, [...known, at]);
    return true;
  }

  /** Makes this the set that another one was before a record. */
  beginAs(other: TurnSet, record: number): void {
    this.turns.clear();
    for (const [key, turns] of other.turns) {
      if ((turns[turns.length - 1] as number) < record) this.turns.set(key, turns);
      else if ((turns[0] as number) < record)
        this.turns.set(
          key,
          turns.filter((at) => at < record),
        );
    }
  }
}

function isIn(turns: readonly number[] | undefined): boolean {
  return turns !== undefined && turns.length % 2 === 1;
}
