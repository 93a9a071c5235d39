import { describe, expect, it } from 'vitest';
import { faulty, faultOf, FITTING, healthy } from '../scenarios/silence.js';

const SEEDS = Array.from({ length: 10 }, (_, n) => n + 1);
const EVERY = '5m';

describe('ten noisy but healthy apps over 72 hours', { timeout: 600_000 }, () => {
  it.each(SEEDS)('are left in peace: no repair, no rollback, no question, three messages each (seed %i)', async (seed) => {
    expect(await healthy(seed, EVERY)).toEqual({ launch: 'stable', incidents: [], plans: 0, questions: 0, acts: 0, messages: ['launch.started', 'launch.six_hours', 'launch.ended'] });
  });
});

describe('the same ten with one real fault each', { timeout: 600_000 }, () => {
  it.each(SEEDS.map((seed) => [seed, faultOf(seed).kind] as const))('are found to be sick, and of what (seed %i: %s)', async (seed, kind) => {
    const found = await faulty(seed, EVERY);
    expect(found.before).toBe(0);
    expect(FITTING[kind]).toContain(found.kind);
  });
});
