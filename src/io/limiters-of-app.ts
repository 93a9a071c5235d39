import { dirname } from 'node:path';
import { countsInRedis, librariesAmong, limitersOf } from '../domain/limiters/index.js';
import type { ConfiguredLimiter, Limiter, LimiterLibrary } from '../domain/limiters/limiter.js';
import { packageAt } from './app-code.js';
import type { Pm2Process } from './pm2.js';

/** What an app turns people away with, as its package.json and the config tell. */
export interface AppLimiters {
  readonly libraries: readonly LimiterLibrary[];
  /** Those whose counters are looked for in a Redis. */
  readonly inRedis: readonly Limiter[];
  /** Libraries that bring no client of a Redis: they count in the memory of each worker. */
  readonly inMemory: readonly LimiterLibrary[];
  /** Where the app's code stands; empty where it cannot be told. */
  readonly roots: readonly string[];
}

/** Looks where PM2 started the app's processes. What the config names is looked for whatever package.json says. */
export async function limitersOfApp(instances: readonly Pick<Pm2Process, 'execPath' | 'cwd'>[], configured: readonly ConfiguredLimiter[]): Promise<AppLimiters> {
  const places = new Map(instances.map(({ execPath, cwd }) => [`${execPath}\n${cwd}`, { execPath, cwd }]));
  const found = await Promise.all([...places.values()].map(async ({ execPath, cwd }) => (await packageAt(dirname(execPath))) ?? (await packageAt(cwd))));
  const known = found.filter((one) => one !== null);
  const packages = [...new Set(known.flatMap((one) => one.packages))];
  const libraries = librariesAmong(packages);
  return {
    libraries,
    inRedis: limitersOf(packages, configured),
    inMemory: libraries.filter((library) => !countsInRedis(library, packages)),
    roots: [...new Set(known.map(({ root }) => root))],
  };
}
