import type { HostId, IncidentId, PlanId, RequestId, ResourceId } from '../domain/ids.js';
import type { Json } from '../domain/json.js';
import type { Decision, Plan, PlanState, Prepared, Risk } from '../domain/plan.js';
import { newId } from './new-id.js';
import type { Db, PlansTable } from './schema.js';

export interface NewPlan {
  readonly incidentId: IncidentId;
  readonly targetId: ResourceId;
  readonly repair: string;
  readonly args: Json;
  readonly risk: Risk;
  /** The person who asked for it by hand; null: the runbook did. */
  readonly askedBy: string | null;
  readonly requestId: RequestId | null;
}

/** A plan still to be prepared. */
export async function draftPlan(tx: Db, plan: NewPlan, now: number): Promise<PlanId> {
  const id = newId<'plan'>(now);
  await tx.insertInto('plans').values({
    id, incident_id: plan.incidentId, target_id: plan.targetId, repair: plan.repair, args: JSON.stringify(plan.args), risk: plan.risk,
    state: 'drafted', body: null, witness: null, hash: null, verdict: null, rule: null, why: null, asked_by: plan.askedBy,
    request_id: plan.requestId, made_at: now, facts: null,
  }).execute();
  return id;
}

export async function keepPrepared(tx: Db, id: PlanId, prepared: Prepared, hash: string, state: PlanState): Promise<void> {
  const { witness, ...body } = prepared;
  await tx.updateTable('plans').set({ body: JSON.stringify(body), witness: JSON.stringify(witness), hash, state }).where('id', '=', id).execute();
}

/** When a plan for this was last made, whatever became of it; null: never. */
export async function lastPlannedAt(db: Db, targetId: ResourceId, repair: string): Promise<number | null> {
  const row = await db.selectFrom('plans').select((eb) => eb.fn.max('made_at').as('at')).where('target_id', '=', targetId).where('repair', '=', repair).executeTakeFirst();
  return row?.at ?? null;
}

/** What plans for this were made with, whatever became of them, as far as the history reaches. */
export async function argsPlanned(db: Db, targetId: ResourceId, repair: string): Promise<readonly Json[]> {
  const rows = await db.selectFrom('plans').select('args').where('target_id', '=', targetId).where('repair', '=', repair).orderBy('made_at', 'desc').limit(MOST_PLANNED).execute();
  return rows.map(({ args }) => JSON.parse(args) as Json);
}

/** A ledger has 200 releases, and each is planned once. */
const MOST_PLANNED = 1_000;

/** Who asked for the deploy that brought this commit live; null: none did since then. */
export async function deployerOf(db: Db, targetId: ResourceId, { commit, since }: { readonly commit: string; readonly since: number }): Promise<string | null> {
  const rows = await db.selectFrom('plans').select(['body', 'asked_by']).where('target_id', '=', targetId).where('repair', '=', 'release.deploy')
    .where('state', 'in', ['running', 'done']).where('made_at', '>=', since).orderBy('made_at', 'desc').limit(20).execute();
  return rows.find(({ body }) => (JSON.parse(body ?? '{}') as Partial<Prepared>).brings === commit)?.asked_by ?? null;
}

/** A decision is kept with what it was made on; what is longer than this is a mistake, and left out. */
const MAX_FACTS_CHARS = 16_384;

/** `facts`: what the decision was made on, as JSON. */
export async function keepDecision(tx: Db, id: PlanId, decision: Decision, state: PlanState, facts: object | null = null): Promise<void> {
  const text = facts === null ? null : JSON.stringify(facts);
  const kept = text === null || text.length > MAX_FACTS_CHARS ? null : text;
  await tx.updateTable('plans').set({ verdict: decision.verdict, rule: decision.rule, why: decision.why, state, facts: kept }).where('id', '=', id).execute();
}

/** A plan and what it was decided on. */
export interface DecidedPlan {
  readonly plan: Plan;
  readonly facts: Json;
}

