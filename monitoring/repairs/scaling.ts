import type { Io } from '../../src/io/io.js';
import type { Pm2Process } from '../../src/io/pm2.js';
import { unknownToPm2 } from './process-steps.js';
import type { StepPosition } from './repair.js';

/** Where a name stands on its way to another number of instances; `isDue`: with so many there is something left to do. */
export async function scalePosition(name: string, io: Io, isDue: (count: number) => boolean): Promise<StepPosition> {
  const now = await instancesOf(name, io).catch(unknownToPm2);
  if (now === 'unknown' || now.length === 0) return 'unknown';
  if (now.some(({ status }) => status === 'launching' || status === 'stopping')) return 'moving';
  return isDue(now.length) ? 'before' : 'after';
}

/** Oldest first. */
export async function instancesOf(name: string, io: Io): Promise<readonly Pm2Process[]> {
  return (await io.pm2.list()).filter((one) => one.name === name).toSorted((a, b) => a.pmId - b.pmId);
}
