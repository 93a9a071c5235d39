import { restOf, type LimiterLibrary } from './limiter.js';

/**
 * 11.4: 'rlflx:ann' is a number of points, and ends with the window or the block. With inMemoryBlockOnConsumed each
 * worker goes on to refuse from its own memory after the key is gone, until that block ends.
 */
export const rateLimiterFlexible: LimiterLibrary = {
  name: 'rate-limiter-flexible',
  redisBy: ['ioredis', 'redis', 'iovalkey', '@valkey/valkey-glide'],
  redisCode: /RateLimiter(?:Redis|Valkey)/,
  prefix: 'rlflx:',
  counts: 'requests',
  counted: restOf,
  memoryWords: ['inMemoryBlockOnConsumed', 'RateLimiterMemory', 'RateLimiterCluster'],
};
