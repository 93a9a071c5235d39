import type { Incident } from '../../src/domain/incident.js';
import { valueNamed } from '../../src/domain/series.js';
import { actsOn } from '../../src/store/acts.js';
import { checksOf } from '../../src/store/checks.js';
import { newestSample } from '../../src/store/samples.js';
import type { StageContext } from './stage.js';

const DAY_MS = 24 * 3_600_000;

/**
 * PM2 shows it down, and the last thing that ended it was a person's command: a repair would fight that person. What PM2
 * gave up has crashed, though a person's deploy ended the workers before; and what only stands still is not down.
 * unknown: PM2 could not be asked.
 */
export async function stoppedByHand(ctx: StageContext, { resourceId }: Pick<Incident, 'resourceId'>): Promise<'stopped' | 'other' | 'unknown'> {
  const pm2 = (await checksOf(ctx.store.db, resourceId)).find((check) => check.probe === 'pm2');
  const newest = pm2 ? await newestSample(ctx.store.db, pm2.id) : null;
  if (newest === null || newest.verdict === 'unknown' || newest.verdict === 'error') return 'unknown';
  const value = (name: string): number | null => valueNamed(ctx.units.probes['pm2']?.fields ?? [], newest.values, name);
  if (newest.verdict === 'good' || (value('errored') ?? 0) > 0 || value('down') === 0) return 'other';
  const last = (await actsOn(ctx.store.db, resourceId, ctx.clock.now() - DAY_MS)).findLast((act) => act.kind === 'restart');
  return last?.by === 'person' ? 'stopped' : 'other';
}
