import type { Check, Sample, Verdict } from './check.js';
import { sayDuration } from './duration.js';
import { worse } from './finding.js';
import type { Incident } from './incident.js';
import { RELEASE_FIELDS, STAYS_BETWEEN } from './release.js';
import { checkLabel, valueNamed } from './series.js';

/** Samples older than so many cadences say nothing of now. */
const STALE_CADENCES = 3;
/** Where the cadence is shorter than measuring may take, a sample is not old before this. */
const STALE_FLOOR_MS = 10_000;
/** The check whose failing to measure means that nothing can be said of the app. */
const LIVENESS = 'liveness';

/** A check as its app's verdict sees it. */
export interface CheckNow {
  readonly check: Pick<Check, 'name' | 'probe' | 'trusted'>;
  /** How often it should be measured now, in milliseconds; null: not at all (a tick check while nothing is launched). */
  readonly dueEveryMs: number | null;
  readonly newest: Pick<Sample, 'at' | 'verdict' | 'note' | 'values'> | null;
}

export interface AppNow {
  /** The open ones that concern the app. */
  readonly incidents: readonly Pick<Incident, 'severity' | 'title'>[];
  readonly checks: readonly CheckNow[];
}

/** How an app is, and one line for people why it is called so. */
export interface AppVerdict {
  readonly verdict: Verdict;
  readonly why: string;
}

/**
 * bad: an incident that is worse than info is open · unknown: samples are missing or old, or the newest is bad and
 * nobody has judged it yet, or its workers run two releases and stay so · error: the sign of life could not be measured · good: all else.
 */
export function appVerdict(app: AppNow, now: number): AppVerdict {
  const due = app.checks.filter(({ dueEveryMs }) => dueEveryMs !== null);
  return troubled(app) ?? unmeasured(due, now) ?? unmeasurable(due) ?? unconfirmed(due) ?? mixed(due) ?? unseen(due) ?? { verdict: 'good', why: praise(due) };
}

function troubled(app: AppNow): AppVerdict | null {
  const grave = app.incidents.filter(({ severity }) => severity !== 'info');
  const worst = grave.find((incident) => grave.every((other) => worse(incident.severity, other.severity) === incident.severity));
  return worst ? { verdict: 'bad', why: worst.title } : null;
}

function unmeasured(due: readonly CheckNow[], now: number): AppVerdict | null {
  if (due.length === 0) return { verdict: 'unknown', why: 'nothing of it is being measured' };
  const never = due.find(({ newest }) => newest === null);
  if (never) return { verdict: 'unknown', why: `${checkLabel(never.check.name)} has not been measured yet` };
  for (const { check, newest, dueEveryMs } of due) {
    const age = now - (newest?.at ?? now);
    if (age <= Math.max(STALE_FLOOR_MS, STALE_CADENCES * (dueEveryMs ?? 0))) continue;
    return { verdict: 'unknown', why: `${checkLabel(check.name)} was last measured ${sayDuration(age)} ago, and should be every ${sayDuration(dueEveryMs ?? 0)}` };
  }
  return null;
}

function unmeasurable(due: readonly CheckNow[]): AppVerdict | null {
  const liveness = due.filter(({ check }) => check.name === LIVENESS);
  const telling = liveness.length > 0 ? liveness : due;
  if (!telling.every(({ newest }) => newest?.verdict === 'error')) return null;
  const [first] = telling;
  return { verdict: 'error', why: `${checkLabel(first?.check.name ?? LIVENESS)} could not be measured: ${first?.newest?.note ?? 'no reason is known'}` };
}

/** One bad reading makes no incident yet, and is no good sign either. */
function unconfirmed(due: readonly CheckNow[]): AppVerdict | null {
  const doubtful = due.find(({ check, newest }) => check.trusted && newest?.verdict === 'bad') ?? due.find(({ check, newest }) => check.name === LIVENESS && newest?.verdict === 'unknown');
  if (!doubtful) return null;
  const note = doubtful.newest?.note ?? (doubtful.newest?.verdict === 'bad' ? 'it failed' : 'too little is known');
  return { verdict: 'unknown', why: `${checkLabel(doubtful.check.name)}: ${note}, in its newest reading; not confirmed yet` };
}

/** Half of it is another release than what is watched, and nobody is at it: every answer may be of either. */
function mixed(due: readonly CheckNow[]): AppVerdict | null {
  const found = due.find(({ check, newest }) => check.probe === 'release' && newest !== null && valueNamed(RELEASE_FIELDS, newest.values, 'between') === STAYS_BETWEEN);
  return found ? { verdict: 'unknown', why: found.newest?.note ?? 'its workers run two releases' } : null;
}

/** Unknown is not healthy: where every newest reading is, nothing good is said. */
function unseen(due: readonly CheckNow[]): AppVerdict | null {
  const [first] = due;
  if (!first || !due.every(({ newest }) => newest?.verdict === 'unknown')) return null;
  return { verdict: 'unknown', why: `${checkLabel(first.check.name)}: ${first.newest?.note ?? 'too little is known'}` };
}

function praise(due: readonly CheckNow[]): string {
  const good = due.filter(({ newest }) => newest?.verdict === 'good');
  const count = due.length === 1 ? '1 check' : `${due.length} checks`;
  if (good.length === due.length) return `${count} good`;
  const rest = due.filter(({ newest }) => newest?.verdict !== 'good').map(({ check }) => checkLabel(check.name));
  return `${good.length} of ${count} good; nothing is known of ${rest.slice(0, 3).join(', ')}`;
}
