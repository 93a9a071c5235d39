import { bottleneck } from './bottleneck.js';
import { expressRateLimit } from './express-rate-limit.js';
import { fastifyRateLimit } from './fastify-rate-limit.js';
import type { ConfiguredLimiter, Limiter, LimiterLibrary } from './limiter.js';
import { rateLimiterFlexible } from './rate-limiter-flexible.js';

/** Which libraries are known? One line for each. */
export const limiterLibraries: readonly LimiterLibrary[] = [expressRateLimit, rateLimiterFlexible, fastifyRateLimit, bottleneck];

/** Those among an app's packages. */
export function librariesAmong(packages: readonly string[]): readonly LimiterLibrary[] {
  return limiterLibraries.filter(({ name }) => packages.includes(name));
}

/** Does it count in a Redis? One that brings no client of it counts in memory. */
export function countsInRedis({ redisBy }: LimiterLibrary, packages: readonly string[]): boolean {
  return redisBy.some((name) => packages.includes(name));
}

/**
 * The limiters whose keys are looked for: what the config names, and nothing else then; without it each library's usual
 * prefix. A prefix of the app's own is read as the one library that counts requests would write it.
 */
export function limitersOf(packages: readonly string[], configured: readonly ConfiguredLimiter[]): readonly Limiter[] {
  const libraries = librariesAmong(packages).filter((library) => countsInRedis(library, packages));
  if (configured.length === 0) return libraries.map((library) => ({ library, prefix: library.prefix, limit: null }));
  const counting = libraries.filter(({ counts }) => counts === 'requests');
  const only = counting.length === 1 ? (counting[0] ?? null) : null;
  return configured.map(({ prefix, limit }) => ({ library: limiterLibraries.find((one) => one.prefix === prefix) ?? only, prefix, limit }));
}
