/** Who is counted by a key, and where: the route, of a library that counts each route by itself. */
export interface Counted {
  readonly identity: string;
  readonly route: string | null;
}

/** A library that turns away who asks too often, as its package and what it leaves in a Redis tell of it. */
export interface LimiterLibrary {
  /** As package.json names it. */
  readonly name: string;
  /** Packages that show that it counts in a Redis; without any of them it counts in the app's memory. */
  readonly redisBy: readonly string[];
  /** What stands in an app's code where it counts in a Redis: the client may be there for other things. Null: the package is there for nothing else. */
  readonly redisCode: RegExp | null;
  /** What its keys begin with, unless the app says otherwise. */
  readonly prefix: string;
  /** requests: a number in a key for each identity · jobs: the jobs of a limiter wait for room, and nobody is turned away. */
  readonly counts: 'requests' | 'jobs';
  /** What a key says of whom it counts; null: it counts nobody. */
  counted(key: string, prefix: string): Counted | null;
  /** Words in an app's code that show that it keeps blocks in its memory too, whatever stands in the Redis. */
  readonly memoryWords: readonly string[];
}

/** Most libraries put whom they count behind the prefix. */
export function restOf(key: string, prefix: string): Counted | null {
  return key.startsWith(prefix) && key.length > prefix.length ? { identity: key.slice(prefix.length), route: null } : null;
}

/** A limiter that an app has: a library's, or one that only the config knows of. */
export interface Limiter {
  readonly library: LimiterLibrary | null;
  readonly prefix: string;
  /** How many requests it lets pass in its window; null: nobody says. */
  readonly limit: number | null;
}

/** What the config says of a limiter. */
export interface ConfiguredLimiter {
  readonly prefix: string;
  readonly limit: number | null;
}
