import { HypercareError } from '../../src/domain/errors.js';
import type { IncidentId } from '../../src/domain/ids.js';
import type { Json } from '../../src/domain/json.js';
import type { Resource } from '../../src/domain/resource.js';
import { tell } from '../../src/store/events.js';
import { changeIncident, getIncident } from '../../src/store/incidents.js';
import type { Request } from '../../src/store/requests.js';
import type { Db } from '../../src/store/schema.js';
import { record } from './record.js';
import type { StageContext } from './stage.js';

/** A person has seen it: nobody is called about it any more, until it gets worse. The first one is kept. */
export async function acknowledge(tx: Db, ctx: StageContext, at: Resource, request: Request): Promise<Json> {
  const incident = await getIncident(tx, (request.args as { readonly incident: IncidentId }).incident);
  if (incident.resourceId !== at.id) throw new HypercareError('incident.unknown', 'invalid', `that incident is not one of ${at.name}`, '“incidents” lists them.');
  if (incident.state === 'resolved') throw new HypercareError('incident.over', 'invalid', `${at.name}: that is over, and nobody is called about it`, null);
  if (incident.ackedBy !== null) return { incidentId: incident.id, by: incident.ackedBy, again: true };
  const now = ctx.clock.now();
  await changeIncident(tx, incident.id, { ackedAt: now, ackedBy: request.personName });
  await tell(tx, ctx.hostId, { kind: 'incident.changed', incidentId: incident.id, body: { ackedBy: request.personName } }, now);
  await record(tx, ctx, { who: request.personName, what: `has seen ${at.name}: ${incident.title}`, why: `through ${request.via}`, body: { incident: incident.id, request: request.id } });
  return { incidentId: incident.id, by: request.personName, again: false };
}
