import { sayDuration } from '../../src/domain/duration.js';
import type { Sample } from '../../src/domain/check.js';
import type { Claim } from '../../src/domain/finding.js';
import { standing, streakOf, verdictSide } from '../../src/domain/streak.js';
import type { Detector, DetectorInput, Series } from './detector.js';
import { changesOf } from './host-changes.js';
import { LEVELS, valuesOf, type Level } from './host-levels.js';
import { hostOptions, type HostOptions } from './host-options.js';

/**
 * The machine itself: disks, inodes, memory, cores, descriptors, logs, and its clock. Reads the values of the probe
 * `host`. A busy machine is no sick one: what lasts for minutes only, like the cores of a build, is not told.
 */
export const host: Detector<HostOptions> = {
  kind: 'host',
  options: hostOptions,
  detect: (input) =>
    input.series
      .filter(({ check }) => check.probe === 'host')
      .flatMap((series) => [...LEVELS.flatMap((level) => claimOf(level, series, input)), ...changesOf(series, input)]),
};

function claimOf(level: Level, series: Series, { options: rule, open: opened }: DetectorInput<HostOptions>): readonly Claim[] {
  const fingerprint = `${level.kind}:${series.check.name}`;
  const open = opened.has(fingerprint);
  const valuesIn = (sample: Sample) => valuesOf(series.fields, sample);
  const streak = streakOf(series.samples, (sample) => (verdictSide(sample) === null ? null : level.side(valuesIn(sample), rule, open)));
  const stands = standing(streak, open, rule);
  if (stands === 'absent') return [{ state: 'absent', fingerprint }];
  if (stands === 'silent' || !series.check.trusted) return [];
  const lastedMs = uptimeOf(streak.run.at(-1), series) - uptimeOf(streak.run[0], series);
  if (!open && lastedMs < level.forMs(rule)) return [];
  const values = valuesIn(streak.run.at(-1) as Sample);
  return [{
    state: 'present',
    fingerprint,
    kind: level.kind,
    severity: level.severity(values),
    emergency: false,
    title: level.title(values, rule),
    evidence: [`${streak.run.length} readings in a row, for ${sayDuration(lastedMs)}`, ...level.more(values)],
  }];
}

/** The machine's own uptime at a reading; 0 where it does not say: then nothing has lasted. */
function uptimeOf(sample: Sample | undefined, { fields }: Series): number {
  return sample === undefined ? 0 : (valuesOf(fields, sample)('machine_ms') ?? 0);
}
