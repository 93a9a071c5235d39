import { describe, expect, it } from 'vitest';
import type { Claim } from '../../../src/domain/finding.js';
import { endpointFailing } from '../../../monitoring/detectors/endpoint-failing.js';
import { error, failed, httpSeries, inputOf, ok, pm2Series, process, refused, unknown, type Happening, NOW, timedOut } from './build.js';

const FINGERPRINT = 'endpoint-failing:http:/checkout';

/** One answer of three is wrong: a good reading. */
const half: Happening = { ...ok, values: ok.values.map((value, n) => (n === 2 ? 2 : n === 3 ? 3 : value)) };

function detect(happenings: readonly Happening[], facts: { open?: boolean; critical?: boolean; trusted?: boolean; options?: object; agoMs?: number } = {}): readonly Claim[] {
  const options = endpointFailing.options.parse(facts.options ?? {});
  return endpointFailing.detect(inputOf(options, { series: [httpSeries(happenings, facts)], open: facts.open ? [FINGERPRINT] : [] }));
}

describe('endpoint-failing', () => {
  it.each([
    { rule: 'two bad readings are a blip', seen: [ok, failed, failed], open: false, says: [] },
    { rule: 'three in a row open it', seen: [ok, failed, failed, failed], open: false, says: ['present'] },
    { rule: 'a good one between starts the count anew', seen: [failed, failed, ok, failed, failed], open: false, says: [] },
    { rule: 'an error neither counts', seen: [failed, failed, error], open: false, says: [] },
    { rule: 'nor does it reset', seen: [failed, error, failed, unknown, failed], open: false, says: ['present'] },
    { rule: 'what is open stays so on one more bad', seen: [ok, failed], open: true, says: ['present'] },
    { rule: 'one good reading ends nothing', seen: [failed, failed, failed, ok], open: true, says: [] },
    { rule: 'two in a row end it', seen: [failed, failed, failed, ok, ok], open: true, says: ['absent'] },
    { rule: 'an error between them does not matter', seen: [failed, ok, error, ok], open: true, says: ['absent'] },
    { rule: 'what is not open cannot end', seen: [ok, ok, ok], open: false, says: [] },
    { rule: 'no reading is no opinion, even when open', seen: [], open: true, says: [] },
  ])('$rule', ({ seen, open, says }) => {
    expect(detect(seen, { open }).map(({ state }) => state)).toEqual(says);
  });

  it('sees one process of several that fails: its answers take turns with right ones', () => {
    const turns = [half, failed, half, failed, half, failed, half, failed];
    expect(detect([ok, ok, ...turns])).toMatchObject([{ state: 'present', kind: 'endpoint-failing', severity: 'critical', emergency: false, title: '/checkout: status 500 now and then, 8 of the last 16 answers' }]);
    expect(detect(turns.slice(1)), 'seven readings').toEqual([]);
    expect(detect([ok, failed, failed, failed, failed, failed, ok, ok]), 'a trouble that was just over').toEqual([]);
    expect(detect([ok, half, failed, failed, failed, half, ok, ok]), 'and one that began and ended within a reading').toEqual([]);
    expect(detect([half, failed, half, failed, half, failed, ok, ok]), 'one that a repair has just ended').toEqual([]);
    expect(detect([failed, ok, failed, ok, ok, failed, ok, failed]), 'one answer a reading').toMatchObject([{ state: 'present' }]);
    expect(detect([ok, half, ok, ok, ok, half, ok, ok]), 'one answer in twelve').toEqual([]);
    expect(detect([...turns, half, half], { open: true }), 'not over while some are wrong').toMatchObject([{ state: 'present' }]);
    expect(detect([...turns, ok, half, ok], { open: true })).toMatchObject([{ state: 'absent' }]);
  });

  it('of an address without an answer waits until others were asked, and not for long: what hangs is repaired otherwise', () => {
    const silent = (facts: { readonly otherAgoMs?: number; readonly open?: boolean; readonly now?: number; readonly last?: Happening } = {}) => {
      const checkout = httpSeries([timedOut, timedOut, facts.last ?? timedOut], { everyMs: 3_000 });
      const series = [{ ...checkout, samples: checkout.samples.map((sample) => ({ ...sample, ms: 2_000 })) }, httpSeries([ok], { name: 'liveness', agoMs: facts.otherAgoMs ?? 7_000 })];
      return endpointFailing.detect(inputOf(endpointFailing.options.parse({}), { series, open: facts.open ? [FINGERPRINT] : [], now: facts.now ?? NOW }));
    };
    expect(silent()).toEqual([]);
    expect(silent({ otherAgoMs: 5_000 })).toMatchObject([{ state: 'present' }]);
    expect(silent({ now: NOW + 8_000 })).toMatchObject([{ state: 'present' }]);
    expect(silent({ open: true })).toMatchObject([{ state: 'present' }]);
    expect(silent({ last: failed })).toMatchObject([{ state: 'present' }]);
  });

  it('says for how long it is open where counting began anew, and not how long it was counted since', () => {
    const since = (openSince: number) => endpointFailing.detect(inputOf(endpointFailing.options.parse({}), { series: [httpSeries([failed, failed], { everyMs: 1_000 })], open: [FINGERPRINT], openSince }));
    expect(since(NOW - 180_000)).toMatchObject([{ title: '/checkout: status 500, still so after 3 min' }]);
    expect(since(NOW)).toMatchObject([{ title: expect.stringContaining('2 checks in a row over') as unknown }]);
  });

  it('says what was wrong, how often, for how long, and when it was last well', () => {
    expect(detect([ok, failed, refused, failed], { agoMs: 30_000 })).toEqual([{
      state: 'present',
      fingerprint: FINGERPRINT,
      kind: 'endpoint-failing',
      severity: 'critical',
      emergency: false,
      title: '/checkout: status 500, 3 checks in a row over 90 s',
      evidence: ['status 500 × 2, refused × 1', 'last good 2 min ago'],
    }]);
  });

  it('is an emergency from the fifth bad reading of a critical check on, and a warning at most for another', () => {
    const four = Array.from({ length: 4 }, () => failed);
    expect(detect(four)).toMatchObject([{ emergency: false }]);
    expect(detect([...four, error, failed])).toMatchObject([{ emergency: true, severity: 'critical' }]);
    expect(detect([...four, failed], { critical: false })).toMatchObject([{ emergency: false, severity: 'warning' }]);
  });

  it('opens nothing on a check that is not trusted, and ends what is open there', () => {
    expect(detect([failed, failed, failed], { trusted: false, open: true })).toEqual([]);
    expect(detect([failed, ok, ok], { trusted: false, open: true })).toMatchObject([{ state: 'absent' }]);
  });

  it('takes the counts of the configuration', () => {
    expect(detect([failed, failed], { options: { bad: 2 } })).toMatchObject([{ state: 'present' }]);
    expect(detect([failed, ok], { options: { good: 1 }, open: true })).toMatchObject([{ state: 'absent' }]);
    expect(() => endpointFailing.options.parse({ bad: 0 })).toThrow();
    expect(() => endpointFailing.options.parse({ baad: 2 })).toThrow(/baad/);
  });

  it('leaves checks of other probes alone', () => {
    const down = process({ verdict: 'bad', online: 0 });
    expect(endpointFailing.detect(inputOf(endpointFailing.options.parse({}), { series: [pm2Series([down, down, down])] }))).toEqual([]);
  });
});
