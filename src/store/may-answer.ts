import type { HostId } from '../domain/ids.js';
import type { Question } from '../domain/question.js';
import type { Db } from './schema.js';
import { whoMay } from './who-may.js';

/** Names of those who may say yes to a question of a host; without one, of those who ordinarily may. */
export async function mayAnswer(db: Db, hostId: HostId, question: Pick<Question, 'role' | 'barred'> | null): Promise<readonly string[]> {
  const able = await whoMay(db, hostId, question?.role ?? 'approver');
  return able.map(({ name }) => name).filter((name) => name !== question?.barred);
}
