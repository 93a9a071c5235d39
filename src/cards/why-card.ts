import type { AppStatus, Watch } from '../domain/app-status.js';
import type { Sample } from '../domain/check.js';
import { sayDuration } from '../domain/duration.js';
import { loudness } from '../domain/incident.js';
import type { IncidentView } from '../domain/incident-view.js';
import { checkLabel } from '../domain/series.js';
import type { Span } from '../domain/span.js';
import type { Card } from './card.js';
import { drawResolved } from './ending.js';
import { evidenceLines } from './evidence-part.js';
import { noteCard } from './note-card.js';
import { sayAgo, sayClock, sayMoment, type Reader } from './say-time.js';
import { shortId } from './short-id.js';
import { blindness } from './status-card.js';
import { drawTried } from './tried.js';

const MOST_LINES = 40;
const MOST_CHECKS = 8;
/** A plan that is being looked at for a blink of an eye explains nothing. */
const SHORTEST_WAIT_MS = 1_000;

/** Why was something done, or not: what was tried, and every decision and every wait, in the order of time. */
export function whyCard(view: IncidentView, story: readonly Span[], reader: Reader): Card {
  const { incident, resource } = view;
  const waits = story.find(({ kind, toAt }) => kind !== 'record' && toAt === null);
  return noteCard({
    subject: `why-${incident.id}`,
    level: incident.state === 'resolved' ? 'good' : loudness(incident),
    title: `${resource.name}: ${incident.title}`,
    body: [
      ...(waits ? [`Now: ${waits.text} (since ${sayAgo(waits.fromAt, reader)}).`] : []),
      ...(incident.state === 'resolved' ? [drawResolved(view, reader)] : []),
      drawTried(view, reader) ?? (incident.state === 'resolved' || view.remediations.length > 0 ? '' : `Nothing was done to ${resource.name}${incident.reason === null ? '' : `: ${incident.reason}`}.`),
      drawStory(view, story, reader),
      ...evidenceLines(view),
    ].filter((part) => part !== ''),
    footer: `incident ${shortId(incident.id)} · all of it: why ${shortId(incident.id)} --json`,
  });
}

export interface Quiet {
  readonly status: AppStatus;
  readonly watch: Watch;
  /** By a check's name. */
  readonly lastBad: ReadonlyMap<string, Sample | null>;
}

/** One app without any incident: what is known of it, and since when. */
export function quietCard({ status, watch, lastBad }: Quiet, reader: Reader): Card {
  const blind = blindness([status], watch, reader);
  const lines = status.checks.slice(0, MOST_CHECKS).map(({ check, newest }) => {
    if (newest === null) return `${checkLabel(check.name)}: never measured yet`;
    const last = lastBad.get(check.name) ?? null;
    if (newest.verdict !== 'good') return `${checkLabel(check.name)}: ${newest.verdict} at ${sayClock(newest.at, reader)}${newest.note === null ? '' : ` (${newest.note})`}`;
    const since = last === null ? 'good in every reading that is kept' : `good since ${sayAgo(last.at, reader)}, before that ${last.verdict}${last.note === null ? '' : ` (${last.note})`}`;
    return `${checkLabel(check.name)}: ${since}; last measured ${sayClock(newest.at, reader)}`;
  });
  return noteCard({
    subject: `why-${status.app.id}`, level: status.verdict === 'good' && !blind ? 'good' : 'warning', title: `${status.app.name} has had no incident, so nothing was done`,
    body: [...(blind ? [`${blind.title[0]?.toUpperCase()}${blind.title.slice(1)}.\n${blind.body}`] : []), `It ${blind ? 'was' : 'is'} ${{ good: 'good', bad: 'bad', unknown: 'not known', error: 'not to be measured' }[status.verdict]}: ${status.why}.`, lines.join('\n')].filter((part) => part !== ''),
  });
}

function drawStory({ findings, incident }: IncidentView, story: readonly Span[], reader: Reader): string {
  // What opened it is told by the record of that.
  const seen = findings.filter(({ firstAt }) => firstAt > incident.openedAt).map((finding) => ({ at: finding.firstAt, line: saySeen(finding, reader) }));
  const told = story.filter((span) => span.kind === 'record' || (span.toAt ?? reader.now) - span.fromAt >= SHORTEST_WAIT_MS).map((span) => ({ at: span.fromAt, line: sayPart(span, reader) }));
  const lines = [...told, ...seen].toSorted((a, b) => a.at - b.at).map(({ at, line }) => `${sayMoment(at, reader)}  ${line}`);
  const earlier = lines.length - MOST_LINES;
  return [`Step by step, from ${sayClock(incident.openedAt, reader)}:`, ...(earlier > 0 ? [`… and ${earlier} before these`] : []), ...lines.slice(-MOST_LINES)].join('\n');
}

/** Its words are those of its last reading, so it is told as a span. */
function saySeen({ title, evidence, firstAt, lastAt, open }: IncidentView['findings'][number], reader: Reader): string {
  const until = open ? ', and still' : lastAt > firstAt ? ` until ${sayMoment(lastAt, reader)}` : '';
  return `seen${until}: ${title}${evidence[0] === undefined ? '' : ` (${evidence[0]})`}`;
}

function sayPart({ kind, text, why, fromAt, toAt, times }: Span, reader: Reader): string {
  if (kind === 'record') return why ? `${text} (${why})` : text;
  const often = times > 1 ? `, ${times} times` : '';
  return `${text} (${toAt === null ? `still, for ${sayDuration(reader.now - fromAt)}` : `until ${sayMoment(toAt, reader)}`}${often})`;
}
