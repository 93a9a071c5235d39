import { sayDuration } from '../domain/duration.js';
import { endedUnseen, isLeftAlone, loudness } from '../domain/incident.js';
import type { IncidentView } from '../domain/incident-view.js';
import type { Launch } from '../domain/launch.js';
import { releaseName, sayBad } from '../domain/release.js';
import { aboutIncident } from './about.js';
import type { Card, ToldCard } from './card.js';
import { cutText } from './clean.js';
import { sayDebt } from './debt-words.js';
import { askedAndDone, began, drawEscalated, drawLeftAlone, drawResolved, failedWish, isUndone, mender, runningNow, wishOf } from './ending.js';
import { drawDecision, drawQuestion, drawSuggestion, planAsked, questionButtons } from './question-part.js';
import { holdLine } from './hold-card.js';
import { sayPlan } from './repair-words.js';
import { sayAgo, sayClock, type Reader } from './say-time.js';
import { shortId } from './short-id.js';
import { drawTried } from './tried.js';

/** A phone's notification shows so much of a title. */
const TITLE_SHOWN = 100;
/** A question stands before what is wrong, which may be longer then: Slack's headers have so much room. */
const ASKING_SHOWN = 150;
const MOST_EVIDENCE = 4;
const MOST_FINDINGS = 3;
/** One or two restarts are what a repair is; from here on something lives by them. */
const DEBT_SHOWN = 3;

/**
 * The one live card of an incident: what is wrong, since when, what was tried, what is asked, how it ended. In short,
 * for a phone: what a yes does has the ends of long paths alone there.
 */
export function incidentCard(view: IncidentView, reader: Reader, length: 'short' | 'whole' = 'short'): ToldCard {
  const { incident } = view;
  const asked = planAsked(view);
  const open = incident.state !== 'resolved';
  return {
    subject: incident.id,
    level: levelOf(view),
    title: titleOf(view, reader),
    body: [
      ...(open ? [] : [drawResolved(view, reader)]),
      drawEvidence(view, reader),
      wishOf(view) ? null : drawChange(view, reader),
      (isUndone(view) || (!open && wishOf(view))) && view.plans.length <= 1 ? null : drawTried(view, reader),
      drawDecision(view, reader),
      ...(asked ? drawQuestion(view, { ...asked, length }, reader) : []),
      ...(asked ? [] : drawSuggestion(view, length)),
      ...(asked ? [] : isLeftAlone(incident) ? [drawLeftAlone(view)] : incident.state === 'escalated' ? [drawEscalated(view)] : []),
    ].filter((paragraph): paragraph is string => paragraph !== null && paragraph !== ''),
    fields: fieldsOf(view, reader),
    buttons: asked ? questionButtons(view, asked) : [],
    footer: `incident ${shortId(incident.id)}${asked ? ` · to answer in words: approve ${view.resource.name}, deny ${view.resource.name}` : ''}`,
    about: aboutIncident(view),
  };
}

/** What was asked for by hand is no news of the app's health: only when fresh readings proved it is that good. What was left behind is none either. */
function levelOf(view: IncidentView): Card['level'] {
  if (view.incident.state !== 'resolved') return loudness(view.incident);
  if (endedUnseen(view.incident)) return 'info';
  if (askedAndDone(view)) return 'info';
  return view.incident.kind === 'manual' && !mender(view) ? 'warning' : 'good';
}

function titleOf(view: IncidentView, reader: Reader): string {
  const { incident, resource } = view;
  const asked = planAsked(view);
  if (asked) return cutText(`${resource.name}: may I ${sayPlan(asked.plan, view.destinations)}? ${incident.title}`, ASKING_SHOWN);
  if (isLeftAlone(incident)) return cutText(`${resource.name} was stopped by hand: ${incident.title}`, TITLE_SHOWN);
  if (incident.state === 'escalated') return cutText(`${resource.name} needs you: ${incident.title}`, TITLE_SHOWN);
  if (incident.state !== 'resolved') return cutText(`${resource.name}: ${incident.title}`, TITLE_SHOWN);
  if (isUndone(view)) return cutText(`${resource.name}: not done: ${incident.title}`, TITLE_SHOWN);
  const lasted = sayDuration((incident.closedAt ?? reader.now) - began(view));
  const wish = wishOf(view);
  if (wish?.run) return cutText(`${resource.name}: ${wish.says} after ${lasted}: ${incident.title}`, TITLE_SHOWN);
  const how = endedUnseen(incident) ? ': closed' : failedWish(view) ? ': failed' : askedAndDone(view) ? ': done' : !mender(view) ? ': over' : incident.kind === 'manual' ? ': done' : ' is good again';
  return cutText(`${resource.name}${how} after ${lasted}: ${incident.title}`, TITLE_SHOWN);
}

