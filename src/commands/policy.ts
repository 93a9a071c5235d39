import { z } from 'zod';
import { explainCard, policyCard, undecidedCard, type ExplainedDecision } from '../cards/policy-cards.js';
import { HypercareError } from '../domain/errors.js';
import type { Incident } from '../domain/incident.js';
import type { Json } from '../domain/json.js';
import { isChoiceOf } from '../domain/rung-choice.js';
import { decide } from '../policy/decide.js';
import { readRecord, type DecisionRecord } from '../policy/decision-record.js';
import type { Policy } from '../policy/policy.js';
import { showPolicy } from '../policy/show.js';
import { decidedFor } from '../store/plans.js';
import { getResource } from '../store/resources.js';
import { spansOf } from '../store/spans.js';
import type { Command, Context, Result } from './command.js';
import { word } from './fields.js';
import { findIncident } from './find-incident.js';
import { iso } from './iso.js';

const args = z.strictObject({ what: z.enum(['show', 'explain'], 'is neither show nor explain'), incident: word.optional() });

/** What may be done, and why was one plan decided so? */
export const policy: Command<z.output<typeof args>> = {
  name: 'policy',
  summary: 'the rules in force; or which of them decided an incident',
  usage: 'policy <show|explain> [incident]',
  examples: ['policy show', 'policy explain 7k2m9q'],
  role: 'viewer',
  readsPolicy: true,
  words: { positionals: ['what', 'incident'], flags: {} },
  args,
  async run({ what, incident }, ctx) {
    if (what === 'show') return show(ctx);
    if (incident === undefined) throw new HypercareError('usage', 'invalid', 'policy explain needs an incident', 'Give the end of its id; “incidents” lists them.');
    return explain(ctx, await findIncident(ctx, incident));
  },
};

function show(ctx: Context): Result {
  const shown = showPolicy(ctx.policy);
  return { data: { version: 1, policy: JSON.parse(JSON.stringify(ctx.policy)) as Json }, card: policyCard(shown), exit: 0 };
}

async function explain(ctx: Context, incident: Incident): Promise<Result> {
  const { name: target } = await getResource(ctx.store.db, incident.resourceId);
  const records = (await decidedFor(ctx.store.db, incident.id)).flatMap(({ facts }) => readRecord(facts) ?? []);
  const decisions = records.map((record) => told(record, ctx.policy));
  const story = await spansOf(ctx.store.db, incident);
  const repair = decisions.at(-1)?.repair ?? '';
  const choice = story.findLast(({ kind, text }) => kind === 'record' && isChoiceOf(text, repair));
  const shown = { id: incident.id, target, title: incident.title, choice: choice ? `${choice.text}: ${choice.why}` : null };
  return {
    data: {
      version: 1, incident: incident.id, app: target,
      decisions: records.map((record, index) => ({ at: iso(record.facts.now), repair: record.plan.repair, policy: record.policy, ...(JSON.parse(JSON.stringify({ ...record.explanation, plan: record.plan, facts: record.facts, today: decisions[index]?.today ?? null })) as object) })) as Json,
    },
    card: decisions.length === 0 ? undecidedCard(shown) : explainCard({ ...shown, decisions }, { now: ctx.now(), timeZone: ctx.timeZone }),
    exit: 0,
  };
}

function told(record: DecisionRecord, inForce: Policy): ExplainedDecision {
  const { plan, facts, explanation } = record;
  return { ...explanation, repair: plan.repair, at: facts.now, today: record.policy === inForce.hash ? null : decide(plan, inForce, facts) };
}
