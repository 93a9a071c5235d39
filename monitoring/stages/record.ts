import { audit, type AuditEntry } from '../../src/store/audits.js';
import type { Db } from '../../src/store/schema.js';
import type { StageContext } from './stage.js';

/** A decision or a deed: into the audit chain, and as a line of the log that people read in `pm2 logs`. */
export async function record(tx: Db, ctx: StageContext, entry: AuditEntry): Promise<void> {
  await audit(tx, ctx.hostId, entry, ctx.clock.now());
  ctx.log.info({ by: entry.who, why: entry.why }, entry.what);
}
