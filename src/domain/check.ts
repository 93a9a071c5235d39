import type { CheckId, ResourceId } from './ids.js';
import type { Json } from './json.js';

/** good · bad: measured, and wrong · unknown: too little data · error: the measuring itself failed. Never merged. */
export const VERDICTS = ['good', 'bad', 'unknown', 'error'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What a probe returns. `values` stand in the order of the probe's `fields`; null where one could not be had. */
export interface Reading {
  readonly verdict: Verdict;
  /** How long the thing measured took, in milliseconds; null where that means nothing. */
  readonly ms: number | null;
  readonly values: readonly (number | null)[];
  /** Why it is not good, in a few words for people, free of secrets; of a good one, what of it is worth a look, or null. */
  readonly note: string | null;
  /** Facts that are not numbers (the release that runs, say); kept as a signal when they change. */
  readonly sighting?: Json;
}

/** A stored reading. `at` is the wall clock in milliseconds when the measuring began. */
export interface Sample extends Omit<Reading, 'sighting'> {
  readonly checkId: CheckId;
  readonly at: number;
}

/**
 * tick: measured at the launch's ticks, and while its resource is hot · every: measured each `everyMs`, launch or not.
 */
export type Cadence = 'tick' | 'every';

/** What is measured beside health: which release runs, and whom a limiter turns away. It proves nothing, and nobody is sick for it. */
const BESIDE_HEALTH: readonly string[] = ['release', 'limiter'];

/** Do readings of this check say how the resource is? */
export function tellsHealth({ probe }: Pick<Check, 'probe'>): boolean {
  return !BESIDE_HEALTH.includes(probe);
}

/** What the operator asked to watch. */
export interface Check {
  readonly id: CheckId;
  readonly resourceId: ResourceId;
  /** Unique within its resource: 'http:/checkout', 'liveness', 'pm2'. */
  readonly name: string;
  readonly probe: string;
  readonly options: Json;
  readonly cadence: Cadence;
  readonly everyMs: number;
  readonly critical: boolean;
  readonly nextAt: number;
  /** Until then it is measured at the confirmation cadence. */
  readonly hotUntil: number;
  /** False once a rolled-back release failed the same check: then the check is the suspect. */
  readonly trusted: boolean;
}
