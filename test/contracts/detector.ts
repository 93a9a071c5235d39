import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Act } from '../../src/domain/act.js';
import type { Sample } from '../../src/domain/check.js';
import type { Detector, DetectorInput, Series } from '../../monitoring/detectors/detector.js';
import { APP, HTTP_FIELDS, NOW, PM2_FIELDS } from '../monitoring/detectors/build.js';

/** What a detector is shown, without its options. */
export type Picture = Pick<DetectorInput<unknown>, 'series' | 'acts'>;

const RUNS = 300;

type Measured = Pick<Sample, 'verdict' | 'values' | 'note'>;

/** A check of another kind than an app has, with a reading of it in which all is well. */
interface OtherCheck {
  readonly name: string;
  readonly probe: string;
  readonly fields: readonly string[];
  readonly well: fc.Arbitrary<readonly (number | null)[]>;
}

/** What holds of every detector. `fingerprints` are those it may have open for checks 'http:/a', 'liveness' and 'pm2', or for the other one. */
export function detectorContract<O>(detector: Detector<O>, fingerprints: readonly string[], other: OtherCheck | null = null): void {
  const checks = other === null ? APP_CHECKS : [{ name: other.name, probe: other.probe, fields: other.fields }];
  const options = detector.options.parse({});
  const detect = (picture: Picture, open: readonly string[] = []): ReturnType<Detector<O>['detect']> =>
    detector.detect({ ...picture, open: new Map(open.map((one) => [one, NOW])), options, now: NOW });
  const opens = fc.subarray([...fingerprints]);

  describe(`${detector.kind}, as every detector`, () => {
    it('says nothing without samples and acts', () => {
      expect(detect({ series: [], acts: [] })).toEqual([]);
      expect(detect({ series: empty(checks), acts: [] })).toEqual([]);
    });

    it('claims nothing present on unknown and error alone, whatever is open', () => {
      fc.assert(fc.property(pictures(checks, ['unknown', 'error'], fc.constant([])), opens, (picture, open) => {
        expect(present(detect(picture, open))).toEqual([]);
      }), { numRuns: RUNS });
    });

    it('claims nothing present while all is well, whatever is open', () => {
      fc.assert(fc.property(healthy(other), opens, (picture, open) => {
        expect(present(detect(picture, open))).toEqual([]);
      }), { numRuns: RUNS });
    });

    it('does not say nothing of everything', () => {
      const some = fc.sample(pictures(checks, ['good', 'bad', 'unknown', 'error'], anyActs()), { numRuns: RUNS, seed: 72 });
      expect(some.some((picture) => present(detect(picture, fingerprints)).length > 0)).toBe(true);
    });

    it('never throws, says the same of the same, changes nothing, and ends only what is open', () => {
      fc.assert(fc.property(pictures(checks, ['good', 'bad', 'unknown', 'error'], anyActs()), opens, (picture, open) => {
        const frozen = deepFreeze(picture);
        const claims = detect(frozen, open);
        expect(detect(frozen, open)).toEqual(claims);
        expect(claims.filter(({ state }) => state === 'absent').every(({ fingerprint }) => open.includes(fingerprint))).toBe(true);
        expect(new Set(claims.map(({ fingerprint }) => fingerprint)).size).toBe(claims.length);
      }), { numRuns: RUNS });
    });

    it('says what is wrong in one bounded line, with bounded evidence', () => {
      fc.assert(fc.property(pictures(checks, ['good', 'bad', 'unknown', 'error'], anyActs()), opens, (picture, open) => {
        for (const claim of present(detect(picture, open))) {
          expect(claim.title).toMatch(/^[^\n]{5,200}$/);
          expect(claim.title).not.toMatch(/NaN|undefined|null|Infinity/);
          expect(claim.evidence.length).toBeGreaterThan(0);
          expect(claim.evidence.length).toBeLessThanOrEqual(10);
        }
      }), { numRuns: RUNS });
    });

    it('opens nothing on a check that is not trusted', () => {
      fc.assert(fc.property(pictures(checks, ['good', 'bad'], fc.constant([])), (picture) => {
        const series = picture.series.map((one) => ({ ...one, check: { ...one.check, trusted: false } }));
        expect(present(detect({ ...picture, series }))).toEqual([]);
      }), { numRuns: RUNS });
    });
  });
}

