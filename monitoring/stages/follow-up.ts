import { sayDuration } from '../../src/domain/duration.js';
import { tell } from '../../src/store/events.js';
import { openFollowUps, type OpenFollowUp } from '../../src/store/follow-ups.js';
import type { Db } from '../../src/store/schema.js';
import { beginByItself } from './by-itself.js';
import type { Stage, StageContext } from './stage.js';

const LOOK_EVERY_MS = 60_000;
/** What was done longer ago stays: people have seen it for a week. */
const SINCE_MS = 7 * 24 * 3_600_000;

/**
 * What was done for a while goes back when its time is over: more workers, after half an hour. The due time is read from
 * what was done and verified, so that nothing is kept but that. It goes the way of every plan, policy included; while
 * the app has trouble it waits.
 */
export function followUp(): Stage {
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    name: 'follow-up',
    async run(ctx) {
      const mono = ctx.clock.monotonic();
      if (mono - lookedAt < LOOK_EVERY_MS) return false;
      lookedAt = mono;
      const now = ctx.clock.now();
      const due = (await openFollowUps(ctx.store.db, ctx.hostId, now - SINCE_MS)).filter(({ dueAt }) => dueAt <= now);
      let begun = false;
      for (const one of due) begun = (await ctx.store.write((tx) => begin(tx, ctx, one))) || begun;
      return begun;
    },
  };
}

async function begin(tx: Db, ctx: StageContext, { targetId, repair, args, done, afterMs, planId }: OpenFollowUp): Promise<boolean> {
  const title = `${done} was for ${sayDuration(afterMs)}, and they are over: ${repair}`;
  const incident = await beginByItself(tx, ctx, { targetId, repair, args, title, follows: planId });
  if (incident !== null) await tell(tx, ctx.hostId, { kind: 'incident.opened', incidentId: incident.id }, ctx.clock.now());
  return incident !== null;
}
