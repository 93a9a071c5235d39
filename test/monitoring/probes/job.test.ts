import { describe, expect, it } from 'vitest';
import { job as probe } from '../../../monitoring/probes/job.js';
import type { JobPings } from '../../../src/domain/job.js';
import { systemClock } from '../../../src/io/clock.js';
import { noPings, type Pings } from '../../../src/io/pings.js';
import { soundReading } from '../../contracts/probe.js';
import { ioOf } from './io.js';

const NOW = Date.UTC(2026, 10, 22, 10);
const options = probe.options.parse({ ping: 'a'.repeat(64), everyMs: 3_600_000, graceMs: 60_000, longestMs: 60_000 });
const told = (change: Partial<JobPings>): Pings => ({ of: async (id) => (id === options.ping ? { since: NOW - 1, startedAt: null, endedAt: null, exit: null, ranMs: null, heardAt: NOW, deafFrom: null, deafUntil: null, ...change } : null) });
const measure = async (pings: Pings) => {
  const reading = soundReading(probe, await probe.measure(options, ioOf({ pings, clock: { ...systemClock, now: () => NOW } }), new AbortController().signal));
  return { verdict: reading.verdict, note: reading.note, values: Object.fromEntries(probe.fields.map((field, n) => [field, reading.values[n]])) };
};

describe('a job’s pings', () => {
  it('are good, with what the last run took', async () => {
    expect(await measure(told({ endedAt: NOW - 5_000, exit: 0, startedAt: NOW - 9_000, ranMs: 4_000 }))).toEqual({ verdict: 'good', note: 'pinged 5 s ago, after 4 s', values: { failed: 0, late: 0, overrun: 0, exit: 0, age_ms: 5_000, ran_ms: 4_000 } });
  });

  it.each([
    ['failed', { endedAt: NOW - 5_000, exit: 2 }], ['late', { endedAt: NOW - 3_700_000, exit: 0 }], ['overrun', { startedAt: NOW - 61_000 }],
  ])('are bad where it is %s', async (what, change) => {
    const { verdict, values } = await measure(told(change));
    expect([verdict, values[what], (values['failed'] ?? 0) + (values['late'] ?? 0) + (values['overrun'] ?? 0)]).toEqual(['bad', 1, 1]);
  });

  it('are unknown while nobody takes them, and that is no fault of the job', async () => {
    expect((await measure(noPings)).verdict).toBe('unknown');
    expect(await measure(told({ endedAt: NOW - 3_700_000, exit: 0, heardAt: NOW - 120_000 }))).toMatchObject({ verdict: 'unknown', note: 'nobody has taken pings for 2 min: the bot does not run, or cannot listen' });
  });
});
