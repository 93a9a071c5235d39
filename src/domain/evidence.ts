import type { Json } from './json.js';

/** That a snapshot was taken before a repair touched anything, or why it was not. */
export interface EvidenceNote {
  /** The collector's: 'processes', 'logs', … */
  readonly kind: string;
  readonly at: number;
  /** Why it is not there; null: it is. */
  readonly missing: string | null;
}

/** Bounded, and free of secrets. */
export interface Evidence extends EvidenceNote {
  readonly body: Json;
}
