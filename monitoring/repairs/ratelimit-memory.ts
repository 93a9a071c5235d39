import type { AppLimiters } from '../../src/io/limiters-of-app.js';
import { wordsInCode } from '../../src/io/app-code.js';
import type { ClearArgs } from './ratelimit-choice.js';

/** What the app's workers keep in their own memory of whom they turn away: only a new worker forgets it. */
export interface InMemory {
  /** yes: something of it stands there · no: nothing does, by the app's code · unknown. */
  readonly holds: 'yes' | 'no' | 'unknown';
  /** Why, for people. */
  readonly why: string;
}

/** By package.json, and by words in the app's own code where the library can do both. */
export async function memoryOf({ inMemory, libraries, inRedis, roots }: AppLimiters, signal: AbortSignal): Promise<InMemory> {
  const counting = inMemory.filter(({ counts }) => counts === 'requests');
  if (counting.length > 0) return { holds: 'yes', why: `${counting.map(({ name }) => name).join(' and ')} counts in the memory of each worker` };
  const words = libraries.flatMap(({ memoryWords }) => memoryWords);
  if (words.length === 0) return { holds: 'no', why: inRedis.length > 0 ? 'what turns people away stands in the Redis alone' : 'it counts nobody in its memory' };
  if (roots.length === 0) return { holds: 'unknown', why: 'where its code stands cannot be told' };
  const looks = await Promise.all(roots.map((root) => wordsInCode(root, words, signal)));
  const found = [...new Set(looks.flatMap((look) => look.found))];
  if (found.length > 0) return { holds: 'yes', why: `its code names ${found.join(' and ')}, so workers turn people away from their own memory too` };
  return looks.every(({ whole }) => whole) ? { holds: 'no', why: `its code names none of ${words.join(', ')}` } : { holds: 'unknown', why: 'its code is too large to be looked through for blocks in memory' };
}

/** What a person says counts more than what was found. */
export function isReloadWanted({ reload }: ClearArgs, { holds }: InMemory): boolean {
  return reload === undefined ? holds === 'yes' : reload === 'yes';
}
