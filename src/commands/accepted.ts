import { z } from 'zod';
import { incidentCard } from '../cards/incident-card.js';
import { planCard, refusedCard } from '../cards/plan-card.js';
import { HypercareError } from '../domain/errors.js';
import type { IncidentId, PlanId } from '../domain/ids.js';
import type { Json } from '../domain/json.js';
import { lightOf } from '../domain/preflight.js';
import { incidentView } from '../store/incident-view.js';
import type { Context, Result } from './command.js';
import { incidentDocument } from './incident-document.js';

const plan = z.object({
  repair: z.string(),
  target: z.string(),
  does: z.array(z.object({ name: z.string(), does: z.string(), timeoutMs: z.number() })),
  bounds: z.record(z.string(), z.number()),
  wayBack: z.string().nullable(),
  notes: z.array(z.string()),
  preflight: z.array(z.object({ about: z.string(), light: z.enum(['green', 'amber', 'red']), says: z.string(), instead: z.string().optional() })).optional(),
  verdict: z.enum(['auto', 'ask', 'deny']),
  rule: z.string(),
  why: z.string(),
  hash: z.string(),
});

/** What the monitor answers to a wish for a repair or a rollback. */
const answer = z.union([
  z.object({ plan }),
  z.object({ refused: z.string() }),
  z.object({ incidentId: z.string(), planId: z.string().nullable() }),
]);

interface Asked {
  readonly repair: string;
  readonly target: string;
  /** True for a whole runbook: its first plan is not its end. */
  readonly whole?: boolean;
}

/** The monitor's answer as the result of the command that asked for it. */
export async function resultOf(said: Json, asked: Asked, ctx: Context): Promise<Result> {
  const parsed = answer.safeParse(said);
  if (!parsed.success) throw strangeAnswer();
  if ('plan' in parsed.data) {
    const planned = parsed.data.plan;
    return { data: { version: 1, app: asked.target, plan: planDocument(planned) }, card: planCard(planned), exit: planned.verdict === 'deny' ? 1 : 0 };
  }
  if ('refused' in parsed.data) {
    return { data: { version: 1, app: asked.target, refused: parsed.data.refused }, card: refusedCard(asked, parsed.data.refused), exit: 1 };
  }
  const planId = parsed.data.planId as PlanId | null;
  return underWay({ incidentId: parsed.data.incidentId as IncidentId, planId: asked.whole ? null : planId }, planId, ctx);
}

/** With the light of the whole pre-flight, for scripts that go by it alone. */
function planDocument({ preflight, ...planned }: z.output<typeof plan>): Json {
  if (!preflight) return planned;
  return { ...planned, light: lightOf(preflight), preflight: preflight.map(({ instead = null, ...item }) => ({ ...item, instead })) };
}

/** Something has begun: how its incident stands by now. It is not done yet, so nobody may take it for good. */
async function underWay(begun: NonNullable<Result['follow']>, planId: PlanId | null, ctx: Context): Promise<Result> {
  const view = await incidentView(ctx.store.db, begun.incidentId);
  return {
    data: { version: 1, incidentId: begun.incidentId, planId, incident: incidentDocument(view) },
    card: incidentCard(view, { now: ctx.now(), timeZone: ctx.timeZone }),
    exit: 1,
    follow: begun,
  };
}

export function strangeAnswer(): HypercareError {
  return new HypercareError('monitor.answer', 'permanent', 'the monitor answered something this version does not understand', 'The monitor and this command are of different versions: run “npm start” again.');
}
