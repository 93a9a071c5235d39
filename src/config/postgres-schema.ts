import type * as z from 'zod';
import type { Json } from '../domain/json.js';
import { duration } from './fields.js';

/** What an entry of `postgres:` has beside its address, cadence and runbook. */
export const postgresFields = {
  timeout: duration('50ms', '1m').prefault('2s'),
};

export function postgresOptions(file: z.output<z.ZodObject<typeof postgresFields>>): Readonly<Record<string, Json>> {
  return { timeoutMs: file.timeout };
}
