import { expect, it } from 'vitest';
import { createLearner } from '../../../monitoring/stages/learn.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import type { Check } from '../../../src/domain/check.js';
import { baselinesOf } from '../../../src/store/baselines.js';
import { checksOf } from '../../../src/store/checks.js';
import { openIncident, resolveIncident } from '../../../src/store/incidents.js';
import { insertSamples } from '../../../src/store/samples.js';
import { handClock } from '../../bot/stage.js';
import { stageOfEachTest } from '../../src/commands/spoken.js';
import { launched, watchShop } from '../../src/commands/stage.js';

const house = stageOfEachTest();
const MINUTE = 60_000;

async function answers(check: Check, from: number, readings: readonly number[]): Promise<void> {
  await house.store.write((tx) => insertSamples(tx, readings.map((ms, n) => ({ checkId: check.id, at: from + n * 30_000, verdict: 'good', ms, values: [ms], note: null }))));
}

async function learned(kind: string): Promise<number | undefined> {
  await watchShop(house);
  const launch = await launched(house);
  const [check] = await checksOf(house.store.db, house.shop);
  if (!check) throw new Error('the shop has no check');
  const began = house.now + 10 * MINUTE;
  await answers(check, began, Array.from({ length: 40 }, () => 90));
  await answers(check, began + 30 * MINUTE, Array.from({ length: 40 }, () => 800));
  await house.store.write(async (tx) => {
    const { id } = await openIncident(tx, { resourceId: house.shop, launchId: launch.id, kind, severity: 'warning', emergency: false, title: 'slow' }, began + 33 * MINUTE);
    await resolveIncident(tx, id, 'fast again', began + 52 * MINUTE);
  });
  await answers(check, began + 60 * MINUTE, Array.from({ length: 20 }, () => 95));
  const ctx = { store: house.store, hostId: house.hostId, clock: handClock(began + 90 * MINUTE), settings: { warmUpMs: MINUTE } } as unknown as StageContext;
  await createLearner().learn(ctx, launch, [{ check, samples: [], newAt: began + 90 * MINUTE }], new Map());
  return (await baselinesOf(house.store.db, [check.id], launch.releaseId)).get(check.id)?.values[0]?.p95;
}

it('what was slow while that was a problem is not learned as usual', async () => {
  expect(await learned('latency')).toBeLessThan(100);
});

it('what people asked for meanwhile was no problem', async () => {
  expect(await learned('manual')).toBe(800);
});
