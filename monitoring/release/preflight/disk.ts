import { stat, statfs } from 'node:fs/promises';
import { sayBytes } from '../../../src/domain/bytes.js';
import type { Exec } from '../../../src/io/exec.js';
import type { PreflightCheck } from './check.js';

const SPARE_BYTES = 200 * 1024 * 1024;
const DU_MS = 6_000;

/** Room for what is built or installed: as much as the running release takes, and a little more. */
export const disk: PreflightCheck = {
  about: 'disk',
  async look({ from, base, builds, installs }, { exec }, signal) {
    const { bavail, bsize } = await statfs(base);
    const free = bavail * bsize;
    if (!builds && !installs) return free > 0 ? { light: 'green', says: 'nothing is built, so no room is needed' } : { light: 'amber', says: 'nothing is built, but the disk is full: the app may not start on it' };
    const size = await sizeOf(from.dir, exec, signal);
    if (size === null) return { light: 'amber', says: `${sayBytes(free)} are free; how much is needed could not be measured in time` };
    const needed = size + SPARE_BYTES;
    if (free < needed) return { light: 'red', says: `${sayBytes(needed)} are needed to build it, and ${sayBytes(free)} are free`, instead: 'make room first (hypercare repair host.clean-disk host --dry-run), then ask again' };
    return { light: 'green', says: `${sayBytes(needed)} are needed to build it, and ${sayBytes(free)} are free` };
  },
};

async function sizeOf(dir: string, exec: Exec, signal: AbortSignal): Promise<number | null> {
  if (!(await stat(dir).catch(() => null))) return 0;
  const { code, timedOut, stdout } = await exec.run('du', ['--summarize', '--block-size=1', '--one-file-system', dir], { timeoutMs: DU_MS }, signal);
  const bytes = Number(/^\d+/.exec(stdout)?.[0] ?? Number.NaN);
  return timedOut || (code !== 0 && !Number.isFinite(bytes)) || !Number.isFinite(bytes) ? null : bytes;
}
