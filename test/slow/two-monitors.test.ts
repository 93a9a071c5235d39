import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startPm2Home, type Pm2Home } from '../doubles/pm2-home.js';
import { fight } from '../scenarios/two-monitors.js';

let home: Pm2Home;
// For each try its own: what an earlier one left running would be counted.
beforeEach(async () => {
  home = await startPm2Home();
});
afterEach(() => home.stop());

describe('monitors on one store that fight for one target for a minute', () => {
  it('act as one: each of sixteen troubles is mended, and nothing is done twice', { timeout: 300_000 }, async () => {
    const { ends, remediations, acts, restarts } = await fight(home, { troubles: 16, everyMs: 2_000 });
    // On a busy machine the proof of one may come too late, and the next rung be tried: never is one thing done twice.
    expect(remediations.filter((state) => state === 'verified')).toHaveLength(16);
    expect([acts, restarts]).toEqual([remediations.length, remediations.length]);
    expect(ends.length).toBeGreaterThan(15);
    expect(ends.filter((end) => !end.includes('another monitor has taken over this host'))).toEqual([]);
  });
});
