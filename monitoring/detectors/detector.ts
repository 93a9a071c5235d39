import type { ZodType } from 'zod';
import type { Act } from '../../src/domain/act.js';
import type { Baseline } from '../../src/domain/baseline.js';
import type { Check, Sample } from '../../src/domain/check.js';
import type { Claim } from '../../src/domain/finding.js';

/** One check of the resource with its recent samples, oldest first, and the names of their values. */
export interface Series {
  readonly check: Pick<Check, 'id' | 'name' | 'probe' | 'options' | 'critical' | 'trusted'>;
  readonly fields: readonly string[];
  readonly samples: readonly Sample[];
  readonly baseline: Baseline | null;
}

export interface DetectorInput<O> {
  /** Every check of the one resource that is looked at. */
  readonly series: readonly Series[];
  /** What was done to the resource lately, oldest first. */
  readonly acts: readonly Act[];
  /** Fingerprints of this detector that are open now, and since when: closing asks for more than not opening. */
  readonly open: ReadonlyMap<string, number>;
  readonly options: O;
  readonly now: number;
}

/** A pure rule: samples and baseline in, claims out. No I/O, no clock. */
export interface Detector<O> {
  readonly kind: string;
  readonly options: ZodType<O>;
  detect(input: DetectorInput<O>): readonly Claim[];
}
