/**
 * Sorting as the C library does it for ipvsadm: a merge sort, and differences of 32-bit integers that
 * wrap round, so that 172.18.20.1 stands before 8.8.8.8.
 * Comes from: list.ts.
 * Source: ipvsadm 1.31 libipvs, ipvs_cmp_services(), ipvs_cmp_dests(); glibc 2.36, qsort().
 */

/** a - b in signed 32 bit. */
export function wrappedDifference(a: number, b: number): number {
  return (a - b) | 0;
}

/** Halves are sorted, then merged; of equals the left one goes first. Works with orders that are none. */
export function mergeSort<T>(items: readonly T[], compare: (a: T, b: T) => number): T[] {
  if (items.length <= 1) return items.slice();
  const half = items.length >> 1;
  const left = mergeSort(items.slice(0, half), compare);
  const right = mergeSort(items.slice(half), compare);
  const out: T[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length && j < right.length) {
    if (compare(left[i] as T, right[j] as T) <= 0) out.push(left[i++] as T);
    else out.push(right[j++] as T);
  }
  return [...out, ...left.slice(i), ...right.slice(j)];
}
