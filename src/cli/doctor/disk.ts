import { dirname } from 'node:path';
import { sayBytes } from '../../domain/bytes.js';
import { fileSystemOf, type FileSystem } from '../../io/file-system.js';
import { dataDirProblem } from '../../store/data-dir.js';
import { fail, ok, warn, type Examination } from './examination.js';

const LITTLE_BYTES = 1_073_741_824;
const TOO_LITTLE_BYTES = 104_857_600;

/** Room for what hypercare remembers, and for the apps' logs beside it. */
export const disk: Examination = {
  name: 'disk',
  async examine({ dataDir, pm2Home }) {
    const problem = dataDirProblem(dataDir);
    if (problem !== null) return [fail(`what is remembered cannot be kept: ${problem}`, 'See above; nothing is watched until it can.')];
    const found = (await Promise.all([dataDir, pm2Home].map(async (dir) => ({ dir, system: await systemOf(dir) })))).flatMap(({ dir, system }) => (system === null ? [] : [{ dir, ...system }]));
    return found.filter(({ device }, index) => found.findIndex((one) => one.device === device) === index).map(({ dir, freeBytes }) => {
      const says = `${sayBytes(freeBytes)} left where ${dir} is`;
      if (freeBytes >= LITTLE_BYTES) return ok(says);
      return freeBytes < TOO_LITTLE_BYTES ? fail(says, 'Make room: a full disk stops apps, logs and hypercare alike.') : warn(says, 'Make room; “host: clean” in hypercare.yaml lets hypercare do it.');
    });
  },
};

/** Of a directory that is not there yet, that of the nearest one above it. */
async function systemOf(dir: string): Promise<FileSystem | null> {
  return (await fileSystemOf(dir)) ?? (dirname(dir) === dir ? null : systemOf(dirname(dir)));
}
