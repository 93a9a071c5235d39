import { statfs } from 'node:fs/promises';
import { freemem, loadavg, totalmem } from 'node:os';
import type { Json } from '../../src/domain/json.js';
import type { Collector } from './collector.js';

/** How full the machine is: disk below the app and below PM2, memory, and load. */
export const host: Collector<{ readonly [key: string]: Json }> = {
  kind: 'host',
  async collect({ dir }, io) {
    const dirs = [io.pm2.home, ...(dir === null ? [] : [dir])];
    return { disks: await Promise.all(dirs.map(diskOf)), memory: { freeBytes: freemem(), totalBytes: totalmem() }, load: loadavg().map((load) => Math.round(load * 100) / 100) };
  },
};

/** What a process of ours could still use, not what root could. */
async function diskOf(dir: string): Promise<Json> {
  const { bavail, blocks, bsize, ffree, files } = await statfs(dir);
  return { dir, freeBytes: bavail * bsize, totalBytes: blocks * bsize, freeFiles: ffree, files };
}
