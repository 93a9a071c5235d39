import { expect, it } from 'vitest';
import { plan } from '../../../monitoring/stages/plan.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import type { Glance } from '../../../src/store/glance.js';
import { changeIncident, getIncident, openIncident, resolveIncident } from '../../../src/store/incidents.js';
import { plansOf } from '../../../src/store/plans.js';
import { appOf, quietShop } from './quiet-shop.js';

const START = Date.UTC(2026, 10, 22, 10, 0, 0);

const watched = quietShop(START);

it('plans nothing for an incident that ended while it was looked at, and does not call people to it', async () => {
  const { store, monitor: { ctx } } = watched;
  const app = await appOf(watched);
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
});

it('plans nothing for advice and calls nobody, and takes it up when it is more', async () => {
  const { store, monitor: { ctx } } = watched;
  const app = await appOf(watched);
  const { id } = await store.write((tx) => openIncident(tx, { resourceId: app.id, launchId: null, kind: 'postgres-missing-index', severity: 'info', emergency: false, title: 'an index may be missing' }, START));
  await plan.run(ctx);
  expect(await getIncident(store.db, id)).toMatchObject({ state: 'open', reason: null });
  expect(await plan.nextAt?.(ctx, {} as Glance)).toBeNull();
  await store.write((tx) => changeIncident(tx, id, { severity: 'warning' }));
  await plan.run(ctx);
  expect(await getIncident(store.db, id)).toMatchObject({ state: 'escalated' });
});
