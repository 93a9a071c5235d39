import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { forget } from '../../../monitoring/stages/forget.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import { upkeep } from '../../../monitoring/stages/upkeep.js';
import type { CheckId, HostId } from '../../../src/domain/ids.js';
import { checkIds, syncChecks } from '../../../src/store/checks.js';
import { eventsSince, tell } from '../../../src/store/events.js';
import { takeFence } from '../../../src/store/hosts.js';
import { migrate } from '../../../src/store/migrate.js';
import { syncResources } from '../../../src/store/resources.js';
import { insertSamples } from '../../../src/store/samples.js';
import { openStore, type Store } from '../../../src/store/store.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 22);

let dir: string;
let store: Store;
let hostId: HostId;
let now: number;
let writes: number;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hc-forget-'));
  store = openStore({ file: join(dir, 'hypercare.db') });
  await migrate(store);
  hostId = (await store.write((tx) => takeFence(tx, 'vm', NOW))).id;
  [now, writes] = [NOW, 0];
});
afterEach(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

function context(started: string[] = []): StageContext {
  const counted: Store = { ...store, write: (fn) => ((writes += 1), store.write(fn)) };
  const keep = { rawMs: 7 * DAY, rollupsMs: 400 * DAY, historyMs: 90 * DAY };
  return { store: counted, hostId, clock: { now: () => now }, settings: { keep }, effects: { start: (key: string) => started.push(key) } } as unknown as StageContext;
}

async function watching(name: string | null): Promise<CheckId | undefined> {
  await store.write(async (tx) => {
    const [shop] = await syncResources(tx, hostId, [{ kind: 'app', name: 'shop', config: {} }], NOW);
    const checks = name === null || !shop ? [] : [{ resourceId: shop.id, name, probe: 'http', options: {}, cadence: 'every', everyMs: 30_000, critical: true } as const];
    await syncChecks(tx, hostId, checks, NOW);
  });
  return (await checkIds(store.db, hostId)).at(-1);
}

it('goes on until nothing old is left, in many short transactions', async () => {
  await store.write(async (tx) => {
    for (let n = 0; n < 1_200; n += 1) await tell(tx, hostId, { kind: 'monitor.started' }, NOW - 100 * DAY + n);
    await tell(tx, hostId, { kind: 'monitor.started' }, NOW - DAY);
  });
  await forget(context(), new AbortController().signal);
  expect((await eventsSince(store.db, hostId, 0, 9)).map(({ at }) => at)).toEqual([NOW - DAY]);
  expect(writes).toBeGreaterThan(3);
});

it('sums up the samples of a check that the config no longer has', async () => {
  const check = (await watching('liveness')) as CheckId;
  await store.write((tx) => insertSamples(tx, Array.from({ length: 900 }, (_, n) => ({ checkId: check, at: NOW - 8 * DAY + n * 1_000, verdict: 'good', ms: 5, values: [], note: null } as const))));
  await watching(null);
  await forget(context(), new AbortController().signal);
  expect(await store.db.selectFrom('samples').select('at').execute()).toEqual([]);
  expect((await store.db.selectFrom('rollups').select('n').execute()).reduce((sum, { n }) => sum + n, 0)).toBe(900);
});

it('stops between two transactions when the monitor does', async () => {
  await forget(context(), AbortSignal.abort());
  expect(writes).toBe(0);
});

it('begins once an hour at most, however often the loop passes', async () => {
  const started: string[] = [];
  const stage = upkeep(null);
  for (const minutes of [0, 1, 30, 59, 60, 61, 119, 120]) {
    now = NOW + minutes * 60_000;
    await stage.run(context(started));
  }
  expect(started).toEqual(['forget', 'forget', 'forget']);
});
