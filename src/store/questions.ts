import type { HostId, PersonId, PlanId, QuestionId, ResourceId } from '../domain/ids.js';
import type { Platform } from '../domain/person.js';
import type { Answer, AnswerOutcome, Question, QuestionState } from '../domain/question.js';
import { endingWith } from './id-ending.js';
import { newId } from './new-id.js';
import type { AnswersTable, Db, QuestionsTable } from './schema.js';

export async function ask(tx: Db, question: { readonly planId: PlanId; readonly appId: ResourceId; readonly hash: string; readonly need: number; readonly expiresAt: number }, now: number): Promise<QuestionId> {
  const id = newId<'question'>(now);
  await tx.insertInto('questions').values({
    id, plan_id: question.planId, hash: question.hash, need: question.need, state: 'open', asked_at: now,
    expires_at: question.expiresAt, warned_at: null, decided_at: null, decided_by: null, open_app: question.appId,
  }).execute();
  return id;
}

/** Ends an open question; false when it was no longer open: somebody or something was first. */
export async function closeQuestion(tx: Db, id: QuestionId, state: Exclude<QuestionState, 'open'>, by: string, now: number): Promise<boolean> {
  const closed = await tx.updateTable('questions').set({ state, decided_at: now, decided_by: by, open_app: null })
    .where('id', '=', id).where('state', '=', 'open').executeTakeFirst();
  return closed.numUpdatedRows === 1n;
}

export async function markWarned(tx: Db, id: QuestionId, now: number): Promise<void> {
  await tx.updateTable('questions').set({ warned_at: now }).where('id', '=', id).execute();
}

export async function getQuestion(db: Db, id: QuestionId): Promise<Question | null> {
  const row = await db.selectFrom('questions').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? toQuestion(row) : null;
}

export async function questionOf(db: Db, planId: PlanId): Promise<Question | null> {
  const row = await db.selectFrom('questions').selectAll().where('plan_id', '=', planId).orderBy('asked_at', 'desc').limit(1).executeTakeFirst();
  return row ? toQuestion(row) : null;
}

/** Open questions with the app each is about. */
export async function openQuestions(db: Db, hostId: HostId): Promise<readonly (Question & { readonly appId: ResourceId; readonly appName: string })[]> {
  const rows = await db.selectFrom('questions').innerJoin('resources', 'resources.id', 'questions.open_app').selectAll('questions')
    .select(['resources.id as app_id', 'resources.name as app_name']).where('resources.host_id', '=', hostId).orderBy('questions.asked_at').execute();
  return rows.map((row) => ({ ...toQuestion(row), appId: row.app_id, appName: row.app_name }));
}

/** Questions of a host whose id ends with `suffix`, newest first, at most five; for people who type a short id. */
export async function questionsEndingWith(db: Db, hostId: HostId, suffix: string): Promise<readonly Question[]> {
  const pattern = endingWith<'question'>(suffix);
  if (pattern === null) return [];
  const rows = await db.selectFrom('questions').innerJoin('plans', 'plans.id', 'questions.plan_id').innerJoin('resources', 'resources.id', 'plans.target_id')
    .selectAll('questions').where('resources.host_id', '=', hostId).where('questions.id', 'like', pattern)
    .orderBy('questions.asked_at', 'desc').limit(5).execute();
  return rows.map(toQuestion);
}

/**
 * Keeps a person's answer for the monitor to judge; a repeated nonce or a second answer of one person to one question
 * changes nothing. Returns false for those.
 */
export async function answer(tx: Db, given: { readonly questionId: QuestionId; readonly personId: PersonId; readonly yes: boolean; readonly via: Platform; readonly nonce: string }, now: number): Promise<boolean> {
  const kept = await tx.insertInto('answers')
    .values({ question_id: given.questionId, person_id: given.personId, yes: given.yes ? 1 : 0, via: given.via, nonce: given.nonce, at: now, outcome: null })
    .onConflict((conflict) => conflict.doNothing()).executeTakeFirst();
  return (kept.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Answers nobody has judged, oldest first, with who gave them. */
export async function unjudgedAnswers(db: Db, hostId: HostId): Promise<readonly (Answer & { readonly name: string })[]> {
  const rows = await db.selectFrom('answers').innerJoin('questions', 'questions.id', 'answers.question_id').innerJoin('plans', 'plans.id', 'questions.plan_id')
    .innerJoin('resources', 'resources.id', 'plans.target_id').innerJoin('people', 'people.id', 'answers.person_id').selectAll('answers').select('people.name')
    .where('resources.host_id', '=', hostId).where('answers.outcome', 'is', null).orderBy('answers.at').orderBy('answers.nonce').limit(100).execute();
  return rows.map((row) => ({ ...toAnswer(row), name: row.name }));
}

export async function judgeAnswer(tx: Db, given: Pick<Answer, 'questionId' | 'personId'>, outcome: AnswerOutcome): Promise<void> {
  await tx.updateTable('answers').set({ outcome }).where('question_id', '=', given.questionId).where('person_id', '=', given.personId).execute();
}

export async function answersTo(db: Db, id: QuestionId): Promise<readonly (Answer & { readonly name: string })[]> {
  const rows = await db.selectFrom('answers').innerJoin('people', 'people.id', 'answers.person_id').selectAll('answers').select('people.name')
    .where('question_id', '=', id).orderBy('at').orderBy('nonce').execute();
  return rows.map((row) => ({ ...toAnswer(row), name: row.name }));
}

function toQuestion(row: QuestionsTable): Question {
  return {
    id: row.id, planId: row.plan_id, hash: row.hash, need: row.need, state: row.state, askedAt: row.asked_at, expiresAt: row.expires_at,
    warnedAt: row.warned_at, decidedAt: row.decided_at, decidedBy: row.decided_by,
  };
}

function toAnswer(row: AnswersTable): Answer {
  return { questionId: row.question_id, personId: row.person_id, yes: row.yes === 1, via: row.via, at: row.at, outcome: row.outcome };
}
