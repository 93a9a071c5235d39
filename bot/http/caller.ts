import { isIP } from 'node:net';
import { HypercareError } from '../../src/domain/errors.js';
import type { Person } from '../../src/domain/person.js';
import { sha256 } from '../../src/io/hash.js';
import { personOf } from '../../src/store/people.js';
import type { ApiParts } from './api-parts.js';

const BEARER = /^Bearer +([\w.~+/=-]{1,200})$/i;

/** Who sent a token, or was let into the dashboard. `userId` is short: it stands in the trail of what was asked. */
export interface Caller {
  readonly person: Person;
  readonly userId: string;
  readonly via: 'api' | 'web';
  /** What a changing request of a page has to bear; null: it came with a token, and from no page. */
  readonly page: string | null;
}

/**
 * The person whose token this is; null where none was sent. It is looked up by its SHA-256, so that how long the look
 * takes says nothing of the token: who does not have it cannot choose how its hash begins. Throws for a wrong one.
 */
export async function callerOf({ store: { db }, hostId }: Pick<ApiParts, 'store' | 'hostId'>, authorization: string | undefined): Promise<Caller | null> {
  if (authorization === undefined) return null;
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) throw unknownToken('the authorization header holds no bearer token');
  const hash = sha256(token);
  const person = await personOf(db, hostId, { platform: 'api', userId: hash });
  if (person === null) throw unknownToken('nobody here has this token');
  return { person, userId: hash.slice(0, 12), via: 'api', page: null };
}

/** Its class says 403; who is not known at all gets 401 by its code. */
export function unknownToken(why: string): HypercareError {
  return new HypercareError('token.unknown', 'denied', why, 'Send “authorization: Bearer <token>”. “hypercare token” makes one, and its hash belongs under “people” in hypercare.yaml.');
}

/**
 * A page on another site may have a browser call an address here under a name of its own (DNS rebinding). So the name
 * that was called must be one of ours: localhost, a bare address, or one from the config.
 */
export function isOurName(host: string | undefined, names: readonly string[]): boolean {
  if (host === undefined) return false;
  const name = host.replace(/:\d{1,5}$/, '').toLowerCase();
  if (name === 'localhost' || names.includes(name)) return true;
  return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}

/** A browser names the page that asks. Another origin's pages are told nothing and may do nothing. */
export function isOurOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}
