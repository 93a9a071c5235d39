import { z } from 'zod';
import type { Act } from '../../src/domain/act.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Claim } from '../../src/domain/finding.js';
import { valueNamed } from '../../src/domain/series.js';
import { median } from '../../src/domain/statistics.js';
import { verdictSide } from '../../src/domain/streak.js';
import type { Detector, DetectorInput } from './detector.js';

const window = z.strictObject({ restarts: z.int().min(2).max(1_000), withinMs: z.int().min(1) });

const options = z.strictObject({
  /** One of these opens it: a quick loop, and a slow one. */
  windows: z.array(window).min(1).max(10).default([
    { restarts: 3, withinMs: 10 * 60_000 },
    { restarts: 6, withinMs: 60 * 60_000 },
  ]),
  /** It is over after so long without a restart, and not before `quietTimes` the usual distance of its restarts. */
  quietMs: z.int().min(1).default(60_000),
  quietTimes: z.number().min(1).default(2),
  /** Each instance usually lives shorter than this: it dies at its start, and one more start is what PM2 has tried already. */
  atStartMs: z.int().min(0).default(10_000),
});

type Options = z.output<typeof options>;

const FINGERPRINT = 'crash-loop';

/**
 * The process dies and PM2 starts it, over and over. PM2 itself stops a loop only in an app's first 16 seconds: one that
 * was well for 18 s and then crashed at each boot was started 110 times in 15 s and called online. So the restarts that
 * nobody asked for are counted in sliding windows. A success in between forgives nothing; a rollback does, as what
 * another release did says nothing of this one.
 */
export const crashLoop: Detector<Options> = { kind: 'crash-loop', options, detect };

function detect(input: DetectorInput<Options>): readonly Claim[] {
  const { now, options: rule } = input;
  const longest = Math.max(...rule.windows.map(({ withinMs }) => withinMs));
  const restarts = ownRestarts(input.acts).filter(({ at }) => at > now - longest && at <= now);
  const open = input.open.has(FINGERPRINT);
  if (isQuiet(restarts, rule, now)) return open && isSteady(input) ? [{ state: 'absent', fingerprint: FINGERPRINT }] : [];
  const instances = Math.max(1, ...readNewest(input, 'instances'));
  // Each of eight workers dying once is no loop: with more restarts than instances one of them died twice.
  const full = rule.windows.find((w) => within(restarts, w.withinMs, now).length >= Math.max(w.restarts, instances + 1));
  if (full === undefined && !open) return [];
  return [claimOf(within(restarts, full?.withinMs ?? longest, now), { ...rule, instances, now })];
}

function claimOf(restarts: readonly Act[], { atStartMs, instances, now }: Options & { readonly instances: number; readonly now: number }): Claim {
  const first = restarts[0]?.at ?? now;
  const gap = usualGap(restarts);
  const times = restarts.length === 1 ? 'once more' : `${restarts.length} times in ${sayDuration(now - first)}`;
  return {
    state: 'present',
    fingerprint: FINGERPRINT,
    kind: 'crash-loop',
    severity: 'critical',
    emergency: gap !== null && gap * instances < atStartMs,
    title: `crash loop: PM2 restarted it ${times}`,
    evidence: [
      `last restart ${sayDuration(now - (restarts.at(-1)?.at ?? now))} ago${gap === null ? '' : `, usually ${sayDuration(gap)} apart`}`,
      ...[...new Set(restarts.map(({ note }) => note).filter((note) => note !== null))].slice(-3),
    ],
  };
}

/** What PM2 did by itself, since the last rollback. */
function ownRestarts(acts: readonly Act[]): readonly Act[] {
  const rollback = acts.findLastIndex(({ kind }) => kind === 'rollback');
  return acts.slice(rollback + 1).filter(({ by, kind }) => by === 'pm2' && kind === 'restart');
}

function within(restarts: readonly Act[], ms: number, now: number): readonly Act[] {
  return restarts.filter(({ at }) => at > now - ms);
}

function isQuiet(restarts: readonly Act[], rule: Options, now: number): boolean {
  const last = restarts.at(-1);
  if (last === undefined) return true;
  return now - last.at >= Math.max(rule.quietMs, rule.quietTimes * (usualGap(restarts) ?? 0));
}

function usualGap(restarts: readonly Act[]): number | null {
  return median(restarts.slice(1).map(({ at }, index) => at - (restarts[index]?.at ?? at)));
}

/**
 * Restarts from before a repair are not shown to us, nor those from before a launch; how long the youngest instance has
 * run tells of them all the same. Without a reading nobody knows, and one that PM2 gave up is quiet too.
 */
function isSteady({ series, options: { quietMs } }: DetectorInput<Options>): boolean {
  const newest = series.filter(({ check }) => check.probe === 'pm2').map(({ fields, samples }) => ({ fields, sample: samples.findLast((one) => verdictSide(one) !== null) }));
  return newest.length > 0 && newest.every(({ fields, sample }) => sample?.verdict === 'good' && (valueNamed(fields, sample.values, 'uptime_ms') ?? quietMs) >= quietMs);
}

function readNewest({ series }: DetectorInput<Options>, field: string): readonly number[] {
  return series
    .filter(({ check }) => check.probe === 'pm2')
    .map(({ fields, samples }) => valueNamed(fields, samples.findLast((sample) => verdictSide(sample) !== null)?.values ?? [], field))
    .filter((value) => value !== null);
}
