import { FAILURES_WITHIN_MS, tooManyFailed } from '../../src/domain/failure-rate.js';
import { EVERYTHING, type Hold } from '../../src/domain/hold.js';
import { lastHoldEnd } from '../../src/store/holds.js';
import { repairedIncidents } from '../../src/store/repaired-incidents.js';
import { begin } from './holding.js';
import type { StageContext } from './stage.js';

/** A machine whose repairs mostly fail does not understand what it sees: it is disarmed, until people arm it or a day is over. */
export async function keepFailureRate(ctx: StageContext, open: readonly Hold[]): Promise<boolean> {
  if (open.some(({ key }) => key === keyOf(EVERYTHING))) return false;
  const now = ctx.clock.now();
  const tooMany = tooManyFailed(await countedAnew(ctx, now - FAILURES_WITHIN_MS));
  if (tooMany === null || open.some(({ key }) => key === keyOf(tooMany.scope))) return false;
  await ctx.store.write((tx) => begin(tx, ctx, { ...tooMany, kind: 'failures', author: 'hypercare', until: now + FAILURES_WITHIN_MS, key: keyOf(tooMany.scope) }));
  return true;
}

/** What was before a hold of theirs ended counts no more: neither for all apps nor for the one. */
async function countedAnew(ctx: StageContext, since: number) {
  const endOf = (scope: string) => lastHoldEnd(ctx.store.db, ctx.hostId, { kind: 'failures', key: keyOf(scope) });
  const incidents = await repairedIncidents(ctx.store.db, ctx.hostId, Math.max(since, (await endOf(EVERYTHING)) ?? 0));
  const ends = new Map<string, number>();
  for (const app of new Set(incidents.map((incident) => incident.app))) ends.set(app, (await endOf(app)) ?? 0);
  return incidents.filter(({ app, endedAt }) => endedAt > (ends.get(app) ?? 0));
}

function keyOf(scope: string): string {
  return scope === EVERYTHING ? 'failures' : `failures:${scope}`;
}
