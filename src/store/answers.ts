import type { HostId, PersonId, QuestionId } from '../domain/ids.js';
import type { Platform } from '../domain/person.js';
import type { Answer, AnswerOutcome } from '../domain/question.js';
import type { AnswersTable, Db } from './schema.js';

/**
 * Keeps a person's answer for the monitor to judge; a repeated nonce or a second answer of one person to one question
 * changes nothing, but for a no after a yes while the question is open. Returns false for those.
 */
export async function answer(tx: Db, given: { readonly questionId: QuestionId; readonly personId: PersonId; readonly yes: boolean; readonly via: Platform; readonly nonce: string }, now: number): Promise<boolean> {
  const kept = await tx.insertInto('answers')
    .values({ question_id: given.questionId, person_id: given.personId, yes: given.yes ? 1 : 0, via: given.via, nonce: given.nonce, at: now, outcome: null })
    .onConflict((conflict) => conflict.doNothing()).executeTakeFirst();
  if ((kept.numInsertedOrUpdatedRows ?? 0n) > 0n) return true;
  return !given.yes && (await takeBack(tx, given, now));
}

/** A no after one's own yes counts while nothing was decided, and is judged anew; a yes after a no has nothing left to say it to. */
async function takeBack(tx: Db, { questionId, personId, via, nonce }: Parameters<typeof answer>[1], now: number): Promise<boolean> {
  const changed = await tx.updateTable('answers').set({ yes: 0, via, nonce, at: now, outcome: null })
    .where('question_id', '=', questionId).where('person_id', '=', personId).where('yes', '=', 1)
    .where('question_id', 'in', tx.selectFrom('questions').select('id').where('id', '=', questionId).where('state', '=', 'open')).executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}

/** With who gave it, and by which account. */
export interface UnjudgedAnswer extends Answer {
  readonly name: string;
  readonly userId: string;
}

/** Answers nobody has judged, oldest first. */
export async function unjudgedAnswers(db: Db, hostId: HostId): Promise<readonly UnjudgedAnswer[]> {
  const rows = await db.selectFrom('answers').innerJoin('questions', 'questions.id', 'answers.question_id').innerJoin('plans', 'plans.id', 'questions.plan_id')
    .innerJoin('resources', 'resources.id', 'plans.target_id').innerJoin('people', 'people.id', 'answers.person_id').selectAll('answers').select('people.name')
    .where('resources.host_id', '=', hostId).where('answers.outcome', 'is', null).orderBy('answers.at').orderBy('answers.nonce').limit(100).execute();
  return rows.map((row) => ({ ...toAnswer(row), name: row.name, userId: accountIn(row) }));
}

/** A nonce is '<host>:<platform>:<account>:…'. */
function accountIn({ nonce, via }: AnswersTable): string {
  const parts = nonce.split(':');
  return parts[parts.indexOf(via) + 1] ?? '';
}

export async function judgeAnswer(tx: Db, given: Pick<Answer, 'questionId' | 'personId'>, outcome: AnswerOutcome): Promise<void> {
  await tx.updateTable('answers').set({ outcome }).where('question_id', '=', given.questionId).where('person_id', '=', given.personId).execute();
}

export async function answersTo(db: Db, id: QuestionId): Promise<readonly (Answer & { readonly name: string })[]> {
  const rows = await db.selectFrom('answers').innerJoin('people', 'people.id', 'answers.person_id').selectAll('answers').select('people.name')
    .where('question_id', '=', id).orderBy('at').orderBy('nonce').execute();
  return rows.map((row) => ({ ...toAnswer(row), name: row.name }));
}

function toAnswer(row: AnswersTable): Answer {
  return { questionId: row.question_id, personId: row.person_id, yes: row.yes === 1, via: row.via, at: row.at, outcome: row.outcome };
}
