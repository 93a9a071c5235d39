import * as z from 'zod';
import { prefixUse } from '../domain/redis-keys.js';
import { checkedText, noneOrMany, wholeNumber } from './fields.js';

const MOST_LIMITERS = 20;
const MOST_LIMIT = 1_000_000_000;

/** `limiters:` of an app: what the keys of its rate limiters begin with, alone or with how many requests they let pass. */
export function limitersSchema() {
  const whole = z.strictObject({
    prefix: keyPrefix().describe('What its keys in the Redis begin with'),
    limit: wholeNumber(1, MOST_LIMIT).optional().describe('So many requests it lets pass in its window: who is above it is blocked'),
  });
  const one = z.union([whole, keyPrefix().transform((prefix) => whole.parse({ prefix }))]).transform(({ prefix, limit }) => ({ prefix, limit: limit ?? null }));
  return noneOrMany(one, MOST_LIMITERS).describe("Keys of its rate limiters, where they begin otherwise than the library's own, and their limits; default: by the libraries in its package.json");
}

function keyPrefix() {
  return checkedText('what keys begin with, like rl:', (text) => {
    if (/[*?[\]\\]/.test(text)) return 'is what keys begin with, without * and other patterns: rl:, not rl:*';
    if (!/^[\x21-\x7e]{2,100}$/.test(text)) return 'must have 2 to 100 characters, without spaces';
    const use = prefixUse(text);
    return use === null || use === 'limiter' ? null : `would take keys of a ${use} along: name the limiter's own keys more exactly`;
  });
}
