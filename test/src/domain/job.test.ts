import { describe, expect, it } from 'vitest';
import { FAILED, judgeJob, type JobPings } from '../../../src/domain/job.js';

const [MINUTE, HOUR] = [60_000, 3_600_000];
const NOW = Date.UTC(2026, 10, 22, 10);
const rule = { everyMs: 24 * HOUR, graceMs: HOUR, longestMs: 2 * HOUR };
const pings = (change: Partial<JobPings> = {}): JobPings => ({ since: NOW - 90 * 24 * HOUR, startedAt: null, endedAt: null, exit: null, ranMs: null, heardAt: NOW, deafFrom: null, deafUntil: null, ...change });
const ended = (agoMs: number, exit = 0): Partial<JobPings> => ({ endedAt: NOW - agoMs, exit });

describe('a job', () => {
  it.each<readonly [string, Partial<JobPings>, string, string]>([
    ['pinged in time', ended(3 * HOUR), 'well', 'pinged 3 h ago'],
    ['pinged in time, and told its start', { ...ended(3 * HOUR), startedAt: NOW - 3 * HOUR - 40_000, ranMs: 40_000 }, 'well', 'pinged 3 h ago, after 40 s'],
    ['may be as late as the grace says', ended(25 * HOUR), 'well', 'pinged 25 h ago'],
    ['is late after that', ended(25 * HOUR + 1_000), 'late', 'last pinged 25 h ago; it has to every 24 h, 1 h late at most'],
    ['is new', { since: NOW - HOUR }, 'waiting', 'has not pinged yet; it has to within 25 h of 1 h ago'],
    ['has never pinged', { since: NOW - 26 * HOUR }, 'late', 'has never pinged, in 26 h; it has to every 24 h, 1 h late at most'],
    ['runs', { startedAt: NOW - HOUR, ...ended(24 * HOUR) }, 'running', 'has run for 1 h'],
    ['runs, and began late', { startedAt: NOW - MINUTE, ...ended(30 * HOUR) }, 'running', 'has run for 60 s'],
    ['runs too long', { startedAt: NOW - 3 * HOUR, ...ended(24 * HOUR) }, 'overrun', 'began 3 h ago and has not ended; it may run 2 h'],
    ['failed', ended(MINUTE, 3), 'failed', 'failed with exit status 3, 60 s ago'],
    ['told only that it failed', ended(MINUTE, FAILED), 'failed', 'failed, 60 s ago'],
    ['failed, and tries again', { ...ended(MINUTE, 1), startedAt: NOW - 1_000 }, 'failed', 'failed with exit status 1, 60 s ago, and runs again'],
    ['pinged before the clock was set back', ended(-HOUR), 'well', 'pinged 0 ms ago'],
  ])('that %s', (_what, change, state, note) => {
    expect(judgeJob(pings(change), rule, NOW)).toEqual({ state, note });
  });

  it.each<readonly [string, Partial<JobPings>, string]>([
    ['nobody listens, and none was due', { ...ended(HOUR), heardAt: NOW - HOUR }, 'well'],
    ['nobody listens, and one was due', { ...ended(26 * HOUR), heardAt: NOW - HOUR }, 'unheard'],
    ['nobody listened when it was due', { ...ended(26 * HOUR), deafFrom: NOW - 3 * HOUR, deafUntil: NOW - HOUR }, 'unheard'],
    ['it did not ping for a whole turn after that either', { ...ended(60 * HOUR), deafFrom: NOW - 40 * HOUR, deafUntil: NOW - 26 * HOUR }, 'late'],
    ['nobody listened before it pinged last', { ...ended(26 * HOUR), deafFrom: NOW - 40 * HOUR, deafUntil: NOW - 30 * HOUR }, 'late'],
    ['its end may have been lost', { startedAt: NOW - 3 * HOUR, deafFrom: NOW - 2 * HOUR, deafUntil: NOW - HOUR }, 'unheard'],
    ['it told that it failed, whoever listens now', { ...ended(HOUR, 1), heardAt: NOW - HOUR }, 'failed'],
  ])('is not blamed for what nobody could take: %s', (_what, change, state) => {
    expect(judgeJob(pings(change), rule, NOW).state).toBe(state);
  });
});
