import { z } from 'zod';
import { sayDuration } from '../../src/domain/duration.js';
import type { Claim } from '../../src/domain/finding.js';
import { PM2_DEAD } from '../../src/domain/incident.js';
import { standing, streakOf, verdictSide } from '../../src/domain/streak.js';
import type { Detector, DetectorInput, Series } from './detector.js';

const options = z.strictObject({
  bad: z.int().min(1).max(100).default(3),
  good: z.int().min(1).max(100).default(2),
});

type Options = z.output<typeof options>;

/** PM2's daemon died, and with it most of its apps; what lives on is started by nobody when it ends. */
export const pm2Daemon: Detector<Options> = {
  kind: 'pm2-daemon',
  options,
  detect: (input) => input.series.filter(({ check }) => check.probe === 'pm2-daemon').flatMap((series) => claimsOf(series, input)),
};

function claimsOf(series: Series, input: DetectorInput<Options>): readonly Claim[] {
  const fingerprint = `pm2-dead:${series.check.name}`;
  const streak = streakOf(series.samples, verdictSide);
  const stands = standing(streak, input.open.has(fingerprint), input.options);
  if (stands === 'absent') return [{ state: 'absent', fingerprint }];
  if (stands === 'silent' || !series.check.trusted) return [];
  const since = sayDuration(input.now - (streak.run[0]?.at ?? input.now));
  return [{
    state: 'present', fingerprint, kind: PM2_DEAD, severity: 'critical', emergency: false,
    title: "PM2's daemon died: its apps are down, or run unwatched",
    evidence: [`${streak.run.length} readings in a row, for ${since}`, 'nobody ended it: no process of it is left, and its pid file still names one'],
  }];
}
