import type { Verdict } from '../domain/check.js';
import type { ResourceKind } from '../domain/resource.js';
import type { ResourceStatus } from '../domain/resource-status.js';
import { incidentLine } from './incident-line.js';
import { sayIn, type Reader } from './say-time.js';

export const WORD: Readonly<Record<Verdict, string>> = { good: 'good', bad: 'bad', unknown: 'not known', error: 'could not be measured' };
const ORDER: readonly Verdict[] = ['bad', 'error', 'unknown', 'good'];
/** The host's name says what it is; a server's seldom does. */
const KIND: Readonly<Record<ResourceKind, string>> = { app: '', host: '', dependency: '', job: ' (job)', alerts: '', redis: ' (Redis)', postgres: ' (PostgreSQL)' };
const MOST_LINES = 12;

/** What is watched beside the apps, as one paragraph, the worst first; what is good in one line. Nothing where nothing is. */
export function resourceLines(all: readonly ResourceStatus[], reader: Reader): readonly string[] {
  if (all.length === 0) return [];
  const troubled = all.filter(({ verdict, incidents }) => verdict !== 'good' || incidents.length > 0).toSorted((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  const good = all.filter((one) => !troubled.includes(one)).map(({ resource }) => resource.name);
  const more = troubled.length > MOST_LINES ? [`… and ${troubled.length - MOST_LINES} more`] : [];
  return [[...troubled.slice(0, MOST_LINES).flatMap((one) => linesOf(one, reader)), ...more, ...(good.length === 0 ? [] : [`Also watched, and good: ${good.join(', ')}.`])].join('\n')];
}

function linesOf({ resource, verdict, why, incidents, question }: ResourceStatus, reader: Reader): readonly string[] {
  const { name, kind } = resource;
  return [
    `${name}${KIND[kind]}: ${WORD[verdict]}${verdict === 'good' ? '' : ` (${why})`}`,
    ...incidents.map((incident) => `${incidentLine(incident, reader)}${incident.title === why ? '' : `: ${incident.title}`}`),
    ...(question ? [`A question waits for an answer (approve ${name}, deny ${name}); expires ${sayIn(question.expiresAt, reader)}.`] : []),
  ];
}

/** 'cache, host bad', for a title; nothing where none is. */
export function badResources(all: readonly ResourceStatus[]): readonly string[] {
  const names = all.filter(({ verdict }) => verdict === 'bad').map(({ resource }) => resource.name);
  return names.length === 0 ? [] : [`${names.join(', ')} bad`];
}
