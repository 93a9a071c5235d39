import { describe, expect, it } from 'vitest';
import { allEndpointsFailing } from '../../../monitoring/detectors/all-endpoints-failing.js';
import type { Series } from '../../../monitoring/detectors/detector.js';
import { endpointFailing } from '../../../monitoring/detectors/endpoint-failing.js';
import { rateLimit } from '../../../monitoring/detectors/rate-limit.js';
import { limiter } from '../../../monitoring/probes/limiter.js';
import type { Claim } from '../../../src/domain/finding.js';
import { failed, httpSeries, inputOf, NOW, ok, PM2_FIELDS, pm2Series, process, type Happening } from './build.js';

const away: Happening = { verdict: 'bad', values: [null, null, 0, 1, 429, 0], note: 'status 429' };

/** What the limiter's check saw, as 'counted, blocked, near, stopped'. */
function limiterSeries(seen: readonly (readonly [number, number | null, number | null, number])[], note: string | null = null): Series {
  const samples = seen.map((values, n) => ({ checkId: 3, at: NOW - (seen.length - 1 - n) * 30_000, verdict: 'good' as const, ms: null, values: [1, ...values], note }));
  return { check: { id: 3, name: 'limiter', probe: 'limiter', options: {}, critical: false, trusted: true }, fields: limiter.fields, samples, baseline: null };
}

function pm2(now: number | null, usual: number | null): Series {
  const series = pm2Series([{ ...process(), values: PM2_FIELDS.map((field, n) => (field === 'requests_per_s' ? now : (process().values[n] ?? null))) }]);
  const values = PM2_FIELDS.map((field) => (field === 'requests_per_s' && usual !== null ? { median: usual / 2, p95: usual } : null));
  return { ...series, baseline: usual === null ? null : { checkId: 2, releaseId: 'release-1' as never, n: 50, values } };
}

function detect(series: readonly Series[], open: readonly string[] = []): readonly Claim[] {
  return rateLimit.detect(inputOf(rateLimit.options.parse({}), { series, open }));
}

describe('checks that are turned away', () => {
  it('are a limiter’s doing, named with whom it counts and how many come in; nobody restarts the app for it', () => {
    const series = [httpSeries([ok, away, away, away]), limiterSeries([[4, null, null, 0]], '127.0.0.1 (412)'), pm2(12, 3)];
    expect(detect(series)).toEqual([{
      state: 'present', fingerprint: 'rate-limited:http:/checkout', kind: 'rate-limited', severity: 'critical', emergency: false,
      title: '/checkout: a rate limiter turns hypercare’s checks away (status 429), 3 in a row over 60 s',
      evidence: ['it counts: 127.0.0.1 (412)', '12 requests a second come in; up to 3 are usual', expect.stringContaining('trust proxy')],
    }]);
    const input = inputOf(endpointFailing.options.parse({}), { series });
    expect([...endpointFailing.detect(input), ...allEndpointsFailing.detect({ ...input, options: allEndpointsFailing.options.parse({}) })]).toEqual([]);
  });

  it('among answers that are wrong in another way are no reason to leave an app alone', () => {
    const input = inputOf(endpointFailing.options.parse({}), { series: [httpSeries([failed, away, away])] });
    expect(endpointFailing.detect(input)).toMatchObject([{ kind: 'endpoint-failing' }]);
    expect(detect(input.series)).toEqual([]);
  });

  it.each([
    { rule: 'two are a blip', seen: [ok, away, away], open: false, says: [] },
    { rule: 'two good ones end it', seen: [away, away, away, ok, ok], open: true, says: ['absent'] },
    { rule: 'another fault neither counts nor ends it', seen: [away, away, failed, away], open: false, says: ['present'] },
  ])('$rule', ({ seen, open, says }) => {
    expect(detect([httpSeries(seen)], open ? ['rate-limited:http:/checkout'] : []).map(({ state }) => state)).toEqual(says);
  });

  it('say so where nobody can see whom it counts, nor how many come in', () => {
    expect(detect([httpSeries([away, away, away])])).toMatchObject([{ evidence: [expect.stringContaining('whom it counts is not known'), 'how many requests come in is not known', expect.any(String)] }]);
  });
});

describe('those that a limiter blocks', () => {
  const blocked = (count: number, counted = 40, near = 0): readonly [number, number, number, number] => [counted, count, near, 0];
  const thrice = (one: readonly [number, number | null, number | null, number], note: string | null = null): Series => limiterSeries([one, one, one], note);

  it('are told when they are many and no more comes in than usual: by number, by name, and beside what is usual', () => {
    expect(detect([thrice(blocked(17), '203.0.113.7 (412 of 100)'), pm2(2, 3)])).toEqual([{
      state: 'present', fingerprint: 'rate-limiter-blocking:limiter', kind: 'rate-limiter-blocking', severity: 'warning', emergency: false,
      title: 'its rate limiter turns away 17 of the 40 it counts',
      evidence: ['blocked: 203.0.113.7 (412 of 100)', '2 requests a second come in; up to 3 are usual', expect.stringContaining('limit is too low')],
    }]);
  });

  it('are worth knowing alone while more comes in than usual: then it does what it is for', () => {
    expect(detect([thrice(blocked(17)), pm2(9, 3)])).toMatchObject([{ severity: 'info', evidence: ['who they are is not known', expect.any(String), 'More comes in than usual: it does what it is for.'] }]);
  });

  it.each([
    ['one who asks too often is always there', blocked(1), 0],
    ['three of a thousand are few', blocked(3, 1_000), 0],
    ['three of thirty are not', blocked(3, 30), 1],
    ['one that stands for many, because it is a proxy, is told', blocked(1, 1_000, 1), 1],
    ['no limit, no opinion', [40, null, null, 0] as const, 0],
  ])('%s', (_, seen, claims) => {
    expect(detect([thrice(seen)])).toHaveLength(claims);
  });

  it('are over when few are left', () => {
    expect(detect([limiterSeries([blocked(17), blocked(1), blocked(1)])], ['rate-limiter-blocking:limiter'])).toEqual([{ state: 'absent', fingerprint: 'rate-limiter-blocking:limiter' }]);
  });

  it('and jobs that may not begin are told too', () => {
    const stopped = limiterSeries([[0, null, null, 1], [0, null, null, 1], [0, null, null, 1]], 'mails (4 jobs wait)');
    expect(detect([stopped])).toMatchObject([{ kind: 'rate-limiter-stopped', severity: 'warning', title: 'a rate limiter lets no job begin for 60 s', evidence: ['mails (4 jobs wait)', expect.any(String)] }]);
  });
});
