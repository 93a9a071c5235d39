import type { RequestId } from '../domain/ids.js';
import type { Db } from './schema.js';

/**
 * Takes back a request that nobody has taken; false when the monitor was faster. Without it a rollback asked of a dead
 * monitor would happen hours later, when it is started again.
 */
export async function withdrawRequest(tx: Db, id: RequestId, now: number): Promise<boolean> {
  const result = JSON.stringify({ ok: false, code: 'request.withdrawn', errorClass: 'transient', message: 'it was not taken in time, and was withdrawn', mend: null });
  const gone = await tx.updateTable('requests').set({ taken_at: now, ended_at: now, result }).where('id', '=', id).where('taken_at', 'is', null).executeTakeFirst();
  return gone.numUpdatedRows === 1n;
}
