import { describe, expect, it } from 'vitest';
import { settledAt, stillSick } from '../../../monitoring/stages/still-sick.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import type { Verdict } from '../../../src/domain/check.js';
import { noteAct } from '../../../src/store/acts.js';
import { checksOf } from '../../../src/store/checks.js';
import { insertSamples } from '../../../src/store/samples.js';
import { handClock } from '../../bot/stage.js';
import { stageOfEachTest } from '../../src/commands/spoken.js';
import { watchShop } from '../../src/commands/stage.js';

const SECOND = 1_000;
const house = stageOfEachTest();

function ctx(confirmForMs = 10 * SECOND): StageContext {
  return { store: house.store, hostId: house.hostId, clock: handClock(house.now), settings: { settleMs: 30 * SECOND, confirmForMs } } as unknown as StageContext;
}

/** How it is looked at so many seconds after `since`, with these readings of its one check since then. */
async function looked(kind: string, verdicts: readonly Verdict[], seconds = 10, confirmForMs?: number): Promise<string> {
  await watchShop(house, 'bad', house.now - SECOND);
  const since = house.now;
  const [check] = await checksOf(house.store.db, house.shop);
  await house.store.write((tx) => insertSamples(tx, verdicts.map((verdict, n) => ({ checkId: check?.id as number, at: since + (n + 1) * SECOND, verdict, ms: 1, values: [], note: null }))));
  house.now = since + seconds * SECOND;
  return stillSick(ctx(confirmForMs), { resourceId: house.shop, kind }, since);
}

describe('before anything is done', () => {
  it.each([
    ['what is bad again by now is acted on', 'endpoint-failing', ['good', 'bad'], 'go'],
    ['what was bad before, and is good now, is waited for: it is about to be over', 'endpoint-failing', ['good', 'good', 'good', 'good'], 'wait'],
    ['nothing is acted on that was not measured', 'hang', [], 'wait'],
    ['an error is no bad reading', 'all-endpoints-failing', ['error', 'unknown'], 'wait'],
    ['what good readings do not end is acted on: memory is high', 'memory', ['good', 'good', 'good'], 'go'],
    ['so it is not on the first good reading', 'memory', ['good'], 'wait'],
  ] as const)('%s (%s, %j)', async (_what, kind, verdicts, look) => {
    expect(await looked(kind, verdicts)).toBe(look);
  });

  it('nobody waits for ever for what cannot be measured: people are called', async () => {
    expect(await looked('endpoint-failing', ['error', 'error'], 61)).toBe('blind');
  });

  it('who measures once a minute is given the time for as many readings', async () => {
    expect(await looked('endpoint-failing', [], 61, 600 * SECOND)).toBe('wait');
    expect(await looked('endpoint-failing', [], 601, 600 * SECOND)).toBe('blind');
  });
});

describe('an app has its time to boot', () => {
  it('after a restart by a person; what PM2 does in a crash loop gives it none', async () => {
    const note = (by: 'person' | 'pm2', at: number) => house.store.write((tx) => noteAct(tx, { resourceId: house.shop, at, by, kind: 'restart', fingerprint: null, dedupe: `${by}:${at}`, note: null }));
    await note('person', house.now - 10 * SECOND);
    await note('pm2', house.now - 5 * SECOND);
    expect(await settledAt(ctx(), house.shop)).toBe(house.now + 20 * SECOND);
  });
});
