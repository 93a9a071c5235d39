import { canonicalJson } from '../../src/domain/json.js';
import type { Plan, Prepared, Refusal } from '../../src/domain/plan.js';
import { sha256 } from '../../src/io/hash.js';
import { tell } from '../../src/store/events.js';
import { ofKind } from '../../src/domain/resource.js';
import { maskedError } from '../../src/io/mask.js';
import { changeIncident, getIncident } from '../../src/store/incidents.js';
import { getPlan, keepPrepared, movePlan, plansOf } from '../../src/store/plans.js';
import { questionOf } from '../../src/store/questions.js';
import { getResource } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import { closeIncident } from './closing.js';
import { putQuestion } from './asking.js';
import { learnedNotes } from './ladder.js';
import { record } from './record.js';
import { withRehearsal } from './rehearsed.js';
import type { StageContext } from './stage.js';
import { targetOf } from './targets.js';

const PREPARE_DEADLINE_MS = 30_000;
/** A rung is waited for while PM2 is at work on the app: it gives up a boot that fails after some ten seconds. */
const BUSY_TRIES = 8;
const BUSY_WAIT_MS = 2_000;

/** An effect: prepares a drafted plan, or prepares one again after the yes and compares. */
export async function preparePlan(ctx: StageContext, plan: Plan, signal: AbortSignal): Promise<void> {
  const result = await withLearned(ctx, plan, await prepare(ctx, plan, signal));
  if (signal.aborted) return;
  await ctx.store.write(async (tx) => {
    const now = await getPlan(tx, plan.id);
    if (now.state !== plan.state) return; // Cancelled or superseded meanwhile.
    if ('refused' in result) await refuse(tx, ctx, plan, result);
    else if (plan.state === 'drafted') await keepPrepared(tx, plan.id, result, hashOf(plan, result), 'prepared');
    else await confirm(tx, ctx, plan, result);
  });
}

/** Whoever is asked is told where what was learned changed the order of things. */
async function withLearned(ctx: StageContext, plan: Plan, prepared: Prepared | Refusal): Promise<Prepared | Refusal> {
  if ('refused' in prepared || plan.askedBy !== null) return prepared;
  const { db } = ctx.store;
  const notes = await learnedNotes(ctx, plan.repair, { incident: await getIncident(db, plan.incidentId), resource: await getResource(db, plan.targetId) });
  return { ...prepared, notes: [...notes, ...prepared.notes] };
}

/** Never throws: a repair that cannot even be prepared is refused with the reason. */
export async function prepare(ctx: StageContext, plan: Pick<Plan, 'repair' | 'args' | 'targetId'>, signal: AbortSignal): Promise<Prepared | Refusal> {
  const repair = ctx.units.repairs[plan.repair];
  if (!repair) return { refused: `there is no repair named ${plan.repair}` };
  const target = await targetOf(ctx.store.db, ctx, plan.targetId);
  if (repair.target !== target.kind) return { refused: `${plan.repair} is for ${ofKind(repair.target)}, and ${target.name} is ${ofKind(target.kind)}` };
  const args = repair.args.safeParse(plan.args);
  if (!args.success) return { refused: `${plan.repair} cannot be told this: ${ctx.settings.misfit(repair.args, plan.args) ?? ''}` };
  try {
    const prepared = await repair.prepare(target, args.data, ctx.io, AbortSignal.any([signal, AbortSignal.timeout(PREPARE_DEADLINE_MS)]));
    return 'refused' in prepared ? prepared : await withRehearsal(ctx, plan, prepared);
  } catch (error) {
    return { refused: maskedError(error) };
  }
}

/** What a yes is to: what the plan does, with every value, and nothing of what merely was true when it was made. */
export function hashOf(plan: Pick<Plan, 'repair' | 'targetId'>, prepared: Prepared): string {
  const { does, touches, leadsTo, bounds, verify, followUp, wayBack } = prepared;
  return sha256(canonicalJson({ version: 1, repair: plan.repair, target: plan.targetId, does, touches, leadsTo, bounds, verify, followUp, wayBack }));
}

async function refuse(tx: Db, ctx: StageContext, plan: Plan, { refused: why, again }: Refusal): Promise<void> {
  const incident = await getIncident(tx, plan.incidentId);
  await movePlan(tx, plan.id, plan.state, 'refused', why);
  await record(tx, ctx, { who: plan.askedBy ?? 'hypercare', what: `${plan.repair} was not possible`, why, body: { plan: plan.id, incident: incident.id } });
  if (incident.kind === 'manual') return closeIncident(tx, ctx, incident, `${plan.repair} was not possible: ${why}`);
  // What another rung has waited for in vain is not waited for again.
  const tries = (await plansOf(tx, incident.id)).filter((one) => one.state === 'refused' && (one.repair === plan.repair || one.why === why)).length;
  const wait = again === true && tries < BUSY_TRIES;
  await changeIncident(tx, incident.id, { state: 'open', rung: wait ? incident.rung : incident.rung + 1, nextAt: ctx.clock.now() + (wait ? BUSY_WAIT_MS : 0) });
}

/** After the yes: an equal hash runs with the fresh witness, a different one is a new question. */
async function confirm(tx: Db, ctx: StageContext, plan: Plan, fresh: Prepared): Promise<void> {
  const hash = hashOf(plan, fresh);
  if (hash === plan.hash) return keepPrepared(tx, plan.id, fresh, hash, 'approved');
  const question = await questionOf(tx, plan.id);
  const resource = await getResource(tx, plan.targetId);
  await keepPrepared(tx, plan.id, fresh, hash, 'asked');
  await record(tx, ctx, { who: 'hypercare', what: `${plan.repair} on ${resource.name} would now do something else than what was approved`, why: 'the plan hash changed between the question and the yes', body: { plan: plan.id, question: question?.id ?? null, was: plan.hash, is: hash } });
  await putQuestion(tx, ctx, { ...plan, hash });
  await tell(tx, ctx.hostId, { kind: 'question.asked', incidentId: plan.incidentId, body: { plan: plan.id, changed: true } }, ctx.clock.now());
}
