import { z } from 'zod';
import type { Limiter } from '../../src/domain/limiters/limiter.js';
import { isThisMachine, shownIdentity } from '../../src/domain/limiters/shown-identity.js';
import type { Counter } from '../../src/io/limiter-counters.js';
import { letsNothingPass, type Gate } from '../../src/io/limiter-gates.js';

/**
 * Who is let in again. `identity`: one who is counted, as it is shown or whole · `prefix`: all whose keys begin so ·
 * neither: those above the limit, or where none is known this machine, the only one of which we see that it is blocked. `reload`: whether the app is reloaded too, where that
 * cannot be told from its code.
 */
export const clearArgs = z.strictObject({
  identity: z.union([z.string().min(1).max(200), z.number()]).transform(String).optional(),
  prefix: z.string().min(2, { error: 'prefix has two characters or more, like rl:' }).max(200).optional(),
  reload: z.enum(['yes', 'no'], { error: 'reload is yes or no' }).optional(),
});

export type ClearArgs = z.output<typeof clearArgs>;

/** Is this counter meant? */
export function isMeant({ identity, prefix }: ClearArgs, { limit }: Pick<Limiter, 'limit'>): (counter: Counter) => boolean {
  if (identity !== undefined) return (counter) => names(identity, counter.identity);
  if (prefix !== undefined) return ({ key }) => key.startsWith(prefix);
  return limit === null ? (counter) => isThisMachine(counter.identity) : ({ count }) => count > limit;
}

/** Is this limiter of jobs meant? Of a group each has the group's name before its own. */
export function isGateMeant({ identity, prefix }: ClearArgs): (gate: Gate) => boolean {
  if (identity !== undefined) return ({ id }) => names(identity, id) || id.endsWith(`-${identity}`);
  return prefix !== undefined ? ({ id }) => `b_${id}`.startsWith(prefix) : letsNothingPass;
}

/** By what people were shown of it, too: of what looks like a token that is its beginning. */
function names(given: string, identity: string): boolean {
  return given === identity || given === shownIdentity(identity);
}

/** 'the counters below rl: of 203.0.113.7', for the line of a plan. */
export function sayChoice({ identity, prefix }: ClearArgs, { limit, prefix: own }: Pick<Limiter, 'limit' | 'prefix'>): string {
  if (prefix !== undefined) return `all counters below ${prefix}`;
  const whose = identity !== undefined ? `of ${shownIdentity(identity)}` : limit === null ? 'of this machine, whose checks it turns away' : `above the limit of ${limit}`;
  return `the counters below ${own} ${whose}`;
}
