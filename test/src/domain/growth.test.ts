import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { growthOf } from '../../../src/domain/growth.js';

const rule = { spanMs: 100, minPoints: 10, share: 0.3, amount: 0 };
const points = (count: number, y: (x: number) => number): { x: number; y: number }[] => Array.from({ length: count }, (_, n) => ({ x: n * 5, y: y(n * 5) }));

describe('growthOf', () => {
  it('measures a line', () => {
    const growth = growthOf(points(21, (x) => 50 + x), rule);
    expect(growth).toMatchObject({ from: 50, overMs: 100 });
    expect(growth).toMatchObject({ perMs: expect.closeTo(1), by: expect.closeTo(100) });
  });

  it('cannot judge too short a time, too few points, or a hole of a fifth of the time', () => {
    expect(growthOf([], rule)).toBe('short');
    expect(growthOf(points(20, (x) => 50 + x), rule)).toBe('short');
    expect(growthOf(points(21, (x) => 50 + x).filter((_, n) => n % 3 === 0), rule)).toBe('short');
    expect(growthOf(points(21, (x) => 50 + x).filter(({ x }) => x < 40 || x >= 60), rule)).toBe('short');
  });

  it('calls growth below the share, or below the amount, flat', () => {
    expect(growthOf(points(21, (x) => 400 + x), rule)).toBe('flat');
    expect(growthOf(points(21, (x) => 50 + x), { ...rule, amount: 101 })).toBe('flat');
  });

  it('looks at longer windows too: what is slow in one is much in twelve', () => {
    expect(growthOf(points(256, (x) => 400 + 0.1 * x), rule)).toMatchObject({ overMs: 1_275, by: expect.closeTo(127.5) });
  });

  it('is never growth while the lowest values fall or stay', () => {
    const noise = fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 21, maxLength: 400 });
    fc.assert(fc.property(noise, (values) => {
      const teeth = values.map((value, n) => ({ x: n * 5, y: n % 4 === 0 ? 100 : 100 + value }));
      expect(growthOf(teeth, rule)).toBe('flat');
    }));
  });
});
