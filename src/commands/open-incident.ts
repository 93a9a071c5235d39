import { HypercareError } from '../domain/errors.js';
import type { Incident } from '../domain/incident.js';
import { openIncidentOf } from '../store/incidents.js';
import { listResources } from '../store/resources.js';
import { findIncident } from './find-incident.js';
import type { Context } from './command.js';

/** The incident somebody means by its id's end, or by the name of what it is at: then the open one. */
export async function incidentMeant(ctx: Pick<Context, 'store' | 'hostId'>, which: string): Promise<Incident> {
  const all = await listResources(ctx.store.db, ctx.hostId);
  const at = all.find(({ name }) => name === which) ?? all.find(({ name }) => name.toLowerCase() === which.toLowerCase());
  if (at === undefined) return findIncident(ctx, which);
  const open = await openIncidentOf(ctx.store.db, at.id);
  if (open) return open;
  throw new HypercareError('incident.none', 'invalid', `${at.name} has no open incident`, '“incidents” lists what was and is wrong.');
}
