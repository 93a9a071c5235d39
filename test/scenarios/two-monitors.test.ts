import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startPm2Home, type Pm2Home } from '../doubles/pm2-home.js';
import { fight } from './two-monitors.js';

let home: Pm2Home;
// For each try its own: what an earlier one left running would be counted.
beforeEach(async () => {
  home = await startPm2Home();
});
afterEach(() => home.stop());

describe('monitors on one store that fight for one target', () => {
  it('act as one: each trouble is mended once, and the fence ends whoever lost the host in the middle of its work', { timeout: 120_000 }, async () => {
    const { ends, remediations, acts, restarts } = await fight(home, { troubles: 2, everyMs: 2_500 });
    expect(remediations).toEqual(['verified', 'verified']);
    expect([acts, restarts]).toEqual([2, 2]);
    expect(ends.length).toBeGreaterThan(0);
    expect(ends.filter((end) => !end.includes('another monitor has taken over this host'))).toEqual([]);
  });
});
