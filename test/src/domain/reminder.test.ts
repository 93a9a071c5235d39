import { describe, expect, it } from 'vitest';
import { remindAt } from '../../../src/domain/reminder.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Every reminder of a call at 0 that nobody answers, in minutes. */
function all(warnedAt: number | null): readonly number[] {
  const reminded: number[] = [];
  for (let next = remindAt({ at: 0, remindedAt: reminded, warnedAt }); next !== null; next = remindAt({ at: 0, remindedAt: reminded, warnedAt })) reminded.push(next);
  return reminded.map((at) => at / MINUTE);
}

describe('people who were called', () => {
  it('are reminded four times, each later than the one before, and then no more', () => {
    expect(all(null)).toEqual([15, 75, 315, 1_035]);
  });

  it('are not reminded of a question shortly before they are called for it anyway', () => {
    expect(all(10 * MINUTE)).toEqual([]);
    expect(all(20 * MINUTE)).toEqual([]);
    expect(all(16 * HOUR)).toEqual([15, 75, 315]);
  });

  it('are reminded once of what lay while the monitor was away, and the next time after the whole wait', () => {
    expect(remindAt({ at: 0, remindedAt: [10 * HOUR], warnedAt: null })).toBe(11 * HOUR);
  });
});
