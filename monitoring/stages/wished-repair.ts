import { HypercareError } from '../../src/domain/errors.js';
import type { Incident } from '../../src/domain/incident.js';
import type { Json } from '../../src/domain/json.js';
import type { Risk } from '../../src/domain/plan.js';
import { ofKind, type Resource } from '../../src/domain/resource.js';
import { ladderFor } from './ladder.js';
import { nextRung } from './plan.js';
import type { RunbookRung, StageContext } from './stage.js';

/** Stands for the runbook. */
const GENERAL = 'general';

export interface WishedRepair extends RunbookRung {
  readonly risk: Risk;
  /** Its place in the ladder of the incident; null: somebody named it, and it stands beside every ladder. */
  readonly n: number | null;
}

/** What a person wants done to a resource. Throws, before anything is opened or prepared, where it cannot be meant so. */
export async function wishedRepair(ctx: StageContext, on: { readonly resource: Resource; readonly incident: Incident | null }, wish: { readonly repair: string; readonly repairArgs: Json }): Promise<WishedRepair> {
  const { resource } = on;
  const wanted = wish.repair === GENERAL ? await generalRung(ctx, on) : { repair: wish.repair, args: wish.repairArgs, n: null };
  const repair = ctx.units.repairs[wanted.repair];
  if (!repair) throw new HypercareError('repair.unknown', 'invalid', `there is no repair named ${wanted.repair}`, `There are: ${GENERAL}, ${Object.keys(ctx.units.repairs).join(', ')}.`);
  if (repair.target !== resource.kind) throw new HypercareError('repair.target', 'invalid', `${repair.kind} is for ${ofKind(repair.target)}, and ${resource.name} is ${ofKind(resource.kind)}`, 'hypercare repairs lists what can be done to what.');
  const wrong = ctx.settings.misfit(repair.args, wanted.args);
  if (wrong !== null) throw new HypercareError('repair.args', 'invalid', `${repair.kind} cannot be told this: ${wrong}`, 'Correct that, and ask again.');
  return { ...wanted, risk: repair.risk };
}

/**
 * What the ladder of the open incident has next; its first rung again where nothing is left in it, because now a person
 * asks. Where nothing is open, the first of `manual`.
 */
async function generalRung(ctx: StageContext, { resource, incident }: { readonly resource: Resource; readonly incident: Incident | null }): Promise<RunbookRung & { readonly n: number }> {
  const next = incident && (await nextRung(ctx, incident, resource));
  if (next && next.target.id !== resource.id) throw new HypercareError('repair.elsewhere', 'invalid', `what the runbook has next for ${resource.name} is done to ${next.target.name}`, `Ask for that: hypercare repair ${next.repair} ${next.target.name}`);
  if (next) return { repair: next.repair, args: next.args, n: next.n };
  const [first] = incident ? await ladderFor(ctx, incident, resource) : ctx.settings.ladder('manual', resource);
  if (first) return { repair: first.repair, args: first.args, n: 0 };
  throw new HypercareError('repair.no_runbook', 'invalid', `the runbook has nothing for ${resource.name}${incident ? `, and what it has now (${incident.title})` : ' while nothing is wrong with it'}`, 'Ask for one repair by its name: hypercare repairs lists them.');
}
