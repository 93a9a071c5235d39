import { randomBytes } from 'node:crypto';
import type { Id } from '../domain/ids.js';

const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';

/** A new id that sorts by `nowMs`: nine digits of time and eight of chance, in Crockford's base 32. */
export function newId<K extends string>(nowMs: number): Id<K> {
  let time = '';
  for (let rest = nowMs, n = 0; n < 9; n += 1, rest = Math.floor(rest / 32)) time = DIGITS[rest % 32] + time;
  const chance = [...randomBytes(8)].map((byte) => DIGITS[byte % 32]).join('');
  return `${time}${chance}` as Id<K>;
}
