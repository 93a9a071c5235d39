/**
 * Wake-ups between the processes. A poke carries nothing: whoever is woken looks into the store. It may come twice, or
 * early; it is never the only way to learn of something.
 */
export interface Carrier {
  /** Tells the other processes of a host that there is something to look at. */
  poke(): Promise<void>;
  /** Calls `listen` at each poke from another process. Returns how to stop. */
  onPoke(listen: () => void): Promise<() => Promise<void>>;
}
