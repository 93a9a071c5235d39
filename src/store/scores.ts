import type { HealthScore } from '../domain/health-score.js';
import type { HostId } from '../domain/ids.js';
import { canonicalJson } from '../domain/json.js';
import type { Db } from './schema.js';

/** A score that goes on is written again so often, so that its history shows that somebody looked. */
const AGAIN_MS = 60 * 60_000;
const MOST_POINTS = 2_000;

/** The whole host. */
export const HOST = '';

/** The host, or an app by its id. */
interface Of {
  readonly hostId: HostId;
  readonly subject: string;
}

/** False where it is as it was, and that was written lately. */
export async function isNewScore(db: Db, of: Of, score: HealthScore, now: number): Promise<boolean> {
  const last = await db.selectFrom('scores').select(['at', 'body']).where('host_id', '=', of.hostId).where('subject', '=', of.subject).orderBy('at', 'desc').limit(1).executeTakeFirst();
  return !last || last.body !== canonicalJson(score) || now - last.at >= AGAIN_MS || now < last.at;
}

export async function keepScore(tx: Db, of: Of, score: HealthScore, now: number): Promise<void> {
  const body = canonicalJson(score);
  await tx.insertInto('scores').values({ host_id: of.hostId, subject: of.subject, at: now, score: score.score, body })
    .onConflict((conflict) => conflict.columns(['host_id', 'subject', 'at']).doUpdateSet({ score: score.score, body })).execute();
}

/** The scores after `since`, oldest first, each until the next; the newest ones where there are very many. */
export async function scoresSince(db: Db, of: Of, since: number): Promise<readonly { readonly at: number; readonly score: number | null }[]> {
  const rows = await db.selectFrom('scores').select(['at', 'score']).where('host_id', '=', of.hostId).where('subject', '=', of.subject).where('at', '>', since).orderBy('at', 'desc').limit(MOST_POINTS).execute();
  return rows.reverse();
}
