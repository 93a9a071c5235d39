import { describe, expect, it } from 'vitest';
import { repairs } from '../../../monitoring/repairs/index.js';
import { mergeWish } from '../../../monitoring/stages/merge-wish.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import type { Json } from '../../../src/domain/json.js';
import { answersTo } from '../../../src/store/answers.js';
import { personNamed } from '../../../src/store/people.js';
import { draftPlan, keepDecision, keepPrepared } from '../../../src/store/plans.js';
import { ask } from '../../../src/store/questions.js';
import { handClock, keepLog } from '../../bot/stage.js';
import { reload } from '../../src/cards/views.js';
import { stageOfEachTest } from '../../src/commands/spoken.js';
import { broken } from '../../src/commands/stage.js';

const house = stageOfEachTest();

/** People are asked about a repair with these arguments, and Ann wishes for it with those: how many have said yes then. */
async function yes(repair: string, asked: Json, wished: Json, wish = repair): Promise<number> {
  const ctx = { store: house.store, hostId: house.hostId, clock: handClock(house.now), log: keepLog(), units: { repairs } } as unknown as StageContext;
  const incident = await broken(house);
  const ann = await personNamed(house.store.db, house.hostId, 'Ann');
  return house.store.write(async (tx) => {
    const planId = await draftPlan(tx, { incidentId: incident.id, targetId: house.shop, repair, args: asked, risk: 'safe', askedBy: null, requestId: null }, house.now);
    await keepPrepared(tx, planId, reload, 'c'.repeat(64), 'prepared');
    await keepDecision(tx, planId, { verdict: 'ask', rule: 'r', why: 'w' }, 'asked');
    const question = await ask(tx, { planId, appId: house.shop, hash: 'c'.repeat(64), need: 2, expiresAt: house.now + 900_000 }, house.now);
    const request = { id: 'wish', resourceId: house.shop, verb: 'repair', args: {}, personId: ann?.id, personName: 'Ann', via: 'slack', at: house.now, takenAt: null } as never;
    await mergeWish(tx, ctx, incident, { request, repair: wish, repairArgs: wished });
    return (await answersTo(tx, question)).length;
  });
}

describe('a wish for what people are asked about', () => {
  it.each([
    ['the very same', 'pm2.reload', {}, {}, 1],
    ['the same, where one says what the other leaves to the repair', 'pm2.scale-up', {}, { by: 1 }, 1],
    ['more of it', 'pm2.scale-up', { by: 1 }, { by: 4 }, 0],
    ['another part of it', 'redis.invalidate', { prefix: 'page:' }, { prefix: 'session:' }, 0],
    ['another session', 'postgres.cancel', { pid: 4711 }, { pid: 4712 }, 0],
    ['a rollback to the same release, for another reason', 'release.rollback', { to: null, reason: 'the runbook came to it' }, { to: null, reason: 'posts are broken' }, 1],
    ['a rollback to another release', 'release.rollback', { to: null, reason: 'the runbook came to it' }, { to: '9d1e003', reason: '' }, 0],
  ] as const)('%s: %s %j, and %j wished', async (_, repair, asked, wished, count) => {
    expect(await yes(repair, asked, wished)).toBe(count);
  });

  it('is none where it is for another repair', async () => {
    expect(await yes('pm2.reload', {}, {}, 'pm2.restart')).toBe(0);
  });
});
