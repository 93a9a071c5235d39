import type { HostId, IncidentId } from '../domain/ids.js';
import type { Db } from './schema.js';

/** Incidents that go in one transaction, each with what belongs to it. */
const INCIDENTS = 10;
/** Rows of one kind that go with one incident in one transaction; what is left goes in the next. */
const ROWS = 200;

/** Incidents of the host that closed before then, with their findings, plans, questions, runs, story, events and cards; not while one of its messages is still being delivered. */
export async function forgetIncidents(tx: Db, hostId: HostId, before: number): Promise<number> {
  const old = await tx.selectFrom('incidents').innerJoin('resources', 'resources.id', 'incidents.resource_id').select('incidents.id')
    .where('resources.host_id', '=', hostId).where('incidents.open_resource', 'is', null).where('incidents.closed_at', '<', before)
    .where((eb) => eb.not(eb.exists(eb.selectFrom('events').innerJoin('deliveries', 'deliveries.event_id', 'events.id').select('deliveries.event_id')
      .whereRef('events.incident_id', '=', 'incidents.id').where('deliveries.state', '=', 'due').where('deliveries.next_at', '>=', before))))
    .limit(INCIDENTS).execute();
  let gone = 0;
  for (const { id } of old) gone += await forgetIncident(tx, id);
  return gone;
}

/** From the leaves inwards: whoever looks in between finds an incident with less, never a plan without its incident. */
async function forgetIncident(tx: Db, id: IncidentId): Promise<number> {
  const parts = (await forgetEvents(tx, id)) + (await forgetPlans(tx, id)) + (await forgetFindings(tx, id)) + (await forgetSpans(tx, id));
  const left = await tx.selectFrom('incidents').select('id').where('id', '=', id).where((eb) => eb.or([
    eb.exists(eb.selectFrom('events').select('id').where('incident_id', '=', id)),
    eb.exists(eb.selectFrom('plans').select('id').where('incident_id', '=', id)),
    eb.exists(eb.selectFrom('findings').select('id').where('incident_id', '=', id)),
    eb.exists(eb.selectFrom('spans').select('id').where('incident_id', '=', id)),
  ])).executeTakeFirst();
  if (left) return parts;
  await tx.deleteFrom('cards').where('subject', '=', id).execute();
  await tx.deleteFrom('incidents').where('id', '=', id).execute();
  return parts + 1;
}

async function forgetEvents(tx: Db, id: IncidentId): Promise<number> {
  const events = tx.selectFrom('events').select('id').where('incident_id', '=', id).orderBy('n').orderBy('id').limit(ROWS);
  await tx.deleteFrom('deliveries').where('event_id', 'in', events).execute();
  return Number((await tx.deleteFrom('events').where('id', 'in', events).executeTakeFirst()).numDeletedRows);
}

async function forgetPlans(tx: Db, id: IncidentId): Promise<number> {
  const plans = tx.selectFrom('plans').select('id').where('incident_id', '=', id).orderBy('id').limit(ROWS);
  const questions = tx.selectFrom('questions').select('id').where('plan_id', 'in', plans);
  const runs = tx.selectFrom('remediations').select('id').where('plan_id', 'in', plans);
  await tx.deleteFrom('answers').where('question_id', 'in', questions).execute();
  await tx.deleteFrom('questions').where('plan_id', 'in', plans).execute();
  await tx.deleteFrom('steps').where('remediation_id', 'in', runs).execute();
  await tx.deleteFrom('evidence').where('remediation_id', 'in', runs).execute();
  await tx.deleteFrom('remediations').where('plan_id', 'in', plans).execute();
  return Number((await tx.deleteFrom('plans').where('id', 'in', plans).executeTakeFirst()).numDeletedRows);
}

async function forgetFindings(tx: Db, id: IncidentId): Promise<number> {
  const findings = tx.selectFrom('findings').select('id').where('incident_id', '=', id).orderBy('id').limit(ROWS);
  return Number((await tx.deleteFrom('findings').where('id', 'in', findings).executeTakeFirst()).numDeletedRows);
}

async function forgetSpans(tx: Db, id: IncidentId): Promise<number> {
  const spans = tx.selectFrom('spans').select('id').where('incident_id', '=', id).orderBy('id').limit(ROWS);
  return Number((await tx.deleteFrom('spans').where('id', 'in', spans).executeTakeFirst()).numDeletedRows);
}
