import type { HostId } from '../domain/ids.js';
import { newestSample } from './samples.js';
import type { Db } from './schema.js';

/** Fewer readings that failed say nothing: the monitor may have been away, or measures it rarely. */
const LEAST_TRIES = 3;

export interface Unmeasured {
  readonly resource: string;
  readonly check: string;
  /** Why the newest reading could not be made. */
  readonly note: string | null;
}

/** Checks that were tried again and again since before `since`, and were neither good nor bad even once, by name. */
export async function unmeasured(db: Db, hostId: HostId, { since, now }: { readonly since: number; readonly now: number }): Promise<readonly Unmeasured[]> {
  const from = since - (now - since);
  const rows = await db.selectFrom('samples').innerJoin('checks', 'checks.id', 'samples.check_id').innerJoin('resources', 'resources.id', 'checks.resource_id')
    .select(['checks.id', 'checks.name as check', 'resources.name as resource', (eb) => eb.fn.min('samples.at').as('first'), (eb) => eb.fn.max('samples.at').as('last'), (eb) => eb.fn.countAll().as('tries')])
    .select((eb) => eb.fn.sum(eb.case().when('samples.verdict', 'in', ['good', 'bad']).then(1).else(0).end()).as('judged'))
    .where('resources.host_id', '=', hostId).where('resources.retired', '=', 0).where('checks.retired', '=', 0).where('checks.probe', '!=', 'release').where('samples.at', '>', from)
    .groupBy(['checks.id', 'checks.name', 'resources.name']).orderBy('resources.name').orderBy('checks.name').execute();
  const found = rows.filter(({ first, last, tries, judged }) => Number(judged) === 0 && Number(tries) >= LEAST_TRIES && Number(first) <= since && Number(last) > since);
  return Promise.all(found.map(async ({ id, check, resource }) => ({ resource, check, note: (await newestSample(db, id))?.note ?? null })));
}
