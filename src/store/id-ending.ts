import type { Id } from '../domain/ids.js';

/** A LIKE pattern of the ids that end so, for people who type a short id; null where no id can. */
export function endingWith<K extends string>(suffix: string): Id<K> | null {
  const ending = suffix.toLowerCase();
  return /^[0-9a-z]+$/.test(ending) ? (`%${ending}` as Id<K>) : null;
}
