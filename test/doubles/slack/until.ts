import { systemClock } from '../../../src/io/clock.js';

const EVERY_MS = 5;

/** Waits until the question has an answer, and fails with what it waited for. */
export async function until<T>(ask: () => T | undefined | false | null, what: string, deadlineMs = 5_000): Promise<T> {
  const end = systemClock.monotonic() + deadlineMs;
  for (;;) {
    const answer = ask();
    if (answer !== undefined && answer !== false && answer !== null) return answer;
    if (systemClock.monotonic() > end) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`);
    await systemClock.sleep(EVERY_MS);
  }
}
