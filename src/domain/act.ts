import type { ResourceId } from './ids.js';

/** Anything done to a resource, by us, by PM2 or by a person; budgets count these rows. */
export interface Act {
  readonly resourceId: ResourceId;
  readonly at: number;
  readonly by: 'us' | 'pm2' | 'person';
  /** 'restart' (also reload and kill), 'rollback', 'exit', … */
  readonly kind: string;
  readonly fingerprint: string | null;
  /** What makes it one act however often it is seen. */
  readonly dedupe: string;
  /** A few words: 'exited with code 1', 'signal SIGKILL'; of an act of ours the repair. */
  readonly note: string | null;
}

/** The note of an exit that came with the end of the process's entry: PM2's daemon died, or somebody deleted it. PM2 started nothing again. */
export const ENDED_WITH_ENTRY = 'ended together with its entry in PM2';

/** Restarts not by us that are closer together than this are one burst, and count once. */
const BURST_GAP_MS = 60_000;

/**
 * The restarts among acts, oldest first, over every cause. Each of ours is one, a rollback too: it starts the app anew,
 * whatever it is called. PM2's own and people's count once a burst:
 * sixteen tries of one failing boot, or one `pm2 restart` of eight instances, are one event to whoever lives with the app.
 */
export function restartsIn(acts: readonly Act[]): readonly Act[] {
  const lastBy = { pm2: Number.NEGATIVE_INFINITY, person: Number.NEGATIVE_INFINITY };
  return acts.filter((act) => {
    if (act.by === 'us') return act.kind === 'restart' || act.kind === 'rollback';
    if (act.kind !== 'restart') return false;
    const anew = act.at - lastBy[act.by] > BURST_GAP_MS;
    lastBy[act.by] = act.at;
    return anew;
  });
}
