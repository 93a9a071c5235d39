import type { Incident } from '../../src/domain/incident.js';
import { tell } from '../../src/store/events.js';
import { confirmFast } from '../../src/store/checks.js';
import { changeIncident, getIncident } from '../../src/store/incidents.js';
import { getResource, listResources } from '../../src/store/resources.js';
import { newestReading } from './newest-reading.js';
import type { StageContext } from './stage.js';

/** Of one core: an app that itself is what keeps the cores busy gets more than this even where five want each of them. */
const BUSY_PERCENT = 20;

/**
 * An app that is merely slow, on a machine whose cores are overloaded, while the app itself uses next to nothing of them:
 * others take its time, and what a reload or restart costs it would have to come from the same cores. Measured: a healthy
 * app went from 14 to 240 ms beside eight busy loops on two cores, and was reloaded and then restarted, in vain.
 *
 * look: the host was not measured since it began · pressed: it waits · free: the host is not to blame, or cannot be measured.
 */
export async function pressedByOthers(ctx: StageContext, incident: Incident): Promise<'look' | 'pressed' | 'free'> {
  if (incident.kind !== 'latency' || incident.emergency) return 'free';
  const machine = (await listResources(ctx.store.db, ctx.hostId)).find(({ kind }) => kind === 'host');
  if (machine === undefined) return 'free';
  const newest = await newestReading(ctx, machine.id, 'host');
  if (newest === null) return 'free';
  const waited = ctx.clock.now() - incident.openedAt;
  if (newest.sample.at < incident.openedAt && waited >= 0 && waited < ctx.settings.confirmForMs) return 'look';
  const pressure = newest.value('cpu_pressure');
  if (pressure === null || pressure < ctx.settings.pressedPercent) return 'free';
  const own = (await newestReading(ctx, incident.resourceId, 'pm2'))?.value('cpu_percent') ?? null;
  return own !== null && own < BUSY_PERCENT ? 'pressed' : 'free';
}

/** Measured again like what is being confirmed; people are told once why nothing is done. */
export async function waitForCores(ctx: StageContext, incident: Incident, how: 'look' | 'pressed'): Promise<boolean> {
  const now = ctx.clock.now();
  const reason = how === 'pressed' ? await sayPressed(ctx, incident) : null;
  await ctx.store.write(async (tx) => {
    const { closedAt, reason: said } = await getIncident(tx, incident.id);
    if (closedAt !== null) return;
    await changeIncident(tx, incident.id, { nextAt: now + ctx.settings.confirmEveryMs, ...(reason === null ? {} : { reason }) });
    if (reason !== null && said !== reason) await tell(tx, ctx.hostId, { kind: 'incident.changed', incidentId: incident.id }, now);
    for (const { id, kind } of await listResources(tx, ctx.hostId)) if (kind === 'host') await confirmFast(tx, id, now, now + ctx.settings.confirmForMs);
  });
  return false;
}

async function sayPressed(ctx: StageContext, { resourceId }: Incident): Promise<string> {
  const { name } = await getResource(ctx.store.db, resourceId);
  return `the cores of this machine are overloaded, and not by ${name}: a restart would give it none of them, so it is left alone until they are free`;
}
