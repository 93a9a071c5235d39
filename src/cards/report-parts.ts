import { sayDuration } from '../domain/duration.js';
import { scoreCourse, type LaunchReport } from '../domain/launch-report.js';
import type { LaunchState } from '../domain/launch.js';
import { releaseName } from '../domain/release.js';
import { cleanLine, cutText } from './clean.js';
import { sayDebt } from './debt-words.js';
import { sayClock, type Reader } from './say-time.js';
import { drawWayBack } from './way-back-part.js';

/** One heading with its lines; a report is these in order, however it is drawn. */
export interface ReportPart {
  readonly title: string;
  readonly lines: readonly string[];
}

const MOST_LINES = 50;
const LINE_CHARS = 300;
const STATE: Readonly<Record<LaunchState, string>> = { watching: 'is being watched', stable: 'is stable', unproven: 'is not proven', superseded: 'was replaced by another release', rolled_back: 'was rolled back' };

export function reportTitle({ view: { app, release, launch } }: LaunchReport): string {
  return `${app.name}: release ${releaseName(release)} ${STATE[launch.state]}`;
}

/** What the watch showed and what is left, every text on one clean line. */
export function reportParts(report: LaunchReport, reader: Reader): readonly ReportPart[] {
  const { view } = report;
  const parts = [
    { title: 'Watch', lines: watch(report, reader) },
    { title: 'Health', lines: [health(report, reader)] },
    { title: 'Incidents', lines: incidents(report, reader) },
    { title: 'Repairs', lines: view.repairs.length === 0 ? ['None.'] : view.repairs.map(({ repair, times }) => `${repair}${times === 1 ? '' : `, ${times} times`}`) },
    { title: 'Healing debt', lines: [view.debt.points === 0 ? 'None.' : `${view.debt.points}: ${sayDebt(view.debt)}. What they hide is not mended.`] },
    { title: 'Open advice', lines: report.advice.length === 0 ? ['None.'] : report.advice.map(({ resource, title }) => `${resource}: ${title}`) },
    { title: 'Drift', lines: ['Not watched: nobody compares what runs with what was declared.'] },
    { title: 'Way back', lines: [drawWayBack(view.app.name, view.wayBack, reader)] },
    { title: 'What you can do', lines: next(report) },
  ];
  return parts.map(({ title, lines }) => ({ title, lines: lines.filter((line) => line !== '').slice(0, MOST_LINES).map((line) => cutText(cleanLine(line), LINE_CHARS)) }));
}

function watch({ view: { launch, release, readings } }: LaunchReport, reader: Reader): readonly string[] {
  const lasted = sayDuration((launch.endedAt ?? reader.now) - launch.startedAt);
  const { good, bad, unknown, error } = readings;
  return [
    `Live since ${sayClock(launch.startedAt, reader)}, ${launch.endedAt === null ? `for ${lasted} so far, until ${sayClock(launch.endsAt, reader)}` : `watched for ${lasted} until ${sayClock(launch.endedAt, reader)}`}.`,
    `Why it was watched: ${launch.why}`,
    release.verdictReason === null ? '' : `Why it is called so: ${release.verdictReason}`,
    `Readings: ${good} good, ${bad} bad, ${unknown} unknown, ${error} not measurable.`,
  ];
}

function health(report: LaunchReport, reader: Reader): string {
  const course = scoreCourse(report);
  if (course === null) return 'No score was known.';
  return `Score ${course.first} at the beginning, ${course.lowest.score} at its lowest (${sayClock(course.lowest.at, reader)}), ${course.last} at the end.`;
}

function incidents({ view }: LaunchReport, reader: Reader): readonly string[] {
  const real = view.incidents.filter(({ kind }) => kind !== 'manual');
  if (real.length === 0) return ['None.'];
  return real.map(({ title, severity, began, openedAt, closedAt, reason }) => {
    const from = began ?? openedAt;
    return `${sayClock(from, reader)}, ${severity}: ${title}; ${closedAt === null ? 'still open' : `over after ${sayDuration(closedAt - from)}`}${reason === null ? '' : ` (${reason})`}`;
  });
}

function next({ view: { launch, app, release } }: LaunchReport): readonly string[] {
  const name = releaseName(release);
  if (launch.state === 'unproven') return [`Accept it: hypercare restore-point ${app.name} --reason "…"`, `Watch on: hypercare launch ${app.name}`];
  if (launch.state === 'watching') return [`Call it good before its watch is over: hypercare restore-point ${app.name} --reason "…"`];
  if (launch.state === 'rolled_back') return [`Take its commit back: hypercare releases ${app.name} --revert ${name} --into back.patch`];
  return ['Nothing is needed.'];
}
