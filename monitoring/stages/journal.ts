import type { RemediationId } from '../../src/domain/ids.js';
import type { Json } from '../../src/domain/json.js';
import { STEP_FAILED, type JournalStep } from '../../src/domain/remediation.js';
import { maskedError } from '../../src/io/mask.js';
import { confirmFast } from '../../src/store/checks.js';
import { getIncident } from '../../src/store/incidents.js';
import { endStep, intendStep, journalOf, keepReceipt } from '../../src/store/journal.js';
import { endRemediation, getRemediation, settle } from '../../src/store/remediations.js';
import type { Step, StepPosition } from '../repairs/repair.js';
import { ended } from './ending.js';
import { frozenNow } from './holding.js';
import { keepsSeat, loadRun, tooLate, type Run } from './run.js';
import { snapshot } from './snapshot.js';
import type { StageContext } from './stage.js';
import { canUndo, takeBack, undoAll, UNDONE } from './undo.js';

/** How often a step's state is asked while it moves. */
const LOOK_EVERY_MS = 150;
/** How the error of a step begins that was kept from beginning, by a freeze or because it is too late: by that it is known after a crash too. */
const NOT_BEGUN = 'was not begun: ';

/**
 * An effect: carries a remediation on from where its journal stands. Each step: write down what will be done; look; do it
 * only from 'before'; look until it is done; write that down. After a crash the same road is walked again, and what
 * was done is found done.
 *
 * Where people freeze meanwhile, no further step begins: a step that has begun is finished, because nobody could tell
 * what half of it left; then what has an undo is undone, as after a failure, and what has none stands by itself (one of
 * two processes restarted, a release built beside the live one). The same where the monitor was away for so long that
 * nobody decides on that any more.
 */
export async function runJournal(ctx: StageContext, id: RemediationId, signal: AbortSignal): Promise<void> {
  const remediation = await getRemediation(ctx.store.db, id);
  if (remediation.state !== 'running' && remediation.state !== 'undoing') return; // It ended since it was listed.
  const run = await loadRun(ctx, remediation);
  if (!run) return finish(ctx, id, failed('this version no longer knows how it is done'));
  const journal = await journalOf(ctx.store.db, id);
  if (remediation.state === 'undoing') return undo(ctx, run, { why: remediation.outcome ?? 'a step failed', state: journal.some(isFrozen) ? 'unclear' : 'failed' }, signal);
  const touched = journal.length > 0;
  const restOfEvidence = await snapshot(ctx, { id, plan: run.plan, touched }, signal);
  await carryOn(ctx, run, signal).finally(restOfEvidence);
}

async function carryOn(ctx: StageContext, run: Run, signal: AbortSignal): Promise<void> {
  const { id } = run;
  if (signal.aborted) return;
  const failure = await walk(ctx, run, signal);
  if (signal.aborted) return; // Aborted means unknown, not failed: the next start looks again.
  if (failure === null) return done(ctx, run);
  if (!(await canUndo(ctx, run))) return finish(ctx, id, failure);
  await ctx.store.write((tx) => takeBack(tx, ctx, { id, planId: run.plan.id }, failure.why));
  await undo(ctx, run, failure, signal);
}

/** Stopped by people it says nothing of the repair: that is `unclear`, and no failure of it. */
interface Stop {
  readonly why: string;
  readonly state: 'failed' | 'unclear';
}

function failed(why: string): Stop {
  return { why, state: 'failed' };
}

function isFrozen({ state, error }: JournalStep): boolean {
  return state === 'failed' && error !== null && error.startsWith(NOT_BEGUN);
}

/** Null when every step is done, else why it stopped. */
async function walk(ctx: StageContext, run: Run, signal: AbortSignal): Promise<Stop | null> {
  const receipts: Record<string, Json> = {};
  const journal = await journalOf(ctx.store.db, run.id);
  for (const [n, step] of run.steps.entries()) {
    const row = journal.find((one) => one.dir === 'do' && one.n === n);
    // A step that failed before a crash has failed: from here the road leads back, and it is not tried again.
    if (row?.state === 'failed' || row?.state === 'unknown') return { why: `${STEP_FAILED}${step.name}” ${row.error}`, state: isFrozen(row) ? 'unclear' : 'failed' };
    if (row?.state !== 'done') {
      const stop = await take(ctx, run, { n, step, row, receipts }, signal);
      if (stop !== null) return stop;
    } else if (row.receipt !== null) receipts[step.name] = row.receipt;
  }
  return null;
}

