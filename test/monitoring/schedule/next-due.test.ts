import { describe, expect, it } from 'vitest';
import { nextDue, type Surroundings } from '../../../monitoring/schedule/next-due.js';
import { NEVER } from '../../../monitoring/stages/stage.js';
import type { Check } from '../../../src/domain/check.js';

const NOW = 1_000_000;
const around: Surroundings = { confirmEveryMs: 1_000, whileOpenMs: 5_000, incidentOpen: false, withoutLaunchMs: null, inVainMs: 0 };
const check = { cadence: 'every', everyMs: 30_000, nextAt: NOW - 100, hotUntil: 0 } as Check;
const inMs = (change: Partial<Surroundings> = {}, of: Partial<Check> = {}): number => nextDue({ ...check, ...of }, NOW, { ...around, ...change }) - NOW;

describe('when a check is due again', () => {
  it('keeps its grid, and passes over slots that were missed', () => {
    expect([inMs(), inMs({}, { nextAt: NOW - 65_000 }), inMs({}, { nextAt: NOW + 5 }), inMs({}, { nextAt: 0 })]).toEqual([29_900, 25_000, 30_000, 30_000]);
  });

  it('is soon while it is confirmed, and while an incident is open', () => {
    expect([inMs({}, { hotUntil: NOW + 1 }), inMs({ incidentOpen: true }), inMs({ incidentOpen: true }, { everyMs: 2_000 })]).toEqual([1_000, 5_000, 2_000]);
  });

  it('is with the next tick for a check of the ticks, or at the slowest cadence without a launch', () => {
    expect([inMs({}, { cadence: 'tick' }), inMs({ withoutLaunchMs: 60_000 }, { cadence: 'tick' })]).toEqual([NEVER - NOW, 60_000]);
  });

  it('leaves what did not answer alone for as long while an incident is open, and no longer than it is measured anyway', () => {
    expect([inMs({ incidentOpen: true, inVainMs: 12_000 }), inMs({ incidentOpen: true, inVainMs: 90_000 })]).toEqual([12_000, 30_000]);
    expect(inMs({ inVainMs: 12_000 }, { hotUntil: NOW + 1 }), 'while it is confirmed nobody waits').toBe(1_000);
  });
});
