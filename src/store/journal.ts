import type { RemediationId } from '../domain/ids.js';
import type { Json } from '../domain/json.js';
import type { JournalStep } from '../domain/remediation.js';
import type { Db, StepsTable } from './schema.js';

/** Writes down what is about to be done, before it is done. An intent that stands already is kept. */
export async function intendStep(tx: Db, step: Pick<JournalStep, 'remediationId' | 'dir' | 'n' | 'name' | 'deadlineAt'> & { readonly fence: number }, now: number): Promise<void> {
  await tx.insertInto('steps').values({
    remediation_id: step.remediationId, dir: step.dir, n: step.n, name: step.name, state: 'intended', fence: step.fence,
    intended_at: now, deadline_at: step.deadlineAt, ended_at: null, receipt: null, error: null,
  }).onConflict((conflict) => conflict.columns(['remediation_id', 'dir', 'n']).doUpdateSet({ fence: step.fence })).execute();
}

/** A receipt is kept as soon as the act returns; `state` stays 'intended' until its effect was confirmed. */
export async function keepReceipt(tx: Db, step: Pick<JournalStep, 'remediationId' | 'dir' | 'n'>, receipt: Json): Promise<void> {
  await stepRow(tx, step).set({ receipt: JSON.stringify(receipt) }).execute();
}

export async function endStep(tx: Db, step: Pick<JournalStep, 'remediationId' | 'dir' | 'n'>, end: { readonly state: 'done' | 'failed' | 'unknown'; readonly error: string | null }, now: number): Promise<void> {
  await stepRow(tx, step).set({ state: end.state, error: end.error, ended_at: now }).execute();
}

function stepRow(tx: Db, step: Pick<JournalStep, 'remediationId' | 'dir' | 'n'>) {
  return tx.updateTable('steps').where('remediation_id', '=', step.remediationId).where('dir', '=', step.dir).where('n', '=', step.n);
}

export async function journalOf(db: Db, id: RemediationId): Promise<readonly JournalStep[]> {
  const rows = await db.selectFrom('steps').selectAll().where('remediation_id', '=', id).orderBy('dir').orderBy('n').execute();
  return rows.map(toStep);
}

function toStep(row: StepsTable): JournalStep {
  return {
    remediationId: row.remediation_id, dir: row.dir, n: row.n, name: row.name, state: row.state, intendedAt: row.intended_at,
    deadlineAt: row.deadline_at, endedAt: row.ended_at, receipt: row.receipt === null ? null : (JSON.parse(row.receipt) as Json), error: row.error,
  };
}
