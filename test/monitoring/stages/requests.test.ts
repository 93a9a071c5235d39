import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEffects } from '../../../monitoring/effects.js';
import { keepReadings } from '../../../monitoring/stages/keep-readings.js';
import { requests } from '../../../monitoring/stages/requests.js';
import { takeSignals } from '../../../monitoring/stages/signals.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import { probes } from '../../../monitoring/probes/index.js';
import { repairs } from '../../../monitoring/repairs/index.js';
import { misfit } from '../../../src/config/misfit.js';
import type { Check, Reading } from '../../../src/domain/check.js';
import type { RequestId } from '../../../src/domain/ids.js';
import type { Json } from '../../../src/domain/json.js';
import { releaseName } from '../../../src/domain/release.js';
import { DEFAULT_TIERS } from '../../../src/domain/tiers.js';
import { checksOf, scheduleCheck, syncChecks } from '../../../src/store/checks.js';
import { readAudit } from '../../../src/store/audits.js';
import { openIncidents, resolveIncident } from '../../../src/store/incidents.js';
import { openLaunchOf } from '../../../src/store/launches.js';
import { personNamed, syncPeople } from '../../../src/store/people.js';
import { getRelease, judgeRelease, ledgerOf } from '../../../src/store/releases.js';
import { putRequest, requestStatus, type RequestResult } from '../../../src/store/requests.js';
import { syncResources } from '../../../src/store/resources.js';
import { handClock, keepLog } from '../../bot/stage.js';
import { broken, openStage, type Stage } from '../../src/commands/stage.js';
import { policy } from '../../src/policy/policies.js';

const IN_PLACE = { mode: 'in-place', dir: '/srv/shop', repo: null };
const FAR = 30_000;

let house: Stage;

/** The shop with v1 looked at, and the next look half a minute away. */
beforeEach(async () => {
  house = await openStage();
  await house.store.write(async (tx) => {
    const common = { resourceId: house.shop, options: {}, cadence: 'every', everyMs: FAR } as const;
    await syncChecks(tx, house.hostId, [{ ...common, name: 'release', probe: 'release', critical: false }, { ...common, name: 'liveness', probe: 'http', critical: true }], house.now);
  });
  await configure(IN_PLACE);
  await look(seen('1'));
  await takeSignals(ctx());
  house.now += 5_000;
});
afterEach(() => house.close());

const configure = (release: Json) => house.store.write((tx) => syncResources(tx, house.hostId, ['shop', 'blog'].map((name) => ({ kind: 'app', name, config: { processes: [name], release, runbook: {} } })), house.now));

function ctx(): StageContext {
  const log = keepLog();
  const settings = { tiers: DEFAULT_TIERS, confirmEveryMs: 1_000, confirmForMs: 60_000, whileOpenMs: 5_000, settleMs: 30_000, policy: policy('ask'), ladder: () => [], urlOf: () => null, misfit };
  return { store: house.store, hostId: house.hostId, clock: handClock(house.now), log, settings, units: { probes, repairs }, effects: createEffects({ most: 0, ended: () => undefined, clock: handClock(house.now), log }) } as unknown as StageContext;
}

function seen(digit: string | null, dir = '/srv/shop'): Reading {
  return { verdict: 'good', ms: null, values: [1, house.now], note: null, sighting: { commit: digit?.repeat(40) ?? null, dir, lockHash: null, configHash: null, nodeVersion: null } };
}

/** The release check, or the one of that name, is measured now. */
async function look(reading: Reading, name = 'release'): Promise<void> {
  const check = (await checksOf(house.store.db, house.shop)).find((one) => one.name === name) as Check;
  await keepReadings(ctx(), [{ check, reading, at: house.now }]);
  await house.store.write((tx) => scheduleCheck(tx, check.id, house.now + FAR));
}

let asked = 0;
async function ask(verb: string, args: Json = {}, name = 'Ann'): Promise<RequestId> {
  const ann = await personNamed(house.store.db, house.hostId, name);
  return house.store.write((tx) => putRequest(tx, house.hostId, { resourceId: house.shop, verb, args, personId: ann?.id as never, via: 'terminal', key: `r${(asked += 1)}` }, house.now));
}

async function answered(id: RequestId): Promise<RequestResult | null> {
  await requests.run(ctx());
  return (await requestStatus(house.store.db, id)).result;
}

/** Asked, looked at anew, and answered. */
async function vouch(args: Json = {}, reading = seen('1')): Promise<RequestResult | null> {
  const id = await ask('restore-point', { reason: 'it is good', ...(args as object) });
  house.now += 10;
  await look(reading);
  await takeSignals(ctx());
  return answered(id);
}

const dueAt = async () => (await checksOf(house.store.db, house.shop)).find(({ name }) => name === 'release')?.nextAt;

