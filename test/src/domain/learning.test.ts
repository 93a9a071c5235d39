import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RemediationId } from '../../../src/domain/ids.js';
import { atLeast, isBetter, judgeRuns, LASTS_MS, orderByEvidence, tally, type EndedRun, type Tally } from '../../../src/domain/learning.js';

const run = (change: Partial<EndedRun> = {}): EndedRun => ({
  id: 'r1' as RemediationId, repair: 'pm2.reload', risk: 'safe', kind: 'endpoint-failing', verdict: 'auto', byHand: false, state: 'verified', fingerprint: 'endpoint-failing:/checkout', endedAt: 1_000, ...change,
});
const seen = (repair: string, helped: number, runs: number): Tally => ({ kind: 'endpoint-failing', repair, helped, runs, unknown: 0 });
const LADDER = ['pm2.reload', 'pm2.restart', 'release.rollback'].map((repair) => ({ repair }));
const order = (...tallies: readonly Tally[]): readonly string[] => orderByEvidence(LADDER, tallies, 'release.rollback').map(({ repair }) => repair);

describe('what became of a run', () => {
  const back = (at: number, fingerprint = 'endpoint-failing:/checkout') => ({ findings: [{ fingerprint, at }], launchedAt: [] });
  const quiet = { findings: [], launchedAt: [] };
  it.each([
    ['helped, when a day passed without the problem', run(), quiet, 1_000 + LASTS_MS, 'helped'],
    ['is open while the day is not over', run(), quiet, 999 + LASTS_MS, 'open'],
    ['did not help, when the problem came back within a day', run(), back(1_000 + LASTS_MS), 10 * LASTS_MS, 'did_not_help'],
    ['did not help, as soon as the problem is back', run(), back(2_000), 2_000, 'did_not_help'],
    ['helped, when the problem came back later than a day', run(), back(1_001 + LASTS_MS), 10 * LASTS_MS, 'helped'],
    ['helped, when another problem came up', run(), back(2_000, 'memory:shop'), 10 * LASTS_MS, 'helped'],
    ['helped, when the problem came back with another release', run(), { ...back(3_000), launchedAt: [500, 2_000] }, 10 * LASTS_MS, 'helped'],
    ['does not know what was seen after the time it is judged at', run(), back(3_000), 2_000, 'open'],
    ['did not help, when it failed', run({ state: 'failed' }), quiet, 2_000, 'did_not_help'],
    ['is unclear, when too little was measured', run({ state: 'unclear' }), quiet, 10 * LASTS_MS, 'unclear'],
  ] as const)('%s', (_rule, one, after, at, outcome) => {
    expect(judgeRuns([one], after, at)).toMatchObject([{ outcome }]);
  });

  it('is counted by kind of incident and repair, what is not known apart', () => {
    const runs = [run(), run({ state: 'failed' }), run({ state: 'unclear' }), run({ repair: 'pm2.kill', kind: 'hang' }), run({ endedAt: 5_000 })];
    expect(tally(judgeRuns(runs, quiet, 1_000 + LASTS_MS))).toEqual([
      { kind: 'endpoint-failing', repair: 'pm2.reload', helped: 1, runs: 2, unknown: 2 },
      { kind: 'hang', repair: 'pm2.kill', helped: 1, runs: 1, unknown: 0 },
    ]);
  });
});

describe('the order of a ladder', () => {
  it.each([
    ['stands while nothing is known', [], LADDER],
    ['changes where a later rung helps more at least than an earlier one ever did', [seen('pm2.reload', 1, 4), seen('pm2.restart', 7, 8)], [LADDER[1], LADDER[0], LADDER[2]]],
    ['stands where the share alone is higher', [seen('pm2.reload', 6, 10), seen('pm2.restart', 7, 10)], LADDER],
    ['stands where one of the two was run too seldom', [seen('pm2.reload', 0, 3), seen('pm2.restart', 50, 50)], LADDER],
    ['stands where the first is the better one', [seen('pm2.reload', 7, 8), seen('pm2.restart', 1, 4)], LADDER],
    ['never brings the rollback forward', [seen('pm2.reload', 0, 50), seen('pm2.restart', 0, 50), seen('release.rollback', 50, 50)], LADDER],
  ])('%s', (_rule, tallies, expected) => {
    expect(order(...tallies)).toEqual(expected.map((rung) => rung?.repair));
  });

  it('leaves a rung of which nothing is known where it stands', () => {
    const rungs = ['a', 'b', 'c'].map((repair) => ({ repair }));
    expect(orderByEvidence(rungs, [seen('a', 0, 9), seen('c', 9, 9)], 'release.rollback').map(({ repair }) => repair)).toEqual(['c', 'b', 'a']);
  });

  it('puts no rung before one that it is not better than', () => {
    const rungs = ['a', 'b', 'c'].map((repair) => ({ repair }));
    expect(orderByEvidence(rungs, [seen('a', 3, 10), seen('b', 4, 10), seen('c', 7, 10)], 'release.rollback').map(({ repair }) => repair)).toEqual(['c', 'a', 'b']);
  });

  it('drops no rung, moves no rollback, and puts no rung behind one it is better than, whatever was counted', () => {
    const counts = fc.tuple(fc.nat(60), fc.nat(60)).map(([helped, not]) => ({ helped, runs: helped + not }));
    fc.assert(fc.property(fc.array(counts, { minLength: 1, maxLength: 8 }), fc.nat(8), (all, at) => {
      const rungs = all.map((_, n) => ({ repair: `r${n}` })).toSpliced(Math.min(at, all.length), 0, { repair: 'release.rollback' });
      const tallies = all.map(({ helped, runs }, n) => seen(`r${n}`, helped, runs));
      const ordered = orderByEvidence(rungs, [...tallies, seen('release.rollback', 60, 60)], 'release.rollback');
      expect(new Set(ordered)).toEqual(new Set(rungs));
      expect(ordered.findIndex(({ repair }) => repair === 'release.rollback')).toBe(rungs.findIndex(({ repair }) => repair === 'release.rollback'));
      const placed = ordered.flatMap(({ repair }) => tallies.find((one) => one.repair === repair) ?? []).filter(({ runs }) => runs >= 4);
      for (const [index, one] of placed.entries()) for (const later of placed.slice(index + 1)) expect(isBetter(later, one)).toBe(false);
    }));
  });
});

it('says at least so much as little evidence bears', () => {
  expect([[7, 8], [1, 4], [10, 10], [0, 5], [0, 0]].map(([helped = 0, runs = 0]) => Math.round(atLeast({ helped, runs }) * 100))).toEqual([53, 5, 72, 0, 0]);
});
