import type { Sample } from './check.js';
import { valueNamed } from './series.js';

const TOO_MANY_REQUESTS = 429;

/** A limiter answered, and not the app: it says nothing of how the app is. */
export function turnedAway({ verdict, values }: Pick<Sample, 'verdict' | 'values'>, fields: readonly string[]): boolean {
  return verdict === 'bad' && valueNamed(fields, values, 'status') === TOO_MANY_REQUESTS;
}
