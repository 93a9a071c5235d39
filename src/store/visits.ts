import { createHash, randomBytes } from 'node:crypto';
import type { HostId, PersonId } from '../domain/ids.js';
import type { Person } from '../domain/person.js';
import { getPerson } from './people.js';
import type { Db } from './schema.js';

export const LINK_FOR_MS = 10 * 60_000;
export const SESSION_FOR_MS = 12 * 3_600_000;
const SECRET_BYTES = 24;

/** A secret that is shown once and stands nowhere; the store has its hash. */
export interface Secret {
  readonly secret: string;
  readonly until: number;
}

/** A link for this person, used once and soon. The one he had before, and did not use, is void. */
export async function offerVisit(tx: Db, hostId: HostId, personId: PersonId, now: number): Promise<Secret> {
  const secret = newSecret();
  await tx.deleteFrom('visits').where('host_id', '=', hostId).where('person_id', '=', personId).where('session', 'is', null).execute();
  await tx.insertInto('visits').values({ link: hashOf(secret), host_id: hostId, person_id: personId, link_until: now + LINK_FOR_MS, session: null, session_until: null }).execute();
  return { secret, until: now + LINK_FOR_MS };
}

/** Whom a link would let in now; null for one that was used, is over, or was never given. */
export async function offeredTo(db: Db, hostId: HostId, link: string, now: number): Promise<Person | null> {
  const row = await db.selectFrom('visits').select('person_id').where('link', '=', hashOf(link)).where('host_id', '=', hostId).where('session', 'is', null)
    .where('link_until', '>', now).where('link_until', '<=', now + LINK_FOR_MS).executeTakeFirst();
  return row ? getPerson(db, hostId, row.person_id) : null;
}

/** Uses the link up: of two who try at once one is let in. Null as above. */
export async function beginVisit(tx: Db, hostId: HostId, link: string, now: number): Promise<(Secret & { readonly person: Person }) | null> {
  const secret = newSecret();
  const until = now + SESSION_FOR_MS;
  // One that lies further ahead than it can was given before a step of the clock.
  const begun = await tx.updateTable('visits').set({ session: hashOf(secret), session_until: until }).where('link', '=', hashOf(link)).where('host_id', '=', hostId)
    .where('session', 'is', null).where('link_until', '>', now).where('link_until', '<=', now + LINK_FOR_MS).returning('person_id').executeTakeFirst();
  if (!begun) return null;
  await tx.deleteFrom('visits').where('host_id', '=', hostId).where('person_id', '=', begun.person_id).where('session_until', '<=', now).execute();
  const person = await getPerson(tx, hostId, begun.person_id);
  return person === null ? null : { secret, until, person };
}

/** Whose session this is, with the role he has now; null once it is over, or the config names him no more. */
export async function visitorOf(db: Db, hostId: HostId, session: string, now: number): Promise<Person | null> {
  const row = await db.selectFrom('visits').select('person_id').where('session', '=', hashOf(session)).where('host_id', '=', hostId)
    .where('session_until', '>', now).where('session_until', '<=', now + SESSION_FOR_MS).executeTakeFirst();
  return row ? getPerson(db, hostId, row.person_id) : null;
}

export async function endVisit(tx: Db, hostId: HostId, session: string): Promise<void> {
  await tx.deleteFrom('visits').where('session', '=', hashOf(session)).where('host_id', '=', hostId).execute();
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** It is looked up by this, so that how long the look takes says nothing of the secret. */
function hashOf(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}
