import { describe, expect, it } from 'vitest';
import { faulty, faultOf, FITTING, healthy } from './silence.js';

/** All ten seeds, with a look every five minutes, are in test/slow/silence.test.ts. */
const EVERY = '15m';

describe('a noisy but healthy app over 72 hours', { timeout: 300_000 }, () => {
  it.each([1, 2])('is left in peace: no repair, no question, three messages (seed %i)', async (seed) => {
    expect(await healthy(seed, EVERY)).toEqual({ launch: 'stable', incidents: [], plans: 0, questions: 0, acts: 0, messages: ['launch.started', 'launch.six_hours', 'launch.ended'] });
  });
});

describe('the same app with one real fault', { timeout: 300_000 }, () => {
  it.each([3, 4].map((seed) => [seed, faultOf(seed).kind] as const))('is found to be sick, and of what (seed %i: %s)', async (seed, kind) => {
    const found = await faulty(seed, EVERY);
    expect(found.before).toBe(0);
    expect(FITTING[kind]).toContain(found.kind);
  });
});
