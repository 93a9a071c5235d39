import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Check } from '../../../src/domain/check.js';
import { checksOf, markDetected, syncChecks } from '../../../src/store/checks.js';
import { takeFence } from '../../../src/store/hosts.js';
import { syncResources } from '../../../src/store/resources.js';
import { insertSamples } from '../../../src/store/samples.js';
import { migrate } from '../../../src/store/migrate.js';
import { openStore, type Store } from '../../../src/store/store.js';
import { createRecall, type Recall } from '../../../monitoring/stages/recall.js';

const START = Date.UTC(2026, 10, 22, 10, 0, 7);
const HOUR = 3_600_000;

let dir: string;
let store: Store;
let checks: readonly Check[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hypercare-recall-'));
  store = openStore({ file: join(dir, 'hypercare.db') });
  await migrate(store);
  checks = await store.write(async (tx) => {
    const { id } = await takeFence(tx, 'vm', START);
    const [shop] = await syncResources(tx, id, [{ kind: 'app', name: 'shop', config: {} }], START);
    const resourceId = (shop as { id: Check['resourceId'] }).id;
    await syncChecks(tx, id, ['a', 'b'].map((name) => ({ resourceId, name, probe: 'http', options: {}, cadence: 'every', everyMs: 1_000, critical: false })), START);
    return checksOf(tx, resourceId);
  });
});

afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

async function sample(check: Check | undefined, at: number, ms = 1): Promise<void> {
  await store.write((tx) => insertSamples(tx, [{ checkId: check?.id as number, at, verdict: 'good', ms, values: [ms], note: null }]));
}

/** What a look gives; afterwards it counts as looked at, as the stage does it. */
async function look(recall: Recall, now: number) {
  const pasts = await recall.pastOf(store.db, checks, now);
  await store.write(async (tx) => {
    for (const { check, newAt } of pasts) if (newAt !== null) await markDetected(tx, check.id, newAt);
  });
  return pasts;
}

const times = (pasts: Awaited<ReturnType<typeof look>>) => pasts.map(({ samples }) => samples.map(({ at }) => at - START));

describe('what is recalled of the past', () => {
  it('is what the store holds, look after look, at any cadence and after hours without one', async () => {
    const recall = createRecall();
    let now = START;
    // A launch at its ticks, trouble that is confirmed each second, hours without anything, trouble again.
    const gaps = [...Array<number>(20).fill(60_000), ...Array<number>(130).fill(1_000), 7_000, 29_000, 3 * HOUR, ...Array<number>(90).fill(700), 31_000, 31_000];
    for (const [n, gap] of gaps.entries()) {
      now += gap;
      await sample(checks[0], now - 3, n);
      if (n % 3 === 0) await sample(checks[1], now - 1, n);
      if (n % 2 === 0) expect(await look(recall, now), `after ${n} samples`).toMatchObject((await createRecall().pastOf(store.db, checks, now)).map(({ samples }) => ({ samples })));
    }
  });

  it('is every one of the newest sixty, and before them the last of each half minute of two hours', async () => {
    const recall = createRecall();
    for (let n = 0; n < 100; n += 1) {
      await sample(checks[0], START + n * 10_000);
      await look(recall, START + n * 10_000);
    }
    const [first] = times(await look(recall, START + 1_000_000));
    expect(first?.slice(-60)).toEqual(Array.from({ length: 60 }, (_, n) => (n + 40) * 10_000));
    expect(first?.slice(0, -60)).toEqual([20_000, 50_000, 80_000, 110_000, 140_000, 170_000, 200_000, 230_000, 260_000, 290_000, 320_000, 350_000, 380_000, 390_000]);
  });

  it('says of each check what nobody had looked at before', async () => {
    const recall = createRecall();
    await sample(checks[0], START + 5);
    expect((await look(recall, START + 9)).map(({ newAt }) => newAt)).toEqual([START + 5, null]);
    await sample(checks[1], START + 7);
    expect((await look(recall, START + 9)).map(({ newAt }) => newAt)).toEqual([null, START + 7]);
  });

  it('shows a sample once when the look at it could not be written down', async () => {
    const recall = createRecall();
    await look(recall, START);
    await sample(checks[0], START + 5);
    await recall.pastOf(store.db, checks, START + 6);
    expect(times(await look(recall, START + 7))).toEqual([[5], []]);
  });
});
