import type { Check } from '../../src/domain/check.js';
import type { ResourceId } from '../../src/domain/ids.js';
import type { Sample } from '../../src/domain/check.js';
import { valueNamed } from '../../src/domain/series.js';
import { checksOf } from '../../src/store/checks.js';
import { newestSample } from '../../src/store/samples.js';
import type { Db } from '../../src/store/schema.js';
import type { StageContext } from './stage.js';

export interface NewestReading {
  readonly check: Check;
  readonly sample: Sample;
  /** Null for what was not measured. */
  value(field: string): number | null;
}

/** What a probe measured of a resource last; null: no check of that kind, or nothing measured yet. */
export async function newestReading(ctx: Pick<StageContext, 'store' | 'units'>, resource: ResourceId, probe: Check['probe'], db: Db = ctx.store.db): Promise<NewestReading | null> {
  const check = (await checksOf(db, resource)).find((one) => one.probe === probe);
  const sample = check ? await newestSample(db, check.id) : null;
  if (!check || !sample) return null;
  const fields = ctx.units.probes[probe]?.fields ?? [];
  return { check, sample, value: (field) => valueNamed(fields, sample.values, field) };
}
