import { z } from 'zod';
import type { Sample } from '../../src/domain/check.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Claim } from '../../src/domain/finding.js';
import type { Json } from '../../src/domain/json.js';
import { valueNamed } from '../../src/domain/series.js';
import type { Detector, DetectorInput, Series } from './detector.js';

const KINDS = ['failed', 'late', 'overrun'] as const;

/** A job that failed, did not ping in time, or runs too long. One reading is enough: it is what the job itself told, or did not. */
export const job: Detector<Record<string, unknown>> = {
  kind: 'job',
  options: z.looseObject({}),
  detect: (input) => input.series.filter(({ check }) => check.probe === 'job').flatMap((one) => claimsOf(one, input)),
};

function claimsOf({ check, fields, samples }: Series, { open, now }: Pick<DetectorInput<unknown>, 'open' | 'now'>): readonly Claim[] {
  const fingerprint = `job:${check.name}`;
  const newest = samples.findLast(({ verdict }) => verdict === 'good' || verdict === 'bad');
  if (newest === undefined) return [];
  if (newest.verdict === 'good') return open.has(fingerprint) ? [{ state: 'absent', fingerprint }] : [];
  if (!check.trusted) return [];
  const kind = KINDS.find((one) => valueNamed(fields, newest.values, one) === 1) ?? 'failed';
  return [{ state: 'present', fingerprint, kind: `job-${kind}`, severity: check.critical ? 'critical' : 'warning', emergency: false, title: titleOf(kind, check.options, valueNamed(fields, newest.values, 'exit')), evidence: [...(newest.note === null ? [] : [newest.note]), lastWell(samples, now)] }];
}

/** Without ages: the same trouble has the same title from one reading to the next. */
function titleOf(kind: (typeof KINDS)[number], options: Json, exit: number | null): string {
  const { everyMs = 0, graceMs = 0, longestMs = 0 } = options as { readonly everyMs?: number; readonly graceMs?: number; readonly longestMs?: number };
  if (kind === 'late') return `did not ping in time: every ${sayDuration(everyMs)}, ${sayDuration(graceMs)} late at most`;
  if (kind === 'overrun') return `runs too long: it has not ended within ${sayDuration(longestMs)} of its start`;
  return exit !== null && exit > 0 ? `failed with exit status ${exit}` : 'failed';
}

function lastWell(samples: readonly Sample[], now: number): string {
  const good = samples.findLast(({ verdict }) => verdict === 'good');
  return good === undefined ? 'not seen well in the last 24 h' : `last seen well ${sayDuration(now - good.at)} ago`;
}
