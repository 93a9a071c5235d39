import type { Release } from './release.js';

export const REHEARSE = 'release.rehearse';

/** The last time the way back of an app was tried without going there. */
export interface Rehearsal {
  readonly at: number;
  /** Where it led. */
  readonly to: Pick<Release, 'id' | 'commit' | 'dir'>;
  readonly worked: boolean;
  /** Nobody rehearsed: a rollback itself was begun, and broke off. */
  readonly inEarnest: boolean;
  /** How it ended, for people. */
  readonly outcome: string;
  /** How long the app's last deploy or rollback took from the switch until its workers were up; null: none was seen. */
  readonly takesMs: number | null;
}
