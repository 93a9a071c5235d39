import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/io/clock.js';
import type { BenchFault } from './bench-fault.js';
import type { Contender } from './contender.js';

const SIGNALS: Partial<Record<BenchFault, 'SIGKILL' | 'SIGSTOP'>> = { kill: 'SIGKILL', hang: 'SIGSTOP' };

/**
 * Breaks a contender's shop. Gives the wall clock of a signal; null for the faults that the shop finds in a file within
 * its own 100 ms: the first customer who suffers tells when those began.
 */
export async function strike(contender: Contender, fault: BenchFault): Promise<number | null> {
  const signal = SIGNALS[fault];
  if (!signal) {
    const file = join(contender.dataDir, 'faults', fault);
    await writeFile(`${file}.next`, 'all\n');
    await rename(`${file}.next`, file);
    return null;
  }
  const workers = await contender.workers();
  if (workers.length === 0) throw new Error(`${contender.name} has no shop to strike`);
  const at = systemClock.now();
  for (const pid of workers) process.kill(pid, signal);
  return at;
}
