/** What is made once within a while, however many ask for it. A failure is not kept. */
export type Shared = <T>(name: string, make: () => Promise<T>) => Promise<T>;

/** `monotonic`: milliseconds that only grow. */
export function createShared(forMs: number, monotonic: () => number): Shared {
  const kept = new Map<string, { readonly at: number; readonly made: Promise<unknown> }>();
  return <T>(name: string, make: () => Promise<T>): Promise<T> => {
    const known = kept.get(name);
    if (known && monotonic() - known.at < forMs) return known.made as Promise<T>;
    const made = make();
    kept.set(name, { at: monotonic(), made });
    made.catch(() => kept.delete(name));
    return made;
  };
}
