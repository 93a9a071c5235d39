/** A job that pings, beside the shop of the stage. */
import type { HostId } from '../../../src/domain/ids.js';
import type { Resource } from '../../../src/domain/resource.js';
import { listResources, syncResources } from '../../../src/store/resources.js';
import type { Db } from '../../../src/store/schema.js';

type NewResource = Pick<Resource, 'kind' | 'name' | 'config'>;

export async function watchJob(tx: Db, hostId: HostId, ping: string, others: readonly NewResource[] = [], name = 'nightly'): Promise<void> {
  const known = (await listResources(tx, hostId)).map((one) => ({ kind: one.kind, name: one.name, config: one.config }));
  await syncResources(tx, hostId, [...known, ...others, { kind: 'job', name, config: { ping } }], 0);
}
