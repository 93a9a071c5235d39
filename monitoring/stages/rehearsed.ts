import { sayDuration } from '../../src/domain/duration.js';
import type { Prepared } from '../../src/domain/plan.js';
import type { ResourceId } from '../../src/domain/ids.js';
import { lastRehearsal } from '../../src/store/rehearsals.js';
import { ROLLBACK, type StageContext } from './stage.js';

/** Who is asked about a rollback is told whether this very way back was tried, and how that went. */
export async function withRehearsal(ctx: StageContext, plan: { readonly repair: string; readonly targetId: ResourceId }, prepared: Prepared): Promise<Prepared> {
  if (plan.repair !== ROLLBACK || prepared.leadsTo === undefined) return prepared;
  const last = await lastRehearsal(ctx.store.db, plan.targetId);
  if (last?.to.id !== prepared.leadsTo) return prepared;
  const when = `it was ${last.inEarnest ? 'taken' : 'rehearsed'} ${sayDuration(Math.max(0, ctx.clock.now() - last.at))} ago`;
  const takes = last.takesMs === null ? '' : `; the last switch took ${sayDuration(last.takesMs)}`;
  const [first, ...rest] = prepared.notes;
  return { ...prepared, notes: [...(first === undefined ? [] : [first]), last.worked ? `${when}, and the way was open${takes}` : `${when}, and ${last.inEarnest ? 'broke off' : 'the way was not open'}: ${last.outcome}`, ...rest] };
}
