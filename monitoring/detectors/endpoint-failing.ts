import { z } from 'zod';
import type { Sample } from '../../src/domain/check.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Claim } from '../../src/domain/finding.js';
import { checkLabel } from '../../src/domain/series.js';
import { standing, streakOf, verdictSide } from '../../src/domain/streak.js';
import { turnedAway } from '../../src/domain/turned-away.js';
import type { Detector, DetectorInput, Series } from './detector.js';
import { elsewhere, silenceOf } from './elsewhere.js';

const options = z.strictObject({
  /** So many bad readings in a row open it, and so many good ones close it (Gatus: 3 and 2). */
  bad: z.int().min(1).max(100).default(3),
  good: z.int().min(1).max(100).default(2),
  /** So many bad readings in a row of a critical check are an emergency. */
  emergency: z.int().min(1).max(1_000).default(5),
});

type Options = z.output<typeof options>;

/**
 * One address answers wrong or not at all, again and again. Unknown and error neither count nor reset. Where it stays
 * without an answer, the app's other addresses are heard first: what hangs is repaired in another way than what is slow.
 * What a rate limiter turns away is no fault of the app, and restarting it or going back would mend nothing.
 */
export const endpointFailing: Detector<Options> = {
  kind: 'endpoint-failing',
  options,
  detect: (input) => input.series.filter((series) => series.check.probe === 'http').flatMap((series) => claimsOf(series, input)),
};

function claimsOf(series: Series, input: DetectorInput<Options>): readonly Claim[] {
  const { check } = series;
  const fingerprint = `endpoint-failing:${check.name}`;
  const streak = streakOf(series.samples, verdictSide);
  const stands = standing(streak, input.open.has(fingerprint), input.options);
  if (stands === 'absent') return [{ state: 'absent', fingerprint }];
  if (stands === 'silent' || !check.trusted) return [];
  if (streak.run.every((sample) => turnedAway(sample, series.fields))) return [];
  const unheard = !input.open.has(fingerprint) && streak.run.every((sample) => silenceOf(sample, series) === 'bad');
  if (unheard && elsewhere(input, series, streak.run) === 'awaited') return [];
  return [{
    state: 'present',
    fingerprint,
    kind: 'endpoint-failing',
    severity: check.critical ? 'critical' : 'warning',
    emergency: check.critical && streak.run.length >= input.options.emergency,
    title: titleOf(checkLabel(check.name), streak.run, input.now),
    evidence: [tally(streak.run), lastGood(series.samples, input.now)],
  }];
}

function titleOf(label: string, run: readonly Sample[], now: number): string {
  const note = run.at(-1)?.note ?? 'failed';
  const since = sayDuration(now - (run[0]?.at ?? now));
  return run.length === 1 ? `${label}: ${note}, again` : `${label}: ${note}, ${run.length} checks in a row over ${since}`;
}

/** 'status 500 × 3, refused × 1', the most frequent first. */
function tally(run: readonly Sample[]): string {
  const counts = new Map<string, number>();
  for (const { note } of run) counts.set(note ?? 'failed', (counts.get(note ?? 'failed') ?? 0) + 1);
  const sorted = [...counts.entries()].sort(([, a], [, b]) => b - a).slice(0, 5);
  return sorted.map(([note, count]) => `${note} × ${count}`).join(', ');
}

function lastGood(samples: readonly Sample[], now: number): string {
  const good = samples.findLast((sample) => sample.verdict === 'good');
  return good === undefined ? `never good in the ${samples.length} readings looked at` : `last good ${sayDuration(now - good.at)} ago`;
}