interface StepAt {
  readonly n: number;
  readonly step: Step;
  readonly row: JournalStep | undefined;
  readonly receipts: Record<string, Json>;
}

async function take(ctx: StageContext, run: Run, at: StepAt, signal: AbortSignal): Promise<Stop | null> {
  const { n, step, row, receipts } = at;
  const key = { remediationId: run.id, dir: 'do', n } as const;
  const deadlineAt = ctx.clock.now() + step.timeoutMs;
  await ctx.store.write((tx) => intendStep(tx, { ...key, name: step.name, deadlineAt, fence: ctx.fence }, ctx.clock.now()));
  if (row?.receipt) receipts[step.name] = row.receipt;
  const result = await untilDone(ctx, run, { ...at, key }, signal);
  if (signal.aborted) return failed('aborted');
  await ctx.store.write((tx) => endStep(tx, key, { state: result.state, error: result.error }, ctx.clock.now()));
  if (result.state === 'done') return null;
  return { why: `${STEP_FAILED}${step.name}” ${result.error}`, state: result.frozen === true ? 'unclear' : 'failed' };
}

type StepEnd = { readonly state: 'done' | 'failed' | 'unknown'; readonly error: string | null; readonly frozen?: true };

/** Looks, acts at most once, and looks until the deadline of the step. */
async function untilDone(ctx: StageContext, run: Run, at: StepAt & { readonly key: { readonly remediationId: RemediationId; readonly dir: 'do'; readonly n: number } }, signal: AbortSignal): Promise<StepEnd> {
  const { step, receipts, key } = at;
  const { witness } = run.plan.prepared;
  const giveUpAt = ctx.clock.monotonic() + step.timeoutMs;
  let acted = false;
  let trouble: string | null = null;
  let position: StepPosition = 'unknown';
  while (!signal.aborted && ctx.clock.monotonic() < giveUpAt) {
    position = await step.state(witness, receipts, ctx.io).catch((error: unknown) => ((trouble = maskedError(error)), 'unknown' as const));
    if (position === 'after') return { state: 'done', error: null };
    if (position === 'before' && acted && trouble !== null) return { state: 'failed', error: trouble };
    if (position === 'before' && !acted) {
      await keepsSeat(ctx);
      const frozen = (await frozenNow(ctx, run.targetName)) ?? tooLate(ctx, run);
      if (frozen !== null) return { state: 'failed', error: `${NOT_BEGUN}${frozen}`, frozen: true };
      if (signal.aborted) break; // The monitor stops: the next one looks, and does it.
      acted = true;
      try {
        const receipt = await step.act(witness, receipts, ctx.io, AbortSignal.any([signal, AbortSignal.timeout(step.timeoutMs)]));
        receipts[step.name] = receipt;
        await ctx.store.write((tx) => keepReceipt(tx, key, receipt));
      } catch (error) {
        trouble = maskedError(error); // Its call failed; whether its effect did is asked next.
      }
      continue;
    }
    await ctx.clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
  }
  const state = position === 'unknown' ? 'unknown' : 'failed';
  return { state, error: trouble ?? `was not done within ${Math.round(step.timeoutMs / 1000)} s${acted && position !== 'unknown' ? ', and may still come about' : ''}` };
}

async function done(ctx: StageContext, run: Run): Promise<void> {
  const now = ctx.clock.now();
  const { settleMs, withinMs } = run.plan.prepared.verify;
  await ctx.store.write(async (tx) => {
    await settle(tx, run.id, now + settleMs, now + settleMs + withinMs);
    const { resourceId } = await getIncident(tx, run.plan.incidentId);
    for (const id of new Set([run.plan.targetId, resourceId])) await confirmFast(tx, id, now + settleMs, now + settleMs + withinMs);
  });
}

/** What cannot be undone is said, and people take over. */
async function undo(ctx: StageContext, run: Run, stop: Stop, signal: AbortSignal): Promise<void> {
  const how = await undoAll(ctx, run, signal);
  // What could not be undone is half done, whoever stopped it.
  if (how !== null) await finish(ctx, run.id, { state: how === UNDONE ? stop.state : 'failed', why: `${stop.why}; ${how}` });
}

async function finish(ctx: StageContext, id: RemediationId, { why, state }: Stop): Promise<void> {
  await ctx.store.write(async (tx) => {
    await endRemediation(tx, id, state, why, ctx.clock.now());
    await ended(tx, ctx, id);
  });
}
