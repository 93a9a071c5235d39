import { statfs } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { z } from 'zod';
import type { Probe } from './probe.js';

const options = z.object({
  /** So many per cent full is bad. */
  diskPercent: z.number(),
});

/** How full the machine is that hypercare runs on. */
export const host: Probe<z.output<typeof options>> = {
  kind: 'host',
  options,
  fields: ['disk_percent', 'memory_percent'],
  async measure({ diskPercent }, io) {
    const { bavail, blocks } = await statfs(io.pm2.home);
    const disk = Math.round((1 - bavail / blocks) * 1000) / 10;
    const memory = Math.round((1 - freemem() / totalmem()) * 1000) / 10;
    const full = disk >= diskPercent;
    return { verdict: full ? 'bad' : 'good', ms: null, values: [disk, memory], note: full ? `disk ${disk} % full` : null };
  },
};
