import { describe, expect, it } from 'vitest';
import { allEndpointsFailing } from '../../../monitoring/detectors/all-endpoints-failing.js';
import type { Series } from '../../../monitoring/detectors/detector.js';
import type { Claim } from '../../../src/domain/finding.js';
import { error, failed, httpSeries, inputOf, ok, pm2Series, process, refused, unknown, type Happening } from './build.js';

function detect(series: readonly Series[], open = false): readonly Claim[] {
  return allEndpointsFailing.detect(inputOf(allEndpointsFailing.options.parse({}), { series, open: open ? ['all-endpoints-failing'] : [] }));
}

function both(first: readonly Happening[], second: readonly Happening[]): readonly Series[] {
  return [httpSeries(first, { name: 'http:/', critical: false }), httpSeries(second, { name: 'http:/checkout' }), pm2Series([process()])];
}

describe('all-endpoints-failing', () => {
  it.each([
    { rule: 'one well endpoint of two is not all', series: both([ok, ok], [failed, failed]), says: [] },
    { rule: 'each must have been bad twice', series: both([ok, failed], [failed, failed]), says: [] },
    { rule: 'all bad twice is all', series: both([failed, failed], [refused, refused]), says: ['present'] },
    { rule: 'an endpoint nobody could measure is unknown, not sick', series: both([error, unknown], [failed, failed]), says: [] },
    { rule: 'an endpoint without readings neither', series: both([], [failed, failed]), says: [] },
    { rule: 'an error after two bad ones does not make it well', series: both([failed, failed, error], [failed, failed]), says: ['present'] },
    { rule: 'no endpoint is not all endpoints', series: [pm2Series([process()])], says: [] },
    { rule: 'the only endpoint counts when it is critical', series: [httpSeries([failed, failed])], says: ['present'] },
    { rule: 'the only endpoint does not when it is not', series: [httpSeries([failed, failed, failed], { critical: false })], says: [] },
  ])('$rule', ({ series, says }) => {
    expect(detect(series).map(({ state }) => state)).toEqual(says);
  });

  it('is an emergency, and says what each endpoint answers', () => {
    expect(detect(both([failed, failed], [refused, refused, refused]))).toEqual([{
      state: 'present',
      fingerprint: 'all-endpoints-failing',
      kind: 'all-endpoints-failing',
      severity: 'critical',
      emergency: true,
      title: 'all 2 endpoints fail',
      evidence: ['/: status 500', '/checkout: refused'],
    }]);
  });

  it.each([
    { configured: 2, series: [...both([failed, failed], [failed, failed]), httpSeries([failed, failed], { name: 'liveness' })], title: 'all 2 endpoints fail' },
    { configured: 1, series: [httpSeries([failed, failed], { name: 'http:/' }), httpSeries([failed, failed], { name: 'liveness' })], title: 'the only endpoint fails' },
    { configured: 0, series: [httpSeries([failed, failed], { name: 'liveness' })], title: 'it does not answer as it should' },
  ])('counts the $configured endpoints that were configured, and not liveness', ({ series, title }) => {
    expect(detect(series)).toMatchObject([{ state: 'present', title }]);
  });

  it('passes over a check that is not trusted: the others decide', () => {
    const [first, second] = both([failed, failed], [failed, failed]) as [Series, Series];
    expect(detect([{ ...first, check: { ...first.check, trusted: false } }, second])).toMatchObject([{ title: 'the only endpoint fails' }]);
  });

  it('ends when one endpoint is good twice, and not before', () => {
    expect(detect(both([failed, ok], [failed, failed]), true)).toEqual([]);
    expect(detect(both([failed, ok, ok], [failed, failed]), true)).toMatchObject([{ state: 'absent' }]);
    expect(detect(both([ok, failed], [ok, failed]), true)).toMatchObject([{ state: 'present' }]);
  });
});
