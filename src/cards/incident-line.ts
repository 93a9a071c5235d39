import { isLeftAlone, type IncidentSince } from '../domain/incident.js';
import { sayAgo, sayClock, type Reader } from './say-time.js';
import { shortId } from './short-id.js';

/** 'Incident k2m9qx, open since 03:12 UTC, 4 min ago; needs you since 03:15 UTC': its state has another beginning than the incident. */
export function incidentLine(incident: IncidentSince, reader: Reader): string {
  return `Incident ${shortId(incident.id)}, open since ${sayAgo(incident.began ?? incident.openedAt, reader)}${stateOf(incident, reader)}`;
}

function stateOf(incident: IncidentSince, reader: Reader): string {
  const { state, needsSince } = incident;
  if (isLeftAlone(incident)) return '; left alone';
  if (state === 'repairing') return '; being repaired';
  if (state !== 'escalated') return '';
  return needsSince ? `; needs you since ${sayClock(needsSince, reader)}` : '; needs you';
}
