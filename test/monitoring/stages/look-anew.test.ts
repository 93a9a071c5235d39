import { describe, expect, it } from 'vitest';
import { lookAnew } from '../../../monitoring/stages/look-anew.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import type { Incident } from '../../../src/domain/incident.js';
import type { PlanState } from '../../../src/domain/plan.js';
import { getIncident } from '../../../src/store/incidents.js';
import { draftPlan, plansOf } from '../../../src/store/plans.js';
import { ask } from '../../../src/store/questions.js';
import { handClock, keepLog } from '../../bot/stage.js';
import { stageOfEachTest } from '../../src/commands/spoken.js';
import { broken, watchShop } from '../../src/commands/stage.js';

const HOUR = 3_600_000;
const house = stageOfEachTest();

const look = () => lookAnew.run({ store: house.store, hostId: house.hostId, clock: handClock(house.now), log: keepLog(), settings: { confirmForMs: 30_000, whileOpenMs: 10_000 } } as unknown as StageContext);

/** An incident that the monitor knew, with a plan in this state, and the hours since the shop was measured. */
async function away(hours: number, state: PlanState | null, change: Partial<Incident> = {}): Promise<{ readonly incident: Incident; readonly plan: PlanState | undefined; readonly now: number }> {
  await watchShop(house, 'bad');
  const { id } = await broken(house);
  await house.store.write(async (tx) => {
    if (change.state) await tx.updateTable('incidents').set({ state: change.state }).where('id', '=', id).execute();
    if (state === null) return;
    const planId = await draftPlan(tx, { incidentId: id, targetId: house.shop, repair: 'pm2.reload', args: {}, risk: 'safe', askedBy: null, requestId: null }, house.now);
    await tx.updateTable('plans').set({ state }).where('id', '=', planId).execute();
    if (state === 'asked') await ask(tx, { planId, appId: house.shop, hash: 'h', need: 1, expiresAt: house.now + 9 * HOUR }, house.now);
  });
  house.now += hours * HOUR;
  await look();
  return { incident: await getIncident(house.store.db, id), plan: (await plansOf(house.store.db, id))[0]?.state, now: house.now };
}

describe('a monitor that was away', () => {
  it.each(['drafted', 'prepared', 'confirming', 'approved'] as const)('does not go on with a plan that is %s: it measures first', async (state) => {
    const { incident, plan, now } = await away(6, state);
    expect([plan, incident.state, incident.nextAt - now]).toEqual(['cancelled', 'open', 30_000]);
    expect(await look()).toBe(false);
  });

  it('plans nothing on findings of then', async () => {
    const { incident, now } = await away(6, null);
    expect(incident).toMatchObject({ state: 'open', nextAt: now + 30_000, reason: 'nothing was measured for 6 h' });
  });

  it('leaves a question open: its yes is looked at anew in any case', async () => {
    expect(await away(6, 'asked')).toMatchObject({ plan: 'asked' });
  });

  it('leaves to people what they were called to', async () => {
    expect(await away(6, null, { state: 'escalated' })).toMatchObject({ incident: { state: 'escalated' } });
  });

  it('goes on at once where it was gone for a moment', async () => {
    expect(await away(0.01, 'approved')).toMatchObject({ plan: 'approved' });
  });
});
