import { existsSync } from 'node:fs';
import { storeFile } from '../../src/store/address.js';
import type { HostId, ResourceId } from '../../src/domain/ids.js';
import { hostByName } from '../../src/store/hosts.js';
import { listResources } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import { isMigrated } from '../../src/store/migrate.js';
import { openStore, type Store } from '../../src/store/store.js';
import { readConfig } from './run-config.js';

export interface Look {
  readonly store: Store;
  readonly db: Db;
  readonly hostId: HostId;
  /** The shop; null until the monitor knows it. */
  readonly appId: ResourceId | null;
}

/**
 * One look into a run's store, over a connection of its own: a connection that is held would keep SQLite's shared
 * memory alive over every death, and nobody would ever have to recover the log. Null while there is no store to look
 * into, or it is just being recovered.
 */
export async function lookInto<T>(dir: string, look: (look: Look) => Promise<T>): Promise<T | null> {
  const config = readConfig(dir);
  const file = storeFile(config);
  if (!existsSync(file)) return null;
  let store: Store | null = null;
  try {
    store = openStore({ file });
    const host = (await isMigrated(store)) ? await hostByName(store.db, config.host) : null;
    if (!host) return null;
    const app = (await listResources(store.db, host.id)).find(({ kind }) => kind === 'app');
    return await look({ store, db: store.db, hostId: host.id, appId: app?.id ?? null });
  } catch (error) {
    if (String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')) return null;
    throw error;
  } finally {
    await store?.close();
  }
}
