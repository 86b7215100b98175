/**
 * A text by what differs from another: one stretch in the middle. A change of a lab's file is small, and a
 * history has hundreds of them.
 * Goes to: saved-history.ts.
 */

export interface TextDelta {
  /** characters at the beginning and at the end that both have */
  readonly head: number;
  readonly tail: number;
  readonly by: string;
}

export function deltaOf(base: string, text: string): TextDelta {
  const most = Math.min(base.length, text.length);
  let head = 0;
  while (head < most && base.charCodeAt(head) === text.charCodeAt(head)) head++;
  let tail = 0;
  while (tail < most - head && base.charCodeAt(base.length - 1 - tail) === text.charCodeAt(text.length - 1 - tail)) tail++;
  return { head, tail, by: text.slice(head, text.length - tail) };
}

export function applied(base: string, { head, tail, by }: TextDelta): string {
  return base.slice(0, head) + by + base.slice(base.length - tail);
}

export function isDelta(value: unknown): boolean {
  const { head, tail, by } = (value ?? {}) as TextDelta;
  return Number.isSafeInteger(head) && head >= 0 && Number.isSafeInteger(tail) && tail >= 0 && typeof by === 'string';
}