function present(claims: ReturnType<Detector<unknown>['detect']>): readonly Extract<(typeof claims)[number], { state: 'present' }>[] {
  return claims.filter((claim) => claim.state === 'present');
}

const APP_CHECKS: readonly CheckShape[] = [
  { name: 'http:/a', probe: 'http', fields: HTTP_FIELDS },
  { name: 'liveness', probe: 'http', fields: HTTP_FIELDS },
  { name: 'pm2', probe: 'pm2', fields: PM2_FIELDS },
];

interface CheckShape {
  readonly name: string;
  readonly probe: string;
  readonly fields: readonly string[];
}

function empty(checks: readonly CheckShape[]): readonly Series[] {
  return checks.map((check, index) => seriesOf(check, index, []));
}

function seriesOf({ name, probe, fields }: CheckShape, index: number, samples: readonly Sample[]): Series {
  const known = { median: 50, p95: 90 };
  const baseline = { checkId: index, releaseId: 'release-1' as never, n: 50, values: fields.map(() => known) };
  return { check: { id: index, name, probe, options: {}, critical: true, trusted: true }, fields, samples, baseline: probe === 'http' ? baseline : null };
}

/** Anything a store could hold: readings of any value at growing times. */
function pictures(checks: readonly CheckShape[], verdicts: readonly Sample['verdict'][], acts: fc.Arbitrary<readonly Act[]>): fc.Arbitrary<Picture> {
  const value = fc.oneof(fc.constant(null), fc.constantFrom(0, 1, 2), fc.double({ min: 0, max: 1e12, noNaN: true }));
  const reading = fc.record({ verdict: fc.constantFrom(...verdicts), values: fc.array(value, { maxLength: 14, size: 'max' }), note: fc.constantFrom(null, 'refused') });
  return picturesOf(checks, () => reading, acts);
}

/** Good readings near the baseline, memory that stays, and nobody but people restarting anything. */
function healthy(other: OtherCheck | null): fc.Arbitrary<Picture> {
  if (other !== null) return picturesOf([other], () => other.well.map((values): Measured => ({ verdict: 'good', values, note: null })), fc.constant([]));
  const http = fc.integer({ min: 20, max: 90 }).map((ms) => ({ verdict: 'good' as const, values: [ms, ms * 2, 3, 3, 200, 0], note: null }));
  const pm2 = fc.integer({ min: 180, max: 220 }).map((mib) => ({ verdict: 'good' as const, values: [2, 2, 7, mib * 1_048_576, 5, 12, 90_000_000, mib / 400], note: null }));
  return picturesOf(APP_CHECKS, (probe) => (probe === 'http' ? http : pm2), anyActs().map((acts) => acts.filter(({ by }) => by === 'person')));
}

function picturesOf(
  checks: readonly CheckShape[],
  readingOf: (probe: string) => fc.Arbitrary<Measured>,
  acts: fc.Arbitrary<readonly Act[]>,
): fc.Arbitrary<Picture> {
  const series = checks.map((check, index) =>
    fc.tuple(fc.array(readingOf(check.probe), { maxLength: 40 }), fc.constantFrom(200, 30_000, 900_000, 14_400_000)).map(([readings, everyMs]) =>
      seriesOf(check, index, readings.map((reading, n) => ({ ...reading, checkId: index, ms: null, at: NOW - (readings.length - 1 - n) * everyMs })))),
  );
  return fc.record({ series: fc.tuple(...series), acts });
}

function anyActs(): fc.Arbitrary<readonly Act[]> {
  const act = fc.record({
    resourceId: fc.constant(APP),
    at: fc.integer({ min: NOW - 7_200_000, max: NOW }),
    by: fc.constantFrom('us' as const, 'pm2' as const, 'person' as const),
    kind: fc.constantFrom('restart', 'exit', 'rollback'),
    fingerprint: fc.constant(null),
    dedupe: fc.uuid(),
    note: fc.constantFrom(null, 'exited with code 1'),
  });
  return fc.array(act, { maxLength: 30 }).map((acts) => acts.toSorted((a, b) => a.at - b.at));
}

function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}
