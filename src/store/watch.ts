import type { Watch } from '../domain/app-status.js';
import type { HostId } from '../domain/ids.js';
import { newestEventOf } from './events.js';
import type { Db } from './schema.js';

/** When the host's monitor and bot were last seen, and since when PM2's daemon does not answer or the store's disk is full. */
export async function watchOf(db: Db, hostId: HostId): Promise<Watch> {
  const row = await db.selectFrom('hosts').select(['monitor_seen_at', 'bot_seen_at', 'pm2_lost_at']).where('id', '=', hostId).executeTakeFirstOrThrow();
  const told = await newestEventOf(db, hostId, ['store.full', 'store.room']);
  return { monitorSeenAt: row.monitor_seen_at, pm2LostAt: row.pm2_lost_at, botSeenAt: row.bot_seen_at, storeFullAt: told?.kind === 'store.full' ? told.at : null };
}
