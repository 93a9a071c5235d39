import type { HostId, PersonId } from '../domain/ids.js';
import type { Question } from '../domain/question.js';
import { groupIds } from './people.js';
import type { Db } from './schema.js';
import { whoMay } from './who-may.js';

/** Names of those who may say yes to a question of a host; without one, of those who ordinarily may. */
export async function mayAnswer(db: Db, hostId: HostId, question: Pick<Question, 'role' | 'barred' | 'need'> | null): Promise<readonly string[]> {
  const able = await whoMay(db, hostId, question?.role ?? 'approver');
  // Where others' eyes are wanted, a user group's yes is none.
  const groups = question !== null && (question.need > 1 || question.barred !== null) ? await groupIds(db, hostId) : new Set<PersonId>();
  return able.filter(({ id, name }) => name !== question?.barred && !groups.has(id)).map(({ name }) => name);
}
