import * as z from 'zod';
import type { JobConfig } from './config.js';
import { duration, entries, resourceName } from './fields.js';

const MAX_JOBS = 200;

/** `jobs:`: what pings hypercare when it ran, because nobody can ask it. */
export function jobsSchema() {
  const job = z.strictObject({
    ping: z.string().regex(/^[0-9a-f]{64}$/, { error: 'must be the 64 hex digits that “hypercare token” prints, and never the token itself' })
      .describe('What `hypercare token` prints of the token in its address, /ping/<token>'),
    every: duration('1m', '90d').describe('It pings at least so often'),
    grace: duration('1s', '30d').prefault('5m').describe('So much later is late'),
    longest: duration('1s', '30d').optional().describe('So long it may run between /ping/<token>/start and its end; default: `grace`'),
    critical: z.boolean().default(false).describe('Users are hurt when it does not run'),
  });
  return entries(resourceName(), job, MAX_JOBS).prefault({}).describe('Cron jobs and workers that tell by a ping that they ran; this needs `api`');
}

export type JobFile = z.output<ReturnType<typeof jobsSchema>>[string];

export function toJob(name: string, { ping, every, grace, longest, critical }: JobFile): JobConfig {
  return { name, ping, everyMs: every, graceMs: grace, longestMs: longest ?? grace, critical };
}
