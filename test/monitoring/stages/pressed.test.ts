import { expect, it } from 'vitest';
import { plan } from '../../../monitoring/stages/plan.js';
import { pressedByOthers } from '../../../monitoring/stages/pressed.js';
import type { Incident } from '../../../src/domain/incident.js';
import type { Resource } from '../../../src/domain/resource.js';
import { checksOf, scheduleCheck } from '../../../src/store/checks.js';
import { currentWait } from '../../../src/store/spans.js';
import { getIncident, openIncident, type NewIncident } from '../../../src/store/incidents.js';
import { plansOf } from '../../../src/store/plans.js';
import { listResources } from '../../../src/store/resources.js';
import { insertSamples } from '../../../src/store/samples.js';
import { explain } from '../../../monitoring/stages/explain.js';
import { appOf, quietShop } from './quiet-shop.js';

const START = Date.UTC(2026, 10, 22, 10, 0, 0);

const watched = quietShop(START);

it.each([
  { rule: 'a slow app beside others that take the cores is left alone', pressure: 85, own: 4, says: 'pressed' },
  { rule: 'one that takes them itself is not', pressure: 85, own: 60, says: 'free' },
  { rule: 'with cores to spare they are not what it lacks', pressure: 20, own: 4, says: 'free' },
  { rule: 'what a kernel does not tell holds nothing back', pressure: null, own: 4, says: 'free' },
  { rule: 'nor does an app whose share nobody knows', pressure: 85, own: null, says: 'free' },
])('$rule', async ({ pressure, own, says }) => {
  const incident = await slow();
  await measured(await theHost(), { probe: 'host', field: 'cpu_pressure', value: pressure });
  await measured(await appOf(watched), { probe: 'pm2', field: 'cpu_percent', value: own });
  expect(await pressedByOthers(watched.monitor.ctx, incident)).toBe(says);
});

it('holds back nothing that is more than slow', async () => {
  await measured(await theHost(), { probe: 'host', field: 'cpu_pressure', value: 85 });
  await measured(await appOf(watched), { probe: 'pm2', field: 'cpu_percent', value: 4 });
  const incident = await slow();
  expect(await pressedByOthers(watched.monitor.ctx, { ...incident, kind: 'endpoint-failing' })).toBe('free');
  expect(await pressedByOthers(watched.monitor.ctx, { ...incident, emergency: true })).toBe('free');
});

it('looks at the host before it does anything about a slow app', async () => {
  await measured(await theHost(), { probe: 'host', field: 'cpu_pressure', value: 1, at: START - 60_000 });
  const { id } = await slow();
  const usual = START + 60_000;
  for (const { id: check } of await checksOf(watched.store.db, (await theHost()).id)) await watched.store.write((tx) => scheduleCheck(tx, check, usual));
  await plan.run(watched.monitor.ctx);
  expect(await plansOf(watched.store.db, id)).toEqual([]);
  expect(await hostDue()).toBeLessThan(usual);
});

it('says why it waits, and goes on when the cores are free', async () => {
  const { store, monitor: { ctx } } = watched;
  const { id } = await slow();
  await measured(await theHost(), { probe: 'host', field: 'cpu_pressure', value: 85 });
  await measured(await appOf(watched), { probe: 'pm2', field: 'cpu_percent', value: 4 });
  await plan.run(ctx);
  await explain.run(ctx);
  expect(await plansOf(store.db, id)).toEqual([]);
  expect((await currentWait(store.db, id))?.text).toBe('the cores of this machine are overloaded, and not by shop: a restart would give it none of them, so it is left alone until they are free');
  await measured(await theHost(), { probe: 'host', field: 'cpu_pressure', value: 3, at: START + 5_000 });
  const later = { ...ctx, clock: { ...ctx.clock, now: () => START + 3_600_000 } };
  expect(await pressedByOthers(later, await getIncident(store.db, id))).toBe('free');
});

async function theHost(): Promise<Resource> {
  const found = (await listResources(watched.store.db, watched.monitor.ctx.hostId)).find(({ kind }) => kind === 'host');
  if (!found) throw new Error('no host');
  return found;
}

async function hostDue(): Promise<number> {
  return (await checksOf(watched.store.db, (await theHost()).id)).find(({ probe }) => probe === 'host')?.nextAt as number;
}

async function slow(): Promise<Incident> {
  const app = await appOf(watched);
  const about = { resourceId: app.id, launchId: null, kind: 'latency', severity: 'warning', emergency: false, title: '/ takes 240 ms' } as const satisfies NewIncident;
  return watched.store.write((tx) => openIncident(tx, about, START));
}

async function measured(resource: Resource, { probe, field, value, at = START + 1_000 }: { readonly probe: string; readonly field: string; readonly value: number | null; readonly at?: number }): Promise<void> {
  const { store, monitor: { ctx } } = watched;
  const check = (await checksOf(store.db, resource.id)).find((one) => one.probe === probe);
  const values = (ctx.units.probes[probe]?.fields ?? []).map((name) => (name === field ? value : null));
  await store.write((tx) => insertSamples(tx, [{ checkId: check?.id as never, at, verdict: 'good', ms: null, values, note: null }]));
}
