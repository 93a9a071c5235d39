import type { HostId } from '../domain/ids.js';
import { mayActAs, type Person, type Role } from '../domain/person.js';
import type { Db } from './schema.js';

/** Who may do on a host what asks for this role, by name. */
export async function whoMay(db: Db, hostId: HostId, role: Role): Promise<readonly Person[]> {
  const rows = await db.selectFrom('people').select(['id', 'name', 'role']).where('host_id', '=', hostId).where('retired', '=', 0).orderBy('name').limit(200).execute();
  return rows.filter((person) => mayActAs(person, role));
}
