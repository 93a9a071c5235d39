import { describe, expect, it } from 'vitest';
import { faulty, faultOf, FITTING } from '../scenarios/silence.js';

const SEEDS = Array.from({ length: 10 }, (_, n) => n + 1);
const EVERY = '5m';

describe('the ten apps of silence.test.ts with one real fault each', { timeout: 600_000 }, () => {
  it.each(SEEDS.map((seed) => [seed, faultOf(seed).kind] as const))('are found to be sick, and of what (seed %i: %s)', async (seed, kind) => {
    const found = await faulty(seed, EVERY);
    expect(found.before).toBe(0);
    expect(FITTING[kind]).toContain(found.kind);
  });
});
