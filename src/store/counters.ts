import { sql } from 'kysely';
import type { HostId } from '../domain/ids.js';
import { canonicalJson } from '../domain/json.js';
import type { Db } from './schema.js';

export type Labels = Readonly<Record<string, string>>;

export interface Counter {
  readonly name: string;
  readonly labels: Labels;
  readonly n: number;
}

export async function addTo(tx: Db, hostId: HostId, { name, labels, n }: Counter): Promise<void> {
  await tx.insertInto('counters').values({ host_id: hostId, name, labels: canonicalJson(labels), n })
    .onConflict((conflict) => conflict.columns(['host_id', 'name', 'labels']).doUpdateSet({ n: sql`counters.n + ${n}` })).execute();
}

/** Everything that was ever counted on a host. */
export async function countersOf(db: Db, hostId: HostId): Promise<readonly Counter[]> {
  const rows = await db.selectFrom('counters').selectAll().where('host_id', '=', hostId).orderBy('name').orderBy('labels').execute();
  return rows.map(({ name, labels, n }) => ({ name, labels: JSON.parse(labels) as Labels, n }));
}
