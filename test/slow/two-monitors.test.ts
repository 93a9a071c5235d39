import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPm2Home, type Pm2Home } from '../doubles/pm2-home.js';
import { fight } from '../scenarios/two-monitors.js';

let home: Pm2Home;
beforeAll(async () => {
  home = await startPm2Home();
});
afterAll(() => home.stop());

describe('monitors on one store that fight for one target for a minute', () => {
  it('act as one: each of sixteen troubles is mended once', { timeout: 300_000 }, async () => {
    const { ends, remediations, acts, restarts } = await fight(home, { troubles: 16, everyMs: 2_000 });
    expect(remediations).toEqual(Array.from({ length: 16 }, () => 'verified'));
    expect([acts, restarts]).toEqual([16, 16]);
    expect(ends.length).toBeGreaterThan(15);
    expect(ends.every((end) => end.includes('another monitor has taken over this host'))).toBe(true);
  });
});
