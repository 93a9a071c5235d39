import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { factsFor } from '../../../monitoring/stages/facts.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import { DEFAULT_TIERS } from '../../../src/domain/tiers.js';
import { openIncident, resolveIncident } from '../../../src/store/incidents.js';
import { openLaunch } from '../../../src/store/launches.js';
import { draftPlan } from '../../../src/store/plans.js';
import { judgeRelease } from '../../../src/store/releases.js';
import { beginRemediation, endRemediation } from '../../../src/store/remediations.js';
import { getResource } from '../../../src/store/resources.js';
import { handClock, keepLog } from '../../bot/stage.js';
import { BEGAN } from '../../src/cards/views.js';
import { stageOfEachTest } from '../../src/commands/spoken.js';
import { release } from '../../src/commands/stage.js';

const house = stageOfEachTest();

function context(): StageContext {
  return { store: house.store, hostId: house.hostId, clock: handClock(BEGAN), log: keepLog(), freezeFile: join(house.dir, 'freeze'), settings: { tiers: DEFAULT_TIERS } } as unknown as StageContext;
}

async function whyNotAlone(autoRollback: boolean, why: string, bad: string | null = null): Promise<unknown> {
  const { id } = await release(house, '4f2a91c');
  await house.store.write(async (tx) => {
    await openLaunch(tx, { appId: house.shop, releaseId: id, endsAt: BEGAN + 60_000, autoRollback, why }, BEGAN);
    if (bad !== null) await judgeRelease(tx, id, 'bad', bad, BEGAN);
  });
  const ctx = context();
  const facts = await factsFor(house.store.db, ctx, { plan: { repair: 'release.rollback', askedBy: null }, target: await getResource(house.store.db, house.shop), incident: null });
  expect(facts.mayRollBackAlone).toBe(autoRollback);
  return facts.whyNotAlone;
}

it('what is asked for by hand, or due by itself, is no problem that came back', async () => {
  const counted = async (kind: string): Promise<unknown> => {
    const incident = await house.store.write(async (tx) => {
      const opened = await openIncident(tx, { resourceId: house.shop, launchId: null, kind, severity: 'info', emergency: false, title: 'so' }, BEGAN);
      const planId = await draftPlan(tx, { incidentId: opened.id, targetId: house.shop, repair: 'release.rehearse', args: {}, risk: 'safe', askedBy: null, requestId: null }, BEGAN);
      await endRemediation(tx, (await beginRemediation(tx, { planId, resourceId: house.shop, fingerprint: kind, fence: 1 }, BEGAN)) as never, 'verified', 'so', BEGAN);
      await resolveIncident(tx, opened.id, 'over', BEGAN);
      return opened;
    });
    const { attempts, sameBefore, cameBack } = await factsFor(house.store.db, context(), { plan: { repair: 'release.rehearse', askedBy: null }, target: await getResource(house.store.db, house.shop), incident });
    return [attempts.count, sameBefore, cameBack];
  };
  expect([await counted('manual'), await counted('hang')]).toEqual([[0, 0, 0], [1, 1, 1]]);
});

describe('why a release is not rolled back by itself', () => {
  it.each([
    ['it was the target of a rollback', 'rolled back to 4f2a91c: status 500', null, 'this release was rolled back to'],
    ['another one was, a moment ago', 'a new release was seen running', null, 'the app was rolled back less than a day before this release went live'],
    ['it was found bad', 'it runs again', 'rolled back: status 500', 'this release was found bad (rolled back: status 500)'],
    ['a person went back from it', 'it runs again', 'rolled back by Root: posts are broken', 'this release was rolled back by Root: posts are broken'],
  ])('%s', async (_name, why, bad, says) => {
    expect(await whyNotAlone(false, why, bad)).toBe(says);
  });

  it('is not asked where it may be', async () => {
    expect(await whyNotAlone(true, 'first seen')).toBeNull();
  });
});
