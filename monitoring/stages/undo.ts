import type { RemediationId } from '../../src/domain/ids.js';
import type { Json } from '../../src/domain/json.js';
import type { JournalStep, Remediation } from '../../src/domain/remediation.js';
import { maskedError } from '../../src/io/mask.js';
import { noteAct } from '../../src/store/acts.js';
import { endStep, intendStep, journalOf } from '../../src/store/journal.js';
import { getPlan } from '../../src/store/plans.js';
import { beginUndo } from '../../src/store/remediations.js';
import type { Db } from '../../src/store/schema.js';
import type { Step } from '../repairs/repair.js';
import { record } from './record.js';
import { keepsSeat, loadRun, type Run } from './run.js';
import type { StageContext } from './stage.js';

export const UNDONE = 'what had been done was undone';
/** How often an undo is tried before a person is asked. */
const UNDO_TRIES = 3;

/** What of a remediation can be taken back: the steps that have a receipt and an undo. */
function undoable(run: Run, journal: readonly JournalStep[]): readonly { readonly row: JournalStep; readonly step: Step }[] {
  return journal.filter((row) => row.dir === 'do' && row.receipt !== null).flatMap((row) => {
    const step = run.steps[row.n];
    return step?.undo ? [{ row, step }] : [];
  });
}

/** A step failed, or people stopped it: may what was done be undone? */
export async function canUndo(ctx: StageContext, run: Run): Promise<boolean> {
  return undoable(run, await journalOf(ctx.store.db, run.id)).length > 0;
}

/** All was done, and fresh readings show that it did not help: may it be undone? */
export async function undoesUnproved(ctx: StageContext, remediation: Remediation): Promise<boolean> {
  const run = await loadRun(ctx, remediation);
  return run !== null && undoable(run, await journalOf(ctx.store.db, run.id)).some(({ step }) => step.undoUntil !== 'done');
}

/** From here on the road leads back, after a crash too. Where it restarts the app once more, that counts once more. */
export async function takeBack(tx: Db, ctx: StageContext, remediation: Pick<Remediation, 'id' | 'planId'>, why: string): Promise<void> {
  await beginUndo(tx, remediation.id, why);
  const plan = await getPlan(tx, remediation.planId);
  if ((plan.prepared?.bounds['restarts'] ?? 0) > 0) {
    await noteAct(tx, { resourceId: plan.targetId, at: ctx.clock.now(), by: 'us', kind: 'restart', fingerprint: null, dedupe: `undo:${remediation.id}`, note: `undo of ${plan.repair}` });
  }
  await record(tx, ctx, { who: 'hypercare', what: `${plan.repair} is taken back`, why, body: { plan: plan.id, remediation: remediation.id } });
}

/** Undoes in reverse. Returns how that went, for people; null when it was aborted. */
export async function undoAll(ctx: StageContext, run: Run, signal: AbortSignal): Promise<string | null> {
  const journal = await journalOf(ctx.store.db, run.id);
  const receipts = Object.fromEntries(journal.filter(({ dir, receipt }) => dir === 'do' && receipt !== null).map(({ name, receipt }) => [name, receipt]));
  const troubles: string[] = [];
  for (const { row, step } of undoable(run, journal).toReversed()) {
    if (journal.some((one) => one.dir === 'undo' && one.n === row.n && one.state === 'done')) continue;
    const trouble = await undoStep(ctx, run, { row, step, receipts }, signal);
    if (signal.aborted) return null;
    if (trouble !== null) troubles.push(`${step.name}: ${trouble}`);
  }
  return troubles.length === 0 ? UNDONE : `undoing failed too (${troubles.join('; ')})`;
}

/** Written down, then looked at, then done: what a life before this one has undone already is found undone, and not undone again. */
async function undoStep(ctx: StageContext, run: Run, at: { readonly row: JournalStep; readonly step: Step; readonly receipts: Readonly<Record<string, Json>> }, signal: AbortSignal): Promise<string | null> {
  const { row, step, receipts } = at;
  const key: { readonly remediationId: RemediationId; readonly dir: 'undo'; readonly n: number } = { remediationId: run.id, dir: 'undo', n: row.n };
  await ctx.store.write((tx) => intendStep(tx, { ...key, name: step.name, deadlineAt: ctx.clock.now() + step.timeoutMs, fence: ctx.fence }, ctx.clock.now()));
  let trouble: string | null = 'it was not tried';
  for (let tries = 0; tries < UNDO_TRIES && trouble !== null && !signal.aborted; tries += 1) {
    trouble = await undoOnce(ctx, run, { step, receipt: row.receipt, receipts }, signal);
  }
  if (!signal.aborted) await ctx.store.write((tx) => endStep(tx, key, { state: trouble === null ? 'done' : 'failed', error: trouble }, ctx.clock.now()));
  return trouble;
}

async function undoOnce(ctx: StageContext, run: Run, at: { readonly step: Step; readonly receipt: Json; readonly receipts: Readonly<Record<string, Json>> }, signal: AbortSignal): Promise<string | null> {
  const { step, receipt, receipts } = at;
  if ((await step.state(run.plan.prepared.witness, receipts, ctx.io).catch(() => 'unknown')) === 'before') return null;
  await keepsSeat(ctx);
  try {
    await step.undo?.(receipt, ctx.io, AbortSignal.any([signal, AbortSignal.timeout(step.timeoutMs)]));
    return null;
  } catch (error) {
    return maskedError(error);
  }
}
