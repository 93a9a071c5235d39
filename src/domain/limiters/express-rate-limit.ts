import { restOf, type LimiterLibrary } from './limiter.js';

/** 8.7 with rate-limit-redis 6.0: 'rl:203.0.113.7' is a number that grows with each request, refused ones too, and ends with the window. */
export const expressRateLimit: LimiterLibrary = {
  name: 'express-rate-limit',
  redisBy: ['rate-limit-redis'],
  redisCode: null,
  prefix: 'rl:',
  counts: 'requests',
  counted: restOf,
  memoryWords: [],
};
