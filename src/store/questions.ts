import type { HostId, IncidentId, PlanId, QuestionId, ResourceId } from '../domain/ids.js';
import type { Question, QuestionState } from '../domain/question.js';
import { endingWith } from './id-ending.js';
import { newId } from './new-id.js';
import type { Db, QuestionsTable } from './schema.js';

export interface NewQuestion {
  readonly planId: PlanId;
  readonly appId: ResourceId;
  readonly hash: string;
  readonly need: number;
  readonly expiresAt: number;
  /** Default: approvers. */
  readonly role?: Question['role'];
  readonly barred?: string | null;
  readonly note?: string | null;
}

export async function ask(tx: Db, question: NewQuestion, now: number): Promise<QuestionId> {
  const id = newId<'question'>(now);
  await tx.insertInto('questions').values({
    id, plan_id: question.planId, hash: question.hash, need: question.need, state: 'open', asked_at: now,
    expires_at: question.expiresAt, warned_at: null, decided_at: null, decided_by: null, open_app: question.appId,
    role: question.role ?? 'approver', barred: question.barred ?? null, note: question.note ?? null,
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

/** The newest question about an incident or a target, whatever became of it. */
export async function lastQuestion(db: Db, about: { readonly incidentId: IncidentId } | { readonly targetId: ResourceId }): Promise<Question | null> {
  const all = db.selectFrom('questions').innerJoin('plans', 'plans.id', 'questions.plan_id').selectAll('questions');
  const its = 'incidentId' in about ? all.where('plans.incident_id', '=', about.incidentId) : all.where('plans.target_id', '=', about.targetId);
  const row = await its.orderBy('questions.asked_at', 'desc').orderBy('questions.id', 'desc').limit(1).executeTakeFirst();
  return row ? toQuestion(row) : null;
}

/** The newest question about a target that another one took the place of after `since`; null: there is none. */
export async function replacedSince(db: Db, targetId: ResourceId, since: number): Promise<Question | null> {
  const row = await db.selectFrom('questions').innerJoin('plans', 'plans.id', 'questions.plan_id').selectAll('questions')
    .where('plans.target_id', '=', targetId).where('questions.state', 'in', ['superseded', 'cancelled']).where('questions.decided_at', '>', since)
    .orderBy('questions.decided_at', 'desc').limit(1).executeTakeFirst();
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

function toQuestion(row: QuestionsTable): Question {
  return {
    id: row.id, planId: row.plan_id, hash: row.hash, need: row.need, state: row.state, askedAt: row.asked_at, expiresAt: row.expires_at,
    warnedAt: row.warned_at, decidedAt: row.decided_at, decidedBy: row.decided_by,
    role: row.role, barred: row.barred, note: row.note,
  };
}
