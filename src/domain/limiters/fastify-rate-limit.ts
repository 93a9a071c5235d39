import { restOf, type Counted, type LimiterLibrary } from './limiter.js';

/** A route with a limit of its own: 'GET/login-203.0.113.7'; the path may hold a '-' itself, and so may whom it counts. */
const OF_ROUTE = /^((?:[A-Z]+)(?:,[A-Z]+)*\/.*)-(.+)$/;
/** An id of five parts, which would be cut at its last '-'. */
const UUID = /^((?:[A-Z]+)(?:,[A-Z]+)*\/.*)-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** '{ max: 3, redis }', 'redis: client'; not 'redis://'. Also where it is an option of something else: then it may count there. */
const OPTION = /\bredis['"]?\s*(?::(?!\/\/)|[,}])/;

/** 11.2: 'fastify-rate-limit-203.0.113.7', and 'fastify-rate-limit-GET/login-203.0.113.7' of a route; no colon. `nameSpace` is another prefix. */
export const fastifyRateLimit: LimiterLibrary = {
  name: '@fastify/rate-limit',
  redisBy: ['@fastify/redis', 'ioredis', 'redis'],
  redisCode: OPTION,
  prefix: 'fastify-rate-limit-',
  counts: 'requests',
  counted,
  memoryWords: [],
};

function counted(key: string, prefix: string): Counted | null {
  const rest = restOf(key, prefix);
  const [, route, identity] = (rest && (UUID.exec(rest.identity) ?? OF_ROUTE.exec(rest.identity))) ?? [];
  return route === undefined || identity === undefined ? rest : { identity, route };
}
