import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, percentile, THEIL_SEN_MAX_POINTS, theilSen, wilsonLower } from '../../../src/domain/statistics.js';

const numbers = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 60 });

describe('median', () => {
  it.each([
    [[], null],
    [[7], 7],
    [[3, 1], 2],
    [[9, 1, 5], 5],
    [[10, 9, 1, 2], 5.5],
  ])('of %j is %j', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('has half of the values on each side, and leaves them in their order', () => {
    fc.assert(fc.property(numbers, (values) => {
      const before = [...values];
      const middle = median(values) as number;
      expect(values).toEqual(before);
      expect(values.filter((value) => value <= middle).length).toBeGreaterThanOrEqual(values.length / 2);
      expect(values.filter((value) => value >= middle).length).toBeGreaterThanOrEqual(values.length / 2);
    }));
  });
});

describe('percentile by nearest rank', () => {
  // The example of the nearest-rank method in its usual definition: 15, 20, 35, 40, 50.
  it.each([[5, 15], [30, 20], [40, 20], [50, 35], [100, 50]])('the %d th of five values', (percent, expected) => {
    expect(percentile([50, 15, 40, 20, 35], percent)).toBe(expected);
  });

  it('is null of nothing, and the largest of fewer than twenty at 95', () => {
    expect(percentile([], 95)).toBeNull();
    expect(percentile([1, 2, 3, 4, 99], 95)).toBe(99);
    expect(percentile(Array.from({ length: 100 }, (_, n) => n + 1), 95)).toBe(95);
  });

  it('is a value that was seen, and no less than that share of all values', () => {
    fc.assert(fc.property(numbers, fc.integer({ min: 1, max: 100 }), (values, percent) => {
      const at = percentile(values, percent) as number;
      expect(values).toContain(at);
      expect(values.filter((value) => value <= at).length).toBeGreaterThanOrEqual((percent / 100) * values.length);
    }));
  });
});

describe('theilSen', () => {
  const line = (n: number, slope: number): { x: number; y: number }[] => Array.from({ length: n }, (_, x) => ({ x, y: 5 + slope * x }));

  it('finds the slope of a line', () => {
    expect(theilSen(line(20, 2.5))).toBeCloseTo(2.5);
  });

  it('is not moved by a fifth of wild points, where a least-squares line would be', () => {
    const wild = line(20, 1).map((point, index) => (index % 5 === 4 ? { ...point, y: 10_000 } : point));
    expect(theilSen(wild)).toBeCloseTo(1);
  });

  it('is null without two different x', () => {
    expect(theilSen([])).toBeNull();
    expect(theilSen([{ x: 1, y: 1 }])).toBeNull();
    expect(theilSen([{ x: 1, y: 1 }, { x: 1, y: 9 }])).toBeNull();
  });

  it('thins more points than it can pair', () => {
    expect(theilSen(line(THEIL_SEN_MAX_POINTS * 50, 3))).toBeCloseTo(3);
  });
});

describe("Wilson's lower bound", () => {
  it.each([
    [0, 0, 0], [0, 10, 0], [1, 1, 0.2065], [7, 8, 0.5291], [10, 10, 0.7225], [50, 100, 0.4038],
  ])('of %d in %d is %d', (successes, n, expected) => {
    expect(wilsonLower(successes, n)).toBeCloseTo(expected, 3);
  });

  it('is never above the share, and grows with what was tried', () => {
    fc.assert(fc.property(fc.nat(200), fc.nat(200), (helped, not) => {
      const n = helped + not;
      fc.pre(n > 0);
      expect(wilsonLower(helped, n)).toBeLessThanOrEqual(helped / n + 1e-12);
      expect(wilsonLower(2 * helped, 2 * n)).toBeGreaterThanOrEqual(wilsonLower(helped, n) - 1e-12);
    }));
  });
});
