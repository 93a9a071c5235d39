import { HypercareError, errorText } from '../../src/domain/errors.js';
import type { Incident } from '../../src/domain/incident.js';
import { canonicalJson, type Json } from '../../src/domain/json.js';
import { mayActAs } from '../../src/domain/person.js';
import type { Resource } from '../../src/domain/resource.js';
import { REHEARSE } from '../../src/domain/rehearsal.js';
import { changeIncident, openIncident, openIncidentOf } from '../../src/store/incidents.js';
import { tell } from '../../src/store/events.js';
import { openLaunchOf } from '../../src/store/launches.js';
import { draftPlan, livePlanOf } from '../../src/store/plans.js';
import { closeQuestion, openQuestions, questionOf } from '../../src/store/questions.js';
import { endRequest, takeRequest, waitingRequests, type Request, type RequestResult } from '../../src/store/requests.js';
import { underWayOn } from '../../src/store/remediations.js';
import { getPerson } from '../../src/store/people.js';
import { getResource } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import { movePlan } from '../../src/store/plans.js';
import { acknowledge } from './acknowledge.js';
import { dryRun, wishedArgs } from './dry-run.js';
import { holdByHand, isHoldVerb } from './hold-requests.js';
import { mergeWish } from './merge-wish.js';
import { record } from './record.js';
import { DEPLOY, type RunbookRung, type Stage, type StageContext } from './stage.js';
import { liftQuarantine } from './quarantine.js';
import { launchByHand, restorePoint } from './vouching.js';
import { wishedRelease } from './wished-release.js';
import { wishedRepair } from './wished-repair.js';
import { lookBy, lookByHand, lookNow, lookSince, notLooked, type Look } from './what-runs-now.js';

/** Whoever asked waits five seconds. What lay longer was given up on, and is not done behind anybody's back. */
const STALE_MS = 30_000;

/** What people ask for by hand: each request is taken, done or refused in one transaction, and ends with a result. */
export const requests: Stage = {
  name: 'requests',
  async run(ctx) {
    const waiting = await waitingRequests(ctx.store.db, ctx.hostId);
    let taken = false;
    for (const request of waiting) taken = (await take(ctx, request)) || taken;
    return taken;
  },
  async nextAt(ctx) {
    const times: number[] = [];
    for (const request of await waitingRequests(ctx.store.db, ctx.hostId)) if ((await lookSince(ctx, request)) !== 'looked') times.push(lookBy(request));
    return times.length === 0 ? null : Math.min(...times);
  },
};

async function take(ctx: StageContext, request: Request): Promise<boolean> {
  const look = await lookSince(ctx, request);
  if (look === 'wait') return holdFor(ctx, request);
  if (look === 'looked' && onlyLooks(request)) {
    if (ctx.effects.busy(`request:${request.id}`) || !(await ctx.store.write((tx) => takeRequest(tx, request.id, ctx.clock.now())))) return false;
    ctx.effects.start(`request:${request.id}`, (signal) => dryRun(ctx, request, signal));
    return false;
  }
  await ctx.store.write(async (tx) => {
    if (!(await takeRequest(tx, request.id, ctx.clock.now()))) return;
    await endRequest(tx, request.id, await answer(tx, ctx, request, look), ctx.clock.now());
  });
  return true;
}

/** It is taken, so that whoever asked knows that somebody is there, and is done once it was looked what runs. */
async function holdFor(ctx: StageContext, request: Request): Promise<false> {
  await ctx.store.write(async (tx) => {
    if (request.resourceId !== null && (await takeRequest(tx, request.id, ctx.clock.now()))) await lookNow(tx, ctx, request.resourceId);
  });
  return false;
}

function onlyLooks(request: Request): boolean {
  const args = request.args as { readonly dryRun?: boolean };
  return (request.verb === 'repair' && args.dryRun === true) || wishedRelease(request)?.planOnly === true;
}

async function answer(tx: Db, ctx: StageContext, request: Request, look: Look): Promise<RequestResult> {
  try {
    if (ctx.clock.now() - (request.takenAt ?? request.at) > STALE_MS) throw tooOld();
    if (look === 'late' && request.resourceId !== null) throw notLooked(await getResource(tx, request.resourceId));
    return { ok: true, data: await serve(tx, ctx, request) };
  } catch (error) {
    // Only what is expected is answered; a failing store ends the transaction, and the request is taken again.
    if (!(error instanceof HypercareError)) throw error;
    return { ok: false, code: error.code, errorClass: error.errorClass, message: errorText(error), mend: error.mend };
  }
}

function tooOld(): HypercareError {
  return new HypercareError('request.stale', 'transient', 'it lay too long while no monitor was there, and was not done', 'Ask again.');
}

async function serve(tx: Db, ctx: StageContext, request: Request): Promise<Json> {
  if (isHoldVerb(request.verb)) return holdByHand(tx, ctx, request);
  await demandOperator(tx, ctx, request);
  if (request.resourceId === null) throw new HypercareError('request.no_target', 'invalid', 'the request names no app', 'Name one: hypercare status lists them.');
  const app = await getResource(tx, request.resourceId);
  const args = request.args as Readonly<Record<string, string | null>>;
  const wish = wishedRelease(request);
  if (wish?.repair === DEPLOY) await refuseWhileAsked(tx, ctx, app);
  if (wish?.repair === REHEARSE) await refuseWhileSick(tx, app);
  if (wish) return draft(tx, ctx, app, { request, ...wish });
  switch (request.verb) {
    case 'ack': return acknowledge(tx, ctx, app, request);
    case 'look': return lookByHand(tx, ctx, app);
    case 'launch': return launchByHand(tx, ctx, app, request);
    case 'restore-point': return restorePoint(tx, ctx, app, request);
    case 'lift-quarantine': return liftQuarantine(tx, ctx, app, request);
    case 'repair': return draft(tx, ctx, app, { request, repair: args['repair'] ?? '', repairArgs: wishedArgs(request), title: `${request.personName} asked for ${args['repair']}` });
    default: throw new HypercareError('request.unknown', 'invalid', `this monitor does not know the request “${request.verb}”`, 'Restart it after an update: npm start.');
  }
}

