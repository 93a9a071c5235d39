import { describe, expect, it } from 'vitest';
import { healthy } from '../scenarios/silence.js';

const SEEDS = Array.from({ length: 10 }, (_, n) => n + 1);
const EVERY = '5m';

describe('ten noisy but healthy apps over 72 hours', { timeout: 600_000 }, () => {
  it.each(SEEDS)('are left in peace: no repair, no rollback, no question, three messages each (seed %i)', async (seed) => {
    expect(await healthy(seed, EVERY)).toEqual({ launch: 'stable', incidents: [], plans: 0, questions: 0, acts: 0, messages: ['launch.started', 'launch.six_hours', 'launch.ended'] });
  });
});
