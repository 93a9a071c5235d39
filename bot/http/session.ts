import { getCookie, setCookie } from 'hono/cookie';
import { HypercareError } from '../../src/domain/errors.js';
import { sha256 } from '../../src/io/hash.js';
import { SESSION_FOR_MS, visitorOf } from '../../src/store/visits.js';
import type { ApiParts } from './api-parts.js';
import type { Call } from './call.js';
import { isOurOrigin, type Caller } from './caller.js';

const SECRET = /^[\w-]{32}$/;
/** What a changing request of our own pages bears beside the cookie: other sites can neither read nor send it. */
export const PAGE_HEADER = 'x-hypercare-page';

/** Cookies know no ports: two installations on one machine would end each other's sessions. */
const nameOf = ({ at }: Pick<ApiParts, 'at'>): string => `hypercare_${at.port}`;

export function sessionIn(call: Call, parts: Pick<ApiParts, 'at'>): string | null {
  const secret = getCookie(call, nameOf(parts));
  return secret !== undefined && SECRET.test(secret) ? secret : null;
}

/** Who was let into the dashboard; null for a session that is over, which browsers go on sending. */
export async function visitorIn(call: Call, parts: ApiParts): Promise<Caller | null> {
  const secret = sessionIn(call, parts);
  const person = secret === null ? null : await visitorOf(parts.store.db, parts.hostId, secret, parts.clock.now());
  if (secret === null || person === null) return null;
  return { person, userId: sha256(secret).slice(0, 12), via: 'web', page: sha256(`page:${secret}`) };
}

/** Null ends it. It is kept from scripts and from other sites; where the browser came over TLS, from everything else. */
export function giveCookie(call: Call, parts: Pick<ApiParts, 'at'>, secret: string | null): void {
  const secure = call.req.header('origin')?.startsWith('https:') ?? false;
  setCookie(call, nameOf(parts), secret ?? '', { httpOnly: true, sameSite: 'Strict', secure, path: '/', maxAge: secret === null ? 0 : SESSION_FOR_MS / 1_000 });
}

/**
 * A browser sends the cookie by itself, so it is no sign of a person's will: what changes something has to come from a
 * page of ours, by what the browser says of it, and by a word that only such a page can read.
 */
export function demandOurPage(call: Call, caller: Caller | null, given: string | undefined): void {
  demandSameOrigin(call);
  if (caller?.via === 'web' && given !== caller.page) throw foreign('this did not come from a page of the dashboard');
}

export function demandSameOrigin(call: Call): void {
  const origin = call.req.header('origin');
  const site = call.req.header('sec-fetch-site');
  if (origin === undefined || !isOurOrigin(origin, call.req.header('host')) || (site !== undefined && site !== 'same-origin')) throw foreign('pages of other origins may not ask here');
}

function foreign(why: string): HypercareError {
  return new HypercareError('origin.foreign', 'denied', why, 'Open the dashboard anew, and press it there.');
}
