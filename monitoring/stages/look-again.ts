import type { Check } from '../../src/domain/check.js';
import type { Plan } from '../../src/domain/plan.js';
import { checksOf } from '../../src/store/checks.js';
import { getIncident } from '../../src/store/incidents.js';
import { questionOf } from '../../src/store/questions.js';
import { recentSamples } from '../../src/store/samples.js';
import type { StageContext } from './stage.js';

/** So many fresh good readings of every check, and the problem still stands: then it is of another kind than up or down. */
const GOOD_ENOUGH = 3;
/** After this without fresh readings the yes is not acted on. */
const WAIT_MS = 60_000;

/**
 * A yes is to what was true when it was asked. Before it is acted on, the app is measured anew: where that shows it good,
 * the detectors close the incident and with it the plan. wait: not measured yet · go: it is still wrong · blind: it could
 * not be measured, and nobody knows what a repair would meet.
 */
export async function lookAgain(ctx: StageContext, plan: Plan): Promise<'wait' | 'go' | 'blind'> {
  const { db } = ctx.store;
  const since = (await questionOf(db, plan.id))?.decidedAt ?? null;
  if (since === null || (await getIncident(db, plan.incidentId)).kind === 'manual') return 'go';
  const checks = (await checksOf(db, plan.targetId)).filter((check) => check.trusted && check.probe !== 'release');
  const fresh = await Promise.all(checks.map((check) => freshOf(ctx, check, since)));
  if (fresh.some((verdicts) => verdicts.length > 0 && verdicts.at(-1) !== 'good')) return 'go';
  if (fresh.every((verdicts) => verdicts.length >= GOOD_ENOUGH)) return 'go';
  if (ctx.clock.now() < since + WAIT_MS) return 'wait';
  return fresh.every((verdicts) => verdicts.length > 0) ? 'go' : 'blind';
}

/** When a plan that waits is looked at again although nothing happens. */
export async function lookAgainBy(ctx: StageContext, plan: Plan): Promise<number | null> {
  const decidedAt = (await questionOf(ctx.store.db, plan.id))?.decidedAt ?? null;
  return decidedAt === null ? null : decidedAt + WAIT_MS;
}

async function freshOf(ctx: StageContext, check: Check, since: number) {
  return (await recentSamples(ctx.store.db, check.id, since, GOOD_ENOUGH)).map(({ verdict }) => verdict);
}
