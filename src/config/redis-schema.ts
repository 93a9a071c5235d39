import type * as z from 'zod';
import type { Json } from '../domain/json.js';
import { duration } from './fields.js';

/** What an entry of `redis:` has beside its address, cadence and runbook. */
export const redisFields = {
  timeout: duration('50ms', '1m').prefault('2s'),
};

export function redisOptions(file: z.output<z.ZodObject<typeof redisFields>>): Readonly<Record<string, Json>> {
  return { timeoutMs: file.timeout };
}
