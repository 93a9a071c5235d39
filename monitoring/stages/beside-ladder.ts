import type { Incident } from '../../src/domain/incident.js';
import { canonicalJson, type Json } from '../../src/domain/json.js';
import type { Plan } from '../../src/domain/plan.js';
import { getResource } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import type { StageContext } from './stage.js';

/**
 * True of what a person had done to a server while something was wrong there for which the runbook does not have it: an
 * index was built while a lock chain stood. That it went well says nothing of that trouble, of which the detectors tell.
 */
export async function isBesideLadder(db: Db, ctx: StageContext, plan: Pick<Plan, 'askedBy' | 'repair' | 'args'>, incident: Incident): Promise<boolean> {
  if (plan.askedBy === null || incident.kind === 'manual') return false;
  const resource = await getResource(db, incident.resourceId);
  if (resource.kind === 'app') return false;
  const deed = deedOf(ctx, plan.repair, plan.args);
  return !ctx.settings.ladder(incident.kind, resource).some(({ repair, args }) => repair === plan.repair && deedOf(ctx, repair, args) === deed);
}

/** The arguments with what the repair takes where nothing is said; the reason somebody gives changes no deed. */
export function deedOf(ctx: StageContext, repair: string, args: Json): string {
  const read = ctx.units.repairs[repair]?.args.safeParse(args);
  const { reason: _reason, ...deed } = (read?.success ? read.data : args) as { readonly reason?: Json };
  return canonicalJson(deed as Json);
}
