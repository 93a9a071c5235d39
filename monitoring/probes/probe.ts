import type { ZodType } from 'zod';
import type { Reading } from '../../src/domain/check.js';
import type { Io } from '../../src/io/io.js';

/** Code that measures one thing once. */
export interface Probe<O> {
  readonly kind: string;
  readonly options: ZodType<O>;
  /** Names and units of a reading's `values`, in their order: 'memory_bytes', 'p95_ms'. */
  readonly fields: readonly string[];
  /** It reads the kernel's or PM2's own word, which our own trouble does not change: such a reading is never called off. */
  readonly local?: true;
  /** A throw becomes the verdict `error`: throw when the measuring failed, return `bad` when the thing is wrong. */
  measure(options: O, io: Io, signal: AbortSignal): Promise<Reading>;
}
