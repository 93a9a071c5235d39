import { afterAll, beforeAll, expect, it } from 'vitest';
import { plan } from '../../../monitoring/stages/plan.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import { getIncident, openIncident, resolveIncident } from '../../../src/store/incidents.js';
import { plansOf } from '../../../src/store/plans.js';
import { listResources } from '../../../src/store/resources.js';
import { startPm2Home, type Pm2Home } from '../../doubles/pm2-home.js';
import { virtualTime } from '../../doubles/virtual-time.js';
import { startWatched } from '../../doubles/watched.js';

const START = Date.UTC(2026, 10, 22, 10, 0, 0);

let pm2: Pm2Home;

beforeAll(async () => {
  pm2 = await startPm2Home();
});

afterAll(async () => {
  await pm2.stop();
});

it('plans nothing for an incident that ended while it was looked at, and does not call people to it', async () => {
  const time = virtualTime(START);
  const watched = await startWatched((dataDir) => `data_dir: ${JSON.stringify(dataDir)}\npm2_home: ${JSON.stringify(pm2.home)}\napps: { shop: { liveness: false } }\n`, { time });
  const { store, monitor: { ctx } } = watched;
  try {
    const [app] = (await listResources(store.db, ctx.hostId)).filter(({ kind }) => kind === 'app');
    if (!app) throw new Error('no app');
    const opened = { resourceId: app.id, launchId: null, kind: 'manual', severity: 'info', emergency: false, title: 'Ann asked for a rollback' } as const;
    const { id } = await store.write((tx) => openIncident(tx, opened, START));
    // What a refusal beside the loop does: it closes the incident just before the stage writes.
    const late: StageContext = { ...ctx, store: { ...ctx.store, write: (fn) => ctx.store.write(async (tx) => {
      await resolveIncident(tx, id, 'not possible', START);
      return fn(tx);
    }) } };
    await plan.run(late);
    expect(await getIncident(store.db, id)).toMatchObject({ state: 'resolved', reason: 'not possible' });
    expect(await plansOf(store.db, id)).toEqual([]);
  } finally {
    await watched.stop();
  }
});
