import { z } from 'zod';

/** A name or id as people type it. */
export const word = z.string().trim().min(1, 'is empty').max(200, 'is longer than 200 characters');

/** Why somebody wants something: it stands in the audit trail, so it is not empty. */
export const reason = z.string().trim().min(1, 'is empty').max(500, 'is longer than 500 characters');
