import { describe, expect, it } from 'vitest';
import type { Series } from '../../../src/cards/series.js';
import { saveBaseline } from '../../../src/store/baselines.js';
import { checksOf } from '../../../src/store/checks.js';
import { insertSamples } from '../../../src/store/samples.js';
import { launched, watchShop } from '../../src/commands/stage.js';
import { apiOfEachTest } from './stage.js';

const api = apiOfEachTest({}, ({ stage }) => watchShop(stage, 'good', stage.now - 48 * 3_600_000));
const series = async (query: string): Promise<Series> => (await api.ask('GET', `/api/apps/shop/series?${query}`)).json;

describe('the series of a check', () => {
  it('has what was measured in the hours that are asked for, and what is usual', async () => {
    const { stage } = api;
    const { releaseId } = await launched(stage);
    const [check] = await checksOf(stage.store.db, stage.shop);
    const checkId = check?.id as never;
    await stage.store.write(async (tx) => {
      await insertSamples(tx, [{ checkId, at: stage.now - 3_600_000, verdict: 'good', ms: 20, values: [20], note: null }, { checkId, at: stage.now - 3_599_000, verdict: 'bad', ms: 40, values: [40], note: 'slow' }]);
      await saveBaseline(tx, { checkId, releaseId, n: 9, values: [{ median: 21, p95: 33 }] });
    });
    const day = await series('check=liveness');
    expect(day).toMatchObject({ app: 'shop', check: 'liveness', from: '2026-11-20T03:12:00.000Z', usual: { medianMs: 21, p95Ms: 33, release: '4f2a91c' } });
    expect(day.points).toEqual([{ at: '2026-11-21T02:12:00.000Z', verdict: 'bad', readings: 2, notGood: 1, meanMs: 30, maxMs: 40 }]);
    expect((await series('check=liveness&hours=72')).points.length).toBe(2);
  });

  it.each([['check=nothing', 404, 'target.unknown'], ['', 400, 'input'], ['check=liveness&hours=721', 400, 'input'], ['check=liveness&hours=-1', 400, 'input']])('is refused for “%s”', async (query, status, code) => {
    const answer = await api.ask('GET', `/api/apps/shop/series?${query}`);
    expect([answer.status, (answer.json as { error: { code: string } }).error.code]).toEqual([status, code]);
  });
});
