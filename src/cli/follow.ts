import { eventLine } from '../cards/event-line.js';
import { incidentCard } from '../cards/incident-card.js';
import type { Context, Result } from '../commands/command.js';
import { incidentDocument } from '../commands/incident-document.js';
import { sayDuration } from '../domain/duration.js';
import type { IncidentView } from '../domain/incident-view.js';
import type { PlanState } from '../domain/plan.js';
import { isLeftToPeople } from '../domain/remediation.js';
import { saidBy } from '../domain/receipt.js';
import { eventsOf } from '../store/events.js';
import { incidentView } from '../store/incident-view.js';
import type { CliIo } from './cli-io.js';

const FOLLOW_MS = 120_000;
/** While its steps run it is followed longer: npm, and what it compiles, takes minutes. */
const FOLLOW_WORK_MS = 30 * 60_000;
const LOOK_EVERY_MS = 250;
/** Nobody is left without a word for longer. */
const SILENCE_MS = 15_000;

/** States in which a plan leads nowhere any more. */
const OVER: readonly PlanState[] = ['done', 'refused', 'denied', 'expired', 'cancelled', 'superseded'];

type Follow = NonNullable<Result['follow']>;

/**
 * Tells what happens to an incident from `since` on, one line an event on stderr, until its plan has ended, people are asked, or two
 * minutes passed. The result is how it stands then: exit 0 only when fresh samples showed that it helped, or when what was wished is done and leaves nothing to measure.
 */
export async function follow(first: Result, begun: Follow & { readonly since: number }, ctx: Context, io: CliIo): Promise<Result> {
  const startedAt = io.clock.monotonic();
  const told = new Set((await eventsOf(ctx.store.db, begun.incidentId)).filter(({ at }) => at < begun.since).map(({ id }) => id));
  let spokenAt = startedAt;
  for (;;) {
    const elapsed = io.clock.monotonic() - startedAt;
    const view = await incidentView(ctx.store.db, begun.incidentId);
    const lines = [...(await newLines(view, told, ctx)), ...newSteps(view, told, begun.since)];
    if (lines.length === 0 && io.clock.monotonic() - spokenAt >= SILENCE_MS) lines.push('still under way');
    for (const line of lines) io.stderr.write(`${sayDuration(elapsed).padStart(6)}  ${line}\n`);
    if (lines.length > 0) spokenAt = io.clock.monotonic();
    const outcome = outcomeOf(view, begun);
    if (outcome !== null || elapsed >= (isAtWork(view) ? FOLLOW_WORK_MS : FOLLOW_MS)) return lastWord(first, view, outcome ?? 'under_way', ctx);
    await io.clock.sleep(LOOK_EVERY_MS);
  }
}

async function newLines(view: IncidentView, told: Set<string>, ctx: Context): Promise<string[]> {
  const lines: string[] = [];
  for (const event of await eventsOf(ctx.store.db, view.incident.id)) {
    if (told.has(event.id)) continue;
    told.add(event.id);
    const line = eventLine(event, view, { now: ctx.now(), timeZone: ctx.timeZone });
    if (line !== null) lines.push(line);
  }
  return lines;
}

/** Each step as it begins, and what it says that it did. */
function newSteps({ remediations, plans }: IncidentView, told: Set<string>, since: number): string[] {
  const lines: string[] = [];
  for (const run of remediations.filter(({ startedAt }) => startedAt >= since)) {
    const all = plans.find(({ id }) => id === run.planId)?.prepared?.does.length ?? run.steps.length;
    for (const { dir, n, name, receipt } of run.steps.toSorted((a, b) => a.intendedAt - b.intendedAt)) {
      const said = saidBy(receipt);
      const step = dir === 'undo' ? `taking back “${name}”` : `step ${n + 1} of ${all}: ${name}`;
      const news = [{ key: `${run.id} ${dir} ${n}`, line: step }, ...(said === null || dir === 'undo' ? [] : [{ key: `${run.id} ${dir} ${n} said`, line: `it ${said}` }])];
      for (const { key, line } of news.filter((one) => !told.has(one.key))) {
        told.add(key);
        lines.push(line);
      }
    }
  }
  return lines;
}

function isAtWork({ remediations }: IncidentView): boolean {
  return remediations.some(({ endedAt }) => endedAt === null);
}

type Outcome = 'mended' | 'failed' | 'unclear' | 'asked' | 'escalated' | 'resolved' | 'under_way' | PlanState;

/** Null while there is something to wait for. Without a plan of its own the whole incident is followed. */
function outcomeOf(view: IncidentView, { planId }: Follow): Outcome | null {
  const { incident, question } = view;
  const run = view.remediations.findLast((one) => planId === null || one.planId === planId);
  const plan = view.plans.find(({ id }) => id === planId);
  const ended = planId === null ? incident.state === 'resolved' || incident.state === 'escalated' : plan === undefined || OVER.includes(plan.state) || incident.state === 'resolved';
  if (ended) {
    if (run?.state === 'verified') return 'mended';
    if (run && isLeftToPeople(run, view.plans.find(({ id }) => id === run.planId))) return 'done';
    if (run?.state === 'failed' || run?.state === 'unclear') return run.state;
    return plan?.state ?? (incident.state === 'escalated' ? 'escalated' : 'resolved');
  }
  return question?.state === 'open' && (planId === null || question.planId === planId) ? 'asked' : null;
}

function lastWord(first: Result, view: IncidentView, outcome: Outcome, ctx: Context): Result {
  return {
    data: { ...first.data, outcome, incident: incidentDocument(view) },
    card: incidentCard(view, { now: ctx.now(), timeZone: ctx.timeZone }),
    exit: outcome === 'mended' || outcome === 'done' ? 0 : 1,
  };
}
