import { z } from 'zod';
import type { Sample } from '../../src/domain/check.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Claim } from '../../src/domain/finding.js';
import { valueNamed } from '../../src/domain/series.js';
import { standing, streakOf, verdictSide, type Side } from '../../src/domain/streak.js';
import type { Detector, DetectorInput, Series } from './detector.js';

const options = z.strictObject({
  /** A restart shows `stopping` and `stopped` for about 110 ms, so that one reading alone may fall into it. */
  bad: z.int().min(1).max(100).default(2),
  good: z.int().min(1).max(100).default(2),
  /** It is over once the youngest process has run for so long: between two crashes PM2 calls it online too. */
  steadyMs: z.int().min(0).default(10_000),
});

type Options = z.output<typeof options>;

/** PM2 gave up on a process, somebody stopped it, or it is not in PM2's list: nothing will bring it back by itself. */
export const processDown: Detector<Options> = {
  kind: 'process-down',
  options,
  detect: (input) => input.series.filter(({ check }) => check.probe === 'pm2').flatMap((series) => claimsOf(series, input)),
};

function claimsOf(series: Series, input: DetectorInput<Options>): readonly Claim[] {
  const fingerprint = `process-down:${series.check.name}`;
  const streak = streakOf(series.samples, (sample) => sideOf(sample, series));
  const stands = standing(streak, input.open.has(fingerprint), input.options);
  const newest = streak.run.at(-1);
  if (stands === 'absent') return isSteady(series, newest, input.options) ? [{ state: 'absent', fingerprint }] : [];
  if (stands === 'silent' || !series.check.trusted || newest === undefined) return [];
  const online = valueNamed(series.fields, newest.values, 'online') ?? 0;
  const instances = valueNamed(series.fields, newest.values, 'instances') ?? 0;
  return [{
    state: 'present',
    fingerprint,
    kind: 'process-down',
    severity: 'critical',
    // PM2 has started it again and again before it gave up: of a young release one more start is not awaited.
    emergency: online === 0 && (valueNamed(series.fields, newest.values, 'errored') ?? 0) > 0,
    title: `${newest.note ?? 'a process is down'}: ${online} of ${instances} instances online`,
    evidence: [`${streak.run.length} readings in a row, for ${sayDuration(input.now - (streak.run[0]?.at ?? input.now))}`],
  }];
}

/** What is bad only because a process stands still is not down: PM2 will not start it, and it has a detector of its own. */
function sideOf(sample: Sample, { fields }: Series): Side {
  const side = verdictSide(sample);
  return side === 'bad' && valueNamed(fields, sample.values, 'down') === 0 ? 'good' : side;
}

function isSteady({ fields }: Series, newest: Sample | undefined, { steadyMs }: Options): boolean {
  const uptimeMs = newest ? valueNamed(fields, newest.values, 'uptime_ms') : null;
  return uptimeMs === null || uptimeMs >= steadyMs;
}
