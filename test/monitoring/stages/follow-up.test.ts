import { beforeEach, describe, expect, it } from 'vitest';
import { followUp } from '../../../monitoring/stages/follow-up.js';
import type { Resource } from '../../../src/domain/resource.js';
import { openIncident, openIncidentOf, resolveIncident } from '../../../src/store/incidents.js';
import { plansOf } from '../../../src/store/plans.js';
import { pastRun, type PastRun } from '../../doubles/past-run.js';
import { appOf, quietShop } from './quiet-shop.js';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 22, 10, 0, 0);

const watched = quietShop(NOW);
let shop: Resource;
beforeEach(async () => {
  shop = await appOf(watched);
});

/** Scaled up for half an hour, and verified a minute after it began. */
async function scaledUp(at: number, how: Partial<PastRun> = {}): Promise<void> {
  await watched.store.write(async (tx) => {
    const incidentId = await pastRun(tx, { appId: shop.id, at, repair: 'pm2.scale-up', ...how });
    const body = JSON.stringify({ does: [], followUp: { repair: 'pm2.scale-down', args: { to: 2 }, afterMs: 30 * MINUTE } });
    await tx.updateTable('plans').set({ body }).where('incident_id', '=', incidentId).execute();
  });
}

/** As a monitor does that was just started at that time; what is planned on the app then. */
async function planned(at: number): Promise<readonly string[]> {
  const { ctx } = watched.monitor;
  await followUp().run({ ...ctx, clock: { ...ctx.clock, now: () => at } });
  const incident = await openIncidentOf(watched.store.db, shop.id);
  return incident === null ? [] : (await plansOf(watched.store.db, incident.id)).map(({ repair, args, state }) => `${state} ${repair} ${JSON.stringify(args)}`);
}

describe('what was done for a while', () => {
  it('goes back when its time is over, and no sooner', async () => {
    await scaledUp(NOW);
    expect(await planned(NOW + 30 * MINUTE)).toEqual([]);
    expect(await planned(NOW + 31 * MINUTE)).toEqual(['drafted pm2.scale-down {"to":2}']);
  });

  it('goes back once, whatever became of that', async () => {
    await scaledUp(NOW);
    await planned(NOW + 31 * MINUTE);
    const incident = await openIncidentOf(watched.store.db, shop.id);
    await watched.store.write(async (tx) => {
      await tx.updateTable('plans').set({ state: 'denied' }).where('state', '=', 'drafted').execute();
      await resolveIncident(tx, incident?.id as never, 'not allowed', NOW + 32 * MINUTE);
    });
    expect(await planned(NOW + 60 * MINUTE)).toEqual([]);
  });

  it('stays where it did not help: it was taken back at once', async () => {
    await scaledUp(NOW, { state: 'failed' });
    expect(await planned(NOW + 31 * MINUTE)).toEqual([]);
  });

  it('waits while the app has trouble', async () => {
    await scaledUp(NOW);
    const trouble = await watched.store.write((tx) => openIncident(tx, { resourceId: shop.id, launchId: null, kind: 'latency', severity: 'warning', emergency: false, title: 'slow' }, NOW + 20 * MINUTE));
    expect(await planned(NOW + 31 * MINUTE)).toEqual([]);
    await watched.store.write((tx) => resolveIncident(tx, trouble.id, 'over', NOW + 40 * MINUTE));
    expect(await planned(NOW + 41 * MINUTE)).toEqual(['drafted pm2.scale-down {"to":2}']);
  });
});
