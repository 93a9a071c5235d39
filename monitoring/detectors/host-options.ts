import { z } from 'zod';

/** What of `host:` the detector reads; the rest of the resource's options is the probe's and the repairs'. */
export const hostOptions = z.object({
  /** So many readings in a row open a finding, so many end it. */
  bad: z.int().min(1).max(100).default(3),
  good: z.int().min(1).max(100).default(2),
  diskPercent: z.number().default(95),
  diskFreeBytes: z.number().default(2_147_483_648),
  /** The directories the probe looks at; its values name them by their place here. */
  dirs: z.array(z.string()).default([]),
  logBytes: z.number().default(2_147_483_648),
});

export type HostOptions = z.output<typeof hostOptions>;