/** The doors ask for the role too; who lost it since, and whatever door forgets to ask, is stopped here. */
async function demandOperator(tx: Db, { hostId }: StageContext, { personId, personName, verb }: Request): Promise<void> {
  const person = await getPerson(tx, hostId, personId);
  if (!person || !mayActAs(person, 'operator')) throw new HypercareError('denied.role', 'denied', `${personName} may not ask for a ${verb}`, 'An operator or an approver may; roles stand under “people” in hypercare.yaml.');
}

/** A release that changes under an open question would make its answer one to something else. */
async function refuseWhileAsked(tx: Db, ctx: StageContext, app: Resource): Promise<void> {
  if (!(await openQuestions(tx, ctx.hostId)).some(({ appId }) => appId === app.id)) return;
  throw new HypercareError('deploy.question_open', 'denied', `people are being asked about ${app.name}, and what they answer is about the release that runs now`, `Answer it first: hypercare approve ${app.name}, or hypercare deny ${app.name}.`);
}

/** A rehearsal is for quiet hours: it takes the machine's strength from the app, and its end would be taken for the incident's. */
async function refuseWhileSick(tx: Db, app: Resource): Promise<void> {
  const open = await openIncidentOf(tx, app.id);
  if (open === null) return;
  if (open.kind === 'manual') throw new HypercareError('rehearse.under_way', 'denied', `something else is under way at ${app.name}, or waits for an answer: ${open.title}`, `See how far it is: hypercare why ${app.name}; then ask again.`);
  throw new HypercareError('rehearse.not_well', 'denied', `${app.name} is not well (${open.title}), and a way back is rehearsed only while it is well`, `See what is wrong: hypercare status ${app.name}; what a rollback would do: hypercare rollback ${app.name} --plan.`);
}

interface Wish {
  readonly request: Request;
  readonly repair: string;
  readonly repairArgs: Json;
  readonly title: string;
}

/** Drafts the plan on the app's open incident, or on one of kind `manual` opened for it. */
async function draft(tx: Db, ctx: StageContext, app: Resource, wish: Wish): Promise<Json> {
  const now = ctx.clock.now();
  const open = await openIncidentOf(tx, app.id);
  const wanted = await wishedRepair({ ...ctx, store: { ...ctx.store, db: tx } }, { resource: app, incident: open }, wish);
  const running = await underWayOn(tx, app.id);
  if (running) throw new HypercareError('repair.under_way', 'transient', `something is already being done to ${app.name}`, 'Wait for it to end: hypercare incidents shows it.');
  const incident = open ?? (await openManual(tx, ctx, app, wish.title));
  const same = wanted.n === null ? await mergeWish(tx, ctx, incident, wish) : null;
  if (same) return { incidentId: incident.id, planId: same.id };
  await replacePlan(tx, ctx, incident, { by: wish.request.personName, wanted });
  await changeIncident(tx, incident.id, { state: 'repairing', rung: wanted.n ?? (incident.kind === 'manual' ? Number.MAX_SAFE_INTEGER : incident.rung) });
  const planId = await draftPlan(tx, { incidentId: incident.id, targetId: app.id, repair: wanted.repair, args: wanted.args, risk: wanted.risk, askedBy: wish.request.personName, requestId: wish.request.id }, now);
  await record(tx, ctx, { who: wish.request.personName, what: `asked for ${wish.repair} on ${app.name}`, why: `through ${wish.request.via}`, body: { request: wish.request.id, plan: planId, args: wish.repairArgs } });
  return { incidentId: incident.id, planId };
}

async function openManual(tx: Db, ctx: StageContext, app: Resource, title: string): Promise<Incident> {
  const current = await openLaunchOf(tx, app.id);
  const incident = await openIncident(tx, { resourceId: app.id, launchId: current?.id ?? null, kind: 'manual', severity: 'info', emergency: false, title }, ctx.clock.now());
  await tell(tx, ctx.hostId, { kind: 'incident.opened', incidentId: incident.id }, ctx.clock.now());
  return incident;
}

/** A person's wish goes before what the runbook had planned and not begun. */
async function replacePlan(tx: Db, ctx: StageContext, incident: Incident, { by, wanted }: { readonly by: string; readonly wanted: RunbookRung }): Promise<void> {
  const old = await livePlanOf(tx, incident.id);
  if (!old || old.state === 'running') return;
  const same = old.repair === wanted.repair && canonicalJson(old.args) === canonicalJson(wanted.args);
  const reason = `superseded: ${by} asked for ${same ? 'it' : 'something else'}`;
  await movePlan(tx, old.id, old.state, 'superseded', reason);
  const question = await questionOf(tx, old.id);
  if (question?.state === 'open') await closeQuestion(tx, question.id, 'superseded', reason, ctx.clock.now());
}
