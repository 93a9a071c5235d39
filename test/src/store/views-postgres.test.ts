import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_TIERS } from '../../../src/domain/tiers.js';
import type { HostId, ResourceId } from '../../../src/domain/ids.js';
import { appStatuses } from '../../../src/store/app-status.js';
import { checksOf, syncChecks } from '../../../src/store/checks.js';
import { incidentsEndingWith } from '../../../src/store/find-incidents.js';
import { takeFence } from '../../../src/store/hosts.js';
import { incidentView } from '../../../src/store/incident-view.js';
import { openIncident } from '../../../src/store/incidents.js';
import { launchView } from '../../../src/store/launch-view.js';
import { openLaunch } from '../../../src/store/launches.js';
import { syncPeople } from '../../../src/store/people.js';
import { enterRelease } from '../../../src/store/releases.js';
import { syncResources } from '../../../src/store/resources.js';
import { insertSamples } from '../../../src/store/samples.js';
import { migrate } from '../../../src/store/migrate.js';
import { openStore, type Store } from '../../../src/store/store.js';
import { watchOf } from '../../../src/store/watch.js';
import { whoMay } from '../../../src/store/who-may.js';
import { missingService, startPostgres, type Service } from '../../doubles/postgres.js';
import { BEGAN } from '../cards/views.js';

const missing = missingService('postgres');

describe.skipIf(missing !== null)(`what commands read, on PostgreSQL${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let server: Service;
  let store: Store;
  let hostId: HostId;
  let shop: ResourceId;

  beforeAll(async () => {
    server = await startPostgres();
    store = openStore({ url: server.url });
    await migrate(store);
    hostId = (await store.write((tx) => takeFence(tx, 'vm-1', BEGAN))).id;
    await store.write(async (tx) => {
      const [resource] = await syncResources(tx, hostId, [{ kind: 'app', name: 'shop', config: {} }], BEGAN);
      shop = resource?.id as ResourceId;
      await syncPeople(tx, hostId, [{ name: 'Ann', role: 'approver', accounts: [] }, { name: 'Vera', role: 'viewer', accounts: [] }], BEGAN);
      await syncChecks(tx, hostId, [{ resourceId: shop, name: 'liveness', probe: 'http', options: {}, cadence: 'every', everyMs: 30_000, critical: true }], BEGAN);
      const [check] = await checksOf(tx, shop);
      for (const [n, verdict] of (['good', 'bad', 'good'] as const).entries()) await insertSamples(tx, [{ checkId: check?.id as number, at: BEGAN + n, verdict, ms: 1.5, values: [1.5], note: null }]);
    });
  });
  afterAll(async () => {
    await store?.close();
    await server?.stop();
  });

  it('is the same, with counts that are numbers', async () => {
    const launch = await store.write(async (tx) => {
      const release = await enterRelease(tx, shop, { commit: 'a'.repeat(40), dir: '/srv', lockHash: null, configHash: null, nodeVersion: null }, BEGAN);
      return openLaunch(tx, { appId: shop, releaseId: release.id, endsAt: BEGAN + 1, autoRollback: true, why: 'test' }, BEGAN);
    });
    expect(await launchView(store.db, launch.id)).toMatchObject({ readings: { good: 2, bad: 1, unknown: 0, error: 0 }, repairs: [], incidents: [], wayBack: { release: null } });
    expect(await appStatuses(store.db, hostId, { tiers: DEFAULT_TIERS, settleMs: 0, now: BEGAN + 5 })).toMatchObject([{ verdict: 'good', launch: { tier: 1, tiers: 3 }, release: { commit: 'a'.repeat(40) } }]);
    const incident = await store.write((tx) => openIncident(tx, { resourceId: shop, launchId: launch.id, kind: 'hang', severity: 'critical', emergency: false, title: 'hangs' }, BEGAN));
    expect(await incidentView(store.db, incident.id)).toMatchObject({ incident: { id: incident.id }, launched: { commit: 'a'.repeat(40) }, approvers: ['Ann'], question: null });
    expect(await incidentsEndingWith(store.db, hostId, incident.id.slice(-6))).toMatchObject([{ id: incident.id }]);
    expect(await whoMay(store.db, hostId, 'viewer')).toHaveLength(2);
    expect(await watchOf(store.db, hostId)).toEqual({ monitorSeenAt: BEGAN, pm2LostAt: null, botSeenAt: null, storeFullAt: null });
  });
});
