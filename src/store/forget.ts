import { sql } from 'kysely';
import type { HostId } from '../domain/ids.js';
import { forgetIncidents } from './forget-incidents.js';
import { ROLLUP_SPAN_MS } from './pruning.js';
import type { Db } from './schema.js';

/** Rows that go in one transaction. */
const ROWS = 500;
/** Releases the ledger is read back to: what is sighted again among them keeps its verdict. */
const LEDGER = 200;

/**
 * Takes away what is past keeping on one host, as much as one short transaction bears; returns how many rows went, 0
 * once there is nothing left. Audit entries are never among them.
 */
export type Forget = (tx: Db, hostId: HostId, before: number) => Promise<number>;

/** What goes once it is older than the history, in this order: a request stays while a plan refers to it, a launch while an incident or an event does, a hold while an event does. */
export const HISTORY: readonly Forget[] = [forgetIncidents, forgetEvents, forgetHolds, forgetRequests, forgetLaunches, forgetReleases, forgetSignals, forgetActs, forgetScores];

/** What was told of the host and of launches; an incident's events go with it. */
async function forgetEvents(tx: Db, hostId: HostId, before: number): Promise<number> {
  const old = await tx.selectFrom('events').select('id').where('host_id', '=', hostId).where('at', '<', before).where('incident_id', 'is', null)
    .where((eb) => eb.not(eb.exists(eb.selectFrom('deliveries').select('event_id').whereRef('deliveries.event_id', '=', 'events.id').where('state', '=', 'due').where('next_at', '>=', before))))
    .orderBy('at').limit(ROWS).execute();
  if (old.length === 0) return 0;
  const ids = old.map(({ id }) => id);
  await tx.deleteFrom('deliveries').where('event_id', 'in', ids).execute();
  await tx.deleteFrom('events').where('id', 'in', ids).execute();
  return ids.length;
}

/** Guards look back a day at most at what they held before. */
async function forgetHolds(tx: Db, hostId: HostId, before: number): Promise<number> {
  const old = await tx.selectFrom('holds').select('id').where('host_id', '=', hostId).where('ended_at', '<', before)
    .where((eb) => eb.not(eb.exists(eb.selectFrom('events').select('id').where('events.host_id', '=', hostId).where('kind', 'in', ['hold.began', 'hold.ended']).where('body', 'like', sql<string>`'%' || holds.id || '%'`))))
    .limit(ROWS).execute();
  if (old.length === 0) return 0;
  const ids = old.map(({ id }) => id);
  await tx.deleteFrom('cards').where('subject', 'in', ids.map((id) => `hold:${id}`)).execute();
  await tx.deleteFrom('holds').where('id', 'in', ids).execute();
  return ids.length;
}

async function forgetRequests(tx: Db, hostId: HostId, before: number): Promise<number> {
  const planned = tx.selectFrom('plans').select('request_id').where('request_id', 'is not', null);
  const old = tx.selectFrom('requests').select('id').where('host_id', '=', hostId).where('ended_at', '<', before).where('id', 'not in', planned as never).limit(ROWS);
  return count(await tx.deleteFrom('requests').where('id', 'in', old).executeTakeFirst());
}

/** Never an app's newest launch, which its status is drawn from. */
async function forgetLaunches(tx: Db, hostId: HostId, before: number): Promise<number> {
  const old = await tx.selectFrom('launches').innerJoin('resources', 'resources.id', 'launches.app_id').select('launches.id')
    .where('resources.host_id', '=', hostId).where('launches.open_app', 'is', null).where('launches.ended_at', '<', before)
    .where('launches.id', 'not in', tx.selectFrom('incidents').select('launch_id').where('launch_id', 'is not', null) as never)
    .where('launches.id', 'not in', tx.selectFrom('events').select('launch_id').where('launch_id', 'is not', null) as never)
    .where((eb) => eb.exists(eb.selectFrom('launches as newer').select('newer.id').whereRef('newer.app_id', '=', 'launches.app_id').whereRef('newer.started_at', '>', 'launches.started_at')))
    .limit(ROWS).execute();
  if (old.length === 0) return 0;
  const ids = old.map(({ id }) => id);
  await tx.deleteFrom('cards').where('subject', 'in', ids).execute();
  await tx.deleteFrom('launches').where('id', 'in', ids).execute();
  return ids.length;
}

