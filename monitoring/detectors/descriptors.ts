import { z } from 'zod';
import type { Sample } from '../../src/domain/check.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Claim } from '../../src/domain/finding.js';
import { valueNamed } from '../../src/domain/series.js';
import { standing, streakOf, verdictSide, type Side } from '../../src/domain/streak.js';
import type { Detector, DetectorInput, Series } from './detector.js';

const options = z.strictObject({
  bad: z.int().min(1).max(100).default(3),
  good: z.int().min(1).max(100).default(2),
  /** Of what one process may have open: from `share` on it is told, and below `closeShare` it is over. */
  share: z.number().gt(0).max(1).default(0.9),
  closeShare: z.number().gt(0).max(1).default(0.8),
});

type Options = z.output<typeof options>;

const FIELD = 'descriptors_share';
/** So near to the end, the next connection may be the one that cannot be taken. */
const LAST_SHARE = 0.98;

/** Files and sockets that a process of the app does not close: once it may open no more, it takes no connection, and each call of its own fails. */
export const descriptors: Detector<Options> = {
  kind: 'descriptors',
  options,
  detect: (input) => input.series.filter(({ fields }) => fields.includes(FIELD)).flatMap((series) => claimsOf(series, input)),
};

function claimsOf(series: Series, input: DetectorInput<Options>): readonly Claim[] {
  const fingerprint = `descriptors:${series.check.name}`;
  const open = input.open.has(fingerprint);
  const streak = streakOf(series.samples, (sample) => sideOf(shareOf(sample, series), input.options, open));
  const stands = standing(streak, open, input.options);
  if (stands === 'absent') return [{ state: 'absent', fingerprint }];
  const newest = streak.run.at(-1);
  if (stands === 'silent' || !series.check.trusted || newest === undefined) return [];
  const share = shareOf(newest, series) ?? 0;
  return [{
    state: 'present', fingerprint, kind: 'descriptors', severity: share >= LAST_SHARE ? 'critical' : 'warning', emergency: false,
    title: `${Math.floor(share * 100)} % of the files and sockets that a process of it may open are open`,
    evidence: [`${streak.run.length} readings in a row, for ${sayDuration(input.now - (streak.run[0]?.at ?? input.now))}`, 'once none is left it takes no connection; what it opens and does not close is the cause'],
  }];
}

function sideOf(share: number | null, { share: from, closeShare }: Options, open: boolean): Side {
  if (share === null) return null;
  if (share >= from) return 'bad';
  return !open || share < closeShare ? 'good' : null;
}

function shareOf(sample: Sample, { fields }: Series): number | null {
  return verdictSide(sample) === null ? null : valueNamed(fields, sample.values, FIELD);
}
