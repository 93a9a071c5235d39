import { systemClock } from '../../src/io/clock.js';
import { hostByName } from '../../src/store/hosts.js';
import { openLaunches } from '../../src/store/launches.js';
import type { Store } from '../../src/store/store.js';
import type { SamplesTable } from '../../src/store/schema.js';

/** So many good samples lie behind each check: the detectors' look back is full, and the baseline is still learned. */
const SAMPLES = 150;
const ROWS_AN_INSERT = 1_000;
/** Slower than the target ever was: else a machine that is busy with other things would open incidents in the middle of the measuring. */
const USUAL_MS = 300;

/**
 * Gives a stopped monitor's launches a past: they began half an hour ago, one after the other over one interval, as apps
 * do that were not all deployed in the same second.
 */
export async function seedHistory(store: Store, host: string, everyMs: number): Promise<void> {
  const now = systemClock.now();
  const hostId = (await hostByName(store.db, host))?.id;
  if (!hostId) throw new Error('the monitor has not entered its host');
  const launches = await openLaunches(store.db, hostId);
  const checks = await store.db.selectFrom('checks').select(['id', 'probe']).where('probe', '=', 'http').execute();
  await store.write(async (tx) => {
    for (const [n, launch] of launches.entries()) {
      const startedAt = now - 30 * 60_000 + Math.round((n * everyMs) / launches.length);
      const made = Math.floor((now - startedAt) / everyMs);
      const nextAt = startedAt + (made + 1) * everyMs;
      await tx.updateTable('launches').set({ started_at: startedAt, ticks_made: made + 1, next_tick_at: nextAt, next_at: nextAt }).where('id', '=', launch.id).execute();
    }
    const rows = checks.flatMap(({ id }) => Array.from({ length: SAMPLES }, (_, n): SamplesTable => {
      const ms = USUAL_MS + Math.random();
      return { check_id: id, at: now - (n + 1) * everyMs - id, verdict: 'good', ms, v: JSON.stringify([ms, ms, 1, 1, 200, 0]), note: null };
    }));
    for (let n = 0; n < rows.length; n += ROWS_AN_INSERT) {
      await tx.insertInto('samples').values(rows.slice(n, n + ROWS_AN_INSERT)).onConflict((conflict) => conflict.doNothing()).execute();
    }
    await tx.updateTable('checks').set({ detected_at: now }).execute();
  });
}
