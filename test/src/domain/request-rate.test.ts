import { expect, it } from 'vitest';
import { baselineOf } from '../../../src/domain/baseline.js';
import { usualRate } from '../../../src/domain/request-rate.js';

const learned = (rates: readonly number[]): number | null => usualRate(baselineOf({ checkId: 1, releaseId: 'r' as never }, rates.map((rate) => ({ verdict: 'good', values: [rate] }))), ['requests_per_s']);

it.each([
  ['what nineteen of twenty do not exceed', [2, 2, 2, 2, 2, 2, 2, 2, 2, 3], 3],
  ['not what an attack brings that begins while it is learned', [2, 2, 2, 2, 2, 2, 40, 40, 40, 40], 4],
  ['not known from a few', [2, 2, 2, 2, 2, 2, 2, 2, 2], null],
  ['nothing where nobody comes, so that the first who comes is more', Array.from({ length: 12 }, () => 0), 0],
])('usual is %s', (_, rates, usual) => {
  expect(learned(rates)).toBe(usual);
});

it('is not known where PM2 counts none', () => {
  expect(usualRate(null, ['requests_per_s'])).toBeNull();
  expect(usualRate({ n: 50, values: [null] }, ['requests_per_s'])).toBeNull();
});
