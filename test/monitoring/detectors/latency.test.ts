import { describe, expect, it } from 'vitest';
import { latency } from '../../../monitoring/detectors/latency.js';
import type { Claim } from '../../../src/domain/finding.js';
import { answer, error, failed, httpSeries, inputOf, NOW, type Happening } from './build.js';

const FINGERPRINT = 'latency:http:/checkout';
const usual = { median: 80, p95: 120 };

interface Facts {
  readonly open?: boolean;
  readonly baseline?: { median: number; p95: number } | null;
  readonly options?: object;
}

function detect(times: readonly (number | Happening)[], facts: Facts = {}): readonly Claim[] {
  const { baseline = usual, open = false, options = {} } = facts;
  const happenings = times.map((one) => (typeof one === 'number' ? answer(one) : one));
  return latency.detect(inputOf(latency.options.parse(options), { series: [httpSeries(happenings, { baseline })], open: open ? [FINGERPRINT] : [] }));
}

const states = (claims: readonly Claim[]): readonly string[] => claims.map(({ state }) => state);

describe('latency', () => {
  it.each([
    { rule: 'two grossly slow readings are a blip', times: [80, 800, 800], says: [] },
    { rule: 'three in a row open it', times: [80, 800, 800, 800], says: ['present'] },
    { rule: 'a quick one between starts anew', times: [800, 800, 80, 800, 800], says: [] },
    { rule: 'a reading that failed says nothing of the time', times: [800, failed, 800, error, 800], says: ['present'] },
    { rule: 'slow, but not grossly so, asks for six', times: [300, 300, 300, 300, 300], says: [] },
    { rule: 'and with the sixth it is slow', times: [300, 300, 300, 300, 300, 300], says: ['present'] },
    { rule: 'below three times the usual is not slow', times: Array.from({ length: 20 }, () => 230), says: [] },
  ])('$rule', ({ times, says }) => {
    expect(states(detect(times))).toEqual(says);
  });

  it('does not mind three times of next to nothing', () => {
    const tiny = { median: 2, p95: 4 };
    expect(detect([20, 30, 40, 50, 60, 90], { baseline: tiny })).toEqual([]);
    expect(states(detect([110, 110, 110], { baseline: tiny }))).toEqual(['present']);
  });

  it("allows for the app's own noise: what is usual in one reading of twenty is not slow at twice that", () => {
    const noisy = { median: 80, p95: 400 };
    expect(detect([700, 750, 700, 750, 700, 790], { baseline: noisy })).toEqual([]);
    expect(states(detect([1_300, 1_300, 1_300], { baseline: noisy }))).toEqual(['present']);
  });

  it('says how slow, against what, and since when', () => {
    expect(detect([80, 800, 850, 900])).toEqual([{
      state: 'present',
      fingerprint: FINGERPRINT,
      kind: 'latency',
      severity: 'warning',
      emergency: false,
      title: '/checkout takes 850 ms, 10.6 times the usual 80 ms',
      evidence: ['above 240 ms in 3 readings over 60 s', 'usual: median 80 ms, 95 % below 120 ms, from 50 good readings'],
    }]);
  });

  it('holds an absolute limit where there is no baseline, so that slow from birth is seen', () => {
    expect(detect([1_900, 1_900, 1_900], { baseline: null })).toEqual([]);
    expect(detect([2_100, 2_100, 2_100], { baseline: null })).toMatchObject([{ severity: 'warning', title: '/checkout takes 2.1 s', evidence: [expect.anything(), 'no baseline yet: judged by the absolute limit'] }]);
    const slowFromBirth = { median: 2_500, p95: 2_800 };
    expect(states(detect([2_500, 2_500, 2_500, 2_500, 2_500, 2_500], { baseline: slowFromBirth }))).toEqual(['present']);
  });

  it('takes another limit for a check that is slow by its nature', () => {
    const options = { limits: { 'http:/checkout': 5_000 } };
    expect(detect([2_500, 2_500, 2_500], { baseline: null, options })).toEqual([]);
    expect(states(detect([5_100, 5_100, 5_100], { baseline: null, options }))).toEqual(['present']);
  });

  it('is an emergency when the average passes ten seconds', () => {
    expect(detect([9_000, 9_000, 11_000])).toMatchObject([{ emergency: false, severity: 'warning' }]);
    expect(detect([9_000, 9_000, 14_000])).toMatchObject([{ emergency: true, severity: 'critical', title: expect.stringContaining('11 s') }]);
    expect(detect([80, 14_000], { open: true })).toMatchObject([{ emergency: false }]);
  });

  it('ends below one and a half times the usual, twice in a row, and says nothing between the limits', () => {
    const before = [800, 800, 800];
    expect(detect([...before, 115], { open: true })).toEqual([]);
    expect(states(detect([...before, 115, 115], { open: true }))).toEqual(['absent']);
    expect(states(detect([...before, 115, 200], { open: true }))).toEqual([]);
    expect(states(detect([115, 200, 115], { open: true }))).toEqual(['absent']);
    expect(states(detect([115, 250], { open: true }))).toEqual(['present']);
  });

  it('ends below three quarters of the absolute limit where there is no baseline', () => {
    expect(detect([2_500, 1_600, 1_600], { baseline: null, open: true })).toMatchObject([{ state: 'present' }]);
    expect(states(detect([2_500, 1_400, 1_400], { baseline: null, open: true }))).toEqual(['absent']);
  });

  it('looks at every check that measures an answer time, whatever its clock says', () => {
    const series = [httpSeries([answer(900), answer(900), answer(900)], { baseline: usual }), httpSeries([answer(80)], { baseline: usual, name: 'liveness' })];
    const claims = latency.detect(inputOf(latency.options.parse({}), { series, now: NOW - 3_600_000 }));
    expect(claims).toMatchObject([{ fingerprint: FINGERPRINT, evidence: [expect.stringContaining('over 0 ms'), expect.anything()] }]);
  });
});
