import type { BenchFault } from './bench-fault.js';

/** Somebody who watches a sample shop of his own and heals it, or leaves it. */
export interface Contender {
  readonly name: string;
  /** The page a customer looks at. */
  readonly url: string;
  /** Where the shop looks for the switches of its faults. */
  readonly dataDir: string;
  /** Processes that serve the shop. */
  workers(): Promise<readonly number[]>;
  /** Faults he can see; the others are tried once, to show that nothing happens. */
  readonly sees: readonly BenchFault[];
  /** Resolves when nothing of the last fault is left: he is at rest, and his brakes are released. */
  calm(): Promise<void>;
  /** When he first let it be known that something happened after `since`; null: he said nothing. */
  noticedAt(since: number, fault: BenchFault): Promise<number | null>;
  /** Brings the shop back where he did not. */
  mend(): Promise<void>;
}