/** The findings' own words hold since when and against what baseline, as of when they were measured. What is over is not told again. */
function drawEvidence(view: IncidentView, reader: Reader): string {
  const open = view.findings.filter((finding) => finding.open);
  const told = open.length > 0 || view.incident.state === 'resolved' ? open : view.findings;
  const main = told.find(({ title }) => title === view.incident.title) ?? told[0];
  if (!main) return '';
  // What the main one lists already is not told again.
  const others = told.filter(({ title, ...finding }) => finding.id !== main.id && !main.evidence.some((line) => line.startsWith(`${title.split(': ')[0]}: `)));
  const more = others.length > MOST_FINDINGS ? [`… and ${others.length - MOST_FINDINGS} more`] : [];
  const [first, ...rest] = main.evidence.slice(0, MOST_EVIDENCE);
  const measured = first === undefined ? [] : [`At ${sayClock(main.lastAt, reader)}: ${first}`, ...rest];
  return [...measured, ...others.slice(0, MOST_FINDINGS).map(({ title }) => `Also: ${title}`), ...more].join('\n');
}

/** What changed since when: the release is the first suspect. */
function drawChange(view: IncidentView, reader: Reader): string | null {
  const { launch, launched, incident, badFrom, liveBefore } = view;
  const release = runningNow(view);
  if (!launch || !launched) return null;
  const carried = incident.openedAt < launch.startedAt;
  const changed = carried
    ? `It belongs to release ${releaseName(launched)}, which was first seen live at ${sayClock(launch.startedAt, reader)}.`
    : liveBefore !== null ? sayRelaunched(view, { launch, name: releaseName(launched), liveBefore }, reader)
    : badFrom !== null ? `It was bad from the first reading, ${sayDuration(badFrom - launch.startedAt)} after release ${releaseName(launched)} went live; counted after ${sayDuration(incident.openedAt - launch.startedAt)}, when it had had time to settle.`
    : `It began ${sayDuration(incident.openedAt - launch.startedAt)} after release ${releaseName(launched)} went live.`;
  return release && release.id !== launched.id ? `${changed} Release ${releaseName(release)} runs now.` : changed;
}

/** The watch of what runs was begun anew, which is not when the release went live. */
function sayRelaunched({ incident, badFrom }: IncidentView, { launch, name, liveBefore }: { readonly launch: Launch; readonly name: string; readonly liveBefore: number }, reader: Reader): string {
  const anew = `the watch of release ${name} was begun anew at ${sayClock(launch.startedAt, reader)}`;
  const live = `it is live since ${sayClock(liveBefore, reader)}`;
  return badFrom !== null ? `It was bad already when ${anew}; ${live}.` : `It began ${sayDuration(incident.openedAt - launch.startedAt)} after ${anew}; ${live}.`;
}

function fieldsOf(view: IncidentView, reader: Reader): Card['fields'] {
  const { incident } = view;
  // After a deploy that is the one before: its own launch has not begun yet.
  const release = mender(view) && wishOf(view) ? null : runningNow(view);
  return [
    ...(incident.state === 'resolved' ? [] : [{ name: 'Began', value: sayAgo(began(view), reader) }]),
    ...(incident.state === 'resolved' || incident.ackedAt === null ? [] : [{ name: 'Seen', value: `by ${incident.ackedBy}, ${sayAgo(incident.ackedAt, reader)}; nobody is called about it until it gets worse` }]),
    ...(incident.state === 'resolved' ? [] : view.holds.filter(({ until }) => until === null || until > reader.now).map((hold) => ({ name: 'Held', value: holdLine(hold, reader) }))),
    ...(view.debt.points < DEBT_SHOWN ? [] : [{ name: 'Healing debt', value: `${view.debt.points}: ${sayDebt(view.debt)}` }]),
    ...(release === null ? [] : [{ name: 'Release', value: `${releaseName(release)} (${release.quarantinedAt === null ? release.verdict : `${sayBad(release)}, ${sayAgo(release.quarantinedAt, reader)}`})` }]),
  ];
}
