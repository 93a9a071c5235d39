import { sayDuration } from '../../src/domain/duration.js';
import type { RemediationId } from '../../src/domain/ids.js';
import type { Plan, Prepared } from '../../src/domain/plan.js';
import type { Remediation } from '../../src/domain/remediation.js';
import { getPlan } from '../../src/store/plans.js';
import type { Step } from '../repairs/repair.js';
import type { StageContext } from './stage.js';
import { targetOf } from './targets.js';

/** A remediation with its plan and the steps made again from what was prepared. */
export interface Run {
  readonly id: RemediationId;
  readonly plan: Plan & { readonly prepared: Prepared };
  readonly targetName: string;
  readonly startedAt: number;
  readonly steps: readonly Step[];
}

/** Null where this version does not know the repair any more. */
export async function loadRun(ctx: StageContext, { id, planId, startedAt }: Pick<Remediation, 'id' | 'planId' | 'startedAt'>): Promise<Run | null> {
  const plan = await getPlan(ctx.store.db, planId);
  const repair = ctx.units.repairs[plan.repair];
  if (!plan.prepared || !repair) return null;
  const target = await targetOf(ctx.store.db, ctx, plan.targetId);
  return { id, plan: { ...plan, prepared: plan.prepared }, targetName: target.name, startedAt, steps: repair.steps(target, repair.args.parse(plan.args), plan.prepared) };
}

/** What a remediation may take beyond its steps' own deadlines: evidence, a restart of ours, a busy machine. */
const SPARE_MS = 10 * 60_000;

/**
 * Why no further step may begin of what was begun long ago; null: it may. A monitor that was dead over night, a machine
 * that slept, a store that was put back: what was decided on is not true any more, and a step that is found done is done.
 */
export function tooLate({ clock }: StageContext, { startedAt, steps }: Pick<Run, 'startedAt' | 'steps'>): string | null {
  const agoMs = clock.now() - startedAt;
  const mostMs = SPARE_MS + steps.reduce((sum, { timeoutMs }) => sum + timeoutMs, 0);
  return agoMs > mostMs ? `it was begun ${sayDuration(agoMs)} ago, and what was true then may not be any more` : null;
}

/**
 * Throws `seat.lost` once another monitor has the fence. Asked right before each act: what was looked at first may have
 * taken minutes, in which this one was frozen or cut off.
 */
export async function keepsSeat(ctx: StageContext): Promise<void> {
  await ctx.store.write(async () => undefined);
}
