import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Incident } from '../../../src/domain/incident.js';
import type { Launch } from '../../../src/domain/launch.js';
import { badFromBirth } from '../../../src/store/born-bad.js';
import { endLaunch, liveBefore } from '../../../src/store/launches.js';
import { launched, openStage, watchShop, type Stage } from '../commands/stage.js';
import { incident, MINUTE } from '../cards/views.js';

let stage: Stage;
let launch: Launch;
beforeEach(async () => {
  stage = await openStage();
  // What the release before it measured is none of its own.
  await reading('good', -1_000);
  await stage.store.db.updateTable('checks').set({ trusted: 1 }).execute();
  launch = await launched(stage);
});
afterEach(() => stage.close());

const reading = (verdict: 'good' | 'bad' | 'error', afterMs: number): Promise<void> => watchShop(stage, verdict, stage.now + afterMs);
const opened = (afterMs: number): Incident => ({ ...incident, resourceId: stage.shop, openedAt: launch.startedAt + afterMs });
const since = async (afterMs: number): Promise<number | null> => {
  const at = await badFromBirth(stage.store.db, opened(afterMs), launch);
  return at === null ? null : at - launch.startedAt;
};

describe('a launch of what was live already', () => {
  it('is known from the launches before it, but for those before another release', async () => {
    const next = async (commit?: string): Promise<Launch> => {
      await stage.store.write((tx) => endLaunch(tx, launch.id, 'superseded', stage.now));
      stage.now += MINUTE;
      return (launch = await launched(stage, commit));
    };
    const first = launch.startedAt;
    expect(await liveBefore(stage.store.db, launch)).toBeNull();
    await next();
    expect(await liveBefore(stage.store.db, await next())).toBe(first);
    expect(await liveBefore(stage.store.db, await next('9d1e003'))).toBeNull();
    expect(await liveBefore(stage.store.db, await next())).toBeNull();
  });
});

describe('a release that was bad from its first reading', () => {
  it('is known by its first bad one, though none counted before it had settled', async () => {
    for (const [verdict, at] of [['error', 1_000], ['bad', 2_000], ['bad', 3_000], ['bad', 32_000]] as const) await reading(verdict, at);
    expect(await since(33_000)).toBe(2_000);
  });

  it('is none where a reading was good before it broke', async () => {
    for (const [verdict, at] of [['bad', 2_000], ['good', 3_000], ['bad', 32_000]] as const) await reading(verdict, at);
    expect(await since(33_000)).toBeNull();
  });

  it('is none where it broke much later, was never seen, or broke before', async () => {
    await reading('bad', 2_000);
    expect(await since(11 * MINUTE)).toBeNull();
    expect(await since(-1)).toBeNull();
    expect(await badFromBirth(stage.store.db, opened(33_000), null)).toBeNull();
  });

  it('is not told by a check that was never good', async () => {
    await reading('bad', 2_000);
    await stage.store.db.updateTable('checks').set({ trusted: 0 }).execute();
    expect(await since(33_000)).toBeNull();
  });
});
