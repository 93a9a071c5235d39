import { z } from 'zod';

const packed = z.object({ dir: z.string(), olderThanMs: z.number() });

/** What of `host:` its repairs read. */
const hostOptions = z.object({
  clean: z.array(packed.extend({ match: z.string() })).default([]),
  compress: z.array(packed).default([]),
  truncate: z.object({ overBytes: z.number(), keepBytes: z.number() }).nullable().default(null),
  /** PM2 names of the apps' processes. */
  processes: z.array(z.string()).default([]),
  /** Directories of hypercare and of PM2, and where releases stand: nothing is removed there. */
  own: z.array(z.string()).default([]),
  releases: z.array(z.string()).default([]),
});

export type HostOptions = z.output<typeof hostOptions>;

export function hostOptionsOf(options: unknown): HostOptions {
  return hostOptions.parse(options);
}
