import type { ResourceId } from './ids.js';

/** Anything done to a resource, by us, by PM2 or by a person; budgets count these rows. */
export interface Act {
  readonly resourceId: ResourceId;
  readonly at: number;
  readonly by: 'us' | 'pm2' | 'person';
  /** 'restart' (also reload and kill), 'rollback', 'exit', … */
  readonly kind: string;
  readonly fingerprint: string | null;
  /** What makes it one act however often it is seen. */
  readonly dedupe: string;
  /** A few words: 'exited with code 1', 'signal SIGKILL'. */
  readonly note: string | null;
}
