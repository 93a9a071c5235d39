import * as z from 'zod';
import type { Json } from '../domain/json.js';

/** What `host:` has beside its name, cadence and runbook. */
export const hostFields = {
  disk: z.int().min(50).max(99).default(95).describe('So many per cent full is bad'),
};

export function hostOptions(file: z.output<z.ZodObject<typeof hostFields>>): Readonly<Record<string, Json>> {
  return { diskPercent: file.disk };
}
