import type { Incident } from '../../src/domain/incident.js';
import { actsOn } from '../../src/store/acts.js';
import { newestReading } from './newest-reading.js';
import type { StageContext } from './stage.js';

const DAY_MS = 24 * 3_600_000;

/**
 * PM2 shows it down, and the last thing that ended it was a person's command: a repair would fight that person. What PM2
 * gave up has crashed, though a person's deploy ended the workers before; and what only stands still is not down.
 * unknown: PM2 could not be asked.
 */
export async function stoppedByHand(ctx: StageContext, { resourceId }: Pick<Incident, 'resourceId'>): Promise<'stopped' | 'other' | 'unknown'> {
  const newest = await newestReading(ctx, resourceId, 'pm2');
  if (newest === null || newest.sample.verdict === 'unknown' || newest.sample.verdict === 'error') return 'unknown';
  if (newest.sample.verdict === 'good' || (newest.value('errored') ?? 0) > 0 || newest.value('down') === 0) return 'other';
  const last = (await actsOn(ctx.store.db, resourceId, ctx.clock.now() - DAY_MS)).findLast((act) => act.kind === 'restart');
  return last?.by === 'person' ? 'stopped' : 'other';
}
