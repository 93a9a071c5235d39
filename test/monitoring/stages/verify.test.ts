import { describe, expect, it } from 'vitest';
import { verify } from '../../../monitoring/stages/verify.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import type { RemediationId } from '../../../src/domain/ids.js';
import { noteAct } from '../../../src/store/acts.js';
import { checksOf } from '../../../src/store/checks.js';
import { noteFinding } from '../../../src/store/findings.js';
import { openIncident } from '../../../src/store/incidents.js';
import { draftPlan, keepDecision, keepPrepared } from '../../../src/store/plans.js';
import { beginRemediation, getRemediation, remediationsIn, settle } from '../../../src/store/remediations.js';
import { insertSamples } from '../../../src/store/samples.js';
import { handClock, keepLog } from '../../bot/stage.js';
import { stageOfEachTest } from '../../src/commands/spoken.js';
import { watchShop } from '../../src/commands/stage.js';

const SECOND = 1_000;
const house = stageOfEachTest();

/** A restart against a problem of this kind, before which the app crashed every 45 s; good readings for so long after settling, and so many crashes before. */
async function judgedAfter(kind: string, seconds: number, { crashes = 0, restarts = 1, claimedAt = null as number | null } = {}): Promise<string> {
  await watchShop(house, 'good', house.now - 1);
  const began = house.now;
  const id = await house.store.write(async (tx) => {
    for (const n of [4, 3, 2, 1]) await noteAct(tx, { resourceId: house.shop, at: began - n * 45 * SECOND, by: 'pm2', kind: 'restart', fingerprint: null, dedupe: `exit:${n}`, note: null });
    const incident = await openIncident(tx, { resourceId: house.shop, launchId: null, kind, severity: 'critical', emergency: false, title: 'shop crashes' }, began);
    const planId = await draftPlan(tx, { incidentId: incident.id, targetId: house.shop, repair: 'pm2.restart', args: {}, risk: 'disruptive', askedBy: null, requestId: null }, began);
    await keepPrepared(tx, planId, { does: [], touches: [], bounds: { restarts }, verify: { checks: ['liveness'], good: 3, settleMs: 10 * SECOND, withinMs: 60 * SECOND }, wayBack: null, witness: {}, artefacts: [], notes: [] }, 'h'.repeat(64), 'prepared');
    await keepDecision(tx, planId, { verdict: 'auto', rule: 'all', why: 'it may' } as never, 'running');
    const run = (await beginRemediation(tx, { planId, resourceId: house.shop, fingerprint: 'x', fence: 1 }, began)) as RemediationId;
    // Claims are of the stage before this one; the last of them so many seconds after the beginning.
    if (claimedAt !== null) await noteFinding(tx, { incidentId: incident.id, resourceId: house.shop, detector: 'latency', now: began + claimedAt * SECOND }, { state: 'present', fingerprint: 'latency:liveness', kind, severity: 'warning', emergency: false, title: 'liveness takes 800 ms', evidence: [] });
    for (let n = 1; n <= crashes; n += 1) await noteAct(tx, { resourceId: house.shop, at: began + n * 500, by: 'pm2', kind: 'restart', fingerprint: null, dedupe: `after:${n}`, note: null });
    await settle(tx, run, began + 10 * SECOND, began + 70 * SECOND);
    return run;
  });
  const [check] = await checksOf(house.store.db, house.shop);
  await house.store.write((tx) => insertSamples(tx, Array.from({ length: Math.max(0, seconds) }, (_, n) => ({ checkId: check?.id as number, at: began + (10 + n) * SECOND, verdict: 'good', ms: 1, values: [], note: null } as const))));
  house.now = began + (10 + seconds) * SECOND;
  await verify.run({ store: house.store, hostId: house.hostId, fence: 1, clock: handClock(house.now), log: keepLog(), freezeFile: '/nowhere', settings: { settleMs: SECOND, policy: { hash: 'p' } }, units: { repairs: {}, probes: {} } } as unknown as StageContext);
  return (await getRemediation(house.store.db, id)).state;
}

describe('a repair of a crash loop', () => {
  it.each([[20, 'settling'], [44, 'settling'], [46, 'verified']])('is judged once it has stood longer than the app did between two crashes: after %i s it is %s', async (seconds, state) => {
    expect(await judgedAfter('crash-loop', seconds)).toBe(state);
  });
});

describe('a repair of anything else', () => {
  it('is judged by its good readings', async () => {
    expect(await judgedAfter('hang', 20)).toBe('verified');
  });
});

describe('a repair of slow answers', () => {
  it.each([
    ['is proved where they are fast again', null, 20, 'verified'],
    ['failed where they come as late as before, though each of them is right', 12, 20, 'failed'],
    ['is not judged while that cannot be told yet', 5, 20, 'settling'],
    ['and is unclear where that could not be told in time', 5, 61, 'unclear'],
  ] as const)('%s', async (_what, claimedAt, seconds, state) => {
    expect(await judgedAfter('latency', seconds, { claimedAt })).toBe(state);
  });

  it('is no matter of what else is slow', async () => {
    expect(await judgedAfter('hang', 20, { claimedAt: 12 })).toBe('verified');
  });
});

describe('an app that crashes on and on while it settles', () => {
  it.each([
    { crashes: 4, restarts: 1, state: 'settling' }, { crashes: 5, restarts: 1, state: 'failed' },
    { crashes: 8, restarts: 8, state: 'settling' }, { crashes: 17, restarts: 8, state: 'failed' },
  ])('is not waited for: after $crashes restarts by PM2 of $restarts that were started it is $state', async ({ crashes, restarts, state }) => {
    expect(await judgedAfter('endpoint-failing', -5, { crashes, restarts })).toBe(state);
  });
});

describe('a clock that is set back while a repair settles', () => {
  it('leaves the app neither unjudged nor unrepaired for as long', async () => {
    const DAY = 24 * 3_600 * SECOND;
    house.now += DAY;
    expect(await judgedAfter('hang', 0)).toBe('settling');
    const [run] = await remediationsIn(house.store.db, house.hostId, ['settling']);
    const now = house.now - DAY;
    await verify.run({ store: house.store, hostId: house.hostId, fence: 1, clock: handClock(now), log: keepLog(), freezeFile: '/nowhere', settings: { settleMs: SECOND, policy: { hash: 'p' } }, units: { repairs: {}, probes: {} } } as unknown as StageContext);
    expect(await getRemediation(house.store.db, run?.id as RemediationId)).toMatchObject({ state: 'settling', settleUntil: now + 10 * SECOND, deadlineAt: now + 70 * SECOND });
  });
});
