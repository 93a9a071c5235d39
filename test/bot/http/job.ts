/** A job that pings, beside the shop of the stage. */
import type { HostId } from '../../../src/domain/ids.js';
import { listResources, syncResources } from '../../../src/store/resources.js';
import type { Db } from '../../../src/store/schema.js';

export async function watchJob(tx: Db, hostId: HostId, ping: string, name = 'nightly'): Promise<void> {
  const known = (await listResources(tx, hostId)).map((one) => ({ kind: one.kind, name: one.name, config: one.config }));
  await syncResources(tx, hostId, [...known, { kind: 'job', name, config: { ping } }], 0);
}
