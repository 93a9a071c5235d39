import { REQUEST_RATE, usualRate } from '../../src/domain/request-rate.js';
import type { Resource } from '../../src/domain/resource.js';
import { valueNamed } from '../../src/domain/series.js';
import type { PolicyFacts } from '../../src/policy/policy.js';
import { checksOf } from '../../src/store/checks.js';
import { openLaunchOf } from '../../src/store/launches.js';
import { newestSample } from '../../src/store/samples.js';
import type { Db } from '../../src/store/schema.js';
import { baselinesFor } from './learn.js';
import type { StageContext } from './stage.js';

/** What PM2 was asked longer ago says nothing of now. */
const FRESH_MS = 2 * 60_000;
/** The agent counts over a minute: what has just started shows next to nothing, however many come. */
const WARM_MS = 2 * 60_000;

/** Requests a second to an app, as PM2's agent counts them, and up to how many are usual. */
export async function requestRateOf(db: Db, ctx: StageContext, target: Resource): Promise<NonNullable<PolicyFacts['requestRate']>> {
  const fields = ctx.units.probes['pm2']?.fields ?? [];
  const check = (await checksOf(db, target.id)).find(({ probe }) => probe === 'pm2');
  const newest = check ? await newestSample(db, check.id) : null;
  const launch = await openLaunchOf(db, target.id);
  if (!check || !newest || !launch) return { now: null, usual: null };
  const known = newest.at >= ctx.clock.now() - FRESH_MS && (valueNamed(fields, newest.values, 'uptime_ms') ?? 0) >= WARM_MS;
  return {
    now: known ? valueNamed(fields, newest.values, REQUEST_RATE) : null,
    usual: usualRate((await baselinesFor(ctx, launch, [check.id])).compared.get(check.id), fields),
  };
}
