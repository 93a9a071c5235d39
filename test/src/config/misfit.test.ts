import { describe, expect, it } from 'vitest';
import { repairs } from '../../../monitoring/repairs/index.js';
import { misfit } from '../../../src/config/misfit.js';

describe('what a repair cannot be told', () => {
  it.each([
    ['pm2.scale-up', { by: 99 }, 'by must be at most 16'],
    ['pm2.scale-up', { by: 'two' }, 'by must be a number, not text'],
    ['pm2.scale-up', { frob: 1 }, 'frob: unknown key (known here: process, by)'],
    ['pm2.scale-up', { proces: 'web' }, 'proces: unknown key; did you mean "process"? (known here: process, by)'],
    ['redis.flush-db', { db: 3 }, 'db: unknown key'],
    ['redis.kill-clients', { address: 'x y' }, 'address must be an address like 127.0.0.1:51234'],
    ['postgres.create-index', { table: 'a b', columns: 'id' }, 'table must be a plain name, like orders or sales.orders'],
    ['postgres.create-index', { columns: 'id' }, 'table is missing: text'],
  ] as const)('%s: %j', (kind, args, says) => {
    expect(misfit(repairs[kind].args, args)).toBe(says);
  });

  it.each(Object.values(repairs))('is told of $kind without a word of the schema library', ({ args }) => {
    expect(misfit(args, { process: 1, by: 'x', address: '', frob: [] })).not.toMatch(/expected|Invalid|Unrecognized|Too (big|small)/);
  });

  it('is nothing where it fits', () => {
    expect(misfit(repairs['pm2.scale-up'].args, { by: 2 })).toBeNull();
  });
});
