import type { Incident } from '../../src/domain/incident.js';
import type { Resource } from '../../src/domain/resource.js';
import { confirmFast } from '../../src/store/checks.js';
import { findingsOf } from '../../src/store/findings.js';
import { underWayOn } from '../../src/store/remediations.js';
import { listResources } from '../../src/store/resources.js';
import { dependenciesOf } from '../../src/store/wait-facts.js';
import { newestReading } from './newest-reading.js';
import { settledAt } from './still-sick.js';
import type { RunbookRung, StageContext } from './stage.js';

/** A pool is idle after ten seconds, and while an incident is open each ten seconds somebody looks. */
const SHOWS_WITHIN_MS = 30_000;

/** To what a rung of a resource's ladder is done: to itself, or to the app that ails it; null: nobody knows to which. */
export async function targetOfRung(ctx: StageContext, { repair }: RunbookRung, resource: Resource): Promise<Resource | null> {
  const mends = ctx.units.repairs[repair]?.mends;
  return mends === undefined || mends !== resource.kind ? resource : holderOf(ctx, resource);
}

/** By the newest reading, which names it by its place among those that use the server; what is prepared looks anew whether it is the one. */
async function holderOf(ctx: StageContext, server: Resource): Promise<Resource | null> {
  const newest = await newestReading(ctx, server.id, 'postgres');
  const place = newest?.value('pool_of') ?? 0;
  if (newest === null || place < 1) return null;
  const { users = [] } = ctx.settings.optionsOf(newest.check.options) as { readonly users?: readonly { readonly name: string }[] };
  const apps = (await listResources(ctx.store.db, ctx.hostId)).filter(({ kind }) => kind === 'app');
  return apps.find(({ name }) => name === users[place - 1]?.name) ?? null;
}

/**
 * True while it may still show to what the rungs that are left are done: what has just been taken is at work for all that
 * can be seen, and people would be called in vain.
 */
export async function mayShow(ctx: StageContext, incident: Incident, resource: Resource): Promise<boolean> {
  const left = ctx.settings.ladder(incident.kind, resource).slice(incident.rung);
  if (!left.some(({ repair }) => ctx.units.repairs[repair]?.mends === resource.kind)) return false;
  const finding = (await findingsOf(ctx.store.db, incident.id)).find(({ kind }) => kind === incident.kind);
  return ctx.clock.now() < (finding?.firstAt ?? incident.openedAt) + SHOWS_WITHIN_MS;
}

/**
 * Until when an app is left alone with what another resource's trouble wants of it; null: it may be planned. It waits for
 * what is being done to the app, for its boot, and for what else it uses, as plans for the app's own trouble do. That
 * the other one is in trouble is no reason to wait: here the app is why.
 */
export async function leftAloneUntil(ctx: StageContext, incident: Incident, target: Resource): Promise<number | null> {
  const { store: { db }, settings } = ctx;
  const now = ctx.clock.now();
  if (await underWayOn(db, target.id)) return now + settings.confirmEveryMs;
  const settled = await settledAt(ctx, target.id);
  if (now < settled) return settled;
  const missing = (await dependenciesOf(db, { ...incident, resourceId: target.id })).find(({ resource, state }) => state !== 'fresh' && resource.id !== incident.resourceId);
  if (missing === undefined) return null;
  await ctx.store.write((tx) => confirmFast(tx, missing.resource.id, now, now + settings.confirmForMs));
  return now + settings.confirmEveryMs;
}
