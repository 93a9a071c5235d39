const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 250;

/** Reads until it gives something, at most for about `withinMs`; null when it never did. Reads at least once. */
export async function waitFor<T>(read: () => Promise<T | null>, withinMs: number, sleep: (ms: number) => Promise<void>): Promise<T | null> {
  let waited = 0;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const found = await read();
    if (found !== null || waited >= withinMs) return found;
    await sleep(pause);
    waited += pause;
  }
}
