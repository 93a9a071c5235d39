import type { Check } from '../domain/check.js';
import type { HostId } from '../domain/ids.js';
import type { Json } from '../domain/json.js';
import type { Db } from './schema.js';

type Asked = Pick<Check, 'resourceId' | 'name' | 'options'>;

/** A check that has another address than the last time. */
export type MovedCheck = Pick<Check, 'resourceId' | 'name'>;

/**
 * History belongs to the address: a wrong port typed for an app that was good for weeks is no app that fell ill. Where
 * a name stands for another address than before, its row keeps its history and gives the name away: to the row that
 * this address had before, else to a new one. A row of an older version knows no address, and is taken over.
 */
export async function parkMoved(tx: Db, hostId: HostId, wanted: readonly Asked[]): Promise<readonly MovedCheck[]> {
  const rows = await tx.selectFrom('checks').innerJoin('resources', 'resources.id', 'checks.resource_id').select(['checks.id', 'checks.resource_id', 'checks.name', 'checks.options'])
    .where('resources.host_id', '=', hostId).orderBy('checks.id').execute();
  const known = rows.map((row) => ({ ...row, address: addressOf(JSON.parse(row.options) as Json) }));
  const moved: MovedCheck[] = [];
  for (const { resourceId, name, options } of wanted) {
    const own = known.filter((row) => row.resource_id === resourceId);
    const now = addressOf(options);
    const before = own.find((row) => row.name === name);
    if (!before || now === null || before.address === null || before.address === now) continue;
    const again = own.findLast((row) => row.name === parkedName(name, row.id) && row.address === now);
    await tx.updateTable('checks').set({ name: parkedName(name, before.id) }).where('id', '=', before.id).execute();
    if (again) await tx.updateTable('checks').set({ name }).where('id', '=', again.id).execute();
    moved.push({ resourceId, name });
  }
  return moved;
}

/** Retires all checks of the host. Of their options nothing is kept but the address, by which they are known should they come back. */
export async function retireChecks(tx: Db, hostId: HostId): Promise<void> {
  const ours = tx.selectFrom('resources').select('id').where('host_id', '=', hostId);
  const rows = await tx.selectFrom('checks').select(['id', 'options']).where('resource_id', 'in', ours).execute();
  const bare = rows.filter(({ options }) => addressOf(JSON.parse(options) as Json) === null).map(({ id }) => id);
  await tx.updateTable('checks').set({ retired: 1 }).where('resource_id', 'in', ours).execute();
  if (bare.length > 0) await tx.updateTable('checks').set({ options: '{}' }).where('id', 'in', bare).execute();
}

/** No check of a config has such a name twice: numbers are unique. */
function parkedName(name: string, id: number): string {
  return `${name} @${id}`;
}

/** The short hash of an address that a check's stored options may have. */
function addressOf(options: Json): string | null {
  const { address } = options as { readonly address?: unknown };
  return typeof address === 'string' ? address : null;
}
