import { sayDuration } from '../domain/duration.js';
import { worse } from '../domain/finding.js';
import { isLeftAlone, LEFT_ALONE, loudness, type Incident } from '../domain/incident.js';
import type { Card } from './card.js';
import { sayClock, type Reader } from './say-time.js';
import { shortId } from './short-id.js';

/** An incident with the name of the resource it stands at. */
export interface NamedIncident {
  readonly incident: Incident;
  readonly at: string;
  /** Since when it really was one; it may be before it was opened. */
  readonly began: number;
}

/** Open incidents first, then the newest past ones. */
export function incidentsCard(incidents: readonly NamedIncident[], reader: Reader): Card {
  const open = incidents.filter(({ incident }) => incident.state !== 'resolved');
  const past = incidents.filter(({ incident }) => incident.state === 'resolved');
  return {
    subject: 'incidents',
    level: open.length === 0 ? 'good' : open.map(({ incident }) => loudness(incident)).reduce(worse),
    title: open.length === 0 ? `no open incident${past.length === 0 ? '' : `; ${past.length} past`}` : `${open.length} open ${open.length === 1 ? 'incident' : 'incidents'}`,
    body: [open.map((one) => drawOpen(one, reader)).join('\n'), past.map((one) => drawPast(one, reader)).join('\n')].filter((part) => part !== ''),
    fields: [],
    buttons: [],
    footer: incidents.length === 0 ? null : 'one of them whole: incidents <id>',
  };
}

function drawOpen({ incident, at, began }: NamedIncident, reader: Reader): string {
  const line = `${shortId(incident.id)}  ${at}: ${incident.title} (${incident.state}, for ${sayDuration(reader.now - began)})`;
  if (isLeftAlone(incident)) return `${line}\n  now: ${LEFT_ALONE}`;
  // Only apps are launched, and only apps can be repaired.
  return incident.state === 'escalated' && incident.launchId !== null ? `${line}\n  now: mend it, or ask for “repair general ${at}”` : line;
}

/** One that is over, on a line. */
export function drawPast({ incident, at, began }: NamedIncident, reader: Reader): string {
  const lasted = sayDuration((incident.closedAt ?? reader.now) - began);
  return `${shortId(incident.id)}  ${sayClock(began, reader)}  ${at}: ${incident.title} (over after ${lasted})`;
}
