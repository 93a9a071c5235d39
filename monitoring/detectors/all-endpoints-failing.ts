import { z } from 'zod';
import type { Claim } from '../../src/domain/finding.js';
import { checkLabel } from '../../src/domain/series.js';
import { streakOf, verdictSide } from '../../src/domain/streak.js';
import { turnedAway } from '../../src/domain/turned-away.js';
import type { Detector, DetectorInput } from './detector.js';

const options = z.strictObject({
  /** Every endpoint must have been bad so many times in a row; one that was good so many times ends it. */
  bad: z.int().min(1).max(100).default(2),
  good: z.int().min(1).max(100).default(2),
});

type Options = z.output<typeof options>;

const FINGERPRINT = 'all-endpoints-failing';
/** How the names of checks begin that were written as endpoints; liveness, and a dependency's own check, are none. */
const ENDPOINT = 'http:';

/**
 * Nothing of the app answers as it should. Trusted http checks count; one without a good or bad reading is unknown, and
 * unknown is not sick, so then nothing is said. An app with a single endpoint is down as a whole only where that
 * endpoint is critical: a lone check of a side page is no emergency. Where a rate limiter turns one of them away, nobody
 * knows whether the app behind it works.
 */
export const allEndpointsFailing: Detector<Options> = { kind: 'all-endpoints-failing', options, detect };

function detect(input: DetectorInput<Options>): readonly Claim[] {
  const endpoints = input.series.filter(({ check }) => check.probe === 'http' && check.trusted);
  const streaks = endpoints.map(({ samples }) => streakOf(samples, verdictSide));
  const open = input.open.has(FINGERPRINT);
  const recovered = streaks.some(({ side, run }) => side === 'good' && run.length >= input.options.good);
  if (open && recovered) return [{ state: 'absent', fingerprint: FINGERPRINT }];
  const needed = open ? 1 : input.options.bad;
  const allBad = streaks.length > 0 && streaks.every(({ side, run }) => side === 'bad' && run.length >= needed);
  if (streaks.some(({ run }, n) => run.length > 0 && run.every((sample) => turnedAway(sample, endpoints[n]?.fields ?? [])))) return [];
  if (!allBad || (endpoints.length === 1 && !endpoints[0]?.check.critical)) return [];
  return [{
    state: 'present',
    fingerprint: FINGERPRINT,
    kind: FINGERPRINT,
    severity: 'critical',
    emergency: true,
    title: titleOf(endpoints.filter(({ check }) => check.name.startsWith(ENDPOINT)).length), // Since when is told beside it; a duration would stand there as it was at first sight.
    evidence: endpoints.slice(0, 8).map(({ check }, index) => `${checkLabel(check.name)}: ${streaks[index]?.run.at(-1)?.note ?? 'failed'}`),
  }];
}

function titleOf(endpoints: number): string {
  if (endpoints === 0) return 'it does not answer as it should';
  return endpoints === 1 ? 'the only endpoint fails' : `all ${endpoints} endpoints fail`;
}
