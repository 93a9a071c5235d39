import { describe, expect, it } from 'vitest';
import { createEffects } from '../../../monitoring/effects.js';
import { repairs } from '../../../monitoring/repairs/index.js';
import { defaultRunbooks } from '../../../monitoring/runbooks/index.js';
import { dryRun } from '../../../monitoring/stages/dry-run.js';
import { requests } from '../../../monitoring/stages/requests.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import { misfit } from '../../../src/config/misfit.js';
import type { Incident } from '../../../src/domain/incident.js';
import type { Json } from '../../../src/domain/json.js';
import { changeIncident, openIncident, openIncidentOf } from '../../../src/store/incidents.js';
import { personNamed } from '../../../src/store/people.js';
import { draftPlan, getPlan, livePlanOf } from '../../../src/store/plans.js';
import { putRequest, requestStatus, waitingRequests, type RequestResult } from '../../../src/store/requests.js';
import { handClock, keepLog } from '../../bot/stage.js';
import { stageOfEachTest } from '../../src/commands/spoken.js';
import { policy } from '../../src/policy/policies.js';

const house = stageOfEachTest();
const runbooks = defaultRunbooks(Object.keys(repairs));

function ctx(): StageContext {
  const log = keepLog();
  const settings = { policy: policy('ask'), youngMs: 600_000, settleMs: 30_000, ladder: (kind: string) => runbooks[kind] ?? [], misfit };
  return { store: house.store, hostId: house.hostId, clock: handClock(house.now), log, settings, units: { probes: {}, repairs }, effects: createEffects({ most: 0, ended: () => undefined, clock: handClock(house.now), log }) } as unknown as StageContext;
}

/** The shop has this, and so many rungs of its ladder are behind it. */
async function has(kind: string, rung = 0, emergency = false): Promise<void> {
  await house.store.write(async (tx) => {
    const { id } = await openIncident(tx, { resourceId: house.shop, launchId: null, kind, severity: 'critical', emergency, title: `the shop has ${kind}` }, house.now);
    await changeIncident(tx, id, { rung, state: 'escalated' });
  });
}

async function wish(args: { readonly repair: string; readonly with?: Json; readonly dryRun?: boolean }): Promise<RequestResult | null> {
  const ann = await personNamed(house.store.db, house.hostId, 'Ann');
  const id = await house.store.write((tx) => putRequest(tx, house.hostId, { resourceId: house.shop, verb: 'repair', args, personId: ann?.id as never, via: 'terminal', key: 'wish' }, house.now));
  const [request] = await waitingRequests(house.store.db, house.hostId);
  if (args.dryRun === true && request) await dryRun(ctx(), request, new AbortController().signal);
  else await requests.run(ctx());
  return (await requestStatus(house.store.db, id)).result;
}

const open = (): Promise<Incident | null> => openIncidentOf(house.store.db, house.shop);
async function planned(): Promise<{ readonly repair: string | undefined; readonly rung: number | undefined }> {
  const incident = await open();
  return { repair: (incident && (await livePlanOf(house.store.db, incident.id)))?.repair, rung: incident?.rung };
}

describe('“repair general”', () => {
  it.each([
    ['begins the ladder of what is open', 'hang', 0, 'pm2.kill', 0],
    ['goes on where that ladder stands', 'hang', 1, 'pm2.restart', 1],
    ['begins it again where nothing is left in it', 'hang', 3, 'pm2.kill', 0],
    ['begins it again behind what somebody named', 'latency', Number.MAX_SAFE_INTEGER, 'pm2.reload', 0],
  ])('%s', async (_, kind, behind, repair, rung) => {
    await has(kind, behind);
    expect(await wish({ repair: 'general' })).toMatchObject({ ok: true });
    expect(await planned()).toEqual({ repair, rung });
  });

  it.each([
    ['pm2.kill', 'superseded: Ann asked for it'],
    ['pm2.restart', 'superseded: Ann asked for something else'],
  ])('stands in for what was planned and not begun, and says whether that was the same: %s', async (before, why) => {
    await has('hang');
    const incident = (await open()) as Incident;
    const old = await house.store.write((tx) => draftPlan(tx, { incidentId: incident.id, targetId: house.shop, repair: before, args: {}, risk: 'disruptive', askedBy: null, requestId: null }, house.now));
    await wish({ repair: 'general' });
    expect(await getPlan(house.store.db, old)).toMatchObject({ state: 'superseded', why });
    expect((await planned()).repair).toBe('pm2.kill');
  });

  it('takes the ladder of asking by hand where nothing is open, and then goes on in it', async () => {
    expect(await wish({ repair: 'general' })).toMatchObject({ ok: true });
    expect(await open()).toMatchObject({ kind: 'manual' });
    expect(await planned()).toEqual({ repair: 'pm2.reload', rung: 0 });
  });

  it('says so where the runbook has nothing, and opens nothing', async () => {
    await has('redis-down', 0);
    expect(await wish({ repair: 'general' })).toMatchObject({ ok: false, code: 'repair.no_runbook', message: 'the runbook has nothing for shop, and what it has now (the shop has redis-down)', mend: expect.stringContaining('hypercare repairs') as unknown });
    expect((await planned()).repair).toBeUndefined();
  });
});

describe('a wish that cannot be meant so', () => {
  it.each([
    ['an argument that is too large', 'pm2.scale-up', { by: 99 }, 'repair.args', 'pm2.scale-up cannot be told this: by must be at most 16'],
    ['an argument it does not know', 'pm2.scale-up', { frob: 1 }, 'repair.args', 'pm2.scale-up cannot be told this: frob: unknown key (known here: process, by)'],
    ['a target of another kind', 'redis.flush-db', {}, 'repair.target', 'redis.flush-db is for a Redis, and shop is an app'],
    ['a repair that is none', 'pm2.frob', {}, 'repair.unknown', 'there is no repair named pm2.frob'],
  ])('is told as such, also in a dry run, and opens nothing: %s', async (_, repair, args, code, message) => {
    for (const dryRun of [true, false]) {
      expect(await wish({ repair, with: args, dryRun })).toMatchObject({ ok: false, code, errorClass: 'invalid', message });
      await house.store.write((tx) => tx.deleteFrom('requests').execute());
    }
    expect(await open()).toBeNull();
  });
});
