import type { ToldCard } from '../src/cards/card.js';
import { digestCard } from '../src/cards/digest-card.js';
import type { Reader } from '../src/cards/say-time.js';
import type { Event } from '../src/domain/event.js';
import type { IncidentId } from '../src/domain/ids.js';
import { beganAt } from '../src/store/born-bad.js';
import { cardRef } from '../src/store/card-refs.js';
import { getIncident } from '../src/store/incidents.js';
import { getResource } from '../src/store/resources.js';
import type { Db } from '../src/store/schema.js';
import type { Told } from './subjects.js';

const SUBJECT = 'digest:';
/** One is told as ever. */
const FEWEST = 2;

/**
 * Incidents that were over before the channel could be told of them, as after quiet hours or while the platform was away,
 * are told together: nobody wants to read a night's cards one by one.
 */
export async function foldOver(db: Db, all: readonly Told[], channel: string): Promise<readonly Told[]> {
  const unseen = await Promise.all(all.map(({ subject, events }) => isOverUnseen(db, events[0]?.incidentId ?? null, { subject, channel })));
  const over = all.filter((_told, n) => unseen[n]);
  if (over.length < FEWEST) return all;
  const events = over.flatMap((told) => told.events).toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  return [...all.filter((_told, n) => !unseen[n]), { subject: `${SUBJECT}${events[0]?.id ?? ''}`, events }];
}

async function isOverUnseen(db: Db, incidentId: IncidentId | null, { subject, channel }: { readonly subject: string; readonly channel: string }): Promise<boolean> {
  return incidentId !== null && subject === incidentId && (await getIncident(db, incidentId)).closedAt !== null && (await cardRef(db, subject, channel)) === undefined;
}

export function isDigest(subject: string): boolean {
  return subject.startsWith(SUBJECT);
}

export async function drawDigest(db: Db, subject: string, events: readonly Event[], reader: Reader): Promise<ToldCard> {
  const ids = [...new Set(events.flatMap(({ incidentId }) => incidentId ?? []))];
  const incidents = await Promise.all(ids.map((id) => getIncident(db, id)));
  const named = await Promise.all(incidents.map(async (incident) => ({ incident, at: (await getResource(db, incident.resourceId)).name, began: await beganAt(db, incident) })));
  return digestCard(subject, named, reader);
}
