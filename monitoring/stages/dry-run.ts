import { HypercareError } from '../../src/domain/errors.js';
import type { Json } from '../../src/domain/json.js';
import type { Plan } from '../../src/domain/plan.js';
import { decide } from '../../src/policy/decide.js';
import { endRequest, type Request, type RequestResult } from '../../src/store/requests.js';
import { openIncidentOf } from '../../src/store/incidents.js';
import { getResource } from '../../src/store/resources.js';
import { factsFor, inQuestion } from './facts.js';
import { hashOf, prepare } from './prepare.js';
import type { StageContext } from './stage.js';
import { wishedRelease } from './wished-release.js';
import { wishedRepair } from './wished-repair.js';

/** An effect: the same preparing and the same decision as the real thing, and nothing is kept or done. */
export async function dryRun(ctx: StageContext, request: Request, signal: AbortSignal): Promise<void> {
  const result = await look(ctx, request, signal).catch(asAnswer);
  await ctx.store.write((tx) => endRequest(tx, request.id, result, ctx.clock.now()));
}

async function look(ctx: StageContext, request: Request, signal: AbortSignal): Promise<RequestResult> {
  if (request.resourceId === null) return found({ refused: 'the request names no app' });
  const target = await getResource(ctx.store.db, request.resourceId);
  const args = request.args as Readonly<Record<string, string | null>>;
  const release = wishedRelease(request);
  const incident = await openIncidentOf(ctx.store.db, target.id);
  const wanted = await wishedRepair(ctx, { resource: target, incident }, release ?? { repair: args['repair'] ?? '', repairArgs: wishedArgs(request) });
  const plan: Pick<Plan, 'repair' | 'args' | 'targetId' | 'risk' | 'askedBy'> = {
    repair: wanted.repair, args: wanted.args, targetId: target.id, risk: wanted.risk, askedBy: request.personName,
  };
  const prepared = await prepare(ctx, plan, signal);
  if ('refused' in prepared) return prepared.unchecked ? failed(prepared.unchecked) : found({ refused: prepared.refused });
  const decision = decide(inQuestion(plan, prepared, target), ctx.settings.policy, await factsFor(ctx.store.db, ctx, { plan, target, incident }));
  const { does, bounds, wayBack, notes, preflight } = prepared;
  return found({ plan: { repair: plan.repair, target: target.name, does, bounds, wayBack, notes, ...(preflight ? { preflight } : {}), hash: hashOf(plan, prepared), ...decision } } as unknown as Json);
}

/** What a person told the repair; its own schema checks it when it is prepared. */
export function wishedArgs(request: Pick<Request, 'args'>): Json {
  return (request.args as { readonly with?: Json }).with ?? {};
}

function found(data: Json): RequestResult {
  return { ok: true, data };
}

/** What was asked for in a way that cannot be meant is told as such. */
function asAnswer(error: unknown): RequestResult {
  if (!(error instanceof HypercareError)) throw error;
  return failed(error);
}

/** Not knowing is no answer: whoever asked is told that it could not be looked at. */
function failed({ code, errorClass, message, mend }: HypercareError): RequestResult {
  return { ok: false, code, errorClass, message, mend };
}
