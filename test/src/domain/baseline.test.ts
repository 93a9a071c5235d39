import { describe, expect, it } from 'vitest';
import { BASELINE_MAX_SAMPLES, BASELINE_MIN_SAMPLES, baselineOf, updateBaseline } from '../../../src/domain/baseline.js';
import type { Sample } from '../../../src/domain/check.js';
import type { ReleaseId } from '../../../src/domain/ids.js';

const key = { checkId: 7, releaseId: 'release-1' as ReleaseId };

function good(...values: readonly (number | null)[]): Pick<Sample, 'verdict' | 'values'> {
  return { verdict: 'good', values };
}

const hundred = Array.from({ length: 100 }, (_, n) => good(n + 1, 5));

describe('baselineOf', () => {
  it('is the median and the 95th percentile of each value', () => {
    expect(baselineOf(key, hundred)).toEqual({ ...key, n: 100, values: [{ median: 50.5, p95: 95 }, { median: 5, p95: 5 }] });
  });

  it('is none of too few good samples, however many others there are', () => {
    const bad = Array.from({ length: 50 }, () => ({ verdict: 'bad' as const, values: [9_000] }));
    const few = Array.from({ length: BASELINE_MIN_SAMPLES - 1 }, () => good(1));
    expect(baselineOf(key, [...bad, ...few])).toBeNull();
    expect(baselineOf(key, [...bad, ...few, good(1)])).toMatchObject({ n: BASELINE_MIN_SAMPLES, values: [{ median: 1 }] });
  });

  it('leaves a value null that was seldom there', () => {
    expect(baselineOf(key, [good(1, 2), good(1, 2), good(1, null), good(1), good(1, 2)])).toMatchObject({ values: [{ median: 1 }, null] });
  });

  it('stands on the first samples, so that a later creep does not become usual', () => {
    const creep = [...Array.from({ length: BASELINE_MAX_SAMPLES }, () => good(10)), ...Array.from({ length: 5_000 }, () => good(900))];
    expect(baselineOf(key, creep)).toEqual({ ...key, n: BASELINE_MAX_SAMPLES, values: [{ median: 10, p95: 10 }] });
  });
});

describe('updateBaseline', () => {
  it('learns while there are more good samples than it stands on', () => {
    const first = updateBaseline(null, key, hundred.slice(0, 10));
    expect(first).toMatchObject({ n: 10 });
    expect(updateBaseline(first, key, hundred)).toEqual(baselineOf(key, hundred));
  });

  it('keeps what it knows when the samples are pruned away', () => {
    const known = baselineOf(key, hundred);
    expect(updateBaseline(known, key, hundred.slice(90))).toBe(known);
    expect(updateBaseline(known, key, [])).toBe(known);
  });

  it('learns no more once it is full', () => {
    const full = { ...key, n: BASELINE_MAX_SAMPLES, values: [{ median: 1, p95: 2 }] };
    expect(updateBaseline(full, key, Array.from({ length: 400 }, () => good(50)))).toBe(full);
  });
});
