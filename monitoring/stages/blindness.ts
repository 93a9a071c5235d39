import type { EventKind } from '../../src/domain/event.js';
import { newestEventOf, tell } from '../../src/store/events.js';
import { watchOf } from '../../src/store/watch.js';
import { unmeasured } from '../../src/store/unmeasured.js';
import { record } from './record.js';
import type { Stage, StageContext } from './stage.js';

const LOOK_EVERY_MS = 5 * 60_000;
/** So long a check could not be made before people are told: until then a name server may just be slow. */
const BLIND_MS = 30 * 60_000;
const MOST_NAMED = 20;

const OURS: readonly EventKind[] = ['monitor.blind', 'monitor.sees'];

/**
 * Unknown and error prove nothing and blame nobody, so nothing is done about them; but who trusts the watch must learn
 * that it sees nothing. Told once, and once more when all can be measured again.
 */
export function blindness(): Stage {
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    name: 'blindness',
    async run(ctx) {
      const mono = ctx.clock.monotonic();
      if (mono - lookedAt < LOOK_EVERY_MS) return false;
      lookedAt = mono;
      return look(ctx);
    },
  };
}

async function look(ctx: StageContext): Promise<boolean> {
  const { db } = ctx.store;
  const now = ctx.clock.now();
  const told = (await newestEventOf(db, ctx.hostId, OURS))?.kind === 'monitor.blind';
  const unseen = await unmeasured(db, ctx.hostId, { since: now - BLIND_MS, now });
  // A dead PM2 daemon is told by itself.
  if ((unseen.length > 0) === told || (await watchOf(db, ctx.hostId)).pm2LostAt !== null) return false;
  await ctx.store.write(async (tx) => {
    await record(tx, ctx, told ? { who: 'hypercare', what: 'everything can be measured again', why: 'each check was good or bad again', body: {} } : { who: 'hypercare', what: `cannot measure ${unseen.map(({ resource, check }) => `${resource} ${check}`).join(', ')}`, why: unseen[0]?.note ?? 'no reason is known', body: { since: now - BLIND_MS } });
    await tell(tx, ctx.hostId, told ? { kind: 'monitor.sees' } : { kind: 'monitor.blind', body: { since: now - BLIND_MS, checks: unseen.slice(0, MOST_NAMED).map((one) => ({ ...one })) } }, now);
  });
  return true;
}
