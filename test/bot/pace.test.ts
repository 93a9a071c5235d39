import { describe, expect, it } from 'vitest';
import { createPace } from '../../bot/pace.js';

describe('the pace of one place', () => {
  it('lets the first word through at once, and the next after a second', () => {
    const pace = createPace();
    expect(pace.waitMs(0)).toBe(0);
    pace.said(0);
    expect([pace.waitMs(0), pace.waitMs(400), pace.waitMs(1_000)]).toEqual([1_000, 600, 0]);
  });

  it('lets twenty through in a minute, however they are spread', () => {
    const pace = createPace();
    for (let n = 0; n < 20; n += 1) pace.said(n * 2_000);
    expect([pace.waitMs(40_000), pace.waitMs(59_999), pace.waitMs(60_000)]).toEqual([20_000, 1, 0]);
    pace.said(60_000);
    expect(pace.waitMs(61_000)).toBe(1_000);
  });

  it('rests for as long as it is told', () => {
    const pace = createPace();
    pace.rest(30_000, 5_000);
    expect([pace.waitMs(5_000), pace.waitMs(35_000)]).toEqual([30_000, 0]);
  });
});
