import { describe, expect, it } from 'vitest';
import { baseline } from '../../../src/commands/baseline.js';
import type { ValueBaseline } from '../../../src/domain/baseline.js';
import type { ReleaseId } from '../../../src/domain/ids.js';
import { saveBaseline } from '../../../src/store/baselines.js';
import { checksOf, syncChecks } from '../../../src/store/checks.js';
import { commandContract } from '../../contracts/command.js';
import { launched, release } from './stage.js';
import { sayOn, stageOfEachTest } from './spoken.js';

const stage = stageOfEachTest();
const say = sayOn(stage, 'Vera');

commandContract(baseline);

async function usual(releaseId: ReleaseId, ms: number): Promise<void> {
  await stage.store.write(async (tx) => {
    const common = { resourceId: stage.shop, options: {}, cadence: 'every', everyMs: 30_000, critical: true } as const;
    await syncChecks(tx, stage.hostId, [{ ...common, name: 'http:/', probe: 'http' }, { ...common, name: 'pm2', probe: 'pm2' }, { ...common, name: 'release', probe: 'release' }], stage.now);
    const value = (median: number, p95 = median): ValueBaseline => ({ median, p95 });
    for (const { id, probe } of await checksOf(tx, stage.shop)) {
      if (probe === 'http') await saveBaseline(tx, { checkId: id, releaseId, n: 40, values: [value(ms, ms * 2), value(ms * 2), value(3), value(3), value(200), value(0)] });
      if (probe === 'pm2') await saveBaseline(tx, { checkId: id, releaseId, n: 20, values: [value(2), value(2), value(0), value(120 * 1_048_576), value(3), value(12), null, null, null] });
    }
  });
}

describe('baseline', () => {
  it('says what is usual, in the words of each check, and what readings are held against', async () => {
    const before = await release(stage, '1111111', true);
    await usual(before.id, 10);
    stage.now += 1;
    const now = await launched(stage, '2222222');
    await usual(now.releaseId, 14);
    const { card, exit, data } = await say('baseline shop');
    expect(exit).toBe(0);
    expect([card.title, ...card.body]).toMatchInlineSnapshot(`
      [
        "shop: readings are held against those of release 1111111, which is stable",
        "Release 2222222 (unwatched):
      - http:/: answers in 14 ms, mostly below 28 ms; from 40 good readings
      - pm2: memory 120 MiB, CPU 3 %, event loop 12 ms; from 20 good readings",
        "Release 1111111 (stable):
      - http:/: answers in 10 ms, mostly below 20 ms; from 40 good readings
      - pm2: memory 120 MiB, CPU 3 %, event loop 12 ms; from 20 good readings",
      ]
    `);
    expect(data).toMatchObject({ running: { release: '2222222', checks: [{ check: 'http:/', readings: 40 }, { check: 'pm2' }] }, stable: { release: '1111111' } });
  });

  it('is that of the running release where there is no stable one', async () => {
    const { releaseId } = await launched(stage);
    await usual(releaseId, 14);
    expect((await say('baseline shop')).card.title).toBe('shop: readings are held against what the running release showed at first');
  });

  it('says that it is not known yet, with 3', async () => {
    const { card, exit } = await say('baseline shop');
    expect([card.title, exit]).toEqual(['shop: what is usual is not known yet', 3]);
  });
});
