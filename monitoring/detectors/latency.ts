import { z } from 'zod';
import type { ValueBaseline } from '../../src/domain/baseline.js';
import type { Sample } from '../../src/domain/check.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Claim } from '../../src/domain/finding.js';
import { checkLabel, valueNamed } from '../../src/domain/series.js';
import { standing, streakOf, type Side } from '../../src/domain/streak.js';
import type { Detector, DetectorInput, Series } from './detector.js';

const options = z.strictObject({
  /** So many grossly slow readings in a row open it, or so many slow ones; `good` fast ones close it. */
  bad: z.int().min(1).max(100).default(3),
  mild: z.int().min(1).max(100).default(6),
  good: z.int().min(1).max(100).default(2),
  /** Slow is above `ratio` times the baseline's median, `floorMs` more than it, and `tail` times its 95th percentile. */
  ratio: z.number().gt(1).default(3),
  floorMs: z.number().min(0).default(100),
  tail: z.number().min(1).default(2),
  /** Grossly slow is so many times slow. */
  gross: z.number().min(1).default(1.5),
  /** Fast again is less than this many times the baseline's median. */
  closeRatio: z.number().min(1).default(1.5),
  /** Slow whatever the baseline says, so that a release slow from birth is seen. */
  limitMs: z.number().min(1).default(2_000),
  /** Another `limitMs` for a check that is slow by its nature, by the check's name. */
  limits: z.record(z.string(), z.number().min(1)).default({}),
  /** An average above this over the newest slow readings is an emergency. */
  criticalMs: z.number().min(1).default(10_000),
});

type Options = z.output<typeof options>;

/** Above `slow` and `gross` a reading is that, below `fast` it is well again; milliseconds. */
interface Limits {
  readonly slow: number;
  readonly gross: number;
  readonly fast: number;
}

const FIELD = 'p50_ms';

/**
 * Answers are right and come late. Looks at the median of each good reading, so one slow request of several says nothing.
 *
 * Three readings above three times the median are not enough. Of 600 simulated healthy watches of 72 h (one request
 * each 30 s, log-normal noise of sigma 0.4 to 0.5, a daily rhythm of ±30 %) 140 to 256 had such a run; with the 95th
 * percentile in the rule 12 to 20 had; with six readings needed below one and a half times the limit, none.
 * Close to zero the ratio means nothing, hence the floor.
 */
export const latency: Detector<Options> = {
  kind: 'latency',
  options,
  detect: (input) => input.series.filter(({ fields }) => fields.includes(FIELD)).flatMap((series) => claimsOf(series, input)),
};

function claimsOf(series: Series, input: DetectorInput<Options>): readonly Claim[] {
  const { check, baseline, fields } = series;
  const { options: rule } = input;
  const fingerprint = `latency:${check.name}`;
  const open = input.open.has(fingerprint);
  const usual = baseline?.values[fields.indexOf(FIELD)] ?? null;
  const limits = limitsOf(usual, rule, rule.limits[check.name] ?? rule.limitMs);
  const streak = streakOf(series.samples, (sample) => sideOf(msOf(sample, fields), limits, open));
  const newest = streak.run.slice(-rule.bad).map((sample) => msOf(sample, fields) ?? 0);
  const gross = newest.length === rule.bad && newest.every((ms) => ms > limits.gross);
  const stands = standing(streak, open, { bad: gross ? rule.bad : rule.mild, good: rule.good });
  if (stands === 'absent') return [{ state: 'absent', fingerprint }];
  if (stands === 'silent' || !check.trusted) return [];
  const average = newest.reduce((sum, ms) => sum + ms, 0) / newest.length;
  const critical = newest.length === rule.bad && average > rule.criticalMs;
  return [{
    state: 'present',
    fingerprint,
    kind: 'latency',
    severity: critical ? 'critical' : 'warning',
    emergency: critical,
    title: `${checkLabel(check.name)} takes ${sayDuration(average)}${comparison(average, usual)}`,
    evidence: evidenceOf(streak.run, { usual, n: baseline?.n ?? 0, limits, now: input.now }),
  }];
}

function limitsOf(usual: ValueBaseline | null, rule: Options, limitMs: number): Limits {
  if (usual === null) return { slow: limitMs, gross: limitMs, fast: limitMs * 0.75 };
  const { median, p95 } = usual;
  const ratio = (times: number): number => Math.max(median * rule.ratio * times, median + rule.floorMs, p95 * rule.tail * times);
  const slow = Math.min(ratio(1), limitMs);
  // A quarter of the floor, so that an app of two milliseconds may come back to three.
  const fast = Math.max(median * rule.closeRatio, median + rule.floorMs / 4, p95);
  return { slow, gross: Math.min(ratio(rule.gross), limitMs * rule.gross), fast: Math.min(fast, limitMs * 0.75, slow) };
}

/** Between fast and slow nothing opens, and what is open neither worsens nor ends. */
function sideOf(ms: number | null, limits: Limits, open: boolean): Side {
  if (ms === null) return null;
  if (ms > limits.slow) return 'bad';
  return !open || ms < limits.fast ? 'good' : null;
}

function msOf(sample: Sample, fields: readonly string[]): number | null {
  return sample.verdict === 'good' ? valueNamed(fields, sample.values, FIELD) : null;
}

function comparison(average: number, usual: ValueBaseline | null): string {
  if (usual === null || usual.median <= 0) return '';
  return `, ${(average / usual.median).toFixed(1).replace(/\.0$/, '')} times the usual ${sayDuration(usual.median)}`;
}

function evidenceOf(
  run: readonly Sample[],
  facts: { readonly usual: ValueBaseline | null; readonly n: number; readonly limits: Limits; readonly now: number },
): readonly string[] {
  const { usual, n, limits, now } = facts;
  const since = `above ${sayDuration(limits.slow)} in ${run.length} readings over ${sayDuration(now - (run[0]?.at ?? now))}`;
  if (usual === null) return [since, 'no baseline yet: judged by the absolute limit'];
  return [since, `usual: median ${sayDuration(usual.median)}, 95 % below ${sayDuration(usual.p95)}, from ${n} good readings`];
}
