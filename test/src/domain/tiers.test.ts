import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterTick, DEFAULT_TIERS, tickOffsets, tierAt, windowMs } from '../../../src/domain/tiers.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;

describe('the ticks of 72 hours', () => {
  const offsets = tickOffsets(DEFAULT_TIERS);

  it('are 24, 36 and 12, beginning at 0, and one closing tick', () => {
    expect(offsets.filter((at) => at < 6 * HOUR)).toHaveLength(24);
    expect(offsets.filter((at) => at >= 6 * HOUR && at < 24 * HOUR)).toHaveLength(36);
    expect(offsets.filter((at) => at >= 24 * HOUR && at < 72 * HOUR)).toHaveLength(12);
    expect(offsets[0]).toBe(0);
    expect(offsets.at(-1)).toBe(72 * HOUR);
    expect(offsets).toHaveLength(73);
    expect(windowMs(DEFAULT_TIERS)).toBe(72 * HOUR);
  });

  it.each([[0, 0], [6 * HOUR - 1, 0], [6 * HOUR, 1], [24 * HOUR, 2], [72 * HOUR, 2]])('at %i ms tier %i holds', (age, tier) => {
    expect(tierAt(DEFAULT_TIERS, age)).toBe(tier);
  });

  it('are each made once when nobody is late', () => {
    let made = 0;
    const seen: number[] = [];
    for (let at: number | null = 0; at !== null; ) {
      seen.push(at);
      const next = afterTick(DEFAULT_TIERS, 0, made, at);
      made = next.made;
      at = next.nextAt;
    }
    expect(seen).toEqual(offsets);
  });

  it('that were missed in a sleep of two hours are passed over, and only the next is made', () => {
    const next = afterTick(DEFAULT_TIERS, 0, 1, 2 * HOUR + 5 * MINUTE);
    expect(next).toEqual({ made: 9, nextAt: 2 * HOUR + 15 * MINUTE });
  });

  it('are not made again after the clock stepped back', () => {
    const { made, nextAt } = afterTick(DEFAULT_TIERS, 0, 3, 10 * MINUTE); // The fourth, made at 45 min, the clock then says 10.
    expect({ made, nextAt }).toEqual({ made: 4, nextAt: HOUR });
  });

  it('keep the closing tick however late it is', () => {
    expect(afterTick(DEFAULT_TIERS, 0, 5, 100 * HOUR)).toEqual({ made: 72, nextAt: 72 * HOUR });
    expect(afterTick(DEFAULT_TIERS, 0, 72, 100 * HOUR)).toEqual({ made: 73, nextAt: null });
  });

  it('never double and never go backwards, whatever the clock does', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 80 * HOUR }), { maxLength: 40 }), (nows) => {
      let made = 0;
      for (const now of nows) {
        const next = afterTick(DEFAULT_TIERS, 0, made, now);
        expect(next.made).toBeGreaterThan(made);
        if (next.nextAt === null) return;
        expect(next.nextAt).toBe(offsets[next.made]);
        made = next.made;
      }
    }));
  });
});
