import { sayDuration } from '../domain/duration.js';
import type { IncidentView } from '../domain/incident-view.js';
import type { Card } from './card.js';
import { evidenceLines } from './evidence-part.js';
import { incidentCard } from './incident-card.js';
import { sayClock, type Reader } from './say-time.js';
import { readToken } from './token.js';

const MOST_LINES = 12;

/** The incident's card with what stands behind it: every finding, policy's word on each plan, the journal, the answers. */
export function incidentDetails(view: IncidentView, reader: Reader): Card {
  const card = incidentCard(view, reader, 'whole');
  const parts = [
    list('Findings:', view.findings.map((finding) => sayFinding(finding, reader))),
    list('Plans, and policy’s word on each:', view.plans.map(sayPolicy)),
    list('Journal:', view.remediations.flatMap(sayJournal)),
    list('Evidence:', evidenceLines(view)),
    list('Answers:', (view.question?.answers ?? []).map((given) => sayAnswer(given, reader))),
  ];
  return { ...card, body: [...card.body, ...parts.filter((part) => part !== null)], buttons: card.buttons.filter(({ token }) => readToken(token)?.asks !== 'details') };
}

function list(heading: string, lines: readonly string[]): string | null {
  if (lines.length === 0) return null;
  const earlier = lines.length - MOST_LINES;
  return [heading, ...(earlier > 0 ? [`… and ${earlier} before these`] : []), ...lines.slice(-MOST_LINES)].join('\n');
}

function sayFinding({ title, severity, detector, firstAt, lastAt, open }: IncidentView['findings'][number], reader: Reader): string {
  return `${severity}: ${title} (${detector}, ${sayClock(firstAt, reader)} to ${sayClock(lastAt, reader)}, ${open ? 'open' : 'over'})`;
}

function sayPolicy({ repair, state, verdict, rule, why, hash, askedBy }: IncidentView['plans'][number]): string {
  const asker = askedBy === null ? '' : `, asked for by ${askedBy}`;
  const policy = verdict === null ? '' : `; policy: ${verdict} by rule ${rule ?? 'unknown'}`;
  return `${repair}: ${state}${asker}${policy}${why === null ? '' : ` (${why})`}${hash === null ? '' : `; plan ${hash.slice(0, 12)}`}`;
}

function sayJournal(run: IncidentView['remediations'][number]): readonly string[] {
  return run.steps.map(({ dir, n, name, state, intendedAt, endedAt, error }) => {
    const took = endedAt === null ? '' : ` after ${sayDuration(endedAt - intendedAt)}`;
    return `${run.repair}, ${dir === 'undo' ? 'taking back ' : ''}step ${n + 1}, ${name}: ${state}${took}${error === null ? '' : `: ${error}`}`;
  });
}

function sayAnswer({ name, yes, via, at, outcome }: NonNullable<IncidentView['question']>['answers'][number], reader: Reader): string {
  return `${name}: ${yes ? 'yes' : 'no'} at ${sayClock(at, reader)}, by ${via}: ${outcome?.replaceAll('_', ' ') ?? 'not judged yet'}`;
}