describe('a request that speaks of what runs', () => {
  it.each(['launch', 'restore-point', 'rollback', 'repair'])('has it looked at first: %s', async (verb) => {
    const id = await ask(verb, { reason: 'x', repair: 'release.rollback' });
    house.now += 10;
    expect(await dueAt()).toBeGreaterThan(house.now);
    expect(await answered(id)).toBeNull();
    expect(await dueAt()).toBe(house.now);
    expect((await requestStatus(house.store.db, id)).taken).toBe(true);
    await look(seen('1'));
    expect(await answered(id)).toMatchObject({ ok: true });
  });

  it('speaks of the release that this look sees, once its launch has begun', async () => {
    const [point, launch] = [await ask('restore-point', { reason: 'v2 is good' }), await ask('launch')];
    house.now += 10;
    await look(seen('2'));
    expect(await answered(point)).toBeNull();
    await takeSignals(ctx());
    expect(await answered(point)).toMatchObject({ ok: true, data: { release: '2222222', noWayBack: null } });
    expect(await answered(launch)).toMatchObject({ ok: true, data: { release: '2222222' } });
    const running = await openLaunchOf(house.store.db, house.shop);
    expect(releaseName(await getRelease(house.store.db, running?.releaseId as never))).toBe('2222222');
    expect((await ledgerOf(house.store.db, house.shop)).map(({ commit, verdict }) => [commit?.[0], verdict])).toEqual([['2', 'stable'], ['1', 'superseded']]);
  });

  it('is told, in time for whoever waits, that no look was possible; and the loop comes by for that', async () => {
    const id = await ask('restore-point', { reason: 'x' });
    expect(await answered(id)).toBeNull();
    expect(await requests.nextAt?.(ctx(), {} as never)).toBe(house.now + 10_000);
    house.now += 10_000;
    expect(await answered(id)).toMatchObject({ ok: false, code: 'release.not_looked', errorClass: 'transient', mend: expect.stringContaining('pm2 status') as unknown });
    expect(await requests.nextAt?.(ctx(), {} as never)).toBeNull();
  });

  it('is not answered with the release before while it cannot be told what runs', async () => {
    const during: Reading = { verdict: 'unknown', ms: null, values: [2, house.now], note: 'the workers run from 2 directories' };
    expect(await vouch({}, during)).toMatchObject({ ok: false, code: 'release.unclear', errorClass: 'transient', message: 'what runs of shop cannot be told now: the workers run from 2 directories; seen last was 1111111' });
  });
});

describe('a request that got here', () => {
  it.each(['launch', 'restore-point', 'rollback', 'repair'])('past a door that did not ask for the role is refused here: %s', async (verb) => {
    const id = await ask(verb, { reason: 'x', repair: 'release.rollback' }, 'Vera');
    house.now += 10;
    await look(seen('1'));
    expect(await answered(id)).toMatchObject({ ok: false, code: 'denied.role', errorClass: 'denied', message: `Vera may not ask for a ${verb}` });
    expect(await openIncidents(house.store.db, house.hostId)).toEqual([]);
  });

  it('of somebody whom the config does not name any more is refused', async () => {
    const id = await ask('rollback', { reason: 'x' });
    house.now += 10;
    await look(seen('1'));
    await house.store.write((tx) => syncPeople(tx, house.hostId, [], house.now));
    expect(await answered(id)).toMatchObject({ ok: false, code: 'denied.role' });
  });

  it('and was taken before the monitor died is not done hours later', async () => {
    const id = await ask('rollback', { reason: 'x' });
    house.now += 10;
    expect(await answered(id)).toBeNull();
    await look(seen('1'));
    house.now += 3 * 3_600_000;
    expect(await answered(id)).toMatchObject({ ok: false, code: 'request.stale' });
    expect(await openIncidents(house.store.db, house.hostId)).toEqual([]);
  });
});

describe('a restore point', () => {
  const verdict = async () => (await ledgerOf(house.store.db, house.shop))[0]?.verdict;

  it('is not what was found bad, unless a person insists, and that is on record', async () => {
    const [release] = await ledgerOf(house.store.db, house.shop);
    await house.store.write((tx) => judgeRelease(tx, release?.id as never, 'bad', 'rolled back: status 500', house.now));
    expect(await vouch()).toMatchObject({ ok: false, code: 'release.bad', message: '1111111 was found bad (rolled back: status 500)', mend: expect.stringContaining('--force') as unknown });
    expect(await verdict()).toBe('bad');
    expect(await vouch({ force: true })).toMatchObject({ ok: true });
    expect(await ledgerOf(house.store.db, house.shop)).toMatchObject([{ verdict: 'stable', quarantinedAt: null }]);
    expect((await readAudit(house.store.db, house.hostId, 50)).at(-1)).toMatchObject({ who: 'Ann', what: 'restore point: shop 1111111 counts as stable, although it was found bad (rolled back: status 500)', why: 'it is good' });
  });

  it('is not what is failing, whoever insists', async () => {
    await look({ verdict: 'bad', ms: 3, values: [3], note: 'status 500' }, 'liveness');
    expect(await vouch({ force: true })).toMatchObject({ ok: false, code: 'release.sick', message: '1111111 is no restore point while shop is not well: liveness: status 500' });
    house.now += 10;
    await look({ verdict: 'good', ms: 3, values: [3], note: null }, 'liveness');
    const incident = await broken(house);
    expect(await vouch({ force: true })).toMatchObject({ ok: false, message: expect.stringContaining(incident.title) as unknown });
    await house.store.write((tx) => resolveIncident(tx, incident.id, 'over', house.now));
    expect(await vouch()).toMatchObject({ ok: true });
  });

  it.each([
    ['a directory without git', IN_PLACE, '/srv/shop', '/srv/shop is no git tree, so there is no commit to go back to'],
    ['an app whose config names no place for releases', null, '/srv/shop', 'the config of shop does not say where its releases stand'],
  ])('says that no rollback can go there: %s', async (_, config, dir, noWayBack) => {
    await configure(config);
    expect(await vouch({}, seen(null, dir))).toMatchObject({ ok: true, data: { noWayBack } });
  });

  it('needs no commit where releases stand side by side', async () => {
    await configure({ ...IN_PLACE, mode: 'releases' });
    expect(await vouch({}, seen(null, '/srv/shop/releases/a'))).toMatchObject({ ok: true, data: { noWayBack: null } });
  });
});
