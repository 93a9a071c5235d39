import { z } from '@hono/zod-openapi';

/** ISO 8601 in UTC. */
export const time = z.string().describe('ISO 8601, UTC');
export const maybeTime = z.union([time, z.null()]);

/** How many of a list. */
export const limit = z.coerce.number({ error: 'must be a whole number' }).int('must be a whole number').min(1, 'must be at least 1').max(500, 'must be at most 500');

/** A name or id in a path. */
export const named = z.string().trim().min(1, 'is empty').max(200, 'is longer than 200 characters');

/** A document whose members the command of the same name describes. */
export const anything = z.looseObject({ version: z.literal(1) }).describe('The document that the command gives with --json');

export const severity = z.enum(['info', 'warning', 'critical']);
