import { REQUEST_RATE, usualRate } from '../../src/domain/request-rate.js';
import type { Resource } from '../../src/domain/resource.js';
import type { PolicyFacts } from '../../src/policy/policy.js';
import { openLaunchOf } from '../../src/store/launches.js';
import type { Db } from '../../src/store/schema.js';
import { baselinesFor } from './learn.js';
import { newestReading } from './newest-reading.js';
import type { StageContext } from './stage.js';

/** What PM2 was asked longer ago says nothing of now. */
const FRESH_MS = 2 * 60_000;
/** The agent counts over a minute: what has just started shows next to nothing, however many come. */
const WARM_MS = 2 * 60_000;

/** Requests a second to an app, as PM2's agent counts them, and up to how many are usual. */
export async function requestRateOf(db: Db, ctx: StageContext, target: Resource): Promise<NonNullable<PolicyFacts['requestRate']>> {
  const fields = ctx.units.probes['pm2']?.fields ?? [];
  const newest = await newestReading(ctx, target.id, 'pm2', db);
  const launch = await openLaunchOf(db, target.id);
  if (!newest || !launch) return { now: null, usual: null };
  const known = newest.sample.at >= ctx.clock.now() - FRESH_MS && (newest.value('uptime_ms') ?? 0) >= WARM_MS;
  return {
    now: known ? newest.value(REQUEST_RATE) : null,
    usual: usualRate((await baselinesFor(ctx, launch, [newest.check.id])).compared.get(newest.check.id), fields),
  };
}
