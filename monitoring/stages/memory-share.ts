import type { Resource } from '../../src/domain/resource.js';
import { checksOf } from '../../src/store/checks.js';
import { newestSample } from '../../src/store/samples.js';
import type { Db } from '../../src/store/schema.js';
import type { AppConfig, StageContext } from './stage.js';

/** Share of its limit that the app's largest process used when PM2 was last asked; null: nobody knows. */
export async function memoryShareOf(db: Db, ctx: StageContext, target: Resource): Promise<number | null> {
  const check = (await checksOf(db, target.id)).find(({ probe }) => probe === 'pm2');
  const sample = check ? await newestSample(db, check.id) : null;
  if (!sample) return null;
  const fields = ctx.units.probes['pm2']?.fields ?? [];
  const valueOf = (field: string): number | null => sample.values[fields.indexOf(field)] ?? null;
  const limit = ((target.config as unknown as AppConfig).limits as { readonly memoryBytes?: number | null } | undefined)?.memoryBytes ?? null;
  const bytes = valueOf('memory_bytes');
  return limit !== null && bytes !== null ? bytes / limit : valueOf('memory_share');
}
