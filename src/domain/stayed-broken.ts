import type { Sample } from './check.js';
import { verdictSide } from './streak.js';

/** A time in which something that others need was in trouble; it was good at `from`, and is good since `until`. */
export interface PastTrouble {
  readonly from: number;
  readonly until: number;
}

/** So many good readings in a row are no chance: of four workers one may have lost its connections. */
const STEADY = 3;

/**
 * Was a check good before that trouble, did it break with it, and has it not been well since? `readings` are those of one
 * release, oldest first; unknown and error say nothing. What was broken before, or broke after, has another cause.
 */
export function stayedBroken(readings: readonly Pick<Sample, 'at' | 'verdict'>[], { from, until }: PastTrouble): boolean {
  const judged = readings.filter((reading) => verdictSide(reading) !== null);
  const well = lastSteady(judged);
  const broke = judged[well + 1];
  const lastGood = judged[well];
  return lastGood !== undefined && broke !== undefined && lastGood.at <= until && broke.at > from;
}

/** Where the newest steady run of good readings ends, or that with which all began; -1: there is none. */
function lastSteady(judged: readonly Pick<Sample, 'verdict'>[]): number {
  let run = 0;
  return judged.reduce((steady, { verdict }, n) => {
    run = verdict === 'good' ? run + 1 : 0;
    return run >= STEADY || run === n + 1 ? n : steady;
  }, -1);
}
