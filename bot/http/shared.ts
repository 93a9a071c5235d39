/** What is made once within a while, however many ask for it. A failure is not kept. */
export type Shared = <T>(name: string, make: () => Promise<T>) => Promise<T>;

interface Kept {
  readonly made: Promise<unknown>;
  /** When it was done; null: it is being made, and whoever asks meanwhile waits for that. */
  at: number | null;
}

/** `monotonic`: milliseconds that only grow. */
export function createShared(forMs: number, monotonic: () => number): Shared {
  const kept = new Map<string, Kept>();
  return <T>(name: string, make: () => Promise<T>): Promise<T> => {
    const known = kept.get(name);
    if (known && (known.at === null || monotonic() - known.at < forMs)) return known.made as Promise<T>;
    const made = make();
    const entry: Kept = { made, at: null };
    kept.set(name, entry);
    made.then(() => (entry.at = monotonic()), () => kept.delete(name));
    return made;
  };
}
