import { z } from 'zod';
import { sayDuration } from '../../src/domain/duration.js';
import type { Claim } from '../../src/domain/finding.js';
import { POSTGRES_FAULTS, sayPostgresFault, type PostgresFault } from '../../src/domain/postgres-fault.js';
import { valueNamed } from '../../src/domain/series.js';
import { standing, streakOf, verdictSide } from '../../src/domain/streak.js';
import type { Detector, DetectorInput, Series } from './detector.js';
import { postgresAdvice } from './postgres-advice.js';

const options = z.object({
  /** So many bad readings in a row open it, and so many good ones close it. */
  bad: z.int().min(1).max(100).default(3),
  good: z.int().min(1).max(100).default(2),
  idleMs: z.int().min(1).default(5 * 60_000),
  longQueryMs: z.int().min(1).default(10 * 60_000),
  lagMs: z.int().min(1).default(60_000),
});

type Options = z.output<typeof options>;

/**
 * A PostgreSQL whose users cannot work now is critical, and the way in which they cannot names the incident. What the apps
 * do not feel yet is advice, and holds nothing back.
 */
export const postgres: Detector<Options> = {
  kind: 'postgres',
  options,
  detect: (input) => input.series.filter(({ check }) => check.probe === 'postgres').flatMap((series) => [...faultClaims(series, input), ...postgresAdvice(series, input)]),
};

/** One fault stands at a time: a server that was held up and went down is down. */
function faultClaims(series: Series, input: DetectorInput<Options>): readonly Claim[] {
  const fingerprintOf = (fault: PostgresFault): string => `postgres-${fault}:${series.check.name}`;
  const open = POSTGRES_FAULTS.map(fingerprintOf).filter((fingerprint) => input.open.has(fingerprint));
  const streak = streakOf(series.samples, verdictSide);
  const stands = standing(streak, open.length > 0, input.options);
  const over = (kept: string | null): readonly Claim[] => open.filter((one) => one !== kept).map((fingerprint) => ({ state: 'absent', fingerprint }));
  if (stands === 'absent') return over(null);
  const newest = streak.run.at(-1);
  if (stands === 'silent' || !series.check.trusted || newest === undefined) return [];
  const fault = POSTGRES_FAULTS[(valueNamed(series.fields, newest.values, 'fault') ?? 0) - 1] ?? 'down';
  const fingerprint = fingerprintOf(fault);
  const since = sayDuration(input.now - (streak.run[0]?.at ?? input.now));
  return [...over(fingerprint), {
    state: 'present',
    fingerprint,
    kind: `postgres-${fault}`,
    severity: 'critical',
    emergency: false,
    title: newest.note ?? sayPostgresFault(fault),
    evidence: [`${streak.run.length === 1 ? 'one reading' : `${streak.run.length} readings in a row`}, for ${since}`, ...whatHelps(fault, series)],
  }];
}

function whatHelps(fault: PostgresFault, { fields, samples }: Series): readonly string[] {
  const last = (name: string): number | null => samples.findLast(({ values }) => valueNamed(fields, values, name) !== null)?.values[fields.indexOf(name)] ?? null;
  const limit = last('limit');
  if (fault === 'saturated') return [`the instances of all apps, each times the size of its pool, should come to less than ${limit === null ? 'max_connections' : limit - 1}; a reload of the app with the largest pool gives back what it lost`];
  if (fault === 'blocked') return [`${last('chain') ?? 0} sessions stand in the longest row; idle_in_transaction_session_timeout keeps apps from holding others up for ever`];
  return [];
}
