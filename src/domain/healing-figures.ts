import type { Severity } from './finding.js';
import { endedUnseen, GOOD_AGAIN, type Incident } from './incident.js';
import { wasStopped, type Remediation } from './remediation.js';
import { median } from './statistics.js';

/** One run of a repair, as far as it counts here. */
export type CountedRun = Pick<Remediation, 'state' | 'startedAt' | 'endedAt' | 'settleUntil'> & { readonly byHand: boolean };

export interface CountedIncident extends Pick<Incident, 'kind' | 'severity' | 'state' | 'openedAt' | 'closedAt' | 'reason'> {
  /** From the first bad reading to the incident; null where that is not known. */
  readonly detectionMs: number | null;
  /** Oldest first. */
  readonly runs: readonly CountedRun[];
}

/** So many of so many; the share is for whoever draws it. */
export interface Share {
  readonly n: number;
  readonly of: number;
}

/** A time, over so many cases; null where there were none. */
export interface Times {
  readonly n: number;
  readonly meanMs: number | null;
  readonly medianMs: number | null;
}

export interface HealingFigures {
  readonly detected: number;
  readonly bySeverity: Readonly<Record<Severity, number>>;
  /** Ended, and somebody saw it well again. */
  readonly resolved: number;
  /** Of those, after a repair that was proved. */
  readonly repaired: number;
  readonly runs: { readonly total: number; readonly verified: number; readonly failed: number; readonly unclear: number; readonly byHand: number };
  /** Of incidents with a first repair in this time: it was proved to help. */
  readonly firstAttempt: Share;
  /** Of those whose first did not and another was tried: one of the others was proved to help. */
  readonly fallback: Share;
  /** From the incident's beginning until it was well again; advice is left out. */
  readonly toRepair: Times;
  readonly toDetect: Times;
  /** How long the repairs themselves took, proof included. */
  readonly run: Times;
}

/** What was found and mended between two times: `from` is left out, `until` counts. */
export function healingFigures(incidents: readonly CountedIncident[], from: number, until: number): HealingFigures {
  const within = (at: number | null): boolean => at !== null && at > from && at <= until;
  const counted = incidents.filter(({ kind }) => kind !== 'manual');
  const detected = counted.filter(({ openedAt }) => within(openedAt));
  const resolved = counted.filter((one) => one.severity !== 'info' && within(one.closedAt) && !endedUnseen(one));
  const runs = incidents.flatMap((one) => one.runs).filter((run) => within(run.endedAt));
  const attempts = counted.map((one) => one.runs.filter((run) => run.endedAt !== null && !wasStopped(run))).filter(([first]) => first !== undefined && within(first.endedAt));
  const again = attempts.filter(([first, ...others]) => first?.state !== 'verified' && others.length > 0);
  const severity = (wanted: Severity): number => detected.filter((one) => one.severity === wanted).length;
  const state = (wanted: Remediation['state']): number => runs.filter((run) => run.state === wanted).length;
  return {
    detected: detected.length,
    bySeverity: { info: severity('info'), warning: severity('warning'), critical: severity('critical') },
    resolved: resolved.length,
    repaired: resolved.filter(({ runs: its, reason }) => its.at(-1)?.state === 'verified' && !reason?.startsWith(GOOD_AGAIN)).length,
    runs: { total: runs.length, verified: state('verified'), failed: state('failed'), unclear: state('unclear'), byHand: runs.filter(({ byHand }) => byHand).length },
    firstAttempt: { n: attempts.filter(([first]) => first?.state === 'verified').length, of: attempts.length },
    fallback: { n: again.filter(([, ...others]) => others.some((run) => run.state === 'verified')).length, of: again.length },
    toRepair: timesOf(resolved.map((one) => (one.closedAt ?? 0) - one.openedAt + (one.detectionMs ?? 0))),
    toDetect: timesOf(detected.flatMap(({ detectionMs }) => (detectionMs === null ? [] : [detectionMs]))),
    run: timesOf(runs.map((run) => (run.endedAt ?? 0) - run.startedAt)),
  };
}

function timesOf(all: readonly number[]): Times {
  if (all.length === 0) return { n: 0, meanMs: null, medianMs: null };
  return { n: all.length, meanMs: Math.round(all.reduce((sum, ms) => sum + ms, 0) / all.length), medianMs: Math.round(median(all) ?? 0) };
}

/** Of 1, with three digits; null of nothing. */
export function shareOf({ n, of }: Share): number | null {
  return of === 0 ? null : Math.round((n / of) * 1_000) / 1_000;
}
