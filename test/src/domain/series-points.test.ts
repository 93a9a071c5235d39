import { describe, expect, it } from 'vitest';
import { addPoint, meanMs, stepFor, worstOf, type Point } from '../../../src/domain/series-points.js';

const point: Point = { at: 0, good: 1, bad: 0, unknown: 0, error: 0, timed: 1, msSum: 10, msMax: 10 };

describe('points of a series', () => {
  it('add up what they count, and keep the longest', () => {
    expect(addPoint(point, { ...point, at: 5, good: 0, bad: 2, msSum: 30, msMax: 30 })).toEqual({ at: 0, good: 1, bad: 2, unknown: 0, error: 0, timed: 2, msSum: 40, msMax: 30 });
    expect(addPoint({ ...point, timed: 0, msMax: null }, { ...point, timed: 0, msMax: null }).msMax).toBeNull();
    expect(addPoint(point, { ...point, timed: 0, msSum: 0, msMax: null })).toMatchObject({ timed: 1, msMax: 10 });
  });

  it('have a mean only where something took a time', () => {
    expect([meanMs({ timed: 4, msSum: 10 }), meanMs({ timed: 0, msSum: 0 })]).toEqual([2.5, null]);
  });

  it.each([[{ good: 99, bad: 1, unknown: 1, error: 1 }, 'bad'], [{ good: 9, bad: 0, unknown: 1, error: 1 }, 'error'], [{ good: 9, bad: 0, unknown: 1, error: 0 }, 'unknown'], [{ good: 9, bad: 0, unknown: 0, error: 0 }, 'good']] as const)('of %j show the worst: %s', (counts, worst) => {
    expect(worstOf(counts)).toBe(worst);
  });

  it.each([[3_600_000, 60_000], [24 * 3_600_000, 240_000], [30 * 24 * 3_600_000, 7_200_000]])('over %i ms last %i', (forMs, stepMs) => {
    expect(stepFor(forMs, 360)).toBe(stepMs);
    expect(forMs / stepMs).toBeLessThanOrEqual(360);
  });
});