/** Decisions with their facts, made since a time, newest first. */
export async function decidedSince(db: Db, hostId: HostId, since: number, limit: number): Promise<readonly DecidedPlan[]> {
  const rows = await db.selectFrom('plans').innerJoin('resources', 'resources.id', 'plans.target_id').selectAll('plans')
    .where('resources.host_id', '=', hostId).where('plans.made_at', '>=', since).where('plans.facts', 'is not', null)
    .orderBy('plans.made_at', 'desc').orderBy('plans.id', 'desc').limit(limit).execute();
  return rows.map((row) => ({ plan: toPlan(row), facts: JSON.parse(row.facts ?? 'null') as Json }));
}

/** The same for one incident, oldest first. */
export async function decidedFor(db: Db, incidentId: IncidentId): Promise<readonly DecidedPlan[]> {
  const rows = await db.selectFrom('plans').selectAll().where('incident_id', '=', incidentId).where('facts', 'is not', null).orderBy('made_at').orderBy('id').limit(200).execute();
  return rows.map((row) => ({ plan: toPlan(row), facts: JSON.parse(row.facts ?? 'null') as Json }));
}

/** Moves a plan on, only from the state it is believed to be in; false when it was not. */
export async function movePlan(tx: Db, id: PlanId, from: PlanState, to: PlanState, why?: string): Promise<boolean> {
  const moved = await tx.updateTable('plans').set({ state: to, ...(why === undefined ? {} : { why }) }).where('id', '=', id).where('state', '=', from).executeTakeFirst();
  return moved.numUpdatedRows === 1n;
}

export async function getPlan(db: Db, id: PlanId): Promise<Plan & { readonly requestId: RequestId | null }> {
  return toPlan(await db.selectFrom('plans').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
}

export async function plansIn(db: Db, hostId: HostId, states: readonly PlanState[]): Promise<readonly (Plan & { readonly requestId: RequestId | null })[]> {
  const rows = await db.selectFrom('plans').innerJoin('resources', 'resources.id', 'plans.target_id').selectAll('plans')
    .where('resources.host_id', '=', hostId).where('plans.state', 'in', [...states]).orderBy('plans.made_at').orderBy('plans.id').execute();
  return rows.map(toPlan);
}

/** The newest plans of a host, with the name of each one's target. */
export async function recentPlans(db: Db, hostId: HostId, limit: number): Promise<readonly { readonly plan: Plan; readonly target: string }[]> {
  const rows = await db.selectFrom('plans').innerJoin('resources', 'resources.id', 'plans.target_id').selectAll('plans').select('resources.name as target_name')
    .where('resources.host_id', '=', hostId).orderBy('plans.made_at', 'desc').orderBy('plans.id', 'desc').limit(limit).execute();
  return rows.map((row) => ({ plan: toPlan(row), target: row.target_name }));
}

export async function plansOf(db: Db, incidentId: IncidentId): Promise<readonly Plan[]> {
  const rows = await db.selectFrom('plans').selectAll().where('incident_id', '=', incidentId).orderBy('made_at').orderBy('id').execute();
  return rows.map(toPlan);
}

/** States in which a plan still leads somewhere. */
export const LIVE_PLAN_STATES = ['drafted', 'prepared', 'asked', 'confirming', 'approved', 'running'] as const satisfies readonly PlanState[];

export async function livePlanOf(db: Db, incidentId: IncidentId): Promise<Plan | null> {
  const row = await db.selectFrom('plans').selectAll().where('incident_id', '=', incidentId).where('state', 'in', [...LIVE_PLAN_STATES]).limit(1).executeTakeFirst();
  return row ? toPlan(row) : null;
}

function toPlan(row: PlansTable): Plan & { readonly requestId: RequestId | null } {
  const prepared = row.body === null ? null : ({ ...(JSON.parse(row.body) as Omit<Prepared, 'witness'>), witness: JSON.parse(row.witness ?? 'null') as Json });
  return {
    id: row.id, incidentId: row.incident_id, targetId: row.target_id, repair: row.repair, args: JSON.parse(row.args) as Json,
    risk: row.risk, state: row.state, prepared, hash: row.hash, verdict: row.verdict, rule: row.rule, why: row.why,
    askedBy: row.asked_by, requestId: row.request_id, madeAt: row.made_at,
  };
}
