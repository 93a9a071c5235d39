import type { Resource } from '../../src/domain/resource.js';
import type { Db } from '../../src/store/schema.js';
import { newestReading } from './newest-reading.js';
import type { AppConfig, StageContext } from './stage.js';

/** Share of its limit that the app's largest process used when PM2 was last asked; null: nobody knows. */
export async function memoryShareOf(db: Db, ctx: StageContext, target: Resource): Promise<number | null> {
  const newest = await newestReading(ctx, target.id, 'pm2', db);
  if (newest === null) return null;
  const limit = ((target.config as unknown as AppConfig).limits as { readonly memoryBytes?: number | null } | undefined)?.memoryBytes ?? null;
  const bytes = newest.value('memory_bytes');
  return limit !== null && bytes !== null ? bytes / limit : newest.value('memory_share');
}
