import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/domain/check.js';
import { insertSamples } from '../../../src/store/samples.js';
import { unmeasured } from '../../../src/store/unmeasured.js';
import { NOW, oneCheck, type Stage } from './stage.js';

const MINUTE = 60_000;

export function unmeasuredContract(stage: Stage): void {
  describe('what could not be measured for half an hour', () => {
    async function of(samples: readonly (readonly [minutesAgo: number, verdict: Verdict])[]): Promise<number> {
      const checkId = await oneCheck(stage);
      await stage.write((tx) => insertSamples(tx, samples.map(([minutesAgo, verdict]) => ({ checkId, at: NOW - minutesAgo * MINUTE, verdict, ms: null, values: [], note: 'no such name' }))));
      return (await unmeasured(stage.store.db, stage.hostId, { since: NOW - 30 * MINUTE, now: NOW })).length;
    }

    it.each([
      ['was tried and tried', [[40, 'error'], [20, 'unknown'], [1, 'error']], 1],
      ['began to fail just now', [[20, 'error'], [10, 'error'], [1, 'error']], 0],
      ['was good once', [[40, 'error'], [20, 'good'], [1, 'error']], 0],
      ['was bad, which is a reading', [[40, 'error'], [20, 'bad'], [1, 'error']], 0],
      ['was tried twice, with a long time between', [[40, 'error'], [1, 'error']], 0],
      ['has not been tried for half an hour', [[50, 'error'], [45, 'error'], [40, 'error']], 0],
    ] as const)('is told of a check that %s: %j → %i', async (_what, samples, count) => {
      expect(await of(samples)).toBe(count);
    });
  });
}
