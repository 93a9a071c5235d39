import { z } from 'zod';
import type { Sample } from '../../src/domain/check.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Claim } from '../../src/domain/finding.js';
import { valueNamed } from '../../src/domain/series.js';
import { standing, streakOf, verdictSide, type Side } from '../../src/domain/streak.js';
import type { Detector, DetectorInput, Series } from './detector.js';

const options = z.strictObject({
  /** One reading may have met a debugger, or somebody's short look. */
  bad: z.int().min(1).max(100).default(2),
  good: z.int().min(1).max(100).default(2),
});

type Options = z.output<typeof options>;

/**
 * PM2 calls a process online that a signal has stopped. Of a cluster it is the loss that nothing shows from outside: the
 * stopped worker gets one more request and then none, while the others carry all of it.
 */
export const standstill: Detector<Options> = {
  kind: 'standstill',
  options,
  detect: (input) => input.series.filter(({ check }) => check.probe === 'pm2').flatMap((series) => claimsOf(series, input)),
};

function claimsOf(series: Series, input: DetectorInput<Options>): readonly Claim[] {
  const fingerprint = `standstill:${series.check.name}`;
  const streak = streakOf(series.samples, (sample) => sideOf(sample, series));
  const stands = standing(streak, input.open.has(fingerprint), input.options);
  const newest = streak.run.at(-1);
  if (stands === 'absent') return [{ state: 'absent', fingerprint }];
  if (stands === 'silent' || !series.check.trusted || newest === undefined) return [];
  const still = valueNamed(series.fields, newest.values, 'standing') ?? 0;
  return [{
    state: 'present',
    fingerprint,
    kind: 'standstill',
    // While others go on, they answer.
    severity: still < (valueNamed(series.fields, newest.values, 'online') ?? 0) ? 'warning' : 'critical',
    emergency: false,
    title: newest.note ?? 'a process stands still',
    evidence: [`${streak.run.length} readings in a row, for ${sayDuration(input.now - (streak.run[0]?.at ?? input.now))}`, 'PM2 calls it online; it answers nothing'],
  }];
}

/** Nothing is known of what an older version measured. */
function sideOf(sample: Sample, { fields }: Series): Side {
  const still = valueNamed(fields, sample.values, 'standing');
  if (verdictSide(sample) === null || still === null) return null;
  return still > 0 ? 'bad' : 'good';
}
