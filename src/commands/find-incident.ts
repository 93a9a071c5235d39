import { HypercareError } from '../domain/errors.js';
import type { Incident } from '../domain/incident.js';
import { incidentsEndingWith } from '../store/find-incidents.js';
import type { Context } from './command.js';

const MIN_SUFFIX = 4;

/** The incident whose id ends so. */
export async function findIncident(ctx: Pick<Context, 'store' | 'hostId'>, id: string): Promise<Incident> {
  const found = id.length < MIN_SUFFIX ? [] : await incidentsEndingWith(ctx.store.db, ctx.hostId, id);
  const [first, second] = found;
  if (first && !second) return first;
  const why = first ? `more than one incident ends with “${id}”` : `there is no incident “${id}”`;
  throw new HypercareError('incident.unknown', 'invalid', why, `Give the last ${MIN_SUFFIX} characters of its id or more; “incidents” lists them.`);
}