/** Of an app's releases the newest, the good and the bad ones stay: the way back leads to the good, and never to the bad. */
async function forgetReleases(tx: Db, hostId: HostId, before: number): Promise<number> {
  const old = await tx.selectFrom('releases').innerJoin('resources', 'resources.id', 'releases.app_id').select('releases.id')
    .where('resources.host_id', '=', hostId).where('releases.first_seen_at', '<', before).where('releases.verdict', 'not in', ['stable', 'bad', 'watching'])
    .where('releases.id', 'not in', tx.selectFrom('launches').select('release_id'))
    .where((eb) => eb(eb.selectFrom('releases as newer').select((n) => n.fn.countAll<number>().as('n')).whereRef('newer.app_id', '=', 'releases.app_id').whereRef('newer.first_seen_at', '>', 'releases.first_seen_at'), '>=', LEDGER))
    .limit(ROWS).execute();
  if (old.length === 0) return 0;
  const ids = old.map(({ id }) => id);
  await tx.deleteFrom('baselines').where('release_id', 'in', ids).execute();
  await tx.deleteFrom('releases').where('id', 'in', ids).execute();
  return ids.length;
}

async function forgetSignals(tx: Db, hostId: HostId, before: number): Promise<number> {
  const old = tx.selectFrom('signals').select('id').where('host_id', '=', hostId).where('taken_at', '<', before).limit(ROWS);
  return count(await tx.deleteFrom('signals').where('id', 'in', old).executeTakeFirst());
}

async function forgetActs(tx: Db, hostId: HostId, before: number): Promise<number> {
  const ours = tx.selectFrom('resources').select('id').where('host_id', '=', hostId);
  const old = tx.selectFrom('acts').select('id').where('resource_id', 'in', ours).where('at', '<', before).limit(ROWS);
  return count(await tx.deleteFrom('acts').where('id', 'in', old).executeTakeFirst());
}

/** The newest stays: it holds until there is another. */
async function forgetScores(tx: Db, hostId: HostId, before: number): Promise<number> {
  const old = await tx.selectFrom('scores').select(['subject', 'at']).where('host_id', '=', hostId).where('at', '<', before)
    .where((eb) => eb.exists(eb.selectFrom('scores as newer').select('newer.at').whereRef('newer.host_id', '=', 'scores.host_id').whereRef('newer.subject', '=', 'scores.subject').whereRef('newer.at', '>', 'scores.at')))
    .limit(ROWS).execute();
  for (const { subject, at } of old) await tx.deleteFrom('scores').where('host_id', '=', hostId).where('subject', '=', subject).where('at', '=', at).execute();
  return old.length;
}

/** Ten-minute summaries have a time of their own. */
export async function forgetRollups(tx: Db, hostId: HostId, before: number): Promise<number> {
  const gone = await sql`delete from rollups where (check_id, span_ms, at) in (
    select check_id, span_ms, at from rollups where check_id in (select checks.id from checks join resources on resources.id = checks.resource_id where resources.host_id = ${hostId})
    and span_ms = ${ROLLUP_SPAN_MS} and at < ${before} limit ${ROWS})`.execute(tx);
  return Number(gone.numAffectedRows ?? 0n);
}

/** Checks the config no longer has, once nothing is remembered of them. */
export async function forgetChecks(tx: Db, hostId: HostId): Promise<number> {
  const old = await tx.selectFrom('checks').innerJoin('resources', 'resources.id', 'checks.resource_id').select('checks.id')
    .where('resources.host_id', '=', hostId).where('checks.retired', '=', 1)
    .where((eb) => eb.not(eb.exists(eb.selectFrom('samples').select('at').whereRef('samples.check_id', '=', 'checks.id'))))
    .where((eb) => eb.not(eb.exists(eb.selectFrom('rollups').select('at').whereRef('rollups.check_id', '=', 'checks.id'))))
    .limit(ROWS).execute();
  if (old.length === 0) return 0;
  const ids = old.map(({ id }) => id);
  await tx.deleteFrom('baselines').where('check_id', 'in', ids).execute();
  await tx.deleteFrom('checks').where('id', 'in', ids).execute();
  return ids.length;
}

function count(result: { readonly numDeletedRows: bigint }): number {
  return Number(result.numDeletedRows);
}
