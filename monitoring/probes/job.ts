import { z } from 'zod';
import type { Reading } from '../../src/domain/check.js';
import { judgeJob, type JobState } from '../../src/domain/job.js';
import type { Io } from '../../src/io/io.js';
import type { Probe } from './probe.js';

const options = z.strictObject({ ping: z.string(), everyMs: z.number(), graceMs: z.number(), longestMs: z.number() });

type Options = z.output<typeof options>;

const VERDICT: Readonly<Record<JobState, Reading['verdict']>> = { waiting: 'good', running: 'good', well: 'good', failed: 'bad', late: 'bad', overrun: 'bad', unheard: 'unknown' };

/** How a job is by its pings, which the bot took. `age_ms`: since the newest end; `exit`: how that ended; `failed`, `late` and `overrun` are 0 or 1. */
export const job: Probe<Options> = { kind: 'job', options, fields: ['failed', 'late', 'overrun', 'exit', 'age_ms', 'ran_ms'], local: true, measure };

async function measure({ ping, ...rule }: Options, io: Io): Promise<Reading> {
  const pings = await io.pings.of(ping);
  if (pings === null) return { verdict: 'unknown', ms: null, values: [null, null, null, null, null, null], note: 'nobody has listened for its pings yet: the bot does not run, or cannot listen' };
  const now = io.clock.now();
  const { state, note } = judgeJob(pings, rule, now);
  const is = (one: JobState): number => (state === one ? 1 : 0);
  return { verdict: VERDICT[state], ms: null, values: [is('failed'), is('late'), is('overrun'), pings.exit, pings.endedAt === null ? null : Math.max(0, now - pings.endedAt), pings.ranMs], note };
}
