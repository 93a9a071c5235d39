import type { PersonId } from '../domain/ids.js';
import type { Person, Platform, Role } from '../domain/person.js';
import { newId } from './new-id.js';
import type { Db } from './schema.js';

export interface KnownPerson {
  readonly name: string;
  readonly role: Role;
  readonly accounts: readonly { readonly platform: Platform; readonly userId: string }[];
}

/** Makes the people and their accounts equal to the configured ones. One person with two accounts stays one person. */
export async function syncPeople(tx: Db, wanted: readonly KnownPerson[], now: number): Promise<void> {
  await tx.updateTable('people').set({ retired: 1 }).execute();
  await tx.deleteFrom('accounts').execute();
  for (const person of wanted) {
    await tx.insertInto('people').values({ id: newId(now), name: person.name, role: person.role, retired: 0 })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ role: person.role, retired: 0 })).execute();
    const { id } = await tx.selectFrom('people').select('id').where('name', '=', person.name).executeTakeFirstOrThrow();
    for (const account of person.accounts) {
      // Another host's monitor, on a shared PostgreSQL, may be doing the same.
      await tx.insertInto('accounts').values({ platform: account.platform, user_id: account.userId, person_id: id })
        .onConflict((conflict) => conflict.columns(['platform', 'user_id']).doUpdateSet({ person_id: id })).execute();
    }
  }
}

/** Who an account belongs to; null for a stranger. */
export async function personOf(db: Db, platform: Platform, userId: string): Promise<Person | null> {
  const row = await db.selectFrom('accounts').innerJoin('people', 'people.id', 'accounts.person_id').select(['people.id', 'people.name', 'people.role'])
    .where('accounts.platform', '=', platform).where('accounts.user_id', '=', userId).where('people.retired', '=', 0).executeTakeFirst();
  return row ?? null;
}

export async function getPerson(db: Db, id: PersonId): Promise<Person | null> {
  return (await db.selectFrom('people').select(['id', 'name', 'role']).where('id', '=', id).where('retired', '=', 0).executeTakeFirst()) ?? null;
}

/** Accounts of those who may answer questions, by which they are called. */
export async function approverAccounts(db: Db): Promise<readonly { readonly name: string; readonly platform: Platform; readonly userId: string }[]> {
  return db.selectFrom('accounts').innerJoin('people', 'people.id', 'accounts.person_id').select(['people.name', 'accounts.platform', 'accounts.user_id as userId'])
    .where('people.role', '=', 'approver').where('people.retired', '=', 0).orderBy('people.name').orderBy('accounts.user_id').execute();
}

export async function personNamed(db: Db, name: string): Promise<Person | null> {
  return (await db.selectFrom('people').select(['id', 'name', 'role']).where('name', '=', name).where('retired', '=', 0).executeTakeFirst()) ?? null;
}
