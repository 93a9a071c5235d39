import { randomUUID } from 'node:crypto';
import type { Io } from '../../src/io/io.js';

/** A mark that a step leaves in the server when it is done, so that after a crash nobody needs to guess: apps fill a cache again at once. */
export const MARK_S = 3_600;
/** What was unlinked is freed beside the clients: a server that was full needs a moment before it takes a write. */
const TRIES = 20;
const PAUSE_MS = 100;

/** The name for the marks of one plan. */
export function newMark(): string {
  return `hypercare:done:${randomUUID()}`;
}

export async function isMarked(io: Io, url: string, mark: string): Promise<boolean> {
  return (await io.redis.call(url, ['EXISTS', mark])) === 1;
}

export async function leaveMark(io: Io, url: string, mark: string, signal: AbortSignal): Promise<void> {
  for (let left = TRIES; ; left -= 1) {
    try {
      await io.redis.call(url, ['SET', mark, '1', 'EX', MARK_S], { signal });
      return;
    } catch (thrown) {
      if (left <= 1 || (thrown as { code?: unknown }).code !== 'redis.full') throw thrown;
      await io.clock.sleep(PAUSE_MS, signal);
    }
  }
}
