import { z } from 'zod';
import type { Sample } from '../../src/domain/check.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Claim } from '../../src/domain/finding.js';
import { mendRedisFault, REDIS_FAULTS, sayRedisFault, type RedisFault } from '../../src/domain/redis-fault.js';
import { valueNamed } from '../../src/domain/series.js';
import { standing, streakOf, verdictSide } from '../../src/domain/streak.js';
import type { Detector, DetectorInput, Series } from './detector.js';
import { redisAdvice } from './redis-advice.js';

const options = z.object({
  /** So many bad readings in a row open it, and so many good ones close it. */
  bad: z.int().min(1).max(100).default(3),
  good: z.int().min(1).max(100).default(2),
});

type Options = z.output<typeof options>;

/**
 * A Redis whose users cannot work now is critical, and the way in which they cannot names the incident. What the apps do
 * not feel yet is advice, and holds nothing back.
 */
export const redis: Detector<Options> = {
  kind: 'redis',
  options,
  detect: (input) => input.series.filter(({ check }) => check.probe === 'redis').flatMap((series) => [...faultClaims(series, input), ...redisAdvice(series, input)]),
};

/** One fault stands at a time: a server that was full and went down is down. */
function faultClaims(series: Series, input: DetectorInput<Options>): readonly Claim[] {
  const known = REDIS_FAULTS.map((fault) => fingerprintOf(fault, series));
  const open = known.filter((fingerprint) => input.open.has(fingerprint));
  const streak = streakOf(series.samples, verdictSide);
  const stands = standing(streak, open.length > 0, input.options);
  const over = (kept: string | null): readonly Claim[] => open.filter((one) => one !== kept).map((fingerprint) => ({ state: 'absent', fingerprint }));
  if (stands === 'absent') return over(null);
  const newest = streak.run.at(-1);
  if (stands === 'silent' || !series.check.trusted || newest === undefined) return [];
  const fault = faultOf(series, newest);
  const fingerprint = fingerprintOf(fault, series);
  return [...over(fingerprint), {
    state: 'present',
    fingerprint,
    kind: `redis-${fault}`,
    severity: 'critical',
    emergency: false,
    title: `${sayRedisFault(fault)}${numbersOf(fault, series, newest)}`,
    evidence: [`${streak.run.length === 1 ? 'one reading' : `${streak.run.length} readings in a row`}, for ${sayDuration(input.now - (streak.run[0]?.at ?? input.now))}`, mendRedisFault(fault)],
  }];
}

function fingerprintOf(fault: RedisFault, { check }: Series): string {
  return `redis-${fault}:${check.name}`;
}

function faultOf({ fields }: Series, { values }: Sample): RedisFault {
  return REDIS_FAULTS[(valueNamed(fields, values, 'fault') ?? 0) - 1] ?? 'down';
}

function numbersOf(fault: RedisFault, { fields }: Series, { values }: Sample): string {
  const of = (name: string): number | null => valueNamed(fields, values, name);
  const [max, clients] = [of('max_bytes'), of('max_clients')];
  if (fault === 'full' && max !== null) return `: ${Math.round(max / 1_048_576)} MiB`;
  return fault === 'clients' && clients !== null ? `: it takes ${clients} at once` : '';
}
