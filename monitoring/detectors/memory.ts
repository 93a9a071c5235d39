import { z } from 'zod';
import type { Sample } from '../../src/domain/check.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Claim } from '../../src/domain/finding.js';
import { growthOf, type Growth } from '../../src/domain/growth.js';
import { valueNamed } from '../../src/domain/series.js';
import type { Point } from '../../src/domain/statistics.js';
import { standing, streakOf, verdictSide, type Side } from '../../src/domain/streak.js';
import type { Detector, DetectorInput, Series } from './detector.js';

const options = z.strictObject({
  /** Of the largest instance; null: each process' own max_memory_restart, where it has one. */
  limitBytes: z.int().min(1).nullable().default(null),
  /** From this share of the limit it is critical, and below `closeShare` it is over. */
  share: z.number().gt(0).default(0.9),
  closeShare: z.number().gt(0).default(0.8),
  bad: z.int().min(1).max(100).default(3),
  good: z.int().min(1).max(100).default(2),
  /** Growing without end: by `growShare` and by `growBytes`, through `spanMs`, in readings of one life after its warm-up. */
  spanMs: z.int().min(1).default(90 * 60_000),
  minReadings: z.int().min(5).default(10),
  growShare: z.number().gt(0).default(0.3),
  growBytes: z.int().min(0).default(50 * 1_048_576),
  warmUpMs: z.int().min(0).default(10 * 60_000),
  /** So steep that nobody can wait for that: by so much within so short a time, warm or not. What fills a cache at its start flattens before. */
  steepSpanMs: z.int().min(1).default(4 * 60_000),
  steepReadings: z.int().min(5).default(8),
  steepShare: z.number().gt(0).default(2),
  steepBytes: z.int().min(0).default(512 * 1_048_576),
});

type Options = z.output<typeof options>;

/** Memory near its limit, or growing without end. Reads `memory_bytes`, `memory_share` and `uptime_ms`. */
export const memory: Detector<Options> = {
  kind: 'memory',
  options,
  detect: (input) =>
    input.series
      .filter(({ fields }) => fields.includes('memory_bytes'))
      .flatMap((series) => [...limitClaim(series, input), ...growthClaim(series, input)]),
};

function limitClaim(series: Series, input: DetectorInput<Options>): readonly Claim[] {
  const { options: rule, now } = input;
  const fingerprint = `memory-limit:${series.check.name}`;
  const open = input.open.has(fingerprint);
  const streak = streakOf(series.samples, (sample) => limitSide(shareOf(sample, series.fields, rule), rule, open));
  const stands = standing(streak, open, rule);
  if (stands === 'absent') return [{ state: 'absent', fingerprint }];
  if (stands === 'silent' || !series.check.trusted) return [];
  const newest = streak.run.at(-1) as Sample;
  const share = Math.round((shareOf(newest, series.fields, rule) ?? 0) * 100);
  return [{
    state: 'present',
    fingerprint,
    kind: 'memory',
    severity: 'critical',
    emergency: true,
    title: `memory at ${share} % of its limit, ${sayBytes(bytesOf(newest, series.fields) ?? 0)}`,
    evidence: [`${streak.run.length} readings in a row at or above ${Math.round(rule.share * 100)} %, for ${sayDuration(now - (streak.run[0]?.at ?? now))}`],
  }];
}

function limitSide(share: number | null, rule: Options, open: boolean): Side {
  if (share === null) return null;
  if (share >= rule.share) return 'bad';
  return !open || share < rule.closeShare ? 'good' : null;
}

function growthClaim(series: Series, input: DetectorInput<Options>): readonly Claim[] {
  const fingerprint = `memory-growth:${series.check.name}`;
  const { options: rule } = input;
  const life = currentLife(series, rule);
  const growth = growthOf(life.points, { spanMs: rule.spanMs, minPoints: rule.minReadings, share: rule.growShare, amount: rule.growBytes });
  if (typeof growth !== 'string') return series.check.trusted ? [growing(fingerprint, growth, series, rule)] : [];
  const steep = growthOf(life.all, { spanMs: rule.steepSpanMs, minPoints: rule.steepReadings, share: rule.steepShare, amount: rule.steepBytes });
  if (typeof steep !== 'string') return series.check.trusted ? [{ ...growing(fingerprint, steep, series, rule), severity: 'critical' }] : [];
  const over = growth === 'flat' || givenBack(life, rule);
  return over && input.open.has(fingerprint) ? [{ state: 'absent', fingerprint }] : [];
}

function growing(fingerprint: string, growth: Growth, series: Series, rule: Options): Extract<Claim, { readonly state: 'present' }> {
  const percent = Math.round((growth.by / Math.max(1, growth.from)) * 100);
  return {
    state: 'present',
    fingerprint,
    kind: 'memory',
    severity: 'warning',
    emergency: false,
    title: `memory grows without end: by ${percent} % to ${sayBytes(growth.from + growth.by)} in ${sayDuration(growth.overMs)}`,
    evidence: [`${sayBytes(growth.perMs * 3_600_000)} an hour, and its lowest values rise too`, ...forecast(growth, series, rule)],
  };
}

function forecast(growth: Growth, series: Series, rule: Options): readonly string[] {
  const newest = series.samples.at(-1);
  const bytes = newest === undefined ? null : bytesOf(newest, series.fields);
  const share = newest === undefined ? null : shareOf(newest, series.fields, rule);
  if (bytes === null || share === null || share <= 0 || share >= 1) return [];
  return [`at this pace the limit is reached in ${sayDuration((bytes / share - bytes) / growth.perMs)}`];
}

/** The warm readings since the youngest instance started, all of them, and what was the highest before. */
interface Life {
  readonly points: readonly Point[];
  readonly all: readonly Point[];
  readonly before: number | null;
  readonly uptimeMs: number | null;
}

/** A restart gives memory back, so growth is looked for within one life: as long as `uptime_ms` does not fall. */
function currentLife({ samples, fields }: Series, rule: Options): Life {
  let points: Point[] = [];
  let all: Point[] = [];
  let before: number | null = null;
  let uptimeMs: number | null = null;
  for (const sample of samples) {
    const bytes = bytesOf(sample, fields);
    if (bytes === null) continue;
    const uptime = valueNamed(fields, sample.values, 'uptime_ms');
    if (uptime !== null && uptimeMs !== null && uptime < uptimeMs) {
      before = all.reduce((highest, point) => Math.max(highest, point.y), before ?? 0);
      [points, all] = [[], []];
    }
    uptimeMs = uptime;
    all.push({ x: sample.at, y: bytes });
    if (uptime === null || uptime >= rule.warmUpMs) points.push({ x: sample.at, y: bytes });
  }
  return { points, all, before, uptimeMs };
}

/** A life shorter than what growth is judged by began after it was found; low again, it gave the memory back. */
function givenBack({ points, before, uptimeMs }: Life, rule: Options): boolean {
  const newest = points.slice(-rule.good);
  if (newest.length < rule.good || uptimeMs === null || uptimeMs >= rule.spanMs) return false;
  return before === null || newest.every((point) => point.y < before * rule.closeShare);
}

function bytesOf(sample: Sample, fields: readonly string[]): number | null {
  return verdictSide(sample) === null ? null : valueNamed(fields, sample.values, 'memory_bytes');
}

function shareOf(sample: Sample, fields: readonly string[], rule: Options): number | null {
  const bytes = bytesOf(sample, fields);
  if (bytes === null) return null;
  return rule.limitBytes === null ? valueNamed(fields, sample.values, 'memory_share') : bytes / rule.limitBytes;
}

function sayBytes(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MiB`;
}
