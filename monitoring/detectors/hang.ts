import { z } from 'zod';
import { sayDuration } from '../../src/domain/duration.js';
import type { Claim } from '../../src/domain/finding.js';
import { valueNamed } from '../../src/domain/series.js';
import { isCountedAnew, standing, streakOf, verdictSide } from '../../src/domain/streak.js';
import type { Detector, DetectorInput } from './detector.js';
import { elsewhere, silenceOf } from './elsewhere.js';

const options = z.strictObject({
  /** Name of the http check that asks for a sign of life. */
  check: z.string().default('liveness'),
  bad: z.int().min(1).max(100).default(3),
  good: z.int().min(1).max(100).default(2),
  /** PM2's word counts only if it is not older. */
  pm2FreshMs: z.int().min(1).default(120_000),
});

type Options = z.output<typeof options>;

/**
 * The process is there and does not answer: PM2 calls it online and will do nothing. An answer of any kind, at whichever
 * of its addresses, and a refused connection mean that it does not hang; whether that is well, other detectors say. What
 * hangs is killed: an app that answers, but later than the check waits, would lose the requests it is working on.
 */
export const hang: Detector<Options> = { kind: 'hang', options, detect };

function detect(input: DetectorInput<Options>): readonly Claim[] {
  const series = input.series.find(({ check }) => check.probe === 'http' && check.name === input.options.check);
  if (series === undefined) return [];
  const fingerprint = `hang:${series.check.name}`;
  const streak = streakOf(series.samples, (sample) => silenceOf(sample, series));
  const stands = standing(streak, input.open.has(fingerprint), input.options);
  if (stands === 'absent') return [{ state: 'absent', fingerprint }];
  const others = stands === 'present' ? elsewhere(input, series, streak.run) : 'silent';
  if (others === 'answers') return input.open.has(fingerprint) ? [{ state: 'absent', fingerprint }] : [];
  const pm2 = onlineByPm2(input);
  if (stands === 'silent' || others === 'awaited' || !series.check.trusted || pm2 === null) return [];
  const since = sayDuration(input.now - (streak.run[0]?.at ?? input.now));
  const openSince = input.open.get(fingerprint);
  const checks = isCountedAnew(streak.run, openSince) ? `${series.check.name} checks, still so after ${sayDuration(input.now - openSince)}`
    : streak.run.length === 1 ? `the latest ${series.check.name} check` : `${streak.run.length} ${series.check.name} checks over ${since}`;
  return [{
    state: 'present',
    fingerprint,
    kind: 'hang',
    severity: 'critical',
    emergency: false,
    title: `hangs: no answer to ${checks}, while PM2 says online`,
    evidence: [streak.run.at(-1)?.note ?? 'no answer in time', `PM2 says ${pm2.online} of ${pm2.instances ?? '?'} online, ${pm2.ago} ago`],
  }];
}

function onlineByPm2(input: DetectorInput<Options>): { readonly online: number; readonly instances: number | null; readonly ago: string } | null {
  for (const { check, fields, samples } of input.series) {
    const newest = check.probe === 'pm2' ? samples.findLast((sample) => verdictSide(sample) !== null) : undefined;
    if (newest === undefined || input.now - newest.at > input.options.pm2FreshMs) continue;
    const online = valueNamed(fields, newest.values, 'online') ?? 0;
    if (online > 0) return { online, instances: valueNamed(fields, newest.values, 'instances'), ago: sayDuration(input.now - newest.at) };
  }
  return null;
}
