import { z } from 'zod';
import type { Sample } from '../../src/domain/check.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Claim } from '../../src/domain/finding.js';
import { checkLabel, valueNamed } from '../../src/domain/series.js';
import { isCountedAnew, standing, streakOf, verdictSide } from '../../src/domain/streak.js';
import { turnedAway } from '../../src/domain/turned-away.js';
import type { Detector, DetectorInput, Series } from './detector.js';
import { elsewhere, silenceOf } from './elsewhere.js';

const options = z.strictObject({
  /** So many bad readings in a row open it, and so many good ones close it (Gatus: 3 and 2). */
  bad: z.int().min(1).max(100).default(3),
  good: z.int().min(1).max(100).default(2),
  /** So many bad readings in a row of a critical check are an emergency. */
  emergency: z.int().min(1).max(1_000).default(5),
  /** Now and then: among so many readings right and wrong take turns, and this share of all answers is wrong. */
  mixed: z.int().min(4).max(100).default(8),
  mixedShare: z.number().gt(0).max(1).default(0.2),
});

type Options = z.output<typeof options>;

/** So often at least. */
const TURNS = 3;

type Present = Extract<Claim, { readonly state: 'present' }>;

/**
 * One address answers wrong or not at all, again and again. Unknown and error neither count nor reset. Where it stays
 * without an answer, the app's other addresses are heard first: what hangs is repaired in another way than what is slow.
 * Where one worker of several answers wrong, readings are bad now and then and never in a row: their answers are counted.
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
  const open = input.open.has(fingerprint);
  const streak = streakOf(series.samples, (sample) => (open && isMixed(sample, series) && sample.verdict === 'good' ? null : verdictSide(sample)));
  const stands = standing(streak, open, input.options);
  const mixed = stands === 'silent' && check.trusted ? mixedIn(series, input.options) : null;
  if (mixed !== null) return [{ ...claimOf(series, fingerprint), emergency: false, ...mixed }];
  if (stands === 'absent') return [{ state: 'absent', fingerprint }];
  if (stands === 'silent' || !check.trusted) return [];
  if (streak.run.every((sample) => turnedAway(sample, series.fields))) return [];
  const unheard = !open && streak.run.every((sample) => silenceOf(sample, series) === 'bad');
  if (unheard && elsewhere(input, series, streak.run) === 'awaited') return [];
  return [{
    ...claimOf(series, fingerprint),
    emergency: check.critical && streak.run.length >= input.options.emergency,
    title: titleOf(checkLabel(check.name), streak.run, { now: input.now, openSince: input.open.get(fingerprint) }),
    evidence: [tally(streak.run), lastGood(series.samples, input.now)],
  }];
}

function claimOf({ check }: Series, fingerprint: string) {
  return { state: 'present', fingerprint, kind: 'endpoint-failing', severity: check.critical ? 'critical' : 'warning' } as const;
}

/** Some of its answers were wrong. */
function isMixed(sample: Sample, { fields }: Series): boolean {
  return wrongIn(sample, fields) > 0;
}

function wrongIn(sample: Sample, fields: readonly string[]): number {
  return verdictSide(sample) === null ? 0 : triedIn(sample, fields) - (valueNamed(fields, sample.values, 'ok') ?? 0);
}

function triedIn({ values }: Sample, fields: readonly string[]): number {
  return valueNamed(fields, values, 'tried') ?? 0;
}

/** Right and wrong take turns, within a reading or from one to the next: a trouble that began and ended did so once. */
function mixedIn({ check, fields, samples }: Series, { mixed, mixedShare, good }: Options): Pick<Present, 'title' | 'evidence'> | null {
  const newest = samples.filter((sample) => verdictSide(sample) !== null && !turnedAway(sample, fields)).slice(-mixed);
  const [wrong, tried] = [newest.reduce((sum, sample) => sum + wrongIn(sample, fields), 0), newest.reduce((sum, sample) => sum + triedIn(sample, fields), 0)];
  const turns = newest.filter((sample, n) => isTurn(sample, newest[n - 1], fields)).length;
  // What has just been called over, by the newest right readings, is not opened again by those before them.
  const isOver = newest.slice(-good).every((sample) => wrongIn(sample, fields) === 0);
  if (isOver || newest.length < mixed || turns < TURNS || wrong / tried < mixedShare) return null;
  const note = newest.findLast((sample) => sample.note !== null)?.note ?? 'wrong answers';
  return { title: `${checkLabel(check.name)}: ${note} now and then, ${wrong} of the last ${tried} answers`, evidence: ['right and wrong answers take turns, as where one process of several fails'] };
}

/** Some of its answers were wrong and some right; or all were wrong, and all right before. */
function isTurn(sample: Sample, before: Sample | undefined, fields: readonly string[]): boolean {
  const wrong = wrongIn(sample, fields);
  if (wrong > 0 && wrong < triedIn(sample, fields)) return true;
  return wrong > 0 && before !== undefined && wrongIn(before, fields) === 0;
}

function titleOf(label: string, run: readonly Sample[], { now, openSince }: { readonly now: number; readonly openSince: number | undefined }): string {
  const note = run.at(-1)?.note ?? 'failed';
  if (isCountedAnew(run, openSince)) return `${label}: ${note}, still so after ${sayDuration(now - openSince)}`;
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
