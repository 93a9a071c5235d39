import { describe, expect, it } from 'vitest';
import { until } from '../doubles/pm2-home.js';
import { releasedWatches } from '../scenarios/brakes/released.js';

const HOUR = 3_600_000;
const STORY = { timeout: 180_000 } as const;

const begin = releasedWatches();

describe('a rollback by the machine', () => {
  it('is not done where nobody can tell whether migrations lie between: a person is asked', STORY, async () => {
    const shop = await begin('untold', { repo: false });
    await shop.deploy('v2');
    shop.breaks('v2');
    await shop.begun.asked();
    expect([await shop.runs(), await shop.rollbacks()]).toEqual(['v2', 0]);
    expect(shop.named(await shop.begun.card())).toContain('whether migrations lie between the two releases cannot be told');
  });

  it('is not done to a commit that was found bad, a day later either, and is done to another release', STORY, async () => {
    const shop = await begin('remembered');
    await shop.deploy('v2');
    shop.breaks('v2');
    await shop.begun.incident('resolved');
    shop.pass(25 * HOUR);
    await shop.redeploy('v2');
    shop.breaks('v2');
    await shop.begun.asked();
    expect([await shop.runs(), await shop.rollbacks()]).toEqual(['v2', 1]);
    await shop.deploy('v3');
    shop.breaks('v3');
    await until('v3 to be taken back', async () => (await shop.runs()) === 'v1', 90_000);
    expect(await shop.rollbacks()).toBe(2);
  });
});
