import { describe, expect, it } from 'vitest';
import { healingFigures, shareOf, type CountedIncident, type CountedRun } from '../../../src/domain/healing-figures.js';

const NOW = 100 * 3_600_000;
const MINUTE = 60_000;
const run = (state: CountedRun['state'], minutesAgo: number, tookMs = 10_000): CountedRun => ({ state, startedAt: NOW - minutesAgo * MINUTE, endedAt: NOW - minutesAgo * MINUTE + tookMs, settleUntil: NOW, byHand: false });
const incident = (change: Partial<CountedIncident> = {}): CountedIncident => ({ kind: 'hang', severity: 'critical', state: 'resolved', openedAt: NOW - 30 * MINUTE, closedAt: NOW - 20 * MINUTE, reason: 'repaired', detectionMs: null, runs: [], ...change });
const figures = (...all: readonly CountedIncident[]) => healingFigures(all, NOW - 60 * MINUTE, NOW);

describe('what was found and mended', () => {
  it('is nothing where nothing was, and has no shares and no times', () => {
    const none = figures();
    expect([none.detected, none.runs.total, shareOf(none.firstAttempt), none.toRepair]).toEqual([0, 0, null, { n: 0, meanMs: null, medianMs: null }]);
  });

  it('is counted in the time in which it happened, and not what people asked for by hand', () => {
    const all = figures(incident(), incident({ openedAt: NOW - 90 * MINUTE }), incident({ openedAt: NOW - 120 * MINUTE, closedAt: NOW - 61 * MINUTE }), incident({ kind: 'manual' }), incident({ severity: 'warning', state: 'open', closedAt: null }));
    expect([all.detected, all.bySeverity, all.resolved]).toEqual([2, { info: 0, warning: 1, critical: 1 }, 2]);
  });

  it('tells first attempts from those that came after', () => {
    const all = figures(
      incident({ runs: [run('verified', 25)] }), incident({ runs: [run('failed', 28), run('verified', 25)] }), incident({ runs: [run('failed', 28), run('unclear', 25)] }),
      incident({ runs: [run('failed', 28)] }),
      // People stopped the first: it was no attempt.
      incident({ runs: [{ ...run('unclear', 28), settleUntil: null }, run('verified', 25)] }),
    );
    expect([all.firstAttempt, all.fallback]).toEqual([{ n: 2, of: 5 }, { n: 1, of: 2 }]);
    expect([all.repaired, all.runs]).toEqual([3, { total: 8, verified: 3, failed: 3, unclear: 2, byHand: 0 }]);
  });

  it('takes the time to repair from the first bad reading on, where that is known', () => {
    const all = figures(incident(), incident({ detectionMs: 4 * MINUTE }));
    expect([all.toRepair, all.toDetect]).toEqual([{ n: 2, meanMs: 12 * MINUTE, medianMs: 12 * MINUTE }, { n: 1, meanMs: 4 * MINUTE, medianMs: 4 * MINUTE }]);
  });

  it('has no end that nobody saw: what another release took over was not repaired', () => {
    expect(figures(incident({ reason: 'superseded by release 4f2a91c' })).resolved).toBe(0);
  });
});
