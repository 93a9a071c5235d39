import { limiterLibraries } from '../../src/domain/limiters/index.js';
import type { Limiter, LimiterLibrary } from '../../src/domain/limiters/limiter.js';
import { wordsInCode } from '../../src/io/app-code.js';
import { limitersOfApp, type AppLimiters } from '../../src/io/limiters-of-app.js';
import type { Io } from '../../src/io/io.js';
import type { RepairTarget } from './repair.js';

type Neighbour = RepairTarget['users'][number];

/**
 * An app's limiters by its code too. A client of a Redis in its package.json may be there for other things, and then
 * what it seems to count in the Redis is another app's. What the config names is believed.
 */
export interface PlacedLimiters extends AppLimiters {
  /** Of these the code does not tell whether they count in the Redis or in memory. */
  readonly untold: readonly LimiterLibrary[];
}

export async function placed(app: AppLimiters, configured: number, signal: AbortSignal): Promise<PlacedLimiters> {
  if (configured > 0) return { ...app, untold: [] };
  const looked = await Promise.all(app.inRedis.map(async (limiter) => ({ limiter, where: limiter.library === null ? 'redis' : await placeOf(limiter.library, app.roots, signal) })));
  const at = (place: Place): readonly Limiter[] => looked.filter(({ where }) => where === place).map(({ limiter }) => limiter);
  const libraries = (limiters: readonly Limiter[]): readonly LimiterLibrary[] => limiters.flatMap(({ library }) => library ?? []);
  return { ...app, inRedis: at('redis'), inMemory: [...app.inMemory, ...libraries(at('memory'))], untold: libraries(at('untold')) };
}

type Place = 'redis' | 'memory' | 'untold';

/** In memory is said only of code that was looked through whole, and that names the library: it may be set up elsewhere. */
async function placeOf({ name, redisCode }: LimiterLibrary, roots: readonly string[], signal: AbortSignal): Promise<Place> {
  if (redisCode === null) return 'redis';
  const looks = await Promise.all(roots.map((root) => wordsInCode<string | RegExp>(root, [name, redisCode], signal)));
  if (looks.some(({ found }) => found.includes(redisCode))) return 'redis';
  return looks.length > 0 && looks.every(({ whole }) => whole) && looks.some(({ found }) => found.includes(name)) ? 'memory' : 'untold';
}

/**
 * Another app that may count below this prefix in the same Redis: whoever is cleared there may be let in at that one. An
 * app whose code cannot be looked at may count as any library does. A prefix that the config gives to one of both alone is that one's.
 */
export async function alsoCounting({ prefix }: Limiter, sharedBy: readonly Neighbour[], of: { readonly isNamed: boolean; readonly io: Pick<Io, 'pm2'>; readonly signal: AbortSignal }): Promise<string | null> {
  const meets = (other: string): boolean => other.startsWith(prefix) || prefix.startsWith(other);
  for (const neighbour of sharedBy) {
    const unnamed = neighbour.limiters.length === 0;
    if (unnamed && of.isNamed) continue;
    const prefixes = unnamed ? await prefixesOf(neighbour, of.io, of.signal) : neighbour.limiters;
    if (prefixes.some(meets)) return neighbour.name;
  }
  return null;
}

async function prefixesOf({ processes }: Neighbour, io: Pick<Io, 'pm2'>, signal: AbortSignal): Promise<readonly string[]> {
  const instances = (await io.pm2.list()).filter(({ name }) => processes.includes(name));
  const app = await placed(await limitersOfApp(instances, []), 0, signal);
  if (app.roots.length === 0) return limiterLibraries.map(({ prefix }) => prefix);
  return [...app.inRedis.map(({ prefix }) => prefix), ...app.untold.map(({ prefix }) => prefix)];
}
