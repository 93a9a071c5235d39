import type { Question } from '../domain/question.js';
import type { Db } from './schema.js';
import { whoMay } from './who-may.js';

/** Names of those who may say yes to a question; without one, of those who ordinarily may. */
export async function mayAnswer(db: Db, question: Pick<Question, 'role' | 'barred'> | null): Promise<readonly string[]> {
  const able = await whoMay(db, question?.role ?? 'approver');
  return able.map(({ name }) => name).filter((name) => name !== question?.barred);
}
