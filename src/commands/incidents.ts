import { z } from 'zod';
import { incidentDetails } from '../cards/incident-details.js';
import { incidentsCard } from '../cards/incidents-card.js';
import type { Incident } from '../domain/incident.js';
import type { IncidentView } from '../domain/incident-view.js';
import type { Json } from '../domain/json.js';
import { beganAt } from '../store/born-bad.js';
import { evidenceOf } from '../store/evidence.js';
import { incidentView } from '../store/incident-view.js';
import { openIncidents, recentIncidents } from '../store/incidents.js';
import { getResource } from '../store/resources.js';
import type { Command, Context, Result } from './command.js';
import { word } from './fields.js';
import { findIncident } from './find-incident.js';
import { incidentDocument, incidentSummary } from './incident-document.js';
import { iso } from './iso.js';

const MOST_RECENT = 20;

const args = z.strictObject({ id: word.optional() });

/** What was and is wrong? Exit 1 while something is open. */
export const incidents: Command<z.output<typeof args>> = {
  name: 'incidents',
  summary: 'what was and is wrong; with an id, one incident whole',
  usage: 'incidents [id]',
  examples: ['incidents', 'incidents 7k2m9q'],
  role: 'viewer',
  words: { positionals: ['id'], flags: {} },
  args,
  run: async ({ id }, ctx) => (id === undefined ? listAll(ctx) : showOne(ctx, await findIncident(ctx, id))),
};

async function listAll(ctx: Context): Promise<Result> {
  const open = await openIncidents(ctx.store.db, ctx.hostId);
  const recent = await recentIncidents(ctx.store.db, ctx.hostId, MOST_RECENT);
  const known = new Set(open.map((incident) => incident.id));
  const all = [...open, ...recent.filter((incident) => !known.has(incident.id))];
  const named = await Promise.all(all.map(async (incident) => ({ incident, at: (await getResource(ctx.store.db, incident.resourceId)).name, began: await beganAt(ctx.store.db, incident) })));
  return {
    data: { version: 1, incidents: named.map(({ incident, at }) => incidentSummary(incident, at)) },
    card: incidentsCard(named, { now: ctx.now(), timeZone: ctx.timeZone }),
    exit: open.length === 0 ? 0 : 1,
  };
}

async function showOne(ctx: Context, incident: Incident): Promise<Result> {
  const view = await incidentView(ctx.store.db, incident.id);
  return {
    data: { version: 1, incident: { ...incidentDocument(view), evidence: await evidenceDocuments(ctx, view) } },
    card: incidentDetails(view, { now: ctx.now(), timeZone: ctx.timeZone }),
    exit: incident.state === 'resolved' ? 0 : 1,
  };
}

/** Whole, because this is where people look once what it was taken of is gone. */
async function evidenceDocuments(ctx: Context, { remediations }: IncidentView): Promise<readonly Json[]> {
  const all = await Promise.all(remediations.map(async ({ id, planId, repair }) => (await evidenceOf(ctx.store.db, id)).map(({ kind, at, missing, body }) => ({ planId, repair, kind, at: iso(at), missing, body }))));
  return all.flat();
}
