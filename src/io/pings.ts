import type { JobPings } from '../domain/job.js';

/** What jobs told; the bot takes it, and whoever composes the parts knows where it is kept. */
export interface Pings {
  /** Of the job with this id; null: nobody has listened for it. */
  of(id: string): Promise<JobPings | null>;
}

/** Where no store is at hand. */
export const noPings: Pings = { of: async () => null };
