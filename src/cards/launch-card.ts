import { sayDuration } from '../domain/duration.js';
import { sayRestarts } from '../domain/debt.js';
import type { Incident } from '../domain/incident.js';
import type { LaunchView } from '../domain/launch-view.js';
import { releaseName } from '../domain/release.js';
import { aboutLaunch } from './about.js';
import type { Card, ToldCard } from './card.js';
import { cutText } from './clean.js';
import { sayDebt } from './debt-words.js';
import { drawWayBack } from './way-back-part.js';
import { sayClock, sayIn, type Reader } from './say-time.js';
import { shortId } from './short-id.js';

const HOUR_MS = 3_600_000;
const SIX_HOURS_MS = 6 * HOUR_MS;
const MOST_INCIDENTS = 5;
const TITLE_CHARS = 100;

/** The one live card of a launch: its start, what the first six hours showed, and how it ended. */
export function launchCard(view: LaunchView, reader: Reader): ToldCard {
  const { launch } = view;
  const young = launch.endedAt === null && reader.now - launch.startedAt < SIX_HOURS_MS;
  return {
    subject: launch.id,
    level: levelOf(view, young),
    title: cutText(titleOf(view, young, reader), TITLE_CHARS),
    body: [...(launch.endedAt === null ? [drawWatch(view, reader)] : []), ...drawSoFar(view, reader), launch.endedAt === null ? drawWayBack(view.app.name, view.wayBack, reader) : '', ...drawNext(view)].filter((part) => part !== ''),
    fields: [],
    buttons: [],
    footer: `launch ${shortId(launch.id)}: ${launch.why}`,
    about: aboutLaunch(view),
  };
}

function openOnes(view: LaunchView): readonly Incident[] {
  return view.incidents.filter(({ state }) => state !== 'resolved');
}

function levelOf(view: LaunchView, young: boolean): Card['level'] {
  const { state } = view.launch;
  if (state === 'stable') return 'good';
  if (state === 'unproven') return 'warning';
  if (state === 'superseded' || state === 'rolled_back') return 'info';
  return openOnes(view).some(({ severity }) => severity !== 'info') ? 'warning' : young ? 'info' : 'good';
}

function titleOf(view: LaunchView, young: boolean, reader: Reader): string {
  const { launch, app, release } = view;
  const name = releaseName(release);
  const age = sayHours((launch.endedAt ?? reader.now) - launch.startedAt);
  switch (launch.state) {
    case 'stable':
      return `${app.name}: release ${name} is stable after ${age}${view.debt.points === 0 ? '' : `, but only because of ${sayRestarts(view.debt)}`}`;
    case 'unproven':
      return `${app.name}: ${age} are over, and release ${name} is not proven`;
    case 'superseded':
      return `${app.name}: release ${name} was replaced after ${age}`;
    case 'rolled_back':
      return `${app.name}: release ${name} was rolled back after ${age}`;
    case 'watching':
      if (young) return `${app.name}: release ${name} is live, watched for ${sayHours(launch.endsAt - launch.startedAt)}`;
      return `${app.name}: ${age} after release ${name} went live ${openOnes(view).length === 0 ? 'all is well' : 'something is wrong'}`;
  }
}

/** The window is known by its hours: 72, not 3 days. */
function sayHours(ms: number): string {
  return ms >= 48 * HOUR_MS ? `${Math.round(ms / HOUR_MS)} h` : sayDuration(ms);
}

function drawWatch(view: LaunchView, reader: Reader): string {
  const { launch } = view;
  const next = launch.nextTickAt === null ? '' : ` Next full check ${sayIn(launch.nextTickAt, reader)}.`;
  return `Watched until ${sayClock(launch.endsAt, reader)}.${next}`;
}

/** What was measured, what went wrong and what was done; nothing where the launch has just begun. */
function drawSoFar(view: LaunchView, reader: Reader): readonly string[] {
  const { good, bad, unknown, error } = view.readings;
  const all = good + bad + unknown + error;
  if (all === 0 && view.incidents.length === 0) return [];
  const kinds = [[good, 'good'], [bad, 'bad'], [unknown, 'unknown'], [error, 'not measurable']].filter(([n]) => n !== 0).map(([n, what]) => `${n} ${what}`);
  const readings = `${all} ${all === 1 ? 'reading' : 'readings'}${all === 0 ? '' : `: ${kinds.join(', ')}`}.`;
  const repairs = view.repairs.map(({ repair, times }) => `${repair} × ${times}`).join(', ');
  return [readings, drawIncidents(view, reader), repairs === '' ? '' : `Repairs: ${repairs}.`, drawDebt(view)].filter((part) => part !== '');
}

/** What its repairs hide is somebody's to find. */
function drawDebt({ debt }: LaunchView): string {
  return debt.points === 0 ? '' : `Healing debt ${debt.points}: ${sayDebt(debt)}. What they hide is not mended.`;
}

function drawIncidents(view: LaunchView, reader: Reader): string {
  if (view.incidents.length === 0) return 'No incident.';
  const shown = view.incidents.slice(-MOST_INCIDENTS).map((incident) => {
    const began = incident.began ?? incident.openedAt;
    const how = incident.closedAt === null ? `open since ${sayClock(began, reader)}` : `${sayClock(began, reader)}, for ${sayDuration(incident.closedAt - began)}`;
    return `${incident.title} (${how})`;
  });
  const earlier = view.incidents.length - shown.length;
  return [`${view.incidents.length} ${view.incidents.length === 1 ? 'incident' : 'incidents'}:`, ...(earlier > 0 ? [`… ${earlier} before these`] : []), ...shown].join('\n');
}

function drawNext(view: LaunchView): readonly string[] {
  if (view.launch.state === 'rolled_back') return [drawQuarantine(view)];
  if (view.launch.state !== 'unproven') return [];
  const why = view.release.verdictReason === null ? '' : `Not proven: ${view.release.verdictReason}.\n`;
  const name = view.app.name;
  return [`${why}Now: watch on with “launch ${name}”, or accept it with “restore-point ${name} --reason …”.`];
}

/** A rollback leaves the repository as it is: the next deploy brings the bad commit back, unless somebody minds it. */
function drawQuarantine({ app, release }: LaunchView): string {
  const name = releaseName(release);
  if (release.commit === null) return '';
  return `Now: ${name} is in quarantine, and its commit is still in the repository. A patch that takes it back: “releases ${app.name} --revert ${name} --into back.patch”. CI asks “releases ${app.name} --check <commit>” before it deploys.`;
}
