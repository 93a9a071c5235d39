import type { HostId, LaunchId, ReleaseId, ResourceId } from '../domain/ids.js';
import type { Launch, LaunchState } from '../domain/launch.js';
import { newId } from './new-id.js';
import type { Db, LaunchesTable } from './schema.js';

export interface NewLaunch {
  readonly appId: ResourceId;
  readonly releaseId: ReleaseId;
  readonly endsAt: number;
  readonly autoRollback: boolean;
  readonly why: string;
  readonly who?: string;
}

/** Opens a launch whose first tick is due at once. The app's open launch must have been ended before. */
export async function openLaunch(tx: Db, launch: NewLaunch, now: number): Promise<Launch> {
  const id = newId<'launch'>(now);
  await tx.insertInto('launches').values({
    id, app_id: launch.appId, release_id: launch.releaseId, state: 'watching', started_at: now, ends_at: launch.endsAt,
    ended_at: null, ticks_made: 0, next_tick_at: now, hot_until: 0, next_at: now, auto_rollback: launch.autoRollback ? 1 : 0,
    why: launch.why, who: launch.who ?? null, six_hours_told: 0, open_app: launch.appId,
  }).execute();
  return getLaunch(tx, id);
}

export async function endLaunch(tx: Db, id: LaunchId, state: Exclude<LaunchState, 'watching'>, now: number): Promise<void> {
  await tx.updateTable('launches').set({ state, ended_at: now, next_tick_at: null, next_at: null, open_app: null }).where('id', '=', id).execute();
}

export async function scheduleLaunch(tx: Db, id: LaunchId, next: { readonly ticksMade: number; readonly nextTickAt: number | null; readonly nextAt: number | null }): Promise<void> {
  await tx.updateTable('launches').set({ ticks_made: next.ticksMade, next_tick_at: next.nextTickAt, next_at: next.nextAt }).where('id', '=', id).execute();
}

/** Trouble: extra ticks at the first tier's cadence until then, the first at `nextAt` if that is sooner. */
export async function heatLaunch(tx: Db, appId: ResourceId, until: number, nextAt: number): Promise<void> {
  await tx.updateTable('launches').set({ hot_until: until }).where('open_app', '=', appId).where('hot_until', '<', until).execute();
  await tx.updateTable('launches').set({ next_at: nextAt }).where('open_app', '=', appId).where('next_at', '>', nextAt).execute();
}

export async function markSixHoursTold(tx: Db, id: LaunchId): Promise<void> {
  await tx.updateTable('launches').set({ six_hours_told: 1 }).where('id', '=', id).execute();
}

export async function openLaunchOf(db: Db, appId: ResourceId): Promise<Launch | null> {
  const row = await db.selectFrom('launches').selectAll().where('open_app', '=', appId).executeTakeFirst();
  return row ? toLaunch(row) : null;
}

export async function newestLaunchOf(db: Db, appId: ResourceId): Promise<Launch | null> {
  const row = await db.selectFrom('launches').selectAll().where('app_id', '=', appId).orderBy('started_at', 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst();
  return row ? toLaunch(row) : null;
}

/** An app's launches, the newest first, at most so many. */
export async function launchesOf(db: Db, appId: ResourceId, limit: number): Promise<readonly Launch[]> {
  const rows = await db.selectFrom('launches').selectAll().where('app_id', '=', appId).orderBy('started_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
  return rows.map(toLaunch);
}

/** How far back another release is looked for. */
const MOST_LOOKED_BACK = 20;

/** The release that was launched last, and the one before it that was another; null where there is none. */
export async function lastTwoReleases(db: Db, appId: ResourceId): Promise<readonly [ReleaseId | null, ReleaseId | null]> {
  const rows = await db.selectFrom('launches').select('release_id').where('app_id', '=', appId).orderBy('started_at', 'desc').orderBy('id', 'desc').limit(MOST_LOOKED_BACK).execute();
  const running = rows[0]?.release_id ?? null;
  return [running, rows.find(({ release_id }) => release_id !== running)?.release_id ?? null];
}

/** Since when its release is live without another between; null: since it began itself. A person may begin the watch of what runs anew. */
export async function liveBefore(db: Db, { appId, releaseId, startedAt }: Launch): Promise<number | null> {
  const earlier = db.selectFrom('launches').select('started_at').where('app_id', '=', appId).where('started_at', '<', startedAt);
  const other = await earlier.where('release_id', '!=', releaseId).orderBy('started_at', 'desc').limit(1).executeTakeFirst();
  const first = await earlier.where('release_id', '=', releaseId).where('started_at', '>', other?.started_at ?? 0).orderBy('started_at').limit(1).executeTakeFirst();
  return first?.started_at ?? null;
}

export async function getLaunch(db: Db, id: LaunchId): Promise<Launch> {
  return toLaunch(await db.selectFrom('launches').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
}

/** Null where there is none with this id, or it was forgotten. */
export async function launchNumbered(db: Db, id: LaunchId): Promise<Launch | null> {
  const row = await db.selectFrom('launches').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? toLaunch(row) : null;
}

/** The newest launches of a host, with the name of each one's app. */
export async function recentLaunches(db: Db, hostId: HostId, limit: number): Promise<readonly (Launch & { readonly appName: string })[]> {
  const rows = await db.selectFrom('launches').innerJoin('resources', 'resources.id', 'launches.app_id').selectAll('launches').select('resources.name as app_name')
    .where('resources.host_id', '=', hostId).orderBy('launches.started_at', 'desc').orderBy('launches.id', 'desc').limit(limit).execute();
  return rows.map((row) => ({ ...toLaunch(row), appName: row.app_name }));
}

export async function openLaunches(db: Db, hostId: HostId): Promise<readonly Launch[]> {
  return (await open(db, hostId).execute()).map(toLaunch);
}

/** Open launches whose tick, scheduled or hot, has come. */
export async function dueLaunches(db: Db, hostId: HostId, now: number): Promise<readonly Launch[]> {
  return (await open(db, hostId).where('launches.next_at', '<=', now).execute()).map(toLaunch);
}

/** Open launches that are over their last tick, or began before `sixHoursAgo` and nobody was told of it. */
export async function launchesToConclude(db: Db, hostId: HostId, sixHoursAgo: number): Promise<readonly (Launch & { readonly sixHoursTold: boolean })[]> {
  const rows = await open(db, hostId)
    .where((eb) => eb.or([eb('launches.next_tick_at', 'is', null), eb.and([eb('launches.six_hours_told', '=', 0), eb('launches.started_at', '<=', sixHoursAgo)])]))
    .execute();
  return rows.map((row) => ({ ...toLaunch(row), sixHoursTold: row.six_hours_told === 1 }));
}

function open(db: Db, hostId: HostId) {
  return db.selectFrom('launches').innerJoin('resources', 'resources.id', 'launches.open_app').selectAll('launches').where('resources.host_id', '=', hostId);
}

function toLaunch(row: LaunchesTable): Launch {
  return {
    id: row.id, appId: row.app_id, releaseId: row.release_id, state: row.state, startedAt: row.started_at, endsAt: row.ends_at,
    endedAt: row.ended_at, ticksMade: row.ticks_made, nextTickAt: row.next_tick_at, hotUntil: row.hot_until, nextAt: row.next_at,
    autoRollback: row.auto_rollback === 1, why: row.why, who: row.who,
  };
}
