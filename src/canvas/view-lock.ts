/**
 * Keeps the views of two maps the same, as long as a person wants that.
 * Comes from: the page of two futures.  Goes to: live-map.ts.
 */
import { settings } from '../lab/index.ts';

export interface ViewChange {
  readonly k: number;
  readonly x: number;
  readonly y: number;
}

type Follower = (change: ViewChange) => void;

export class ViewLock {
  private readonly followers = new Set<Follower>();

  /** @returns how to leave */
  join(follower: Follower): () => void {
    this.followers.add(follower);
    return () => this.followers.delete(follower);
  }

  /** Says to all others how one map is looked at now. */
  tell(from: Follower, change: ViewChange): void {
    if (!settings.getState().mapsLocked) return;
    for (const follower of this.followers) if (follower !== from) follower(change);
  }
}
