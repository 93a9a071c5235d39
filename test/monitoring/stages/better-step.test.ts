import { describe, expect, it } from 'vitest';
import { takeBetterSteps } from '../../../monitoring/stages/better-step.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import type { Policy } from '../../../src/policy/policy.js';
import { DEFAULT_TIERS } from '../../../src/domain/tiers.js';
import { changeIncident, getIncident } from '../../../src/store/incidents.js';
import { draftPlan, getPlan, keepDecision, keepPrepared } from '../../../src/store/plans.js';
import { ask, getQuestion } from '../../../src/store/questions.js';
import type { PlanId, QuestionId } from '../../../src/domain/ids.js';
import { handClock, keepLog } from '../../bot/stage.js';
import { reload } from '../../src/cards/views.js';
import { stageOfEachTest } from '../../src/commands/spoken.js';
import { broken, launched, release } from '../../src/commands/stage.js';
import { policy, rule } from '../../src/policy/policies.js';

const house = stageOfEachTest();

const asksForReloads = [rule('ask', { name: 'reloads', repair: 'pm2.*' })];
const rollsBack = policy('act-and-tell', { rules: [...asksForReloads, rule('act-and-tell', { name: 'back', repair: 'release.rollback' })] });
const rollbackIsAskedToo = policy('ask', { rules: [...asksForReloads, rule('ask', { name: 'back', repair: 'release.rollback' })] });

function ctx(inForce: Policy): StageContext {
  const repairs = { 'pm2.reload': { risk: 'safe' }, 'release.rollback': { risk: 'disruptive' } };
  return {
    store: house.store, hostId: house.hostId, clock: handClock(house.now), log: keepLog(), freezeFile: `${house.dir}/freeze`, units: { repairs, probes: {}, detectors: {} },
    settings: { policy: inForce, tiers: DEFAULT_TIERS, youngMs: 600_000, ladder: () => [{ repair: 'pm2.reload', args: {} }, { repair: 'release.rollback', args: {} }] },
  } as unknown as StageContext;
}

/** A release with a stable one before it, in trouble, and a question about a reload. */
async function asked(askedBy: string | null = null): Promise<{ readonly planId: PlanId; readonly questionId: QuestionId }> {
  await release(house, 'aaaaaaa', true);
  await launched(house, 'bbbbbbb');
  const incident = await broken(house);
  return house.store.write(async (tx) => {
    await changeIncident(tx, incident.id, { state: 'repairing' });
    const planId = await draftPlan(tx, { incidentId: incident.id, targetId: house.shop, repair: 'pm2.reload', args: {}, risk: 'safe', askedBy, requestId: null }, house.now);
    await keepPrepared(tx, planId, reload, 'c'.repeat(64), 'prepared');
    await keepDecision(tx, planId, { verdict: 'ask', rule: 'reloads', why: 'the rule “reloads” asks first' }, 'asked');
    return { planId, questionId: await ask(tx, { planId, appId: house.shop, hash: 'c'.repeat(64), need: 1, expiresAt: house.now + 900_000 }, house.now) };
  });
}

async function worse(planId: PlanId): Promise<void> {
  const { incidentId } = await getPlan(house.store.db, planId);
  await house.store.write((tx) => changeIncident(tx, incidentId, { emergency: true, severity: 'critical' }));
}

describe('an open question', () => {
  it('is taken back when it gets worse and a better step may be done without asking', async () => {
    const { planId, questionId } = await asked();
    await worse(planId);
    expect(await takeBetterSteps(ctx(rollsBack))).toBe(true);
    expect(await getQuestion(house.store.db, questionId)).toMatchObject({ state: 'cancelled', decidedBy: 'it got worse, and release.rollback may be done without asking' });
    const plan = await getPlan(house.store.db, planId);
    expect(plan.state).toBe('superseded');
    expect(await getIncident(house.store.db, plan.incidentId)).toMatchObject({ state: 'open', nextAt: house.now });
    expect(await takeBetterSteps(ctx(rollsBack))).toBe(false);
  });

  it.each([
    ['while it did not get worse', rollsBack, false, null],
    ['where the better step would be asked for too', rollbackIsAskedToo, true, null],
    ['where a person asked for it', rollsBack, true, 'Ann'],
  ] as const)('stays %s', async (_, inForce, gotWorse, askedBy) => {
    const { planId, questionId } = await asked(askedBy);
    if (gotWorse) await worse(planId);
    expect(await takeBetterSteps(ctx(inForce))).toBe(false);
    expect(await getQuestion(house.store.db, questionId)).toMatchObject({ state: 'open' });
  });
});
