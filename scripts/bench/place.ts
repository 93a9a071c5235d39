import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory of the run's own, and everything that has to be ended before it is deleted. */
export interface Place {
  readonly dir: string;
  /** Is done at the end, the last named first; what fails there is passed over. */
  later(end: () => Promise<unknown>): void;
  end(): Promise<void>;
}

export async function makePlace(): Promise<Place> {
  const dir = await mkdtemp(join(tmpdir(), 'hypercare-bench-'));
  const ends: (() => Promise<unknown>)[] = [() => rm(dir, { recursive: true, force: true, maxRetries: 5 })];
  return {
    dir,
    later: (end) => void ends.push(end),
    async end() {
      for (const step of ends.splice(0).toReversed()) await step().catch(() => undefined);
    },
  };
}
