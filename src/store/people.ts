import type { HostId, PersonId } from '../domain/ids.js';
import { isGroupAccount, mayActAs, type Person, type Platform, type Role } from '../domain/person.js';
import { newId } from './new-id.js';
import type { Db } from './schema.js';

/** The platform's own id of an account. */
export interface Account {
  readonly platform: Platform;
  readonly userId: string;
}

export interface KnownPerson {
  readonly name: string;
  readonly role: Role;
  readonly accounts: readonly Account[];
}

/**
 * Makes the people of a host and their accounts equal to its config; those of other hosts in the same store are none of
 * its business. One person with two accounts stays one person.
 */
export async function syncPeople(tx: Db, hostId: HostId, wanted: readonly KnownPerson[], now: number): Promise<void> {
  await tx.updateTable('people').set({ retired: 1 }).where('host_id', '=', hostId).execute();
  await tx.deleteFrom('accounts').where('host_id', '=', hostId).execute();
  for (const person of wanted) {
    await tx.insertInto('people').values({ id: newId(now), host_id: hostId, name: person.name, role: person.role, retired: 0 })
      .onConflict((conflict) => conflict.columns(['host_id', 'name']).doUpdateSet({ role: person.role, retired: 0 })).execute();
    const { id } = await tx.selectFrom('people').select('id').where('host_id', '=', hostId).where('name', '=', person.name).executeTakeFirstOrThrow();
    for (const { platform, userId } of person.accounts) await tx.insertInto('accounts').values({ host_id: hostId, platform, user_id: userId, person_id: id }).execute();
  }
}

/** Who an account belongs to on a host; null for a stranger. */
export async function personOf(db: Db, hostId: HostId, { platform, userId }: Account): Promise<Person | null> {
  const row = await db.selectFrom('accounts').innerJoin('people', 'people.id', 'accounts.person_id').select(['people.id', 'people.name', 'people.role'])
    .where('accounts.host_id', '=', hostId).where('accounts.platform', '=', platform).where('accounts.user_id', '=', userId).where('people.retired', '=', 0).executeTakeFirst();
  return row ?? null;
}

export interface KnownGroup {
  readonly id: string;
  readonly person: Person;
}

/** The user groups among a platform's accounts, whoever may do most first. */
export async function groupsOf(db: Db, hostId: HostId, platform: Platform): Promise<readonly KnownGroup[]> {
  const rows = await db.selectFrom('accounts').innerJoin('people', 'people.id', 'accounts.person_id').select(['people.id', 'people.name', 'people.role', 'accounts.user_id as groupId'])
    .where('accounts.host_id', '=', hostId).where('accounts.platform', '=', platform).where('people.retired', '=', 0).orderBy('people.name').execute();
  const groups = rows.filter(({ groupId }) => isGroupAccount({ platform, userId: groupId })).map(({ groupId, ...person }): KnownGroup => ({ id: groupId, person: { ...person, group: true } }));
  return groups.toSorted((a, b) => Number(mayActAs(b.person, a.person.role)) - Number(mayActAs(a.person, b.person.role)));
}

/** Ids of people of a host that are user groups. */
export async function groupIds(db: Db, hostId: HostId): Promise<ReadonlySet<PersonId>> {
  return new Set((await groupsOf(db, hostId, 'slack')).map(({ person }) => person.id));
}

/** Null for one the host does not know, or no longer. */
export async function getPerson(db: Db, hostId: HostId, id: PersonId): Promise<Person | null> {
  return (await known(db, hostId).where('id', '=', id).executeTakeFirst()) ?? null;
}

export async function personNamed(db: Db, hostId: HostId, name: string): Promise<Person | null> {
  return (await known(db, hostId).where('name', '=', name).executeTakeFirst()) ?? null;
}

/** Accounts of those who may answer questions, by which they are called. */
export async function approverAccounts(db: Db, hostId: HostId): Promise<readonly (Account & { readonly name: string })[]> {
  return db.selectFrom('accounts').innerJoin('people', 'people.id', 'accounts.person_id').select(['people.name', 'accounts.platform', 'accounts.user_id as userId'])
    .where('accounts.host_id', '=', hostId).where('people.role', '=', 'approver').where('people.retired', '=', 0).orderBy('people.name').orderBy('accounts.user_id').execute();
}

function known(db: Db, hostId: HostId) {
  return db.selectFrom('people').select(['id', 'name', 'role']).where('host_id', '=', hostId).where('retired', '=', 0);
}
