/**
 * What is drawn a moment later than the rest, in pieces between which the browser has its turn.
 * Goes to: panels that are long to draw for another lab.
 */
import { useDeferredValue, useEffect, useState } from 'react';

/** While a run is under way the page is told of it again and again, which could put off for seconds what has no hurry. */
const LATEST_MS = 400;

export function useSoon<T>(value: T): T {
  const deferred = useDeferredValue(value);
  const [overdue, setOverdue] = useState(value);
  useEffect(() => {
    if (deferred === value) return undefined;
    const timer = setTimeout(() => setOverdue(value), LATEST_MS);
    return () => clearTimeout(timer);
  }, [deferred, value]);
  return overdue === value ? value : deferred;
}
