import { healthOf } from '../../src/store/health.js';
import { HOST, isNewScore, keepScore } from '../../src/store/scores.js';
import { tally } from '../../src/store/tally.js';
import type { Stage, StageContext } from './stage.js';

/** While something is open its score changes; else there is little to tell, and a quiet host shall stay idle. */
const EVERY_MS = { open: 60_000, quiet: 5 * 60_000 } as const;

/** Keeps the books: what was measured, found and done in counters, and how healthy all of it is. It never wakes the loop, and works beside it. */
export function score(): Stage {
  let keptAt = Number.NEGATIVE_INFINITY;
  return {
    name: 'score',
    waits: ({ open }, now) => now < keptAt || now - keptAt >= (open ? EVERY_MS.open : EVERY_MS.quiet),
    async run(ctx) {
      keptAt = ctx.clock.now();
      ctx.effects.start('score', () => keep(ctx));
      return false;
    },
  };
}

async function keep({ store, hostId, clock, settings }: StageContext): Promise<void> {
  await store.write((tx) => tally(tx, hostId));
  const now = clock.now();
  const { host, apps } = await healthOf(store.db, hostId, { tiers: settings.tiers, settleMs: settings.settleMs, now });
  for (const { subject, found } of [{ subject: HOST, found: host }, ...apps.map(({ app, score: of }) => ({ subject: app.id, found: of }))]) {
    if (await isNewScore(store.db, { hostId, subject }, found, now)) await store.write((tx) => keepScore(tx, { hostId, subject }, found, now));
  }
}
