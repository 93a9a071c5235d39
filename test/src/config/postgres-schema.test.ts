import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { postgresFields, postgresOptions } from '../../../src/config/postgres-schema.js';

const schema = z.object(postgresFields);

describe('what an entry of postgres: has', () => {
  it('lets nothing be ended where it says nothing', () => {
    expect(postgresOptions(schema.parse({}))).toEqual({ timeoutMs: 2_000, standby: false, blockedMs: 15_000, idleMs: 300_000, longQueryMs: 600_000, lagMs: 60_000, own: [] });
  });

  it.each([['*'], ['**'], [''], [' '], ['* '], ['blog\n']])('may not name everybody or nobody: %j', (name) => {
    expect(schema.safeParse({ own: [name] }).success).toBe(false);
  });

  it.each([['blog'], ['blog-*'], ['*-web'], ['PM2 (blog)']])('may name %s', (name) => {
    expect(schema.parse({ own: [name] }).own).toEqual([name]);
  });
});
