import type * as z from 'zod';
import type { Json } from '../domain/json.js';
import { keyUse, prefixUse } from '../domain/redis-keys.js';
import { checkedText, duration, noneOrMany } from './fields.js';

const MOST_PREFIXES = 20;

/** What an entry of `redis:` has beside its address, cadence and runbook. */
export const redisFields = {
  timeout: duration('50ms', '1m').prefault('2s'),
  invalidate: noneOrMany(prefix((text) => {
    const use = prefixUse(text);
    return use === null ? null : `would take keys of a ${use} along: name the cache's own keys more exactly`;
  }), MOST_PREFIXES).describe('What keys of a cache begin with: redis.invalidate may remove these, and no others'),
  locks: noneOrMany(prefix((text) => {
    const use = keyUse(text);
    return use === null || use === 'lock' ? null : `would take keys of a ${use} along: name the locks more exactly`;
  }), MOST_PREFIXES).describe('What keys of locks begin with: redis.clear-locks may remove stale ones of these'),
};

export function redisOptions(file: z.output<z.ZodObject<typeof redisFields>>): Readonly<Record<string, Json>> {
  return { timeoutMs: file.timeout, invalidate: file.invalidate, locks: file.locks };
}

function prefix(problemOf: (text: string) => string | null) {
  return checkedText('what keys begin with, like page:', (text) => {
    if (/[*?[\]\\]/.test(text)) return 'is what keys begin with, without * and other patterns: page:, not page:*';
    if (!/^[\x21-\x7e]{2,100}$/.test(text)) return 'must have 2 to 100 characters, without spaces';
    return problemOf(text);
  });
}
