import { FAILURES_WITHIN_MS, tooManyFailed } from '../../src/domain/failure-rate.js';
import type { Hold } from '../../src/domain/hold.js';
import { lastHoldEnd } from '../../src/store/holds.js';
import { countEnded } from '../../src/store/count-ended.js';
import { begin } from './holding.js';
import type { StageContext } from './stage.js';

const KEY = 'failures';

/** A machine whose repairs mostly fail does not understand what it sees: it is disarmed, until people arm it or a day is over. */
export async function keepFailureRate(ctx: StageContext, open: readonly Hold[]): Promise<boolean> {
  if (open.some(({ key }) => key === KEY)) return false;
  const now = ctx.clock.now();
  const lifted = await lastHoldEnd(ctx.store.db, ctx.hostId, { kind: 'failures', key: KEY });
  const reason = tooManyFailed(await countEnded(ctx.store.db, ctx.hostId, Math.max(now - FAILURES_WITHIN_MS, lifted ?? 0)));
  if (reason === null) return false;
  await ctx.store.write((tx) => begin(tx, ctx, { kind: 'failures', scope: '*', author: 'hypercare', reason, until: now + FAILURES_WITHIN_MS, key: KEY }));
  return true;
}
